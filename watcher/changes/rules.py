"""Severity rules as data: a default, and the circumstances that raise or lower it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from watcher.model import Severity


class When(StrEnum):
    """Circumstances that a comparer states and a rule asks for; each reads on from "major where ..."."""

    # The stage of the study, as the newer version shows it.
    BEFORE_START = "the study has not started"
    STARTED = "the study has started"
    PRIMARY_COMPLETED = "primary completion is reached"
    OPENED_AFTER_START = "a blinded study that has started becomes open"
    YES_TO_NO_AFTER_START = "yes becomes no in a study that has started"
    # Where a status comes from, and where it leads.
    FROM_FINAL = "it had already ended"
    FROM_STOPPED = "it had been terminated or withdrawn"
    NOT_OPEN = "it is not yet, or no longer, open to participants"
    ENDS_STOPPED = "it ends terminated or withdrawn"
    IN_A_STOP = "it is now suspended, terminated or withdrawn"
    LOSES_OPEN_SITE = "it was recruiting and the study still recruits"
    # How much of a text moved.
    SPELLING_ONLY = "only case, spelling, punctuation or the unit differ"
    ONLY_WORDS = "only the words changed"
    ONLY_TEXT = "only text changed"
    FEW_WORDS = "fewer than 20 % of the words moved"
    # What a criterion is about, and what moved in it.
    AN_EXCLUSION = "it is an exclusion criterion"
    HAS_THRESHOLD = "it carries a number with a unit or a comparison"
    ON_PRIOR_THERAPY = "it is about prior therapy"
    ON_PERFORMANCE = "it is about performance status"
    ON_ORGAN_FUNCTION = "it is about organ function"
    ON_PREGNANCY = "it is about pregnancy"
    NUMBER_MOVED = "a number or threshold moved"
    SENSE_REVERSED = "a negation came or went"
    ALTERNATIVE_MOVED = "an alternative or exception came or went"
    # What belongs to one kind alone.
    OTHER_TREATMENT = "the label names another treatment or dose"
    PRINCIPAL_INVESTIGATOR = "it is a principal investigator"
    SHARING_WITHDRAWN = "yes becomes no or undecided"
    WITHIN_30_DAYS = "30 days or fewer are left"


Measures = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Condition:
    """True where the measure `name` (a circumstance, or days, months, %, participants) reaches `least`."""

    name: str
    least: float = 1

    def holds(self, measures: Measures) -> bool:
        """Whether the measure was taken and is large enough."""
        return measures.get(self.name, 0) >= self.least

    def __str__(self) -> str:
        return self.name if self.name in list(When) else f"from {self.least:g} {self.name}"


@dataclass(frozen=True, slots=True)
class Rule:
    """The severity of a kind: `default`, or the first of `steps` (severest first) of which a condition holds.

    Docs show the steps from the mildest to the severest, since the severest that holds is the one that counts.
    """

    default: Severity
    steps: tuple[tuple[Severity, tuple[Condition, ...]], ...] = ()

    def severity(self, measures: Measures) -> Severity:
        """The severity of a finding with these measures."""
        for severity, conditions in self.steps:
            if any(condition.holds(measures) for condition in conditions):
                return severity
        return self.default

    def __str__(self) -> str:
        steps = (f"{severity.word} {_worded(conditions)}" for severity, conditions in sorted(self.steps))
        return "; ".join((self.default.word, *steps))


def _worded(conditions: tuple[Condition, ...]) -> str:
    """The conditions of one step as docs show them: "from 25 % or from 500 participants", "where a, b, or c"."""
    *first, last = map(str, conditions)
    told = f"{', '.join(first)}{',' if len(first) > 1 else ''} or {last}" if first else last
    return f"where {told}" if conditions[0].name in list(When) else told


def rule(
    default: Severity,
    *,
    critical: tuple[Condition, ...] = (),
    major: tuple[Condition, ...] = (),
    minor: tuple[Condition, ...] = (),
    noise: tuple[Condition, ...] = (),
) -> Rule:
    """Build a rule as it is read: minor, major from 90 days, critical from 365 days."""
    steps = ((Severity.CRITICAL, critical), (Severity.MAJOR, major), (Severity.MINOR, minor), (Severity.NOISE, noise))
    return Rule(default, tuple(step for step in steps if step[1]))


def days(least: int) -> tuple[Condition, ...]:
    """From so many days on."""
    return (Condition("days", least),)


def months(least: int) -> tuple[Condition, ...]:
    """From so many months on."""
    return (Condition("months", least),)


def percent(least: int) -> tuple[Condition, ...]:
    """From so many percent on."""
    return (Condition("%", least),)


def people(least: int) -> tuple[Condition, ...]:
    """From so many participants on."""
    return (Condition("participants", least),)


def where(circumstance: When) -> tuple[Condition, ...]:
    """Where the comparer states this circumstance."""
    return (Condition(circumstance),)
