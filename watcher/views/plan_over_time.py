"""How the plan moved from version to version: the primary completion date, and the number of participants."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from watcher.changes.language.words import counted
from watcher.record import PartialDate
from watcher.views.life import Dated, Enrolment, Glimpse


@dataclass(frozen=True, slots=True)
class DateStep:
    """The date as one version has it, and by how many days it is later than at first (negative: earlier)."""

    seen: Glimpse
    dated: Dated | None
    slip: int | None


@dataclass(frozen=True, slots=True)
class DateLife:
    """A date of the plan over all versions, oldest first, and what became of it in a sentence."""

    steps: tuple[DateStep, ...]
    told: str

    @property
    def moved(self) -> bool:
        """Whether there is anything to draw: two versions that show a date."""
        return sum(1 for step in self.steps if step.dated and step.dated.day) > 1


@dataclass(frozen=True, slots=True)
class EnrolmentLife:
    """Enrolment over all versions, oldest first, and what became of it in a sentence."""

    steps: tuple[tuple[Glimpse, Enrolment | None], ...]
    told: str

    @property
    def moved(self) -> bool:
        """Whether there is anything to draw: two versions that show a number."""
        return sum(1 for _, number in self.steps if number) > 1


def primary_completion_life(versions: Sequence[Glimpse], slips: int) -> DateLife:
    """The primary completion date of versions, oldest first; `slips` counts how often it slipped, as recorded."""
    steps = tuple(_date_steps(versions))
    shown = [step for step in steps if step.dated is not None]
    return DateLife(steps, _date_told(shown, slips, versions))


def enrolment_life(versions: Sequence[Glimpse]) -> EnrolmentLife:
    """The enrolment of versions, oldest first."""
    steps = tuple((seen, seen.enrolment) for seen in versions)
    return EnrolmentLife(steps, _enrolment_told([number for _, number in steps if number]))


def signed(days: int) -> str:
    """Days with their sign, as in "+184 d"."""
    return f"{days:+,} d".replace("-", "−") if days else "0 d"


def _date_steps(versions: Sequence[Glimpse]) -> Iterator[DateStep]:
    first: PartialDate | None = None
    for seen in versions:
        dated = seen.primary_completion
        day = dated.day if dated else None
        first = first or day
        yield DateStep(seen, dated, first.moved_to(day) if first and day else None)


def _date_told(shown: Sequence[DateStep], slips: int, versions: Sequence[Glimpse]) -> str:
    if not shown:
        return "No version gives a primary completion date."
    if len(versions) == 1:
        return f"One version so far, with the primary completion date {shown[0].dated}."
    now = versions[-1].primary_completion
    if now is None:
        return f"The primary completion date was {shown[-1].dated}; the newest version gives none."
    return f"{_span_told(shown, now)}{_moved_told(shown[-1].slip, slips)}."


def _span_told(shown: Sequence[DateStep], now: Dated) -> str:
    was = str(shown[0].dated)
    return f"Primary completion: {was}" if was == str(now) else f"Primary completion: {was} at first, {now} now"


def _moved_told(slip: int | None, slips: int) -> str:
    often = f", {counted(slips, 'slip')}" if slips else ""
    if slip is None:
        return often
    if slip == 0:
        return f"; unchanged since first seen{often}" if not slips else f"; back where it was first seen{often}"
    return f"; {'slips' if slip > 0 else 'pulled in'} {signed(slip)} since first seen{often}"


def _enrolment_told(numbers: Sequence[Enrolment]) -> str:
    if not numbers:
        return "No version gives an enrolment."
    first, now = numbers[0], numbers[-1]
    if first == now:
        return f"Enrolment: {now}{', unchanged' if len(numbers) > 1 else ''}."
    return f"Enrolment: {first} at first, {now} now{_share(first.count, now.count)}."


def _share(before: int, now: int) -> str:
    if not before or before == now:
        return ""
    return f" ({(now - before) / before * 100:+.0f} %)".replace("-", "−")
