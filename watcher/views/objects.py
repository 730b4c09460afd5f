"""Studies, changes and alerts as objects: what `--json` of the commands prints is what `/api` answers.

The types say what stands in each; the description of `/api` is made from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, NotRequired, TypedDict, cast

from msgspec import Meta

from watcher.alerts.accounts import Account
from watcher.alerts.explaining import first_line, outcome_of
from watcher.model import Change
from watcher.store.shown import RecordedChange, Study, VersionInfo

Moment = Annotated[datetime, Meta(tz=True)]
"""A moment that names its time zone, which is UTC."""


class ChangeObject(TypedDict):
    """A typed difference of a study. `parent` is the id of its cause in the same step, which folds it."""

    id: int
    kind: str
    severity: str
    nct_id: str
    subject: str
    old: str | None
    new: str | None
    detail: dict[str, Any]
    paths: list[str]
    registry_side: bool
    parent: int | None
    sentence: str


class ToldObject(ChangeObject):
    """A change as it was told; `held_back` names the mass change that keeps it from its readers, if one does."""

    held_back: NotRequired[str]


class RecordedObject(ToldObject):
    """A stored change: when it was observed, and in which step of its study."""

    observed_at: str
    occasion: str


class EntryObject(TypedDict):
    """A version with what changed in it; `version` is null where something happened without a new one."""

    version: int | None
    seen_at: str
    data_version: str | None
    content_digest: str | None
    occasion: str
    changes: list[ToldObject]


class AlertObject(TypedDict):
    """What one route selected from one step of a study, and what became of it."""

    alert: int
    observed_at: Moment
    route: str
    study: str
    label: str
    occasion: str
    severity: str
    first_line: str
    changes: int
    silenced: int
    outcome: str
    acknowledged_at: Moment | None
    noise_at: Moment | None


class WholeAlertObject(AlertObject):
    """An alert with its changes: those it tells, and those that silences keep back."""

    told: list[ChangeObject]
    kept_back: list[ChangeObject]


def study_object(study: Study) -> dict[str, Any]:
    """A study, and where it stands."""
    return asdict(study)


def plain_change(change: Change) -> ChangeObject:
    """A change by itself."""
    return cast(ChangeObject, change.as_dict())


def told_object(change: RecordedChange) -> ToldObject:
    """The change as it was told, and what holds it back from its readers, if anything does."""
    return cast(ToldObject, {**change.said, **({"held_back": change.held} if change.held else {})})


def change_object(change: RecordedChange) -> RecordedObject:
    """A stored change."""
    return {**told_object(change), "observed_at": change.observed_at, "occasion": change.occasion}


def history_entries(versions: Iterable[VersionInfo], recorded: Iterable[RecordedChange]) -> list[EntryObject]:
    """Every version, and every occasion that brought none (`version` is None), in the order of time."""
    found = {f"version:{info.version}": _entry(f"version:{info.version}", asdict(info)) for info in versions}
    for change in recorded:
        event = {"version": None, "seen_at": change.observed_at, "data_version": None, "content_digest": None}
        found.setdefault(change.occasion, _entry(change.occasion, event))["changes"].append(told_object(change))
    return sorted(found.values(), key=lambda entry: (entry["seen_at"], entry["version"] is None, entry["occasion"]))


def _entry(occasion: str, said: Mapping[str, Any]) -> EntryObject:
    return cast(EntryObject, {**said, "occasion": occasion, "changes": []})


def alert_object(account: Account) -> AlertObject:
    """An alert in short."""
    alert = account.alert
    return {
        "alert": alert.id,
        "observed_at": alert.observed_at,
        "route": alert.route,
        "study": alert.nct_id,
        "label": alert.label,
        "occasion": alert.occasion,
        "severity": alert.severity.word,
        "first_line": first_line(alert.changes or account.kept),
        "changes": len(alert.changes),
        "silenced": len(account.kept),
        "outcome": outcome_of(account),
        "acknowledged_at": account.acknowledged_at,
        "noise_at": account.noise_at,
    }


def whole_alert_object(account: Account) -> WholeAlertObject:
    """An alert with its changes."""
    told, kept = ([plain_change(change) for change in changes] for changes in (account.alert.changes, account.kept))
    return {**alert_object(account), "told": told, "kept_back": kept}
