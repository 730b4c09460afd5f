"""The difference that no row claims: nothing is silent. deepdiff finds it, on aligned and pruned dictionaries.

Lists are turned into dictionaries by the identity of their items, so that order never counts and an item is
compared with itself. Equal branches are dropped first: deepdiff on whole records is twenty times slower, and its
own matching of reordered lists pairs strangers (measured).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import orjson

from watcher.record import canonical

# What tells the items of the registry's lists apart, where they have it; else an item is its own identity.
_IDENTITY = (
    "nctId", "id", "domain", "type", "role", "name", "label", "measure", "title", "organSystem", "term", "groupId",
    "pmid", "citation", "url", "typeAbbrev", "filename", "facility", "city", "zip", "country", "eventType", "units",
)  # fmt: skip


class Keyed(dict[str, Any]):
    """A list as a dictionary by identity; `places` says where each item stood."""

    places: dict[str, int]


# What is left of a value of which everything is claimed, or equal on both sides.
_NOTHING = object()


def unclaimed_paths(old: dict[str, Any], new: dict[str, Any], claims: Iterable[str]) -> tuple[str, ...]:
    """Every differing path outside `claims` (path prefixes, `[]` for any list index), as the newer record has it."""
    before, after = _apart(old, new, "", frozenset(claims))
    if before is after:
        return ()
    # Here, because most commands list kinds and compare nothing: deepdiff takes longer to import than all the rest.
    from deepdiff import DeepDiff

    found = DeepDiff(before, after, view="tree", threshold_to_diff_deeper=0, ignore_private_variables=False)
    paths = {_told(level.path(output_format="list"), before, after) for levels in found.values() for level in levels}
    return tuple(sorted(paths))


def _apart(old: Any, new: Any, path: str, claimed: frozenset[str]) -> tuple[Any, Any]:
    """Both values without what is equal or claimed; _NOTHING twice where that is all of them."""
    if _written(old) == _written(new):
        return _NOTHING, _NOTHING
    if isinstance(old, dict) and isinstance(new, dict):
        return _members_apart(old, new, path, claimed)
    if isinstance(old, list) and isinstance(new, list):
        return _members_apart(*_keyed_apart(old, new, path, claimed), path, claimed)
    if canonical(old) == canonical(new):
        return _NOTHING, _NOTHING
    return _unclaimed(old, path, claimed), _unclaimed(new, path, claimed)


def _members_apart(old: dict[str, Any], new: dict[str, Any], path: str, claimed: frozenset[str]) -> tuple[Any, Any]:
    before, after = _emptied(old), _emptied(new)
    for key in old.keys() | new.keys():
        inner = _inner(path, key, old)
        if inner in claimed:
            continue
        if key in old and key in new:
            sides = _apart(old[key], new[key], inner, claimed)
        else:
            sides = _of_member(old, key, inner, claimed), _of_member(new, key, inner, claimed)
        for kept, value in zip((before, after), sides, strict=True):
            if value is not _NOTHING:
                kept[key] = value
    return (before, after) if before or after else (_NOTHING, _NOTHING)


def _of_member(node: dict[str, Any], key: str, path: str, claimed: frozenset[str]) -> Any:
    return _unclaimed(node[key], path, claimed) if key in node else _NOTHING


def _unclaimed(value: Any, path: str, claimed: frozenset[str]) -> Any:
    """A value without its claimed branches; _NOTHING where they are all of it."""
    node = _keyed(enumerate(value)) if isinstance(value, list) else value
    if not isinstance(node, dict):
        return node
    kept = _emptied(node)
    for key, member in node.items():
        inner = _inner(path, key, node)
        rest = _NOTHING if inner in claimed else _unclaimed(member, inner, claimed)
        if rest is not _NOTHING:
            kept[key] = rest
    empty = not node and not any(claim.startswith((f"{path}.", f"{path}[")) for claim in claimed)
    return kept if kept or empty else _NOTHING


def _inner(path: str, key: str, node: dict[str, Any]) -> str:
    if isinstance(node, Keyed):
        return f"{path}[]"
    return f"{path}.{key}" if path else key


def _emptied(node: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(node, Keyed):
        return {}
    empty = Keyed()
    empty.places = node.places
    return empty


def _keyed_apart(old: list[Any], new: list[Any], path: str, claimed: frozenset[str]) -> tuple[Keyed, Keyed]:
    """Both lists by the identity of their items, whatever the order, without what they share or what is claimed."""
    before, after = list(enumerate(old)), list(enumerate(new))
    fields = frozenset(claim.removeprefix(f"{path}[].") for claim in claimed if claim.startswith(f"{path}[]."))
    # Most items are the same to the letter: that test costs a tenth of the canonical one.
    for form in (_written, canonical):
        before, after = _unshared(before, after, form, fields)
    return _keyed(before), _keyed(after)


def _unclaimed_part(item: Any, claimed: frozenset[str]) -> Any:
    if not claimed or not isinstance(item, dict):
        return item
    return {key: value for key, value in item.items() if key not in claimed}


Placed = tuple[int, Any]


def _unshared(
    old: Sequence[Placed], new: Sequence[Placed], form: Callable[[Any], object], claimed: frozenset[str]
) -> tuple[list[Placed], list[Placed]]:
    """Both lists without the items whose unclaimed fields have the same form on both sides, one for one."""
    forms = [[form(_unclaimed_part(item, claimed)) for _, item in side] for side in (old, new)]
    shared = Counter(forms[0]) & Counter(forms[1])
    return _without(old, forms[0], shared.copy()), _without(new, forms[1], shared)


def _without(items: Sequence[Placed], forms: Sequence[object], left: Counter[object]) -> list[Placed]:
    kept = []
    for placed, form in zip(items, forms, strict=True):
        if left[form]:
            left[form] -= 1
        else:
            kept.append(placed)
    return kept


def _keyed(items: Iterable[Placed]) -> Keyed:
    seen: Counter[str] = Counter()
    keyed = Keyed()
    keyed.places = {}
    for place, item in sorted(items, key=lambda placed: (canonical(placed[1]), placed[0])):
        identity = _identity(item)
        key = f"{identity}#{seen[identity]}"
        seen[identity] += 1
        keyed[key], keyed.places[key] = item, place
    return keyed


def _identity(item: Any) -> str:
    named = [item[key] for key in _IDENTITY if key in item] if isinstance(item, dict) else []
    return "|".join(map(canonical, named or [item]))


def _written(value: Any) -> bytes:
    """The quick test for equality, which is not fooled by true and 1."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _told(steps: list[Any], old: Any, new: Any) -> str:
    """The text of a path: list indexes of the newer record, of the older one where the item is gone."""
    path = ""
    for step in steps:
        for side in (new, old):
            if isinstance(side, Keyed) and step in side.places:
                path += f"[{side.places[step]}]"
                break
        else:
            path += f".{step}"
        old, new = (side.get(step) if isinstance(side, dict) else None for side in (old, new))
    return path.lstrip(".")
