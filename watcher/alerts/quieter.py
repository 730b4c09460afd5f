"""What would make a route quieter, and why one would send nothing: read from what its replay counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from watcher.alerts.presets import GROUPS
from watcher.alerts.routes import Step
from watcher.alerts.rules import is_at_once, rule_for
from watcher.alerts.trial import Tally
from watcher.alerts.verdicts import Why, places_asked
from watcher.changes.language.words import counted
from watcher.changes.sites.countries import same_country
from watcher.model import Change, Route, Rule, Severity, Timing

FEWEST_MARKED = 3
MANY_A_DAY = 5.0
LOUDEST = 3
DIGEST_TIME = "daily 08:00"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A rule that would make a route quieter: why, the lines for the configuration, and the route as it would be.

    `marked`: its readers said that it was noise.
    """

    why: str
    toml: str
    route: Route
    marked: bool


def suggested(tally: Tally, days: float) -> Suggestion | None:
    """The quieter rule: for kinds that its readers marked as noise, else for the loudest where there is very much."""
    marked = [kind for kind, noise in tally.noisy.items() if noise >= FEWEST_MARKED and noise * 2 >= tally.kinds[kind]]
    if marked:
        counts = ", ".join(f"{kind} {tally.noisy[kind]} of {tally.kinds[kind]}" for kind in sorted(marked))
        return _suggestion(tally, marked, f"marked as noise by its readers: {counts}", marked=True)
    daily = tally.messages / max(days, 1.0)
    if daily <= MANY_A_DAY:
        return None
    loudest = [kind for kind, _ in tally.loud.most_common() if _is_collectable(tally, kind)][:LOUDEST]
    counts = ", ".join(f"{kind} {tally.loud[kind]}" for kind in loudest)
    return _suggestion(
        tally, loudest, f"{daily:.1f} messages a day; the loudest kinds sent at once: {counts}", marked=False
    )


def _is_collectable(tally: Tally, kind: str) -> bool:
    """Whether a kind that nobody called noise may be told later: nothing critical, and nothing is muted."""
    worst = tally.worst[kind]
    return worst < Severity.CRITICAL and _quieter(tally.route, kind, worst) is Timing.DIGEST


def _suggestion(tally: Tally, kinds: Sequence[str], why: str, *, marked: bool) -> Suggestion | None:
    """Kinds that are sent at once are collected, those that are collected already are not told any more.

    What is critical is never muted: it is collected, or left as it is.
    """
    route = tally.route
    timings = {kind: _quieter(route, kind, tally.worst[kind]) for kind in kinds}
    found = [
        Rule(tuple(sorted(kind for kind in kinds if timings[kind] is timing)), Severity.NOISE, timing, "quieter")
        for timing in (Timing.DIGEST, Timing.NEVER)
        if timing in timings.values()
    ]
    # A rule of the configuration decides from minor on, unless it says never.
    rules = tuple(each for rule in found for each in _configured(route, rule))
    return Suggestion(why, _toml(route, rules), with_rules(route, rules), marked) if rules else None


def _configured(route: Route, rule: Rule) -> tuple[Rule, ...]:
    """The rule as a configuration has it; before one that mutes, another that keeps what may be critical one day."""
    if rule.timing is not Timing.NEVER:
        return (replace(rule, min_severity=Severity.MINOR),)
    timing = Timing.NOW if route.when == "now" else Timing.DIGEST
    return (replace(rule, min_severity=Severity.CRITICAL, timing=timing), rule)


def _quieter(route: Route, kind: str, worst: Severity) -> Timing | None:
    rule = rule_for(route, Change(kind, worst, "", ""))
    collectable = route.when != "now" or not route.preset
    if rule is not None and is_at_once(route, rule) and collectable:
        return Timing.DIGEST
    return Timing.NEVER if worst < Severity.CRITICAL else None


def with_rules(route: Route, rules: tuple[Rule, ...]) -> Route:
    """The route with these rules before its own, as the configuration would read them."""
    collects = any(rule.timing is Timing.DIGEST for rule in rules)
    if collects and route.when == "now":
        return replace(route, rules=(*rules, *route.rules, Rule((), Severity.NOISE, Timing.NOW)), when=DIGEST_TIME)
    return replace(route, rules=(*rules, *route.rules))


def _toml(route: Route, rules: Iterable[Rule]) -> str:
    lines = [f'  {{ kinds = [{_quoted(rule.kinds)}]{_least(rule)}, when = "{rule.timing.value}" }},' for rule in rules]
    digest = any(rule.timing is Timing.DIGEST for rule in rules) and route.when == "now"
    first = [f'digest = "{DIGEST_TIME}"'] if digest else []
    if any(rule.name and rule.name not in GROUPS for rule in route.rules):
        return "\n".join([*first, "# before the other rules of the route:", *lines])
    return "\n".join([*first, "rules = [", *lines, "]"])


def _least(rule: Rule) -> str:
    return ', min_severity = "critical"' if rule.min_severity is Severity.CRITICAL else ""


def _quoted(kinds: Iterable[str]) -> str:
    return ", ".join(f'"{kind}"' for kind in kinds)


# --- nothing at all -------------------------------------------------------------------


def why_nothing(tally: Tally, stopped: Mapping[Why, Counter[str]], countries: Iterable[str] = ()) -> str:
    """The most likely reason why a route would have sent nothing: the last thing that stood in its way."""
    if tally.alerts:
        return "all that it selects is told to its channels by other routes"
    if tally.silenced:
        return f"all that it selects was silenced ({counted(tally.silenced, 'alert')})"
    reached = [why for why in Why if why in stopped]
    if not reached:
        return "nothing changed in this time"
    last = reached[-1]
    number = sum(stopped[last].values())
    if last is Why.PLACE:
        return f"no study of its watches that changed {_nowhere(tally.route, countries)}"
    if last is Why.WATCH:
        return "no study of its watches changed"
    texts = [text for text, _ in stopped[last].most_common(LOUDEST)]
    return f"{counted(number, 'change')} came closest: {'; '.join(texts)}"


def _nowhere(route: Route, countries: Iterable[str]) -> str:
    asked = " or ".join(f'"{place}"' for place in places_asked(route.scope))
    return f"has a site in {asked}{_meant(route.scope.countries, countries)}"


def unseen(route: Route, countries: Iterable[str]) -> str:
    """The countries a route names in which no study of the history has a site: misspelt, perhaps."""
    seen = set(countries)
    missing = [name for name in route.scope.countries if not any(same_country(name, one) for one in seen)]
    if not missing:
        return ""
    return f"no study that changed has a site in {' or '.join(missing)}{_meant(missing, seen)}"


def _meant(names: Iterable[str], seen: Iterable[str]) -> str:
    """The country that a name was probably meant to be."""
    known = sorted(set(seen))
    near = [match for name in names if name not in known for match in get_close_matches(name, known, 1)]
    return f'; did you mean "{near[0]}"?' if near else ""


def countries_of(step: Step) -> Iterator[str]:
    """The countries in which the study of a step has sites."""
    return (place.country for place in step.places or ())
