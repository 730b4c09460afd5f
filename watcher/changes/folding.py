"""A cause swallows its consequences in the same step: what folds is told under its cause, not beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from watcher.model import Change

_SHOWN = frozenset({"site.status_shown", "site.status_cleared"})
_ENDED = frozenset({"site.closed", "site.completed", "site.terminated", "site.withdrawn"})
_OPENED = frozenset({"site.opened", "site.reopened"})
_STOPS = frozenset({"status.suspended", "status.terminated", "status.withdrawn"})
# A withheld record shows next to nothing: when it is back, everything in it comes at once.
_RETURNED = frozenset(
    {"date.start.added", "date.primary_completion.added", "date.completion.added", "enrollment.added", "site.added"}
    | {"why_stopped.added", "record.changed"}
)
_COMPLETION_REACHED = frozenset({"date.primary_completion.actualized", "date.completion.actualized"})


@dataclass(frozen=True, slots=True)
class Cause:
    """What one kind may cause. Of the `sites` kinds, only the one that most sites show follows the cause."""

    sites: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    always: frozenset[str] = field(default=_SHOWN)


CAUSES: Mapping[str, Cause] = {
    "status.opened": Cause(sites=_OPENED),
    "status.resumed": Cause(sites=_OPENED, others=frozenset({"why_stopped.removed"})),
    "status.reopened": Cause(sites=_OPENED, others=frozenset({"why_stopped.removed"})),
    "status.revived": Cause(sites=_OPENED | _ENDED, others=frozenset({"why_stopped.added"})),
    "status.restored": Cause(others=_RETURNED),
    "status.enrollment_closed": Cause(sites=_ENDED, others=_COMPLETION_REACHED),
    "status.completed": Cause(sites=_ENDED, others=_COMPLETION_REACHED),
    "status.suspended": Cause(sites=frozenset({"site.suspended"}), others=frozenset({"why_stopped.added"})),
    "status.terminated": Cause(sites=_ENDED, others=_COMPLETION_REACHED | {"why_stopped.added"}),
    "status.withdrawn": Cause(sites=_ENDED, others=_COMPLETION_REACHED | {"why_stopped.added", "enrollment.zeroed"}),
    "status.relabelled": Cause(sites=_ENDED, others=frozenset({"why_stopped.added"})),
    "status.became_unknown": Cause(),
    "status.stepped_back": Cause(),
    "status.invitation_only": Cause(),
    "status.open_to_all": Cause(),
    "status.other": Cause(),
}

Parents = dict[int, int]


def parents_of(changes: Sequence[Change]) -> Parents:
    """Position of a consequence -> position of its cause, for the changes of one step."""
    return {**_under_primary_completion(changes), **_under_ages(changes), **_under_status(changes)}


def _under_status(changes: Sequence[Change]) -> Parents:
    causes = [position for position, change in enumerate(changes) if change.kind in CAUSES]
    if not causes:
        return {}
    # A revived study may carry two status changes; the one that says more takes the consequences.
    cause = max(causes, key=lambda place: (changes[place].severity, changes[place].kind in _STOPS, -place))
    follows = _follower(CAUSES[changes[cause].kind], changes)
    return {position: cause for position, change in enumerate(changes) if follows(change)}


def _follower(cause: Cause, changes: Iterable[Change]) -> Callable[[Change], bool]:
    shown = Counter(change.kind for change in changes if change.kind in cause.sites)
    majority = {kind for kind, _ in sorted(shown.items(), key=lambda item: (-item[1], item[0]))[:1]}
    following = cause.others | cause.always | majority
    return lambda change: change.kind in following or _contacts_shown(change)


def _contacts_shown(change: Change) -> bool:
    """Whether the contacts of a site came or went as a whole, as they do with the status."""
    shown = change.detail.get("shown_before"), change.detail.get("shown_now")
    return change.kind == "site.contact_changed" and shown[0] != shown[1]


def _under_primary_completion(changes: Sequence[Change]) -> Parents:
    """The study completion date follows the primary one when both moved by the same span, give or take 31 days."""
    by_kind = {change.kind: position for position, change in enumerate(changes)}
    for verb in ("slipped", "pulled_in"):
        primary, completion = (by_kind.get(f"date.{name}.{verb}") for name in ("primary_completion", "completion"))
        if primary is None or completion is None:
            continue
        if abs(changes[primary].detail["days"] - changes[completion].detail["days"]) <= 31:
            return {completion: primary}
    return {}


def _under_ages(changes: Sequence[Change]) -> Parents:
    """A criterion that only restates the age limits follows their change."""
    limits = next((place for place, change in enumerate(changes) if change.kind == "eligibility.age_changed"), None)
    if limits is None:
        return {}
    return {place: limits for place, change in enumerate(changes) if change.detail.get("restates") == "age limits"}
