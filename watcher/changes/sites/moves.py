"""The verb for a site whose recruitment status moved."""

from __future__ import annotations

from collections.abc import Mapping

from watcher.changes.reading import Verb
from watcher.changes.status.moves import OPEN

ENDED = frozenset({"WITHDRAWN", "TERMINATED", "COMPLETED"})
_TO = {"WITHDRAWN": "withdrawn", "SUSPENDED": "suspended", "TERMINATED": "terminated", "COMPLETED": "completed"}

MOVES: Mapping[str, Verb] = {
    "opened": Verb(
        "not yet (or absent) -> recruiting or by invitation, the overall status unchanged",
        "Site opened: {subject}{move}.",
    ),
    "closed": Verb("recruiting -> active, not recruiting", "Site closed to enrolment: {subject}{move}."),
    "completed": Verb("-> completed", "Site completed: {subject}{move}."),
    "withdrawn": Verb("-> withdrawn", "Site withdrawn: {subject}{move}."),
    "suspended": Verb("-> suspended", "Site suspended: {subject}{move}."),
    "terminated": Verb("-> terminated", "Site terminated: {subject}{move}."),
    "reopened": Verb(
        "closed, completed, suspended, terminated or withdrawn -> recruiting or by invitation",
        "Site reopened: {subject}{move}.",
    ),
    "stepped_back": Verb("any other move of a site's status", "Site status moved: {subject}{move}."),
    "status_shown": Verb("a status appeared because the overall status moved", "Site status shown: {subject}{move}."),
    "status_cleared": Verb("a site's status is no longer shown", "Site status no longer shown: {subject}{move}."),
}


def status_verb(old: str, new: str, *, overall_moved: bool) -> str:
    """The verb for a site whose status went from `old` to `new` ("" where none is shown)."""
    if not new:
        return "status_cleared"
    if not old and overall_moved:
        return "status_shown"
    if new in _TO:
        return _TO[new]
    if new in OPEN:
        return _opening_verb(old)
    if not old:
        return "status_shown"
    return "closed" if new == "ACTIVE_NOT_RECRUITING" and old in OPEN else "stepped_back"


def _opening_verb(old: str) -> str:
    if old in {"", "NOT_YET_RECRUITING"}:
        return "opened"
    return "stepped_back" if old in OPEN else "reopened"
