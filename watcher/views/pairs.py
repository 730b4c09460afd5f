"""Which item of one list is set against which of another: what is equal drops out, the rest is paired by likeness."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz

from watcher.record import canonical

Placed = tuple[Any, int]
# What items are called, by their places.
Names = Mapping[int, tuple[str, ...]]

# What an item is known by, where two have the same and nobody else has.
_KEYS = (
    ("id",),
    ("facility", "city", "country"),
    ("measure",),
    ("name",),
    ("label",),
    ("title",),
    ("term",),
    ("domain",),
)
# Likeness in percent from which two items are told as one that changed.
_ALIKE = 60
# Beyond, likeness takes too long: those are told as gone and come.
_MOST_LIKENED = 60
_COMPARED = 1_000


@dataclass(frozen=True, slots=True)
class Pair:
    """An item of both lists, or of one, each with its place."""

    old: Placed | None
    new: Placed | None

    @property
    def place(self) -> int:
        """Its place in the newer list; in the older one where it is gone."""
        held = self.new or self.old
        return held[1] if held else 0


def paired(
    old: Sequence[Any], new: Sequence[Any], ids: tuple[Sequence[str], Sequence[str]] | None = None
) -> list[Pair]:
    """The items that are not the same on both sides, in the order of the newer list; those that are gone last.

    `ids` are identifiers for the places of both lists, "" for none: with them, nothing else tells who is who.
    """
    before, after = _unshared(old, new)
    pairs: list[Pair] = []
    if ids is not None:
        pairs += _with_names(before, after, *({at: (name,) for at, name in enumerate(side) if name} for side in ids))
    else:
        for keys in _KEYS:
            pairs += _with_names(before, after, *(_names(side, keys) for side in (before, after)))
        pairs += _by_likeness(before, after)
    pairs += [Pair(None, item) for item in after]
    gone = [Pair(item, None) for item in before]
    return [*sorted(pairs, key=lambda pair: pair.place), *gone]


def _unshared(old: Sequence[Any], new: Sequence[Any]) -> tuple[list[Placed], list[Placed]]:
    forms = [[canonical(item) for item in side] for side in (old, new)]
    shared = Counter(forms[0]) & Counter(forms[1])
    return _without(old, forms[0], shared.copy()), _without(new, forms[1], shared)


def _without(items: Sequence[Any], forms: Sequence[str], shared: Counter[str]) -> list[Placed]:
    kept = []
    for place, (item, form) in enumerate(zip(items, forms, strict=True)):
        if shared[form]:
            shared[form] -= 1
        else:
            kept.append((item, place))
    return kept


def _with_names(before: list[Placed], after: list[Placed], old: Names, new: Names) -> list[Pair]:
    """Pairs of items that alone on their side are called so; they are taken out of both lists."""
    known = _alone(after, new)
    pairs = [Pair(item, known[name]) for name, item in _alone(before, old).items() if name in known]
    _take_out(before, [pair.old for pair in pairs])
    _take_out(after, [pair.new for pair in pairs])
    return pairs


def _take_out(side: list[Placed], taken: Iterable[Placed | None]) -> None:
    places = {placed[1] for placed in taken if placed}
    side[:] = [placed for placed in side if placed[1] not in places]


def _alone(side: Sequence[Placed], names: Names) -> dict[tuple[str, ...], Placed]:
    counts = Counter(names.get(place) for _, place in side)
    named = ((names.get(placed[1]), placed) for placed in side)
    return {name: placed for name, placed in named if name and counts[name] == 1}


def _names(side: Sequence[Placed], keys: tuple[str, ...]) -> Names:
    found = ((place, [item.get(key) for key in keys]) for item, place in side if isinstance(item, dict))
    return {place: tuple(map(str, values)) for place, values in found if isinstance(values[0], str)}


def _by_likeness(before: list[Placed], after: list[Placed]) -> list[Pair]:
    """The likest two first, as long as they are alike at all."""
    if max(len(before), len(after)) > _MOST_LIKENED:
        return []
    texts = [["\n".join(_values(item))[:_COMPARED] for item, _ in side] for side in (before, after)]
    likely = [
        (-likeness, old, new)
        for old, text in enumerate(texts[0])
        for new, other in enumerate(texts[1])
        if (likeness := fuzz.ratio(text, other, score_cutoff=_ALIKE))
    ]
    pairs, taken = list[Pair](), (set[int](), set[int]())
    for _, old, new in sorted(likely):
        if old not in taken[0] and new not in taken[1]:
            taken[0].add(old)
            taken[1].add(new)
            pairs.append(Pair(before[old], after[new]))
    _take_out(before, [pair.old for pair in pairs])
    _take_out(after, [pair.new for pair in pairs])
    return pairs


def _values(item: Any) -> Iterator[str]:
    """What an item says, without what its fields are called: that is alike in all of them."""
    if isinstance(item, dict):
        for key in sorted(item):
            yield from _values(item[key])
    elif isinstance(item, list):
        for each in item:
            yield from _values(each)
    elif item is not None:
        yield str(item)
