"""Lists whose order means nothing: which items stayed, went, or came, by keys of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from watcher.changes.language.words import clipped
from watcher.changes.pairing.assignment import best_pairs
from watcher.changes.pairing.equal import equal_pairs
from watcher.changes.reading import MISSHAPEN, Finding, Pair, Row, Verb, Version, as_text
from watcher.record import canonical


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list, with its place in it; `text` is the same for items that differ in order alone."""

    path: str
    value: Any
    text: str

    def get(self, key: str) -> str:
        """The text that the item has at `key`, "" where there is none."""
        return as_text(self.value.get(key)) if isinstance(self.value, dict) else ""


Key = Callable[[Item], str]
# So many pairs of leftovers are looked at one by one.
_FEW = 2500


def items_at(side: Version, path: str, shape: type = dict) -> list[Item] | None:
    """The items of the list at `path`, in an order that is always the same; None where something else stands there."""
    value = side.value(path, list)
    if value is None:
        return []
    if value is MISSHAPEN or not all(isinstance(item, shape) for item in value):
        return None
    items = (Item(f"{path}[{place}]", item, canonical(item)) for place, item in enumerate(value))
    return sorted(items, key=lambda item: item.text)


def both_at(pair: Pair, path: str, shape: type = dict) -> tuple[list[Item], list[Item]] | None:
    """The items on both sides; None where either side is misshapen, or nothing differs."""
    if pair.old.at(path) == pair.new.at(path):
        return None
    old, new = (items_at(side, path, shape) for side in (pair.old, pair.new))
    if old is None or new is None or [item.text for item in old] == [item.text for item in new]:
        return None
    return old, new


@dataclass(frozen=True, slots=True)
class Matched:
    """Items that are the same thing on both sides, those that are gone, and those that are new."""

    same: tuple[tuple[Item, Item], ...]
    gone: tuple[Item, ...]
    new: tuple[Item, ...]

    def joined(self, score: Callable[[Item, Item], float], least: float) -> Matched:
        """The same with leftovers paired by how alike they are, unless so many are left that the list is another."""
        if len(self.gone) * len(self.new) > _FEW:
            return self
        pairs = [(before, after) for before, after, _ in best_pairs(self.gone, self.new, score, least)]
        gone, new = _without(pairs, self.gone, self.new)
        return Matched((*self.same, *pairs), tuple(gone), tuple(new))


def matched(old: Sequence[Item], new: Sequence[Item], *keys: Key) -> Matched:
    """Each item paired once: first with its equal, then by each key in turn; an empty key pairs nothing."""
    same: list[tuple[Item, Item]] = []
    for key in (_text_of, *keys):
        by = partial(_key, key)
        pairs = equal_pairs(old, new, (by, by))
        same += pairs
        old, new = _without(pairs, old, new)
    return Matched(tuple(same), tuple(old), tuple(new))


def _without(
    pairs: Sequence[tuple[Item, Item]], old: Sequence[Item], new: Sequence[Item]
) -> tuple[list[Item], list[Item]]:
    gone, came = {item.path for item, _ in pairs}, {item.path for _, item in pairs}
    return [item for item in old if item.path not in gone], [item for item in new if item.path not in came]


def _text_of(item: Item) -> str:
    return item.text


def _key(key: Key, item: Item) -> str | None:
    return key(item) or None


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """Items that come and go; what else moves in one of them is left to the residual.

    `keys` say when two items are the same thing (copies share the first of them), and `same` may say so of what they
    leave over; `name` is what an item is called, `shown` what is told of it.
    """

    lists: Sequence[str]
    name: Key
    shown: Key
    keys: Sequence[Key]
    came: Verb
    left: Verb | None = None
    shape: type = dict
    came_verb: str = "added"
    same: Callable[[str, str], bool] | None = None
    verbs: Mapping[str, Verb] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        verbs = {self.came_verb: self.came} | ({"removed": self.left} if self.left else {})
        object.__setattr__(self, "verbs", verbs)

    def findings(self, row: Row, pair: Pair) -> Iterator[Finding]:
        """One finding for each thing that is new, and for each that is gone; copies of a thing are one."""
        if all(pair.old.at(path) == pair.new.at(path) for path in self.lists):
            return
        old, new = self._items(pair.old), self._items(pair.new)
        if old is None or new is None or old == new:
            return
        found = self._matched(old, new)
        for item in self._distinct(found.new, besides=old):
            yield Finding(self.came_verb, (item.path,), clipped(self.name(item)), None, clipped(self.shown(item)))
        for item in self._distinct(found.gone, besides=new) if self.left else ():
            yield Finding("removed", (item.path,), clipped(self.name(item)), clipped(self.shown(item)))

    def _matched(self, old: Sequence[Item], new: Sequence[Item]) -> Matched:
        found, same = matched(old, new, *self.keys), self.same
        if same is None:
            return found
        return found.joined(lambda a, b: float(same(self.name(a), self.name(b))), 1)

    def _items(self, side: Version) -> list[Item] | None:
        items: list[Item] = []
        for path in self.lists:
            single = side.at(path)
            if isinstance(single, dict):
                items.append(Item(path, single, canonical(single)))
            elif (listed := items_at(side, path, self.shape)) is None:
                return None
            else:
                items += listed
        return items

    def _distinct(self, items: Iterable[Item], besides: Iterable[Item]) -> Iterator[Item]:
        identity = self.keys[0]
        seen = {identity(item) for item in besides} | {""}
        for item in items:
            if identity(item) not in seen:
                seen.add(identity(item))
                yield item
