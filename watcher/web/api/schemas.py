"""From the types of objects to JSON Schema: each object is described once, by the type that the program checks."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import is_dataclass
from datetime import date, datetime
from typing import Any, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

Schema = dict[str, Any]

_PLAIN: Mapping[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
    None: {"type": "null"},
    type(None): {"type": "null"},
    Any: {},
}


class Schemas:
    """The schemas of types, and as `named` those that have names of their own."""

    def __init__(self) -> None:
        self.named: dict[str, Schema] = {}
        self._types: dict[str, Any] = {}

    def of(self, hint: Any) -> Schema:
        """The schema of a type; a reference where it has a name. TypeError for a type that JSON has nothing for."""
        if hint in _PLAIN:
            return dict(_PLAIN[hint])
        if is_typeddict(hint) or is_dataclass(hint):
            return self._reference(hint)
        origin, parts = get_origin(hint), get_args(hint)
        made = _GENERIC.get(origin)
        if made is None:
            raise TypeError(f"{hint} cannot be described")
        return made(self, parts)

    def _reference(self, hint: Any) -> Schema:
        name = str(hint.__name__).removesuffix("Object")
        if self._types.setdefault(name, hint) is not hint:
            raise TypeError(f"{hint} and {self._types[name]} would both be called {name}")
        if name not in self.named:
            # Named before it is made: an object may hold objects of its own sort.
            self.named[name] = {}
            self.named[name].update(self._object(hint))
        return {"$ref": f"#/components/schemas/{name}"}

    def _object(self, hint: Any) -> Schema:
        fields = get_type_hints(hint, include_extras=True)
        return {
            "type": "object",
            "description": inspect.getdoc(hint) or "",
            "properties": {name: self.of(_without_mark(kind)) for name, kind in fields.items()},
            "required": list(_required(fields)),
            "additionalProperties": False,
        }

    def _list(self, parts: Sequence[Any]) -> Schema:
        return {"type": "array", "items": self.of(parts[0])}

    def _tuple(self, parts: Sequence[Any]) -> Schema:
        if parts[-1] is Ellipsis:
            return self._list(parts)
        held = [self.of(part) for part in parts]
        return {"type": "array", "prefixItems": held, "minItems": len(held), "maxItems": len(held)}

    def _mapping(self, parts: Sequence[Any]) -> Schema:
        return {"type": "object", "additionalProperties": self.of(parts[1])}

    def _union(self, parts: Sequence[Any]) -> Schema:
        return {"anyOf": [self.of(part) for part in parts]}


_GENERIC: Mapping[Any, Callable[[Schemas, Sequence[Any]], Schema]] = {
    list: Schemas._list,
    tuple: Schemas._tuple,
    dict: Schemas._mapping,
    Mapping: Schemas._mapping,
    types.UnionType: Schemas._union,
    Union: Schemas._union,
}


def _required(fields: Mapping[str, Any]) -> Iterator[str]:
    return (name for name, kind in fields.items() if get_origin(kind) is not NotRequired)


def _without_mark(kind: Any) -> Any:
    return get_args(kind)[0] if get_origin(kind) is NotRequired else kind
