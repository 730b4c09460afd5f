"""Things that are the same on both sides by a key, paired one for one."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")


def equal_pairs(
    old: Iterable[A], new: Iterable[B], keys: tuple[Callable[[A], Hashable], Callable[[B], Hashable]]
) -> list[tuple[A, B]]:
    """Each older thing with the first newer one of the same key that is left; what has the key None has no partner."""
    waiting: dict[Hashable, deque[B]] = defaultdict(deque)
    for item in new:
        waiting[keys[1](item)].append(item)
    waiting.pop(None, None)
    return [(item, queue.popleft()) for item in old if (queue := waiting.get(keys[0](item)))]
