"""Who may take part, as structured fields say it: age limits, sex, healthy volunteers, the study population."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from watcher.changes.language.excerpts import differing
from watcher.changes.language.likeness import same_but_for_spelling
from watcher.changes.language.units import TIME
from watcher.changes.language.words import label, quoted
from watcher.changes.reading import Finding, Pair, Row, Verb, Version
from watcher.changes.rules import When
from watcher.record import tidy

MODULE = "protocolSection.eligibilityModule"

# How each field of the study population is named and shown.
_POPULATION: tuple[tuple[str, Callable[[str], str]], ...] = (("Study population", str), ("Sampling method", label))
_AGE = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]+)")


@dataclass(frozen=True, slots=True)
class Age:
    """An age limit as the registry shows it; `days` is None where there is no limit or none that can be read."""

    shown: str
    number: float | None
    days: float | None

    @classmethod
    def of(cls, text: str) -> Age:
        """The limit that `text` ("18 Years", "6 Months") states; "", "N/A" and the like are no limit."""
        plain = tidy(text).casefold()
        found = _AGE.fullmatch(plain)
        if found is None or found[2] not in TIME:
            return cls("" if plain in {"", "n/a", "na", "none", "no limit"} else tidy(text), None, None)
        return cls(tidy(text), float(found[1]), float(found[1]) * TIME[found[2]])

    def same(self, other: Age) -> bool:
        """Whether both mean the same limit: "18 Years" is "216 Months"."""
        if self.days is None or other.days is None:
            return self.days is other.days and self.shown.casefold() == other.shown.casefold()
        return abs(self.days - other.days) < 0.5


def age_limits(side: Version) -> tuple[Age, Age]:
    """The lower and the upper age limit of one version."""
    return Age.of(side.text(f"{MODULE}.minimumAge")), Age.of(side.text(f"{MODULE}.maximumAge"))


def ages_moved(pair: Pair) -> bool:
    """Whether an age limit changed, not only its unit."""
    sides = zip(age_limits(pair.old), age_limits(pair.new), strict=True)
    return any(not old.same(new) for old, new in sides)


class AgeLimits:
    """The lower and the upper age limit, told as one change whichever moved; another unit alone is nothing."""

    verbs: Mapping[str, Verb] = {
        "age_changed": Verb(
            "the lower or upper age limit moved: widened or narrowed", "Age limits changed: {old} -> {new}{effect}."
        ),
    }

    def findings(self, row: Row, pair: Pair) -> Iterator[Finding]:
        """At most one finding; the same limits in another unit are noise."""
        (low, high), (new_low, new_high) = age_limits(pair.old), age_limits(pair.new)
        if (low, high) == (new_low, new_high):
            return
        unmoved = low.same(new_low) and high.same(new_high)
        effect = "the same ages" if unmoved else _effect(_shift(new_low, low, 0.0), _shift(high, new_high, 1e9))
        yield Finding(
            "age_changed",
            row.paths,
            old=_range(low, high),
            new=_range(new_low, new_high),
            words={"effect": f" ({effect})" if effect else ""},
            measures={When.SPELLING_ONLY: float(unmoved)},
            detail={"effect": effect or None},
        )


def _shift(lower: Age, upper: Age, unlimited: float) -> int | None:
    """1 where the limit moved so that more people may take part, -1 fewer, 0 where it stayed, None where unknown."""
    if (lower.shown and lower.days is None) or (upper.shown and upper.days is None):
        return None
    low, high = (unlimited if age.days is None else age.days for age in (lower, upper))
    return 0 if lower.same(upper) else 1 if low < high else -1


def _effect(*shifts: int | None) -> str:
    if None in shifts:
        return ""
    moved = {shift for shift in shifts if shift}
    return "" if len(moved) != 1 else "widened" if moved == {1} else "narrowed"


def _range(low: Age, high: Age) -> str:
    """Both limits as one: "18 Years to 65 Years", "18 Years and older", "up to 65 Years", "no limit"."""
    if low.shown and high.shown:
        return f"{low.shown} to {high.shown}"
    return f"{low.shown} and older" if low.shown else f"up to {high.shown}" if high.shown else "no limit"


class Sex:
    """Which sexes or genders may take part, told as one change."""

    verbs: Mapping[str, Verb] = {
        "sex_changed": Verb(
            "the sexes or genders that may take part", "Sexes eligible for study changed: {old} -> {new}."
        ),
    }

    def findings(self, row: Row, pair: Pair) -> Iterator[Finding]:
        """At most one finding, whatever of sex, gender basis and its description moved."""
        old, new = _sexes(pair.old), _sexes(pair.new)
        if old != new:
            spelling: dict[str, float] = {When.SPELLING_ONLY: float(same_but_for_spelling(old, new))}
            yield Finding("sex_changed", row.paths, old=old, new=new, measures=spelling)


def _sexes(side: Version) -> str:
    sex, words = side.text(f"{MODULE}.sex"), tidy(side.text(f"{MODULE}.genderDescription"))
    by_gender = side.at(f"{MODULE}.genderBased") is True
    more = [part for part in ("by gender" if by_gender else "", words) if part]
    return (label(sex) or "not stated") + (f" ({': '.join(more)})" if more else "")


class HealthyVolunteers:
    """Whether healthy volunteers may take part."""

    verbs: Mapping[str, Verb] = {
        "healthy_volunteers_changed": Verb("yes <-> no", "Healthy volunteers: {old} -> {new}."),
    }

    def findings(self, row: Row, pair: Pair) -> Iterator[Finding]:
        """At most one finding; a value of another shape is left to the residual."""
        old, new = pair.old.at(row.paths[0]), pair.new.at(row.paths[0])
        before, after = _accepted(old), _accepted(new)
        if before and after and before != after:
            yield Finding("healthy_volunteers_changed", row.paths, old=before, new=after)


def _accepted(value: object) -> str:
    """What the flag says; "" where it is no flag."""
    return "accepted" if value is True else "not accepted" if value is False else "not stated" if value is None else ""


class Population:
    """The study population and the sampling method of an observational study."""

    verbs: Mapping[str, Verb] = {
        "population_changed": Verb("the study population or the sampling method of an observational study", "{told}"),
    }

    def findings(self, row: Row, pair: Pair) -> Iterator[Finding]:
        """At most one finding whose subject names what moved; noise where only the spelling did."""
        told, moved, real = [], [], False
        for path, (name, shown) in zip(row.paths, _POPULATION, strict=True):
            old, new = (tidy(text) for text in pair.texts(path))
            if old == new:
                continue
            spelling = same_but_for_spelling(old, new)
            real = real or not spelling
            before, after = differing(shown(old), shown(new))
            moved.append((name, before, after))
            respelled = " (spelling)" if spelling else ""
            told.append(f"{name} changed{respelled}: {quoted(before)} -> {quoted(after)}.")
        if moved:
            yield Finding(
                "population_changed",
                row.paths,
                subject=", ".join(name.lower() for name, _, _ in moved),
                old="; ".join(before for _, before, _ in moved),
                new="; ".join(after for _, _, after in moved),
                words={"told": " ".join(told)},
                measures={When.SPELLING_ONLY: float(not real)},
            )
