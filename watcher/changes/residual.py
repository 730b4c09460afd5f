"""The difference that no row claims: nothing is silent. deepdiff finds it, on aligned and pruned dictionaries.

Lists are turned into dictionaries by the identity of their items, so that order never counts and an item is
compared with itself. Equal branches are dropped first: deepdiff on whole records is twenty times slower, and its
own matching of reordered lists pairs strangers (measured).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import orjson
from deepdiff import DeepDiff

# What tells the items of the registry's lists apart, where they have it; else an item is its own identity.
_IDENTITY = (
    "nctId", "id", "domain", "type", "role", "name", "label", "measure", "title", "organSystem", "term", "groupId",
    "pmid", "citation", "url", "typeAbbrev", "filename", "facility", "city", "zip", "country", "eventType", "units",
)  # fmt: skip


class Keyed(dict[str, Any]):
    """A list as a dictionary by identity; `places` says where each item stood."""

    places: dict[str, int]


def unclaimed_paths(old: dict[str, Any], new: dict[str, Any], claims: Iterable[str]) -> tuple[str, ...]:
    """Every differing path outside `claims` (path prefixes, `[]` for any list index), as the newer record has it."""
    claimed = frozenset(claims)
    before, after = _pruned(old, new)
    before, after = (_without(_keyed(side), "", claimed) for side in (before, after))
    before, after = _pruned(before, after)
    if not before and not after:
        return ()
    found = DeepDiff(before, after, view="tree", threshold_to_diff_deeper=0, ignore_private_variables=False)
    paths = {_told(level.path(output_format="list"), before, after) for levels in found.values() for level in levels}
    return tuple(sorted(paths))


def _pruned(old: Any, new: Any) -> tuple[Any, Any]:
    """Both sides without the branches that are equal."""
    if type(old) is not type(new) or not isinstance(old, dict):
        return old, new
    before, after = _emptied(old), _emptied(new)
    for key in old.keys() | new.keys():
        if key in old and key in new:
            if old[key] != new[key]:
                before[key], after[key] = _pruned(old[key], new[key])
        elif key in old:
            before[key] = old[key]
        else:
            after[key] = new[key]
    return before, after


def _emptied(node: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(node, Keyed):
        return {}
    empty = Keyed()
    empty.places = node.places
    return empty


def _keyed(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _keyed(value) for key, value in node.items()}
    if not isinstance(node, list):
        return node
    seen: Counter[str] = Counter()
    keyed = Keyed()
    keyed.places = {}
    for place, item in enumerate(node):
        identity = _identity(item)
        key = f"{identity}#{seen[identity]}"
        seen[identity] += 1
        keyed[key], keyed.places[key] = _keyed(item), place
    return keyed


def _identity(item: Any) -> str:
    named = [item[key] for key in _IDENTITY if key in item] if isinstance(item, dict) else []
    return orjson.dumps(named or item, option=orjson.OPT_SORT_KEYS).decode()


def _without(node: Any, path: str, claimed: frozenset[str]) -> Any:
    """The node without claimed branches, and without what they leave empty."""
    if not isinstance(node, dict):
        return node
    kept = _emptied(node)
    for key, value in node.items():
        inner = f"{path}[]" if isinstance(node, Keyed) else f"{path}.{key}".lstrip(".")
        if inner in claimed:
            continue
        rest = _without(value, inner, claimed)
        if rest != {} or value == {}:
            kept[key] = rest
    return kept


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
