"""The best pairs of two long lists: only items that share telling words are compared, each group by itself.

`assignment.best_pairs` looks at every pair. Here an index of words proposes a dozen candidates for each item, and
the pairs that score fall into groups without a common item, so that each assignment is small.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from watcher.changes.pairing.assignment import best_pairs

A = TypeVar("A")
B = TypeVar("B")
Scores = Mapping[tuple[int, int], float]

# So many candidates for one item: the right one is among the first where there is one.
_CANDIDATES = 12
# A word that stands in more items than this tells them apart too badly.
_FREQUENT = 60
# A group this large is a list of near-twins: the exact method would take long over differences that mean nothing.
_EXACT_UP_TO = 40
# Of so few pairs each is looked at: an index costs more.
_ALL_UP_TO = 400


def candidates(left: Sequence[Collection[str]], right: Sequence[Collection[str]]) -> Iterator[tuple[int, int]]:
    """Positions of items that share words, given the words of each; of each item's the dozen that share most."""
    having: dict[str, list[int]] = defaultdict(list)
    for place, words in enumerate(right):
        for word in set(words):
            having[word].append(place)
    for place, words in enumerate(left):
        shared = Counter(
            other for word in set(words) if len(having.get(word, ())) <= _FREQUENT for other in having.get(word, ())
        )
        for other, _ in sorted(shared.items(), key=lambda item: (-item[1], item[0]))[:_CANDIDATES]:
            yield place, other


def paired(scores: Scores, least: float, exact_up_to: int = _EXACT_UP_TO) -> list[tuple[int, int]]:
    """The pairing of the scored pairs with the largest sum, each position used once; ties fall to the earlier.

    Groups of more than `exact_up_to` items on a side are paired greedily, the best score first.
    """
    return sorted(pair for group in _groups(scores) for pair in _assigned(group, scores, least, exact_up_to))


def _assigned(group: list[tuple[int, int]], scores: Scores, least: float, exact: int) -> Iterable[tuple[int, int]]:
    lefts, rights = sorted({place for place, _ in group}), sorted({other for _, other in group})
    if max(len(lefts), len(rights)) > exact:
        return _greedy(group, scores)
    found = best_pairs(lefts, rights, lambda a, b: scores.get((a, b), 0.0), least)
    return ((place, other) for place, other, _ in found)


def _greedy(group: list[tuple[int, int]], scores: Scores) -> Iterator[tuple[int, int]]:
    used_left, used_right = set[int](), set[int]()
    for place, other in sorted(group, key=lambda pair: (-scores[pair], abs(pair[0] - pair[1]), pair)):
        if place not in used_left and other not in used_right:
            used_left.add(place)
            used_right.add(other)
            yield place, other


def _groups(scores: Scores) -> list[list[tuple[int, int]]]:
    """The pairs in groups that share no position."""
    chief: dict[tuple[bool, int], tuple[bool, int]] = {}

    def root(node: tuple[bool, int]) -> tuple[bool, int]:
        while chief.setdefault(node, node) != node:
            chief[node] = chief[chief[node]]
            node = chief[node]
        return node

    for place, other in scores:
        chief[root((False, place))] = root((True, other))
    groups: dict[tuple[bool, int], list[tuple[int, int]]] = defaultdict(list)
    for place, other in scores:
        groups[root((False, place))].append((place, other))
    return list(groups.values())


def likely_pairs(
    left: Sequence[A],
    right: Sequence[B],
    words: tuple[Callable[[A], Collection[str]], Callable[[B], Collection[str]]],
    score: Callable[[A, B], float],
    least: float,
) -> list[tuple[A, B]]:
    """The best pairs of two lists, none under `least`; where they are long, among items that share words alone."""
    if len(left) * len(right) <= _ALL_UP_TO:
        return [(a, b) for a, b, _ in best_pairs(left, right, score, least)]
    near = set(candidates([words[0](item) for item in left], [words[1](item) for item in right]))
    scores = {(i, j): value for i, j in sorted(near) if (value := score(left[i], right[j])) >= least}
    return [(left[i], right[j]) for i, j in paired(scores, least)]
