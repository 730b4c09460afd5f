"""The criteria text, told by criterion: added, removed, changed, reworded, moved; or once, that its layout changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from watcher.changes.eligibility.criteria import Criterion, criteria_of
from watcher.changes.eligibility.headings import EXCLUSION, INCLUSION, UNSAID
from watcher.changes.eligibility.limits import Age, age_limits, ages_moved
from watcher.changes.eligibility.matching import Matching, matching
from watcher.changes.eligibility.weight import Judgement, circumstances_of, judged
from watcher.changes.language.excerpts import differing
from watcher.changes.language.figures import Figure, figures, in_pairs
from watcher.changes.language.spoken import tokens
from watcher.changes.language.units import word_set
from watcher.changes.language.words import clipped, counted
from watcher.changes.reading import Finding, Pair, Row, Verb, distinct
from watcher.changes.rules import When

_LISTS = {INCLUSION: "Inclusion criterion", EXCLUSION: "Exclusion criterion", UNSAID: "Eligibility criterion"}
_UNSPOKEN = re.compile(r"[\W_]+")
_WITH_AGES = " with the age limits"
_AGE_WORDS = word_set(
    "age ages aged year years old older yr yrs month months week weeks day days between and to from inclusive "
    "male female males females men women man woman or adult adults child children participant participants "
    "patient patients subject subjects of at the a time is are be must in who with both sexes gender any either "
    "enrollment enrolment screening consent signing informed visit inclusion up through than younger over under "
    "above below range > < >= <= for have has volunteer volunteers healthy person persons people day"
)


class Criteria:
    """The criteria text of a study, compared criterion by criterion."""

    verbs: Mapping[str, Verb] = {
        "criterion_added": Verb("new criterion", '{list} added: "{after}".'),
        "criterion_removed": Verb("criterion gone", '{list} removed: "{before}".'),
        "criterion_changed": Verb(
            "the same criterion with another meaning, or other numbers",
            '{list} changed: "{before}" -> "{after}"{moved}.',
        ),
        "criterion_reworded": Verb(
            "same meaning, other words; also a criterion that restates an age limit told already", "{told}"
        ),
        "criterion_moved": Verb("inclusion <-> exclusion", 'Criterion moved from {from} to {to}: "{after}"{was}.'),
        "reformatted": Verb(
            "layout, bullets, case, headings or the order of the criteria",
            "Eligibility criteria reformatted: the same criteria in another layout, order or case.",
        ),
    }

    def findings(self, row: Row, pair: Pair) -> Iterator[Finding]:
        """One finding per criterion that differs; where none does and the text does, that it was reformatted."""
        old, new = pair.texts(row.paths[0])
        if old == new:
            return
        if _letters(old) == _letters(new) and tokens(old) == tokens(new):
            yield Finding("reformatted", row.paths)
            return
        before, after = criteria_of(old), criteria_of(new)
        if bool(before) != bool(after):
            yield _whole(row, before, after)
            return
        found = list(distinct(_Telling(row.paths, pair).told(matching(before, after))))
        yield from found or [Finding("reformatted", row.paths)]


def _letters(text: str) -> str:
    """A quick look before the slow one: texts of other letters are not the same words in another layout."""
    return _UNSPOKEN.sub("", text.casefold())


def _whole(row: Row, before: tuple[Criterion, ...], after: tuple[Criterion, ...]) -> Finding:
    """A text that appears or disappears as a whole is one change, not one per criterion."""
    items = before or after
    many = ", ".join(
        counted(number, f"{section} criterion", f"{section} criteria")
        for section in (INCLUSION, EXCLUSION, UNSAID)
        if (number := sum(item.section == section and not item.heading for item in items))
    )
    circumstances = frozenset[When]().union(*map(circumstances_of, items))
    return Finding(
        "criterion_added" if after else "criterion_removed",
        row.paths,
        subject="all criteria",
        old=None if after else many,
        new=many if after else None,
        words={"list": "Eligibility criteria as a whole", "before": many, "after": many},
        measures=dict.fromkeys(circumstances, 1.0),
        detail={"criteria": len(items)},
    )


@dataclass(frozen=True, slots=True)
class _Telling:
    """How the differences between two criteria texts are told."""

    paths: tuple[str, ...]
    pair: Pair

    def told(self, found: Matching) -> Iterator[Finding]:
        """Every difference, once, in the order of the newer text."""
        for place, other in found.changed.items():
            old, new = found.old[place], found.new[other]
            if old.words != new.words:
                yield self._differing(old, new)
        for place, other in found.turned.items():
            yield self._turned(found.old[place], found.new[other])
        for place, other in found.moved.items():
            yield self._moved(found.old[place], found.new[other])
        yield from (self._single("criterion_removed", found.old[place]) for place in found.left_old)
        yield from (self._single("criterion_added", found.new[place]) for place in found.left_new)

    def _differing(self, old: Criterion, new: Criterion) -> Finding:
        judgement = judged(old.text, new.text)
        before, after = differing(old.text, new.text)
        if judgement.verb == "criterion_reworded":
            return self._reworded(new, before, after, "")
        if self._restates_ages(judgement):
            return self._reworded(new, before, after, _WITH_AGES)
        moved = _moved_figures(judgement)
        return Finding(
            "criterion_changed",
            self.paths,
            subject=_subject(new),
            old=before,
            new=after,
            words={"list": _list(new), "before": before, "after": after, "moved": moved and f" ({moved})"},
            measures=dict.fromkeys(judgement.circumstances, 1.0),
            detail=_detail(new, moved=in_pairs(judgement.gone, judgement.come)),
        )

    def _reworded(self, criterion: Criterion, before: str, after: str, why: str) -> Finding:
        said = " -> ".join(f'"{text}"' for text in (before, after) if text)
        how = "reworded" if before and after else "added" if after else "removed"
        return Finding(
            "criterion_reworded",
            self.paths,
            subject=_subject(criterion),
            old=before or None,
            new=after or None,
            words={"told": f"{_list(criterion)} {how}{why}: {said}."},
            detail=_detail(criterion) | ({"restates": "age limits"} if why == _WITH_AGES else {}),
        )

    def _turned(self, old: Criterion, new: Criterion) -> Finding:
        before, after = f"{old.section}: {old.text}", f"{new.section}: {new.text}"
        return self._reworded(new, clipped(before), clipped(after), " in the other list, turned round")

    def _moved(self, old: Criterion, new: Criterion) -> Finding:
        before, after = differing(old.text, new.text)
        was = f'; it was: "{before}"' if old.words != new.words else ""
        return Finding(
            "criterion_moved",
            self.paths,
            subject=_subject(new),
            old=f"{old.section}: {before}",
            new=f"{new.section}: {after}",
            words={"from": old.section, "to": new.section, "after": after, "was": was},
            detail={"section": new.section, "from": old.section},
        )

    def _single(self, verb: str, criterion: Criterion) -> Finding:
        text = clipped(criterion.text)
        before, after = (text, "") if verb == "criterion_removed" else ("", text)
        if self._only_restates_ages(verb, criterion):
            return self._reworded(criterion, before, after, _WITH_AGES)
        return Finding(
            verb,
            self.paths,
            subject=_subject(criterion),
            old=before or None,
            new=after or None,
            words={"list": _list(criterion), "before": before, "after": after},
            measures=dict.fromkeys(circumstances_of(criterion), 1.0),
            detail=_detail(criterion),
        )

    def _restates_ages(self, judgement: Judgement) -> bool:
        """Whether all that moved in a criterion are the age limits, as the structured fields moved."""
        figures_moved = bool(judgement.gone or judgement.come)
        reversed_or_more = judgement.circumstances - {When.NUMBER_MOVED}
        if not figures_moved or reversed_or_more or not ages_moved(self.pair):
            return False
        return _among(judgement.gone, age_limits(self.pair.old)) and _among(judgement.come, age_limits(self.pair.new))

    def _only_restates_ages(self, verb: str, criterion: Criterion) -> bool:
        """Whether a criterion that came or went says nothing but the age limits of its version."""
        said = figures(criterion.text)
        side = self.pair.new if verb == "criterion_added" else self.pair.old
        plain = all(word in _AGE_WORDS or word[0].isdigit() for word in criterion.words)
        return plain and bool(said) and ages_moved(self.pair) and _among(said, age_limits(side))


def _among(moved: Iterable[Figure], limits: tuple[Age, Age]) -> bool:
    """Whether each figure is one of the age limits, by its span of time or, without a unit, by its number."""
    return all(any(_is_limit(figure, limit) for limit in limits) for figure in moved)


def _is_limit(figure: Figure, limit: Age) -> bool:
    if limit.days is None:
        return False
    if figure.unit == "time":
        return abs(figure.value - limit.days) < 0.5
    return not figure.unit and figure.value == limit.number


def _list(criterion: Criterion) -> str:
    return "Heading of criteria" if criterion.heading else _LISTS[criterion.section]


def _detail(criterion: Criterion, moved: list[dict[str, str]] | None = None) -> dict[str, object]:
    detail: dict[str, object] = {"section": criterion.section}
    if criterion.under:
        detail["under"] = clipped(criterion.under, 120)
    if moved:
        detail["moved"] = moved
    return detail


def _moved_figures(judgement: Judgement) -> str:
    """The numbers that moved, where it is certain which became which and they are few enough to read."""
    moved = in_pairs(judgement.gone, judgement.come)
    return ", ".join(f"{step['from']} -> {step['to']}" for step in moved) if len(moved) <= 3 else ""


def _subject(criterion: Criterion) -> str:
    """The list and the first words of a criterion: short, and the same from one version to the next."""
    return f"{criterion.section}: {clipped(' '.join(criterion.text.split()[:8]).rstrip('.,;:'), 70)}"
