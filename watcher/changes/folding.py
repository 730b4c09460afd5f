"""A cause swallows its consequences in the same step: what folds is told under its cause, not beside it.

Every rule below says what a consequence looks like; what does not look like one stays beside the cause. Where several
rules claim a change, the one that explains more of the step wins: the status over the results, these over a country,
a country over a date.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from watcher.model import Change

_SHOWN = frozenset({"site.status_shown", "site.status_cleared"})
_ENDED = frozenset({"site.closed", "site.completed", "site.terminated", "site.withdrawn"})
_OPENED = frozenset({"site.opened", "site.reopened"})
_STOPS = frozenset({"status.suspended", "status.terminated", "status.withdrawn"})
_REACHED = frozenset({"date.primary_completion.actualized", "date.completion.actualized"})
_REASON = frozenset({"why_stopped.added"})
_REASON_GONE = frozenset({"why_stopped.removed"})
# Results bring every outcome in another style ("Number of participants with ..."); what was measured stays news.
_RESULTS_STYLE = frozenset(
    {"outcome.primary_reworded", "outcome.primary_detail_added", "outcome.secondary_reworded"}
    | {"results.submitted", "results.returned"}
)


@dataclass(frozen=True, slots=True)
class Cause:
    """What one kind may cause. Of the `sites` kinds, only the one that most sites show follows the cause.

    `everything`: the record itself vanished behind a notice, or is back from behind it, with all that stands in it.
    """

    sites: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    always: frozenset[str] = field(default=_SHOWN)
    everything: bool = False


CAUSES: Mapping[str, Cause] = {
    "status.opened": Cause(sites=_OPENED),
    "status.resumed": Cause(sites=_OPENED, others=_REASON_GONE),
    "status.reopened": Cause(sites=_OPENED, others=_REASON_GONE),
    "status.revived": Cause(sites=_OPENED | _ENDED, others=_REASON),
    "status.withheld": Cause(everything=True),
    "status.restored": Cause(everything=True),
    "status.enrollment_closed": Cause(sites=_ENDED, others=_REACHED),
    "status.completed": Cause(sites=_ENDED, others=_REACHED),
    "status.suspended": Cause(sites=frozenset({"site.suspended"}), others=_REASON),
    "status.terminated": Cause(sites=_ENDED, others=_REACHED | _REASON),
    "status.withdrawn": Cause(sites=_ENDED, others=_REACHED | _REASON | {"enrollment.zeroed"}),
    "status.relabelled": Cause(sites=_ENDED, others=_REASON),
    "status.became_unknown": Cause(),
    "status.stepped_back": Cause(),
    "status.invitation_only": Cause(),
    "status.open_to_all": Cause(),
    "status.other": Cause(),
}

Parents = dict[int, int]


def parents_of(changes: Sequence[Change]) -> Parents:
    """Position of a consequence -> position of its cause, for the changes of one step."""
    rules = (_contacts_under_site, _completion_under_primary, _sites_under_country, _style_under_results, _under_status)
    parents: Parents = {}
    for rule in rules:
        parents |= rule(changes)
    return parents


def _under_status(changes: Sequence[Change]) -> Parents:
    causes = [position for position, change in enumerate(changes) if change.kind in CAUSES]
    if not causes:
        return {}
    # A revived study may carry two status changes; the one that says more takes the consequences.
    cause = max(causes, key=lambda place: (changes[place].severity, changes[place].kind in _STOPS, -place))
    follows = _follower(CAUSES[changes[cause].kind], changes)
    return {place: cause for place, change in enumerate(changes) if place not in causes and follows(change)}


def _follower(cause: Cause, changes: Iterable[Change]) -> Callable[[Change], bool]:
    if cause.everything:
        return lambda change: True
    shown = Counter(change.kind for change in changes if change.kind in cause.sites)
    majority = {kind for kind, _ in sorted(shown.items(), key=lambda item: (-item[1], item[0]))[:1]}
    following = cause.others | cause.always | majority
    return lambda change: change.kind in following or _contacts_shown(change)


def _contacts_shown(change: Change) -> bool:
    """Whether contacts came or went as a whole, as they do with the status."""
    shown = change.detail.get("shown_before"), change.detail.get("shown_now")
    return change.kind in {"site.contact_changed", "contact.changed"} and shown[0] != shown[1]


def _style_under_results(changes: Sequence[Change]) -> Parents:
    posted = next((place for place, change in enumerate(changes) if change.kind == "results.posted"), None)
    if posted is None:
        return {}
    return {place: posted for place, change in enumerate(changes) if change.kind in _RESULTS_STYLE}


def _sites_under_country(changes: Sequence[Change]) -> Parents:
    """The sites of a country that came or went follow it."""
    countries = {
        (change.kind.replace("country", "site"), change.subject): place
        for place, change in enumerate(changes)
        if change.kind in {"country.added", "country.removed"}
    }
    keys = ((place, (change.kind, change.detail.get("country"))) for place, change in enumerate(changes))
    return {place: countries[key] for place, key in keys if key in countries}


def _contacts_under_site(changes: Sequence[Change]) -> Parents:
    """The contacts of a site come and go with its own status."""
    moves = {change.subject: place for place, change in enumerate(changes) if _is_site_move(change)}
    return {
        place: moves[change.subject]
        for place, change in enumerate(changes)
        if change.kind == "site.contact_changed" and _contacts_shown(change) and change.subject in moves
    }


def _is_site_move(change: Change) -> bool:
    return change.kind in _ENDED | _OPENED | {"site.suspended", "site.stepped_back"}


def _completion_under_primary(changes: Sequence[Change]) -> Parents:
    """The study completion date follows the primary one when both moved by the same span, give or take 31 days."""
    by_kind = {change.kind: position for position, change in enumerate(changes)}
    for verb in ("slipped", "pulled_in"):
        primary, completion = (by_kind.get(f"date.{name}.{verb}") for name in ("primary_completion", "completion"))
        if primary is None or completion is None:
            continue
        if abs(changes[primary].detail["days"] - changes[completion].detail["days"]) <= 31:
            return {completion: primary}
    return {}
