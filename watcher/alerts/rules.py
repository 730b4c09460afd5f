"""What a route makes of a change: the first rule that is about it decides."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import lru_cache

from watcher.model import Change, Route, Rule, Severity, Timing

EVERYTHING = Rule((), Severity.NOISE, Timing.DIGEST)
"""What a route without a preset makes of what none of its own rules is about: told at the route's time."""


def rule_for(route: Route, change: Change) -> Rule | None:
    """The rule by which the route tells this change; None where it does not tell it."""
    if change.severity < route.min_severity or not matches(route.kinds, change.kind):
        return None
    last = None if route.preset else EVERYTHING
    rule = next((rule for rule in route.rules if is_about(rule, change)), last)
    return None if rule is None or rule.timing is Timing.NEVER else rule


def is_about(rule: Rule, change: Change) -> bool:
    """Whether a rule decides about a change."""
    return change.severity >= rule.min_severity and matches(rule.kinds, change.kind)


def at_once(route: Route, changes: Sequence[Change]) -> bool:
    """Whether the route tells any of these changes at once: then all of their step goes with it, as one message."""
    return any((rule := rule_for(route, change)) is not None and is_at_once(route, rule) for change in changes)


def is_at_once(route: Route, rule: Rule) -> bool:
    """Whether what this rule decides is sent as soon as it is known."""
    return rule.timing is Timing.NOW or route.when == "now"


@lru_cache(maxsize=4096)
def matches(globs: tuple[str, ...], kind: str) -> bool:
    """Whether a kind is one of these; no glob means every kind."""
    return not globs or any(fnmatchcase(kind, glob) for glob in globs)
