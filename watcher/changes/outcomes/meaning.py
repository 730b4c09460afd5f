"""Whether an outcome measures something else, says more or less of it, or says the same in other words.

Certain signs come first: a number replaced by another, who judges, how it is summed up, words added to a text that
otherwise stands. What remains is a matter of how much is new, for which a score is kept: a logistic regression on the
rated pairs of Holst et al. 2023 (PLoS Med 20:e1004306), rounded. benchmarks/semantics/outcome_pairs.py chooses its
threshold anew without the pairs that it scores, and says how well it does.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from math import log1p

from watcher.changes.outcomes import vocabulary
from watcher.changes.outcomes.edits import altered
from watcher.changes.outcomes.measures import Outcome
from watcher.changes.outcomes.moments import untimed
from watcher.changes.outcomes.timing import Said, Step
from watcher.changes.outcomes.wording import Lexicon, same_but_slips, stems, telling, unmatched

_DEFINING, _JUDGING, _EXPLAINING = map(stems, (vocabulary.DEFINING, vocabulary.JUDGING, vocabulary.EXPLAINING))
_SUMMARIES = {name: stems(words) for name, words in vocabulary.SUMMARIES.items()}
_TO_COUNTS = ({"span"}, {"share"})
_SIGNED = re.compile(r"(>=|<=|>|<)\s*(\d[\d.,]*)")
_A_FEW, _A_LOT = 3, 3


@dataclass(frozen=True, slots=True)
class Signs:
    """What differs between two versions of an outcome, in numbers of words."""

    in_measure: int
    in_description: int
    lost: int
    defining: int
    judging: int
    explaining: int


@dataclass(frozen=True, slots=True)
class Weights:
    """What each sign counts, by the logarithm of one plus its number; above 0 the outcome says something else."""

    bias: float = -2.0
    in_measure: float = 0.25
    in_description: float = 0.85
    lost: float = 0.25
    defining: float = 0.5
    judging: float = 0.5
    explaining: float = -1.0

    def score(self, signs: Signs) -> float:
        """How surely the outcome says something else."""
        weighed: list[float] = [getattr(self, name) * log1p(number) for name, number in asdict(signs).items()]
        return self.bias + sum(weighed)


@dataclass(frozen=True, slots=True)
class Difference:
    """The words that one version of an outcome has and the other lacks, and how both sum up."""

    in_measure: frozenset[str]
    in_description: frozenset[str]
    lost_measure: frozenset[str]
    lost_description: frozenset[str]
    summed_up: tuple[set[str], set[str]]

    @property
    def gained(self) -> frozenset[str]:
        """All that is new."""
        return self.in_measure | self.in_description

    @property
    def lost(self) -> frozenset[str]:
        """All that is gone."""
        return self.lost_measure | self.lost_description

    @property
    def signs(self) -> Signs:
        """The signs that the score weighs."""
        return Signs(
            in_measure=len(telling(self.in_measure)),
            in_description=len(telling(self.in_description)),
            lost=len(telling(self.lost_measure)),
            defining=len(self.gained & _DEFINING),
            judging=len(self.gained & _JUDGING),
            explaining=len(self.gained & _EXPLAINING),
        )


def difference(old: Outcome, new: Outcome, old_texts: Said, new_texts: Said, lexicon: Lexicon) -> Difference:
    """The words gained and lost, in normal form, points in time apart."""
    before, after = (lexicon.content(untimed(side.measure)) for side in (old, new))
    said_before, said_after = before | _described(old, lexicon), after | _described(new, lexicon)
    gained = unmatched(said_after, _every(old_texts, lexicon))
    lost = unmatched(said_before, _every(new_texts, lexicon))
    summed_up = tuple({name for name, words in _SUMMARIES.items() if words & side} for side in (before, after))
    return Difference(after & gained, gained - after, before & lost, lost - before, (summed_up[0], summed_up[1]))


def _described(outcome: Outcome, lexicon: Lexicon) -> frozenset[str]:
    return lexicon.content(untimed(outcome.description))


def _every(texts: Said, lexicon: Lexicon) -> frozenset[str]:
    return lexicon.content(*texts, *map(untimed, texts))


def meaning(old: Outcome, new: Outcome, found: Difference, weights: Weights) -> Step:
    """What became of what is measured."""
    if _resigned(old, new):
        return Step.CHANGED
    if same_but_slips(old.measure, new.measure) and same_but_slips(old.description, new.description):
        return Step.SAME
    if old.description and not new.description:
        return _without_description(found)
    if _certain(old, new, found):
        return Step.CHANGED
    if (
        same_but_slips(old.measure, new.measure)
        and len(telling(found.in_description)) >= _A_LOT
        and not old.description
    ):
        return Step.ADDED
    if weights.score(found.signs) < 0:
        return Step.SAME
    return Step.ADDED if _filled_in(old, new, found) else Step.CHANGED


def _filled_in(old: Outcome, new: Outcome, found: Difference) -> bool:
    """Whether a description came where there was none, under a measure that stands."""
    described = bool(new.description) and not old.description
    return described and len(telling(found.in_measure)) <= 1 and not telling(found.lost_measure)


def _without_description(found: Difference) -> Step:
    if telling(found.in_measure) and telling(found.lost_measure):
        return Step.CHANGED
    return Step.REMOVED if telling(found.lost) else Step.SAME


def _certain(old: Outcome, new: Outcome, found: Difference) -> bool:
    """The signs that need no weighing."""
    gained, lost = telling(found.gained), telling(found.lost)
    return (
        any(altered(before, after) for before, after in zip(old.texts[:2], new.texts[:2], strict=True))
        or bool(found.lost & (_JUDGING - found.gained))
        or found.summed_up == _TO_COUNTS
        or min(len(telling(found.in_measure)), len(telling(found.lost_measure))) > 1
        or _edited(old, new, gained, lost)
    )


def _edited(old: Outcome, new: Outcome, gained: frozenset[str], lost: frozenset[str]) -> bool:
    """Whether words were put into or taken out of a text that otherwise stands; one word for another may mean it."""
    if old.plain[1] != new.plain[1]:
        return bool(old.description) and not gained and len(lost) >= _A_FEW
    return len(gained) > 1 or bool(gained) > bool(lost) or (bool(lost) > bool(gained) and not old.description)


def _resigned(old: Outcome, new: Outcome) -> bool:
    """Whether a number kept its value and got another comparison sign."""
    before, after = (
        {number: sign for sign, number in _SIGNED.findall(" ".join(side.plain[:2]))} for side in (old, new)
    )
    return any(before[number] != after[number] for number in before.keys() & after.keys())
