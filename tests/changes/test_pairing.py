"""The pairing of leftovers is the best there is, and gives up nothing where lists are long."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from watcher.changes.pairing.assignment import EXACT_UP_TO, best_pairs
from watcher.changes.pairing.equal import equal_pairs

_SCORES = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(st.floats(0.01, 1), min_size=width, max_size=width), min_size=1, max_size=5)
)


def paired(table, least=0.0):
    return best_pairs(range(len(table)), range(len(table[0])), lambda i, j: table[i][j], least)


@given(_SCORES)
def test_no_other_pairing_scores_higher(table):
    narrow, wide = sorted((len(table), len(table[0])))
    turned = table if len(table) == narrow else list(zip(*table, strict=True))
    best = max(sum(turned[i][place[i]] for i in range(narrow)) for place in permutations(range(wide), narrow))
    found = paired(table)
    assert abs(sum(score for *_, score in found) - best) < 1e-9
    assert len({i for i, *_ in found}) == len({j for _, j, _ in found}) == narrow


def test_the_best_sum_wins_over_the_best_single_pair():
    assert [(i, j) for i, j, _ in paired([[0.9, 0.8], [0.8, 0.1]])] == [(0, 1), (1, 0)]


def test_a_pair_under_the_threshold_is_none():
    assert paired([[0.4, 0.3], [0.9, 0.2]], least=0.5) == [(1, 0, 0.9)]
    assert paired([[0.1]], least=0.5) == []


def test_long_lists_are_paired_without_a_long_wait():
    many = EXACT_UP_TO + 80
    table = [[1.0 if i == j else 0.6 for j in range(many)] for i in range(many)]
    assert [(i, j) for i, j, _ in paired(table, least=0.7)] == [(i, i) for i in range(many)]


def test_things_of_one_key_are_paired_one_for_one_in_their_order():
    keys = (lambda text: text[0]), (lambda text: text[0].casefold())
    assert equal_pairs(["a1", "a2", "b1"], ["A3", "A4", "A5"], keys) == [("a1", "A3"), ("a2", "A4")]


def test_what_has_no_key_has_no_partner():
    assert equal_pairs(["x"], ["x"], (lambda _: None, lambda _: None)) == []
