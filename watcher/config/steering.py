"""What a `[[route]]` says of places, times, quiet hours and escalation, as one whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import time

from watcher.alerts.presets import PRESETS, rules_of
from watcher.config.lines import KeyPath
from watcher.config.mistakes import Report
from watcher.config.schema import RouteTable, RuleTable
from watcher.model import Escalation, Near, Quiet, Rule, Scope, Severity, Timing


@dataclass(frozen=True, slots=True)
class Timed:
    """The rules of a route in their order, and the time of what they collect."""

    rules: tuple[Rule, ...]
    when: str


def timed_of(table: RouteTable, where: KeyPath, report: Report, *, local: bool) -> Timed:
    """A route's own rules, then those of its preset; `when` overrides every time that a preset has."""
    own = tuple(_own_rules(table, where, report))
    _check_times(table, own, where, report)
    if table.preset is None:
        return Timed((*own, *_base(table, own)), table.digest or table.when or "now")
    preset = rules_of(table.preset, local=local)
    if table.when is None:
        return Timed((*own, *preset), table.digest or PRESETS[table.preset].when)
    return Timed((*own, *(_at_the_routes_time(rule) for rule in preset)), table.when)


def _at_the_routes_time(rule: Rule) -> Rule:
    return replace(rule, timing=Timing.DIGEST) if rule.timing is Timing.NOW else rule


def _own_rules(table: RouteTable, where: KeyPath, report: Report) -> Iterator[Rule]:
    for number, rule in enumerate(table.rules):
        _check_rule(rule, (*where, "rules", number), report)
        timing = rule.when or Timing.NEVER
        # What shall never be told is never told, however severe, unless a severity is named.
        named = "min_severity" in rule.model_fields_set
        severity = rule.min_severity if named or timing is not Timing.NEVER else Severity.NOISE
        yield Rule(tuple(rule.kinds or ()), severity, timing, rule.name or f"rule {number + 1}")


def _check_rule(rule: RuleTable, where: KeyPath, report: Report) -> None:
    if rule.when is None and not report.is_doubtful((*where, "when")) and not report.is_doubtful(where):
        report.add_missing((*where, "when"), 'a rule needs when = "now", "digest" or "never"')
    if rule.kinds == []:
        report.add((*where, "kinds"), "empty: the rule would be about nothing; leave kinds out for every kind")


def _base(table: RouteTable, own: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """What becomes of what no own rule is about; the route's one time says it where there is but one."""
    if not own or table.digest is None:
        return ()
    return (Rule((), Severity.NOISE, Timing.NOW),)


def _check_times(table: RouteTable, own: tuple[Rule, ...], where: KeyPath, report: Report) -> None:
    collects = any(rule.timing is Timing.DIGEST for rule in own)
    if table.digest is not None and table.preset is None and not collects:
        report.add((*where, "digest"), 'does nothing here: use when, a preset, or a rule with when = "digest"')
    if table.digest is not None and table.when is not None and (table.preset is not None or table.when != "now"):
        report.add((*where, "digest"), "when says already when this route sends everything; keep one of the two")
    if collects and table.preset is None and table.digest is None and table.when in (None, "now"):
        report.add_missing((*where, "digest"), 'a rule collects: say when it is sent, such as digest = "daily 08:00"')
    if table.say_nothing_changed and table.preset is None and table.digest is None and table.when in (None, "now"):
        report.add((*where, "say_nothing_changed"), "this route sends at once, so it has no digest that could say it")


def scope_of(table: RouteTable, where: KeyPath, report: Report) -> Scope:
    """Which studies and sites the route is about."""
    return Scope(
        sponsors=tuple(table.sponsors),
        phases=tuple(table.phases),
        conditions=tuple(table.conditions),
        countries=tuple(table.countries),
        sites=tuple(table.sites),
        near=_near(table, where, report),
    )


def _near(table: RouteTable, where: KeyPath, report: Report) -> Near | None:
    if table.near is None:
        return None
    near = table.near
    for key in ("latitude", "longitude", "km"):
        if getattr(near, key) is None and not report.is_doubtful((*where, "near", key)):
            report.add_missing((*where, "near", key), "near needs latitude and longitude in degrees, and km")
    return Near(near.latitude or 0.0, near.longitude or 0.0, near.km or 0.0)


def quiet_of(table: RouteTable, where: KeyPath, report: Report) -> Quiet | None:
    """The quiet hours, if there are any."""
    if table.quiet is None:
        if "quiet_bypass" in table.model_fields_set and not report.is_doubtful((*where, "quiet")):
            report.add((*where, "quiet_bypass"), 'does nothing without quiet hours: add quiet = "20:00-07:00"')
        return None
    start, end = (time.fromisoformat(clock) for clock in table.quiet.split("-"))
    return Quiet(start, end, table.quiet_bypass)


def escalation_of(table: RouteTable, where: KeyPath, report: Report) -> Escalation | None:
    """What becomes of a critical alert that nobody acknowledges; both keys or none."""
    for given, missing in (("escalate_after", "escalate_to"), ("escalate_to", "escalate_after")):
        if getattr(table, given) is not None and getattr(table, missing) is None:
            report.add_missing((*where, missing), f"{given} needs {missing} beside it")
    if table.escalate_after is None or table.escalate_to is None:
        return None
    return Escalation(table.escalate_after, tuple(table.escalate_to))
