"""Edits of status, dates and enrolment."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from benchmarks.semantics.edits.shape import (
    CLM,
    DM,
    SM,
    Doing,
    Edit,
    Record,
    at,
    day_of,
    drop,
    edit,
    edits_in,
    put,
    rows,
)

OVERALL = f"{SM}.overallStatus"
_FOLLOW = "site.*"


# --- overall status --------------------------------------------------------------------


def _moved(old: str, new: str) -> Doing:
    def do(record: Record, chance: Random) -> bool:
        return at(record, OVERALL) == old and put(record, OVERALL, new)

    return do


def _status(kind: str, old: str, new: str, severity: str, *, backwards: bool = False) -> Edit:
    ends = (new, old) if backwards else (old, new)
    return Edit(f"{ends[0]} -> {ends[1]}", (kind,), _moved(old, new), severity, (), backwards)


STATUS = (
    _status("status.opened", "NOT_YET_RECRUITING", "RECRUITING", "major"),
    _status("status.opened", "NOT_YET_RECRUITING", "ENROLLING_BY_INVITATION", "major"),
    _status("status.enrollment_closed", "RECRUITING", "ACTIVE_NOT_RECRUITING", "major"),
    _status("status.enrollment_closed", "NOT_YET_RECRUITING", "ACTIVE_NOT_RECRUITING", "major"),
    _status("status.completed", "ACTIVE_NOT_RECRUITING", "COMPLETED", "major"),
    _status("status.completed", "RECRUITING", "COMPLETED", "major"),
    _status("status.suspended", "RECRUITING", "SUSPENDED", "critical"),
    _status("status.suspended", "NOT_YET_RECRUITING", "SUSPENDED", "critical"),
    _status("status.terminated", "RECRUITING", "TERMINATED", "critical"),
    _status("status.terminated", "ACTIVE_NOT_RECRUITING", "TERMINATED", "critical"),
    _status("status.terminated", "TERMINATED", "SUSPENDED", "critical", backwards=True),
    _status("status.withdrawn", "NOT_YET_RECRUITING", "WITHDRAWN", "critical"),
    _status("status.resumed", "RECRUITING", "SUSPENDED", "critical", backwards=True),
    _status("status.resumed", "ACTIVE_NOT_RECRUITING", "SUSPENDED", "major", backwards=True),
    _status("status.reopened", "COMPLETED", "RECRUITING", "major"),
    _status("status.reopened", "TERMINATED", "RECRUITING", "critical"),
    _status("status.reopened", "ACTIVE_NOT_RECRUITING", "RECRUITING", "major"),
    _status("status.invitation_only", "RECRUITING", "ENROLLING_BY_INVITATION", "minor"),
    _status("status.open_to_all", "ENROLLING_BY_INVITATION", "RECRUITING", "minor"),
    _status("status.stepped_back", "RECRUITING", "NOT_YET_RECRUITING", "minor"),
    _status("status.stepped_back", "COMPLETED", "ACTIVE_NOT_RECRUITING", "major"),
    _status("status.relabelled", "COMPLETED", "TERMINATED", "critical"),
    _status("status.relabelled", "TERMINATED", "COMPLETED", "major"),
    _status("status.withheld", "RECRUITING", "WITHHELD", "critical"),
    _status("status.other", "RECRUITING", "PAUSED_BY_SPONSOR", "major"),
    _status("expanded_access.available", "NO_LONGER_AVAILABLE", "AVAILABLE", "major"),
    _status("expanded_access.ended", "NO_LONGER_AVAILABLE", "AVAILABLE", "critical", backwards=True),
)


@edit("computed unknown", "status.became_unknown", "major")
def became_unknown(record: Record, chance: Random) -> bool:
    """The registry computes UNKNOWN; nobody filed anything."""
    if at(record, OVERALL) not in ("RECRUITING", "NOT_YET_RECRUITING", "ACTIVE_NOT_RECRUITING"):
        return False
    return put(record, f"{SM}.lastKnownStatus", at(record, OVERALL)) and put(record, OVERALL, "UNKNOWN")


@edit("the last known status confirmed", "status.revived", "minor")
def revived(record: Record, chance: Random) -> bool:
    """A record that had become UNKNOWN is verified again."""
    known = at(record, f"{SM}.lastKnownStatus")
    return bool(known) and put(record, OVERALL, known) and drop(record, f"{SM}.lastKnownStatus")


def _followed(record: Record, overall: str, status: str | None) -> bool:
    """The study and every row of its sites move; with no status, contacts vanish, too, as the registry does it."""
    for site in rows(record, f"{CLM}.locations"):
        if "status" in site:
            site.update({"status": status} if status else {})
        if status is None:
            site.pop("status", None)
            site.pop("contacts", None)
    return put(record, OVERALL, overall)


@edit("enrolment closed, sites lose status and contacts", "status.enrollment_closed", "major")
def closed_with_sites(record: Record, chance: Random) -> bool:
    """Enrolment closes, and the rows of the sites show neither status nor contact any more."""
    return at(record, OVERALL) == "RECRUITING" and _followed(record, "ACTIVE_NOT_RECRUITING", None)


@edit("suspended, sites follow", "status.suspended", "critical", beside="site.suspended")
def suspended_with_sites(record: Record, chance: Random) -> bool:
    """The study is suspended, and every site with it."""
    return at(record, OVERALL) == "RECRUITING" and _followed(record, "SUSPENDED", "SUSPENDED")


_REASONS = ("Business decision, not related to safety", "Slow accrual", "Sponsor's decision pending a safety review")


@edit("terminated with a reason", "why_stopped.added", "major", beside="status.terminated")
def stopped_with_reason(record: Record, chance: Random) -> bool:
    """The study is terminated and says why."""
    running = at(record, OVERALL) in ("RECRUITING", "ACTIVE_NOT_RECRUITING")
    return running and put(record, OVERALL, "TERMINATED") and put(record, f"{SM}.whyStopped", chance.choice(_REASONS))


@edit("reason added later", "why_stopped.added", "major", backwards=True)
def reason_later(record: Record, chance: Random) -> bool:
    """A stopped study says why."""
    return drop(record, f"{SM}.whyStopped")


@edit("reason removed", "why_stopped.removed", "minor")
def reason_removed(record: Record, chance: Random) -> bool:
    """A stopped study no longer says why."""
    return drop(record, f"{SM}.whyStopped")


@edit("reason reworded", "why_stopped.changed", "major")
def reason_changed(record: Record, chance: Random) -> bool:
    """A stopped study says why in other words."""
    return bool(at(record, f"{SM}.whyStopped")) and put(record, f"{SM}.whyStopped", chance.choice(_REASONS))


@edit("expanded access linked", "expanded_access.linked", "major")
def linked(record: Record, chance: Random) -> bool:
    """An expanded access record is named."""
    if at(record, f"{SM}.expandedAccessInfo.hasExpandedAccess") is not False:
        return False
    info = {"hasExpandedAccess": True, "nctId": "NCT09999999", "statusForNctId": "AVAILABLE"}
    return put(record, f"{SM}.expandedAccessInfo", info)


@edit("expanded access unlinked", "expanded_access.unlinked", "major", backwards=True)
def unlinked(record: Record, chance: Random) -> bool:
    """An expanded access record is no longer named."""
    return linked.do(record, chance)  # type: ignore[no-any-return]


# --- dates -----------------------------------------------------------------------------


def _shifted(name: str, days: int, old: str, new: str) -> Doing:
    """A date of type `old` moved by so many days, written as precisely as before, and now of type `new`."""
    path = f"{SM}.{name}"

    def do(record: Record, chance: Random) -> bool:
        struct = at(record, path) or {}
        if struct.get("type") != old:
            return False
        day = day_of(struct["date"]) + timedelta(days=days)
        text = str(day)[: len(struct["date"])]
        return put(record, path, {"date": text, "type": new})

    return do


def _dated(field: str, verb: str, days: int, severity: str, old: str = "ESTIMATED", new: str = "ESTIMATED") -> Edit:
    struct = {"start": "startDateStruct", "completion": "completionDateStruct"}.get(
        field, "primaryCompletionDateStruct"
    )
    return Edit(f"{field} {days:+} days", (f"date.{field}.{verb}",), _shifted(struct, days, old, new), severity)


def _dates_of(
    field: str, slips: dict[int, str], pulls: dict[int, str], late: str, corrected: dict[int, str]
) -> tuple[Edit, ...]:
    return (
        *(_dated(field, "slipped", days, severity) for days, severity in slips.items()),
        *(_dated(field, "pulled_in", -days, severity) for days, severity in pulls.items()),
        _dated(field, "actualized", 0, "minor", "ESTIMATED", "ACTUAL"),
        _dated(field, "actualized", -200, late, "ESTIMATED", "ACTUAL"),
        *(_dated(field, "corrected", days, severity, "ACTUAL", "ACTUAL") for days, severity in corrected.items()),
        _dated(field, "type_reverted", 0, "major", "ACTUAL", "ESTIMATED"),
        _dated(field, "type_reverted", 300, "major", "ACTUAL", "ESTIMATED"),
    )


DATES = (
    *_dates_of("start", {40: "minor", 150: "major"}, {40: "minor", 150: "major"}, "major", {-40: "minor"}),
    *_dates_of(
        "primary_completion",
        {40: "minor", 150: "major", 550: "critical"},
        {40: "minor", 150: "major"},
        "major",
        {-70: "major", 70: "major"},
    ),
    *_dates_of(
        "completion", {40: "minor", 150: "minor", 550: "major"}, {40: "minor", 150: "minor"}, "minor", {-40: "minor"}
    ),
)


def _absent(field: str, struct: str, severity: str, *, backwards: bool) -> Edit:
    verb = "added" if backwards else "removed"
    path = f"{SM}.{struct}"
    return Edit(
        f"{field} {verb}", (f"date.{field}.{verb}",), lambda record, _: drop(record, path), severity, (), backwards
    )


APPEARING = (
    _absent("start", "startDateStruct", "minor", backwards=False),
    _absent("start", "startDateStruct", "minor", backwards=True),
    _absent("primary_completion", "primaryCompletionDateStruct", "major", backwards=False),
    _absent("primary_completion", "primaryCompletionDateStruct", "minor", backwards=True),
    _absent("completion", "completionDateStruct", "minor", backwards=False),
    _absent("completion", "completionDateStruct", "minor", backwards=True),
)


@edit("both completion dates slip alike", "date.primary_completion.slipped", "major", beside="date.completion.slipped")
def both_slipped(record: Record, chance: Random) -> bool:
    """Primary and study completion slip by the same span."""
    moves = (
        _shifted(name, 184, "ESTIMATED", "ESTIMATED")
        for name in ("primaryCompletionDateStruct", "completionDateStruct")
    )
    return all(move(record, chance) for move in moves)


# --- enrolment ---------------------------------------------------------------------------

_COUNT = f"{DM}.enrollmentInfo"


def _enrolled(factor: float, old: str, new: str) -> Doing:
    def do(record: Record, chance: Random) -> bool:
        info = at(record, _COUNT) or {}
        if info.get("type") != old or not 20 <= info.get("count", 0) <= 900:
            return False
        return put(record, _COUNT, {"count": round(info["count"] * factor), "type": new})

    return do


def _count(verb: str, factor: float, severity: str, old: str = "ESTIMATED", new: str = "ESTIMATED") -> Edit:
    return Edit(f"enrolment x {factor}", (f"enrollment.{verb}",), _enrolled(factor, old, new), severity)


ENROLMENT = (
    _count("target_increased", 1.12, "minor"),
    _count("target_increased", 1.5, "major"),
    _count("target_decreased", 0.88, "minor"),
    _count("target_decreased", 0.5, "major"),
    _count("actualized", 1, "minor", "ESTIMATED", "ACTUAL"),
    _count("actualized", 0.5, "major", "ESTIMATED", "ACTUAL"),
    _count("actualized", 1.4, "minor", "ESTIMATED", "ACTUAL"),
    _count("actual_corrected", 1.1, "minor", "ACTUAL", "ACTUAL"),
    _count("actual_corrected", 0.6, "major", "ACTUAL", "ACTUAL"),
    _count("zeroed", 0, "critical", "ESTIMATED", "ACTUAL"),
    _count("zeroed", 0, "critical", "ESTIMATED", "ESTIMATED"),
    _count("type_reverted", 1, "major", "ACTUAL", "ESTIMATED"),
    Edit("enrolment removed", ("enrollment.removed",), lambda record, _: drop(record, _COUNT), "minor"),
    Edit("enrolment added", ("enrollment.added",), lambda record, _: drop(record, _COUNT), "minor", (), True),
)

EDITS = edits_in(globals())
