"""One text for one value: the order of lists and keys, and the way a number is written, mean nothing."""

from __future__ import annotations

from typing import Any

import orjson


def canonical(value: Any) -> str:
    """The same text for two JSON values that differ in the order of their lists alone; true and 1 stay apart."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{_leaf(key)}:{canonical(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(sorted(map(canonical, value))) + "]"
    return _leaf(value)


def _leaf(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return orjson.dumps(value).decode()
