"""From `[[route]]` and `[operator]` tables to routes, and what the names in them must point at."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase

from watcher.alerts.conditions import Limits
from watcher.config.kinds import known_kinds, spellings
from watcher.config.lines import KeyPath
from watcher.config.mistakes import Report, unknown
from watcher.config.schema import FileTable, OperatorTable, RouteTable
from watcher.config.steering import escalation_of, quiet_of, scope_of, timed_of
from watcher.model import Route


def routes_of(file: FileTable, report: Report) -> tuple[Route, ...]:
    """Every route, as far as it can be understood."""
    if not file.route:
        report.add_missing(("route",), "no [[route]]: nobody would hear of anything")
    names = {noun: _names(file, noun) for noun in ("watch", "channel")}
    return tuple(_route(table, index, names, report) for index, table in enumerate(file.route))


def _route(table: RouteTable, index: int, names: Mapping[str, Collection[str]], report: Report) -> Route:
    where = ("route", index)
    if table.to is None:
        report.add_missing((*where, "to"), 'a route needs channels, such as to = ["team"]')
    _check_filled(table, where, report)
    _check_names(table.watches, "watch", names["watch"], (*where, "watches"), report)
    for key in ("to", "escalate_to"):
        _check_names(getattr(table, key), "channel", names["channel"], (*where, key), report)
        _check_twice(getattr(table, key) or (), (*where, key), report)
    _check_kinds(table.kinds or (), (*where, "kinds"), report)
    for number, rule in enumerate(table.rules):
        _check_kinds(rule.kinds or (), (*where, "rules", number, "kinds"), report)
    scope = scope_of(table, where, report)
    timed = timed_of(table, where, report, local=scope.is_local)
    return Route(
        name=route_name(table, index),
        to=tuple(table.to or ()),
        watches=tuple(table.watches or ()),
        kinds=tuple(table.kinds or ()),
        min_severity=table.min_severity,
        when=timed.when,
        timezone=table.timezone,
        preset=table.preset or "",
        rules=timed.rules,
        scope=scope,
        quiet=quiet_of(table, where, report),
        escalation=escalation_of(table, where, report),
        say_nothing_changed=table.say_nothing_changed,
        enabled=table.enabled,
    )


def route_name(table: RouteTable, index: int) -> str:
    """The name given, else the number of the route, counted as people count."""
    return table.name or f"route {index + 1}"


def operator_of(table: OperatorTable, file: FileTable, report: Report) -> str | None:
    """The channel that the operator hears on."""
    if table.channel is not None:
        _check_name(table.channel, "channel", _names(file, "channel"), ("operator", "channel"), report)
    return table.channel


def limits_of(table: OperatorTable) -> Limits:
    """From when on the operator hears of the watcher's own condition."""
    return Limits(table.missed_refreshes, table.outbox_age, table.free_disk)


def _names(file: FileTable, noun: str) -> tuple[str, ...]:
    return tuple(table.name for table in getattr(file, noun) if table.name)


def _check_filled(table: RouteTable, where: KeyPath, report: Report) -> None:
    """An empty list selects nothing: surely not what was meant."""
    for key in ("to", "escalate_to"):
        if getattr(table, key) == []:
            report.add((*where, key), "empty: name at least one channel")
    for key, all_of_them in (("watches", "every watch"), ("kinds", "every kind")):
        if getattr(table, key) == []:
            report.add((*where, key), f"empty: the route would select nothing; leave {key} out for {all_of_them}")


def _check_names(given: list[str] | None, noun: str, known: Collection[str], where: KeyPath, report: Report) -> None:
    for index, name in enumerate(given or ()):
        _check_name(name, noun, known, (*where, index), report)


def _check_name(name: str, noun: str, known: Collection[str], where: KeyPath, report: Report) -> None:
    if name not in known and not report.is_doubtful((noun,)):
        report.add(where, unknown(noun, name, known))


def _check_twice(given: Collection[str], where: KeyPath, report: Report) -> None:
    seen: set[str] = set()
    for index, name in enumerate(given):
        if name in seen:
            report.add((*where, index), "stands twice in this list: every alert would be sent twice; keep one")
        seen.add(name)


def _check_kinds(globs: Collection[str], where: KeyPath, report: Report) -> None:
    if not globs:
        return
    kinds = known_kinds()
    for index, glob in enumerate(globs):
        if not any(fnmatchcase(kind, glob) for kind in kinds):
            noun = "kind glob" if any(character in glob for character in "*?[") else "kind"
            report.add((*where, index), unknown(noun, glob, tuple(spellings(kinds))))
