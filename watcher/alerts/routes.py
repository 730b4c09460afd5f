"""Routing: which changes of a step each route selects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from watcher.alerts.rules import is_at_once, rule_for
from watcher.alerts.scope import covers, within
from watcher.alerts.silences import silenced
from watcher.model import Alert, Change, Place, Route, Rule, Silence, StudyFacts, Watch


@dataclass(frozen=True, slots=True)
class Step:
    """What happened to one study on one occasion: a new version, or an event in the life of its record.

    `places` are its sites, None where they are not at hand: then every route that names a place hears of it.
    """

    nct_id: str
    occasion: str
    observed_at: datetime
    changes: tuple[Change, ...]
    study: StudyFacts
    since: int | None = None
    version: int | None = None
    places: tuple[Place, ...] | None = None

    @property
    def is_baseline(self) -> bool:
        """Whether this is the first sight of the study: recorded, and silent for readers."""
        return self.since is None and self.version is not None


def alerts_for(
    step: Step, routes: Iterable[Route], watches: Sequence[Watch], silences: Sequence[Silence] = ()
) -> tuple[Alert, ...]:
    """The alerts that the routes draw from one step: at most one each, nothing where they select nothing."""
    asked = (route for route in routes if route.enabled)
    return tuple(alert for route in asked if (alert := _alert(step, route, watches, silences)) is not None)


def selected(route: Route, step: Step) -> tuple[Change, ...]:
    """The changes of a step that the route asks for, and what folds under them."""
    if not route.enabled or not covers(route.scope, step.study):
        return ()
    heard = [change for change in step.changes if listens_to(route, change)]
    here = within(route.scope, heard, step.places)
    asked = {change.id for change in here if rule_for(route, change) is not None}
    return tuple(change for change in here if change.id in asked or change.parent in asked)


def listens_to(route: Route, change: Change) -> bool:
    """Whether a change concerns the route's watches: what is about a saved search concerns the watch of it alone."""
    watch = change.detail.get("watch")
    return watch is None or not route.watches or watch in route.watches


def labels_of(nct_id: str, route: Route, watches: Sequence[Watch]) -> Mapping[str, str]:
    """The watches of the route that hold the study, each with the user's label for it."""
    return dict(_memberships(nct_id, route, watches))


def _alert(step: Step, route: Route, watches: Sequence[Watch], silences: Sequence[Silence]) -> Alert | None:
    labels = labels_of(step.nct_id, route, watches)
    chosen = selected(route, step) if labels else ()
    if not chosen:
        return None
    kept = silenced(step.nct_id, route.name, chosen, silences)
    told = tuple(change for change in chosen if change.id not in kept)
    return Alert(
        key=f"{route.name}|{step.nct_id}|{step.occasion}",
        route=route.name,
        nct_id=step.nct_id,
        occasion=step.occasion,
        observed_at=step.observed_at,
        severity=max(change.severity for change in told or chosen),
        changes=told,
        study=step.study,
        reason=reason(route, told or chosen, labels),
        label=next(filter(None, labels.values()), ""),
        since=step.since,
        version=step.version,
        silenced=kept,
    )


def _memberships(nct_id: str, route: Route, watches: Sequence[Watch]) -> Iterator[tuple[str, str]]:
    for watch in watches:
        if route.watches and watch.name not in route.watches:
            continue
        label = watch.label_of(nct_id)
        if label is not None:
            yield watch.name, label


def reason(route: Route, changes: Sequence[Change], watches: Iterable[str]) -> str:
    """Why the route tells these changes: its name, the rules that chose them, the watches that hold the study."""
    rules = dict.fromkeys(rule for change in changes if (rule := rule_for(route, change)) is not None)
    named = [f'"{name}"' for name in watches]
    noun = "watch" if len(named) == 1 else "watches"
    return f'route "{route.name}" ({_chosen_by(route, tuple(rules))}), {noun} {", ".join(named)}'


def _chosen_by(route: Route, rules: Sequence[Rule]) -> str:
    """The rules by name, of those at once and collected ones what sends it now; the nameless say severity and kinds."""
    urgent = [rule for rule in rules if is_at_once(route, rule)]
    names = ", ".join(rule.name for rule in urgent or rules if rule.name)
    rows = f"{'at once' if urgent else 'collected'} for {names}" if names else ""
    plain = f"{route.min_severity.word} or worse; {', '.join(route.kinds) or 'every kind'}"
    nameless = not all(rule.name for rule in urgent or rules)
    named = f"preset {route.preset}: {rows}" if route.preset and rows else rows
    return "; ".join(filter(None, (named, plain if nameless or not rules else "")))
