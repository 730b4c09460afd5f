"""What an example is, and short ways to say the frequent ones."""

from __future__ import annotations

from typing import Any, NamedTuple

from watcher.examples.plain import ABSENT, site

ALPHA = site("Alpha Hospital", "Berlin", "Germany")
BETA = site("Beta Clinic", "Lyon", "France")
TOLD_OF_ALPHA = "Alpha Hospital, Berlin, Germany"

NOT_YET, RECRUITING, BY_INVITATION = "NOT_YET_RECRUITING", "RECRUITING", "ENROLLING_BY_INVITATION"
ACTIVE, COMPLETED = "ACTIVE_NOT_RECRUITING", "COMPLETED"
SUSPENDED, TERMINATED, WITHDRAWN, UNKNOWN = "SUSPENDED", "TERMINATED", "WITHDRAWN", "UNKNOWN"
AVAILABLE, PAUSED, ENDED, APPROVED = (
    "AVAILABLE",
    "TEMPORARILY_NOT_AVAILABLE",
    "NO_LONGER_AVAILABLE",
    "APPROVED_FOR_MARKETING",
)


class Example(NamedTuple):
    """Two records, said as in `plain.record`, and the change of this kind that lies between them.

    `beside` are the kinds of the other changes that the two records show, if any.
    """

    kind: str
    before: dict[str, Any]
    after: dict[str, Any]
    severity: str
    sentence: str
    beside: tuple[str, ...] = ()


class Rings(NamedTuple):
    """A record, said as in `plain.record`, and what a day (YYYY-MM-DD) brings to it without a new version.

    `standing` are the clocks raised before: name, threshold, and the date they were raised for.
    """

    kind: str
    record: dict[str, Any]
    day: str
    severity: str
    sentence: str
    standing: tuple[tuple[str, int, str], ...] = ()


def overall(kind: str, old: str, new: str, severity: str, sentence: str) -> Example:
    """A move of the overall status alone, in a study whose sites show no status."""
    silent = [site(status=ABSENT)]
    return Example(kind, {"status": old, "sites": silent}, {"status": new, "sites": silent}, severity, sentence)


def at_alpha(kind: str, severity: str, sentence: str, before: dict[str, Any], after: dict[str, Any]) -> Example:
    """Something that happens to one of two sites."""
    return Example(
        kind, {"sites": [{**ALPHA, **before}, BETA]}, {"sites": [{**ALPHA, **after}, BETA]}, severity, sentence
    )


def dated(kind: str, old: Any, new: Any, severity: str, sentence: str) -> Example:
    """A move of one date."""
    field = kind.split(".")[1]
    return Example(kind, {field: old}, {field: new}, severity, sentence)


def enrolled(kind: str, old: Any, new: Any, severity: str, sentence: str) -> Example:
    """A move of the number of participants."""
    return Example(kind, {"enrollment": old}, {"enrollment": new}, severity, sentence)
