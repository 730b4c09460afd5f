"""The best pairing of two sets: each item used at most once, the sum of the scores as large as it can be.

The Hungarian method (Kuhn 1955, Munkres 1957), with potentials, in O(n^3): made for the few rows that exact matching
leaves over, where a general solver would bring a hundred times its own weight along.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")

# Beyond this many rows the pairing is greedy, best score first: exact would take seconds, and blocks of leftovers
# so large are lists that have nothing in common.
EXACT_UP_TO = 120


def best_pairs(
    left: Sequence[A], right: Sequence[B], score: Callable[[A, B], float], least: float
) -> list[tuple[A, B, float]]:
    """Pairs with their scores, none under `least`; ties fall to the earlier items, so sort both sides first."""
    table = [[score(a, b) for b in right] for a in left]
    table = [[value if value >= least else 0.0 for value in row] for row in table]
    if not any(value > 0 for row in table for value in row):
        return []
    chosen = _exact(table) if max(len(left), len(right)) <= EXACT_UP_TO else _greedy(table)
    return [(left[i], right[j], table[i][j]) for i, j in sorted(chosen) if table[i][j] > 0]


def _greedy(table: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    ranked = sorted((-value, i, j) for i, row in enumerate(table) for j, value in enumerate(row) if value > 0)
    rows: set[int] = set()
    columns: set[int] = set()
    chosen = []
    for _, i, j in ranked:
        if i not in rows and j not in columns:
            rows.add(i)
            columns.add(j)
            chosen.append((i, j))
    return chosen


def _exact(table: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    if len(table) > len(table[0]):
        turned = [list(column) for column in zip(*table, strict=True)]
        return [(i, j) for j, i in _exact(turned)]
    width = len(table[0])
    row_potential, column_potential = [0.0] * (len(table) + 1), [0.0] * (width + 1)
    row_of = [0] * (width + 1)  # the row, counted from 1, that holds each column; 0: free
    for row in range(1, len(table) + 1):
        _augment(row, table, row_potential, column_potential, row_of)
    return [(row_of[column] - 1, column - 1) for column in range(1, width + 1) if row_of[column]]


def _augment(
    row: int, table: Sequence[Sequence[float]], of_rows: list[float], of_columns: list[float], row_of: list[int]
) -> None:
    """Give `row` a column, moving the rows before it along the cheapest alternating path."""
    width = len(row_of) - 1
    slack, came_from, done = [float("inf")] * (width + 1), [0] * (width + 1), [False] * (width + 1)
    row_of[0], column = row, 0
    while row_of[column]:
        done[column] = True
        held, delta, nearest = row_of[column], float("inf"), 0
        for other in range(1, width + 1):
            if done[other]:
                continue
            cost = -table[held - 1][other - 1] - of_rows[held] - of_columns[other]
            if cost < slack[other]:
                slack[other], came_from[other] = cost, column
            if slack[other] < delta:
                delta, nearest = slack[other], other
        _shift(delta, done, slack, of_rows, of_columns, row_of)
        column = nearest
    while column:
        row_of[column], column = row_of[came_from[column]], came_from[column]


def _shift(
    delta: float,
    done: Sequence[bool],
    slack: list[float],
    of_rows: list[float],
    of_columns: list[float],
    row_of: Sequence[int],
) -> None:
    for column, visited in enumerate(done):
        if visited:
            of_rows[row_of[column]] += delta
            of_columns[column] -= delta
        else:
            slack[column] -= delta
