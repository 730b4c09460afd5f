"""The table: every field that this version reads, one row each. Proof-read it like a form.

A row says where a field stands in the registry's record, how two versions of it are compared, and how much each
outcome matters. A kind is a row's name and a verb of its comparer; `KINDS` and everything that lists kinds
(config checks, `watcher kinds`, docs/kinds.md) is derived from here. Severities: DOMAIN thresholds, in days, percent
and participants.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from watcher.changes.closed_list import NOT_READ_YET
from watcher.changes.dates import Dates
from watcher.changes.enrollment import Enrollment
from watcher.changes.events import LifeCycle
from watcher.changes.reading import Row, Verb
from watcher.changes.rules import Rule, When, days, people, percent, rule, where
from watcher.changes.sites import Sites
from watcher.changes.status import LAST_KNOWN, LOCATIONS, OVERALL, StatusMoves
from watcher.changes.texts import RESULTS_DATES, Results, Statement, Titles
from watcher.model import Severity

NOISE, MINOR, MAJOR, CRITICAL = Severity

_STATUS_MODULE = "protocolSection.statusModule"

ROWS: tuple[Row, ...] = (
    Row(
        name="status",
        label="Overall recruitment status",
        paths=(OVERALL, LAST_KNOWN),
        compare=StatusMoves(
            {
                "opened": Verb(
                    "not yet recruiting -> recruiting or enrolling by invitation",
                    "Recruitment started: {was} -> {now}.{sites}",
                ),
                "enrollment_closed": Verb(
                    "recruiting, by invitation or not yet -> active, not recruiting",
                    "Enrolment closed: {was} -> {now}.",
                ),
                "completed": Verb("any running status -> completed", "Study completed: {was} -> {now}."),
                "suspended": Verb("-> suspended (may resume)", "Study suspended: {was} -> {now}."),
                "terminated": Verb("-> terminated (will not resume)", "Study terminated: {was} -> {now}."),
                "withdrawn": Verb(
                    "-> withdrawn (stopped before the first participant)", "Study withdrawn: {was} -> {now}."
                ),
                "resumed": Verb("suspended -> running again", "Study resumed{after}: {was} -> {now}.{sites}"),
                "reopened": Verb(
                    "active-not-recruiting or ended -> recruiting or by invitation",
                    "Study reopened{after}: {was} -> {now}.{sites}",
                ),
                "invitation_only": Verb(
                    "recruiting -> enrolling by invitation", "Enrolment now by invitation only: {was} -> {now}."
                ),
                "open_to_all": Verb(
                    "enrolling by invitation -> recruiting", "Enrolment now open to all: {was} -> {now}."
                ),
                "stepped_back": Verb("a backward correction", "Status stepped back: {was} -> {now}."),
                "relabelled": Verb("one final status replaced by another", "Final status relabelled: {was} -> {now}."),
                "became_unknown": Verb(
                    "the registry computed UNKNOWN; nobody filed anything",
                    "The registry now shows {now} (was {was}){known}. It computes this itself for a study past its "
                    "completion date that nobody has verified for two years; nobody filed anything.",
                ),
                "revived": Verb(
                    "UNKNOWN -> a real status; the ordinary kind too, where the last known status differs",
                    "The silent record was updated{after}: {was} -> {now}.",
                ),
                "withheld": Verb("-> withheld", "The record is withheld: {was} -> {now}."),
                "restored": Verb("withheld -> any other", "The record is no longer withheld: {was} -> {now}."),
                "other": Verb("a transition or value that no other kind names; shown raw", "Status: {was} -> {now}."),
            }
        ),
        rules={
            "opened": rule(MAJOR),
            "enrollment_closed": rule(MAJOR),
            "completed": rule(MAJOR),
            "suspended": rule(CRITICAL),
            "terminated": rule(CRITICAL),
            "withdrawn": rule(CRITICAL),
            "resumed": rule(CRITICAL, major=where(When.NOT_OPEN_YET)),
            "reopened": rule(MAJOR, critical=where(When.FROM_STOPPED)),
            "invitation_only": rule(MINOR),
            "open_to_all": rule(MINOR),
            "stepped_back": rule(MINOR, major=where(When.FROM_FINAL)),
            "relabelled": rule(MAJOR, critical=where(When.ENDS_STOPPED)),
            "became_unknown": rule(MAJOR),
            "revived": rule(MINOR, critical=where(When.IN_A_STOP)),
            "withheld": rule(CRITICAL),
            "restored": rule(MAJOR),
            "other": rule(MAJOR),
        },
    ),
    Row(
        name="expanded_access",
        label="Expanded access status",
        paths=(OVERALL, LAST_KNOWN),
        compare=StatusMoves(
            {
                "available": Verb("-> available", "Expanded access is available: {was} -> {now}."),
                "paused": Verb("-> temporarily not available", "Expanded access paused: {was} -> {now}."),
                "ended": Verb("-> no longer available", "Expanded access ended: {was} -> {now}."),
                "approved": Verb("-> approved for marketing", "Expanded access ended by approval: {was} -> {now}."),
            }
        ),
        rules={
            "available": rule(MAJOR),
            "paused": rule(CRITICAL),
            "ended": rule(CRITICAL),
            "approved": rule(CRITICAL),
        },
    ),
    Row(
        name="why_stopped",
        label="Why study stopped",
        paths=(f"{_STATUS_MODULE}.whyStopped",),
        compare=Statement(),
        rules={"added": rule(MAJOR), "changed": rule(MAJOR), "removed": rule(MINOR)},
    ),
    Row(
        name="date.primary_completion",
        label="Primary completion date",
        paths=(f"{_STATUS_MODULE}.primaryCompletionDateStruct",),
        compare=Dates(),
        rules={
            "slipped": rule(MINOR, major=days(90), critical=days(365)),
            "pulled_in": rule(MINOR, major=days(90)),
            "actualized": rule(MINOR, major=days(90)),
            "corrected": rule(MINOR, major=days(31)),
            "type_reverted": rule(MAJOR),
            "refined": rule(NOISE),
            "added": rule(MINOR),
            "removed": rule(MAJOR),
        },
    ),
    Row(
        name="date.completion",
        label="Study completion date",
        paths=(f"{_STATUS_MODULE}.completionDateStruct",),
        compare=Dates(),
        rules={
            "slipped": rule(MINOR, major=days(365)),
            "pulled_in": rule(MINOR),
            "actualized": rule(MINOR),
            "corrected": rule(MINOR),
            "type_reverted": rule(MAJOR),
            "refined": rule(NOISE),
            "added": rule(MINOR),
            "removed": rule(MINOR),
        },
    ),
    Row(
        name="date.start",
        label="Study start date",
        paths=(f"{_STATUS_MODULE}.startDateStruct",),
        compare=Dates(),
        rules={
            "slipped": rule(MINOR, major=days(90)),
            "pulled_in": rule(MINOR, major=days(90)),
            "actualized": rule(MINOR, major=days(90)),
            "corrected": rule(MINOR),
            "type_reverted": rule(MAJOR),
            "refined": rule(NOISE),
            "added": rule(MINOR),
            "removed": rule(MINOR),
        },
    ),
    Row(
        name="enrollment",
        label="Enrolment",
        paths=("protocolSection.designModule.enrollmentInfo",),
        compare=Enrollment(),
        rules={
            "target_increased": rule(MINOR, major=percent(25) + people(500)),
            "target_decreased": rule(MINOR, major=percent(25)),
            "actualized": rule(MINOR, major=percent(25)),
            "actual_corrected": rule(MINOR, major=percent(25)),
            "zeroed": rule(CRITICAL),
            "type_reverted": rule(MAJOR),
            "added": rule(MINOR),
            "removed": rule(MINOR),
        },
    ),
    Row(
        name="site",
        label="Locations",
        paths=tuple(
            f"{LOCATIONS}[].{field}"
            for field in (
                "facility",
                "status",
                "city",
                "state",
                "zip",
                "country",
                "contacts",
                "geoPoint",
                "countryCode",
            )
        ),
        compare=Sites(),
        rules={
            "added": rule(MINOR),
            "removed": rule(MINOR, major=where(When.LOSES_OPEN_SITE)),
            "opened": rule(MINOR),
            "closed": rule(MINOR),
            "completed": rule(MINOR),
            "withdrawn": rule(MAJOR),
            "suspended": rule(MAJOR),
            "terminated": rule(MAJOR),
            "reopened": rule(MAJOR),
            "stepped_back": rule(MINOR),
            "status_shown": rule(NOISE),
            "status_cleared": rule(NOISE),
            "renamed": rule(NOISE),
            "address_corrected": rule(NOISE),
            "duplicate_collapsed": rule(NOISE),
            "contact_changed": rule(NOISE),
            "geo_changed": rule(NOISE),
        },
    ),
    Row(
        name="results",
        label="Study results",
        paths=(
            "hasResults",
            RESULTS_DATES,
            f"{_STATUS_MODULE}.resultsFirstSubmitDate",
            f"{_STATUS_MODULE}.resultsFirstSubmitQcDate",
        ),
        compare=Results(),
        rules={"posted": rule(CRITICAL), "removed": rule(CRITICAL)},
    ),
    Row(
        name="title",
        label="Titles",
        paths=tuple(
            f"protocolSection.identificationModule.{field}" for field in ("briefTitle", "officialTitle", "acronym")
        ),
        compare=Titles(),
        rules={"changed": rule(MINOR)},
    ),
    Row(
        name="record",
        label="The record itself",
        paths=(),
        compare=LifeCycle(),
        rules={
            "discovered": rule(NOISE),
            "touched": rule(NOISE),
            "changed": rule(NOISE),
            "merged": rule(MAJOR),
            "not_found": rule(CRITICAL),
            "restored": rule(MAJOR),
        },
    ),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of change: its name, severity rule and meaning; `read` is False for names reserved for later."""

    name: str
    rule: Rule
    meaning: str
    paths: tuple[str, ...] = ()
    read: bool = True

    @property
    def severity(self) -> Severity:
        """The default severity."""
        return self.rule.default


def _kinds() -> dict[str, Kind]:
    read = {
        f"{row.name}.{verb}": Kind(f"{row.name}.{verb}", severity, row.compare.verbs[verb].meaning, row.paths)
        for row in ROWS
        for verb, severity in row.rules.items()
    }
    reserved = {
        name: Kind(name, rule(severity), meaning, read=False)
        for name, (severity, meaning) in NOT_READ_YET.items()
        if name not in read
    }
    return read | reserved


KINDS: Mapping[str, Kind] = _kinds()
