"""Why an alert was told, to whom, and what became of it: what the command says and the page shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from watcher.alerts.accounts import Account
from watcher.alerts.explaining import fates, lines_of
from watcher.alerts.rules import is_at_once, rule_for
from watcher.model import Change, Route, Silence


@dataclass(frozen=True, slots=True)
class Chosen:
    """Changes that one rule of today's route chooses; `timing` is "" where that says nothing."""

    rule: str
    timing: str
    changes: tuple[Change, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """What they say."""
        return lines_of(self.changes)


@dataclass(frozen=True, slots=True)
class Kept:
    """Changes that a silence keeps from readers; the silence is None where it is not known any more."""

    number: int
    silence: Silence | None
    changes: tuple[Change, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """What they would have said."""
        return lines_of(self.changes)


@dataclass(frozen=True, slots=True)
class Why:
    """One alert explained: `route_today` says whether its route is still there, `targets` what became of it at each."""

    account: Account
    route_today: str
    chosen: tuple[Chosen, ...]
    kept: tuple[Kept, ...]
    targets: tuple[tuple[str, str], ...]

    @property
    def owed_to_nobody(self) -> str:
        """Why nobody is told; "" where somebody is."""
        if self.targets:
            return ""
        return "all of it is silenced" if self.kept else "its channels have no recipient"


def why_of(
    account: Account, beside: Sequence[Account], routes: Sequence[Route], silences: Mapping[int, Silence]
) -> Why:
    """One alert, with what other routes made of its step, under the routes and silences as they are known today."""
    route = next((route for route in routes if route.name == account.alert.route), None)
    return Why(
        account=account,
        route_today=_route_today(route),
        chosen=tuple(_chosen(account, route)) if route else (),
        kept=tuple(_kept(account, silences)),
        targets=tuple(fates(account, beside, route)),
    )


def _route_today(route: Route | None) -> str:
    if route is None:
        return "not configured any more"
    return "configured" if route.enabled else "not enabled"


def _chosen(account: Account, route: Route) -> Iterator[Chosen]:
    found: dict[tuple[str, str], list[Change]] = {}
    for change in account.alert.changes:
        found.setdefault(_rule_and_timing(route, change), []).append(change)
    for (rule, timing), changes in found.items():
        yield Chosen(rule, timing, tuple(changes))


def _rule_and_timing(route: Route, change: Change) -> tuple[str, str]:
    rule = rule_for(route, change)
    if rule is None:
        return "told with its cause" if change.parent is not None else "not selected by the route of today", ""
    return rule.name or "what the route asks for", "at once" if is_at_once(route, rule) else "collected"


def _kept(account: Account, silences: Mapping[int, Silence]) -> Iterator[Kept]:
    for number in dict.fromkeys(account.alert.silenced.values()):
        changes = tuple(change for change in account.kept if account.alert.silenced[change.id] == number)
        yield Kept(number, silences.get(number), changes)
