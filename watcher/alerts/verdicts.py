"""Why a route tells a change, or does not: the first thing that stands in its way, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from watcher.alerts.accounts import Recorded, Told
from watcher.alerts.presets import PRESETS, rules_of
from watcher.alerts.routes import Step, labels_of, listens_to, selected
from watcher.alerts.rules import is_about, matches
from watcher.alerts.scope import covers, within
from watcher.changes.mass import APPROVED, OPEN
from watcher.model import Change, Route, Scope, Timing, Watch


class Why(StrEnum):
    """What became of a change on a route; those that stand in its way in the order in which they are looked at."""

    TOLD = "told"
    SILENCED = "silenced"
    BASELINE = "baseline"
    HELD = "held back"
    DISABLED = "route not enabled"
    WATCH = "not watched"
    STUDY = "not about this study"
    PLACE = "not about this place"
    SEVERITY = "below its severity"
    KIND = "not of its kinds"
    NO_ROW = "no row in its preset"
    ROW = "below its row in the preset"
    RULE = "never, by a rule"
    THEN = "not selected then"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a change on a route, with the alert that holds it and the silence that keeps it back, if any."""

    why: Why
    text: str
    alert: int = 0
    silence: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """Changes of one step that share what became of them on every route."""

    changes: tuple[Change, ...]
    verdicts: tuple[tuple[str, Verdict], ...]

    def by_text(self) -> Mapping[str, tuple[str, ...]]:
        """The routes that share a verdict, by its words."""
        found: dict[str, list[str]] = {}
        for route, verdict in self.verdicts:
            found.setdefault(verdict.text, []).append(route)
        return {text: tuple(routes) for text, routes in found.items()}


BASELINE = Verdict(Why.BASELINE, "first sight of the study: recorded as the baseline, told to nobody")
THEN = Verdict(Why.THEN, "would be told today; when it was seen, the routes, watches or places were others")


def explained(recorded: Recorded, routes: Sequence[Route], watches: Sequence[Watch]) -> tuple[Block, ...]:
    """What became of the changes of a recorded step, on today's routes and on those that told of it then."""
    judged = {route.name: _judged(recorded, route, watches) for route in routes}
    blocks: dict[tuple[tuple[str, Verdict], ...], list[Change]] = {}
    for change in recorded.step.changes:
        verdicts = [(name, found[change.id]) for name, found in judged.items()]
        verdicts += [(t.route, _told(t)) for t in recorded.told.get(change.id, ()) if t.route not in judged]
        blocks.setdefault(tuple(verdicts), []).append(change)
    return tuple(Block(tuple(changes), verdicts) for verdicts, changes in blocks.items())


def _judged(recorded: Recorded, route: Route, watches: Sequence[Watch]) -> Mapping[int, Verdict]:
    told = {change: t for change, alerts in recorded.told.items() for t in alerts if t.route == route.name}
    today = obstacles(route, recorded.step, watches)
    return {
        change.id: _told(told[change.id]) if change.id in told else _untold(recorded, change.id, today[change.id])
        for change in recorded.step.changes
    }


def _told(told: Told) -> Verdict:
    if told.silence:
        text = f"kept back by silence {told.silence} (alert {told.alert})"
        return Verdict(Why.SILENCED, text, told.alert, told.silence)
    return Verdict(Why.TOLD, f"told as alert {told.alert}", told.alert)


def _untold(recorded: Recorded, change: int, obstacle: Verdict | None) -> Verdict:
    """Why an alert of this route does not hold a change."""
    if recorded.step.is_baseline:
        return BASELINE
    hold, decision = recorded.holds.get(change, ("", ""))
    if hold and decision != APPROVED and obstacle is None:
        decided = "until it is decided" if decision == OPEN else "and dismissed"
        return Verdict(Why.HELD, f"held back with mass change {hold} {decided}: `watcher mass show {hold}`")
    return obstacle or THEN


def obstacles(route: Route, step: Step, watches: Sequence[Watch]) -> Mapping[int, Verdict | None]:
    """For each change of a step, by id, what keeps the route from telling it today; None where nothing does."""
    of_study = _of_study(route, step, watches)
    if of_study is not None:
        return dict.fromkeys((change.id for change in step.changes), of_study)
    here = {change.id for change in within(route.scope, step.changes, step.places)}
    chosen = {change.id for change in selected(route, step)}
    return {
        change.id: None if change.id in chosen else _of_change(route, change, here=change.id in here)
        for change in step.changes
    }


def _of_study(route: Route, step: Step, watches: Sequence[Watch]) -> Verdict | None:
    if not route.enabled:
        return Verdict(Why.DISABLED, "the route is not enabled")
    if not labels_of(step.nct_id, route, watches):
        return Verdict(Why.WATCH, "the study is not on its watches" if route.watches else "the study is on no watch")
    if not covers(route.scope, step.study):
        return Verdict(Why.STUDY, f"the study has not {' and not '.join(_missing(route.scope, step))}")
    return None


def _missing(scope: Scope, step: Step) -> Iterator[str]:
    """What the scope asks of a study and this one lacks."""
    parts = (
        ("sponsor", scope.sponsors, Scope(sponsors=scope.sponsors)),
        ("phase", scope.phases, Scope(phases=scope.phases)),
        ("condition", scope.conditions, Scope(conditions=scope.conditions)),
    )
    for noun, asked, alone in parts:
        if not covers(alone, step.study):
            yield f"its {noun} ({', '.join(asked)})"


def _of_change(route: Route, change: Change, *, here: bool) -> Verdict:
    if not listens_to(route, change):
        return Verdict(Why.WATCH, f'about the search "{change.detail["watch"]}", which is not one of its watches')
    if not here:
        return Verdict(Why.PLACE, f"not about its places ({', '.join(places_asked(route.scope))})")
    if change.severity < route.min_severity:
        return Verdict(Why.SEVERITY, f"below its severity ({route.min_severity.word})")
    if not matches(route.kinds, change.kind):
        return Verdict(Why.KIND, f"not one of its kinds ({', '.join(route.kinds)})")
    rule = next((rule for rule in route.rules if is_about(rule, change)), None)
    rows = rules_of(route.preset, local=route.scope.is_local) if route.preset in PRESETS else ()
    if rule is None:
        return Verdict(Why.NO_ROW, f"its preset {route.preset} has no row for {change.kind}")
    if rule not in rows:
        return Verdict(Why.RULE, f"its {rule.name or 'rule'} has {', '.join(rule.kinds) or 'every kind'} never told")
    least = min(row.min_severity for row in rows if row.name == rule.name and row.timing is not Timing.NEVER)
    return Verdict(Why.ROW, f'the row "{rule.name}" of its preset {route.preset} tells from {least.word} on')


def places_asked(scope: Scope) -> Iterable[str]:
    """The places that a scope names, in words."""
    yield from scope.countries
    yield from scope.sites
    if scope.near:
        yield f"within {scope.near.km:g} km of {scope.near.latitude:g}, {scope.near.longitude:g}"
