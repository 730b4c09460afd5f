"""What a route would do, in plain words: what it selects, of which studies and places, to whom and when."""

from __future__ import annotations

from collections.abc import Iterator

from watcher.alerts.presets import GROUPS
from watcher.config.mistakes import quoted
from watcher.config.texts import WEEKDAYS, duration_text
from watcher.model import Route, Rule, Scope, Severity, Timing

_FROM_SEVERITY = {
    Severity.NOISE: "changes of every severity, even noise",
    Severity.MINOR: "minor changes or worse",
    Severity.MAJOR: "major changes or worse",
    Severity.CRITICAL: "critical changes only",
}


def route_text(route: Route) -> str:
    """One sentence about a route, and one for each thing that is special about it."""
    kinds = f"of the kinds {', '.join(route.kinds)}" if route.kinds else "of every kind"
    watches = f"from {_named('watch', 'watches', route.watches)}" if route.watches else "from every watch"
    preset = f"what the preset {route.preset} selects, " if route.preset else ""
    what = f"{preset}{_FROM_SEVERITY[route.min_severity]}, {kinds}, {watches}{_scope_text(route.scope)}"
    to = _named("channel", "channels", route.to)
    off = "" if route.enabled else " Not enabled: it sends nothing."
    more = "".join(f" {sentence}." for sentence in _more(route))
    return f'Route "{route.name}": {what} -> {to}, {_when_text(route)}.{more}{off}'


def _scope_text(scope: Scope) -> str:
    parts = [
        f"{noun} {' or '.join(map(quoted, asked))}"
        for noun, asked in (
            ("with sponsor", scope.sponsors),
            ("in", scope.phases),
            ("with condition", scope.conditions),
            ("with sites in", scope.countries),
            ("with sites like", scope.sites),
        )
        if asked
    ]
    near = scope.near
    parts += [f"with sites within {near.km:g} km of {near.latitude:g}, {near.longitude:g}"] if near else []
    return "".join(f", {part}" for part in parts)


def _when_text(route: Route) -> str:
    some = any(rule.timing is Timing.NOW for rule in route.rules)
    return f"{'urgent things at once, the rest ' if some else ''}{_time_text(route)}"


def _time_text(route: Route) -> str:
    match route.when.split():
        case ["daily", clock]:
            return f"collected, every day at {clock} ({route.timezone})"
        case ["weekly", short, clock]:
            day = next(name for name in WEEKDAYS if name.startswith(short)).capitalize()
            return f"collected, every {day} at {clock} ({route.timezone})"
    return "at once"


def _more(route: Route) -> Iterator[str]:
    yield from (_rule_text(rule) for rule in route.rules if rule.name and rule.name not in GROUPS)
    if route.quiet:
        hours = f"{route.quiet.start:%H:%M} to {route.quiet.end:%H:%M} ({route.timezone})"
        yield f"Quiet from {hours}, but for {_FROM_SEVERITY[route.quiet.bypass]}; what came meanwhile follows together"
    if route.escalation:
        to = _named("channel", "channels", route.escalation.to)
        yield f"Critical alerts nobody acknowledges within {duration_text(route.escalation.after)} are repeated to {to}"
    if route.say_nothing_changed:
        yield "Says also that nothing changed"


def _rule_text(rule: Rule) -> str:
    when = {Timing.NOW: "at once", Timing.DIGEST: "collected", Timing.NEVER: "never told"}[rule.timing]
    kinds = ", ".join(rule.kinds) or "every kind"
    least = f" from {rule.min_severity.word} on" if rule.min_severity > Severity.NOISE else ""
    return f"Its {rule.name}: {kinds}{least}, {when}"


def _named(one: str, many: str, names: tuple[str, ...]) -> str:
    return f"{one if len(names) == 1 else many} {', '.join(quoted(name) for name in names)}"
