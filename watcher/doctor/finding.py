"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How well it is: `skipped` is what could not, or was not to, be looked at."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, how it is, what was found, and what to do about it."""

    check: str
    level: Level
    found: str
    remedy: str = ""


def ok(check: str, found: str) -> Finding:
    """As it should be."""
    return Finding(check, Level.OK, found)


def warning(check: str, found: str, remedy: str = "") -> Finding:
    """Something that stops nobody, yet."""
    return Finding(check, Level.WARNING, found, remedy)


def failure(check: str, found: str, remedy: str) -> Finding:
    """Something that does stop the watcher, or a part of it."""
    return Finding(check, Level.FAILURE, found, remedy)


def skipped(check: str, why: str) -> Finding:
    """Not looked at."""
    return Finding(check, Level.SKIPPED, why)
