"""Data sharing, oversight, documents, references, and a posting that waits."""

from __future__ import annotations

from watcher.changes.fields.circumstances import sharing_withdrawn, yes_to_no_once_started
from watcher.changes.fields.members import Item, Members
from watcher.changes.fields.single import AnyField, EachField, Field, paths_of
from watcher.changes.language.normal import normal
from watcher.changes.language.words import clipped
from watcher.changes.openness.documents import DOCUMENTS, Documents
from watcher.changes.openness.references import LINKS, REFERENCES, References
from watcher.changes.openness.violations import EVENTS, VIOLATION, Violations
from watcher.changes.reading import Row, Verb
from watcher.changes.rules import When, rule, where
from watcher.model import Severity

NOISE, MINOR, MAJOR, CRITICAL = Severity

_IPD = "protocolSection.ipdSharingStatementModule"
_OVERSIGHT = "protocolSection.oversightModule"
_AVAILABLE = "protocolSection.referencesModule.availIpds"
_NO = frozenset({"NO"})

_PLAN = (Field(f"{_IPD}.ipdSharing", "Plan to share individual participant data"),)
_DETAILS = (
    Field(f"{_IPD}.description", "Data sharing plan description", coded=False),
    Field(f"{_IPD}.infoTypes", "Supporting information to be shared", list),
    Field(f"{_IPD}.timeFrame", "Data sharing time frame", coded=False),
    Field(f"{_IPD}.accessCriteria", "Data sharing access criteria", coded=False),
    Field(f"{_IPD}.url", "Data sharing URL", coded=False),
)
_REGULATED = (
    Field(f"{_OVERSIGHT}.isFdaRegulatedDrug", "U.S. FDA-regulated drug product", bool, nothing=_NO),
    Field(f"{_OVERSIGHT}.isFdaRegulatedDevice", "U.S. FDA-regulated device product", bool, nothing=_NO),
)
_DMC = (Field(f"{_OVERSIGHT}.oversightHasDmc", "Data monitoring committee", bool),)
_OTHER = (
    Field(f"{_OVERSIGHT}.isUnapprovedDevice", "Device product not approved or cleared by U.S. FDA", bool, nothing=_NO),
    Field(f"{_OVERSIGHT}.isPpsd", "Pediatric postmarket surveillance of a device product", bool, nothing=_NO),
    Field(f"{_OVERSIGHT}.isUsExport", "Product exported from the U.S.", bool, nothing=_NO),
)
_DELAYED = (
    Field("protocolSection.statusModule.delayedPosting", "Delayed posting of a device study", bool, nothing=_NO),
)


def _data(item: Item) -> str:
    parts = (item.get("type"), item.get("id"), item.get("url"))
    return clipped(", ".join(filter(None, parts)) or item.get("comment") or "unnamed")


ROWS: tuple[Row, ...] = (
    Row(
        name="ipd",
        label="Plan to share individual participant data",
        paths=paths_of(_PLAN),
        compare=EachField(
            "plan_changed", "yes, no or undecided; also where it is first stated", _PLAN, sharing_withdrawn
        ),
        rules={"plan_changed": rule(MINOR, major=where(When.SHARING_WITHDRAWN))},
    ),
    Row(
        name="ipd",
        label="Details of data sharing",
        paths=paths_of(_DETAILS),
        compare=AnyField("details_changed", "description, time frame, access criteria, types, URL", _DETAILS),
        rules={"details_changed": rule(MINOR)},
    ),
    Row(
        name="ipd",
        label="Available data",
        paths=(_AVAILABLE,),
        compare=Members(
            lists=(_AVAILABLE,),
            name=_data,
            shown=_data,
            keys=(lambda item: normal(_data(item)), lambda item: normal(item.get("id")), lambda item: item.get("url")),
            came=Verb("data or documents listed as available", "Available data listed: {new}."),
            came_verb="available",
        ),
        rules={"available": rule(MAJOR)},
    ),
    Row(
        name="oversight",
        label="FDA regulation",
        paths=paths_of(_REGULATED),
        compare=EachField(
            "fda_regulated_changed",
            "legal duties change with it; a first stated no is no change",
            _REGULATED,
        ),
        rules={"fda_regulated_changed": rule(MAJOR)},
        each=True,
    ),
    Row(
        name="oversight",
        label="Data monitoring committee",
        paths=paths_of(_DMC),
        compare=EachField("dmc_changed", "whether there is a committee", _DMC, yes_to_no_once_started),
        rules={"dmc_changed": rule(MINOR, major=where(When.YES_TO_NO_AFTER_START))},
    ),
    Row(
        name="oversight",
        label="Other oversight",
        paths=paths_of(_OTHER),
        compare=EachField("other_changed", "unapproved device, postmarket surveillance, export", _OTHER),
        rules={"other_changed": rule(MINOR)},
        each=True,
    ),
    Row(
        name="oversight",
        label="FDAAA 801 violations",
        paths=(VIOLATION, EVENTS),
        compare=Violations(),
        rules={"fdaaa_violation": rule(CRITICAL)},
    ),
    Row(
        name="document",
        label="Documents",
        paths=(DOCUMENTS,),
        compare=Documents(),
        rules={"added": rule(MAJOR), "replaced": rule(MINOR), "removed": rule(MAJOR)},
    ),
    Row(
        name="reference",
        label="Publications and links",
        paths=(REFERENCES, LINKS),
        compare=References(),
        rules={
            "added": rule(MINOR),
            "result_added": rule(MAJOR),
            "retracted": rule(CRITICAL),
            "changed": rule(NOISE),
        },
        each=True,
    ),
    Row(
        name="record",
        label="Delayed posting",
        paths=paths_of(_DELAYED),
        compare=EachField("delayed_posting", "whether a device study may be posted late", _DELAYED),
        rules={"delayed_posting": rule(MINOR)},
    ),
)
