"""Kinds of change as objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    from watcher.changes.table import Kind


class KindObject(TypedDict):
    """A kind of change: its severity without more, the rule that may raise it, and what it means."""

    kind: str
    severity: str
    rule: str
    meaning: str


def kind_object(kind: Kind) -> KindObject:
    """A kind in one line."""
    return {"kind": kind.name, "severity": kind.severity.word, "rule": str(kind.rule), "meaning": kind.meaning}


def explained_kind(kind: Kind) -> dict[str, Any]:
    """A kind with where it stands in the record, and its examples."""
    return {**kind_object(kind), "label": kind.label, "paths": list(kind.paths), "examples": list(_examples(kind.name))}


def _examples(name: str) -> Iterator[dict[str, Any]]:
    from watcher.examples import EVENTS, EXAMPLES, RINGS

    for example in EXAMPLES:
        if example.kind == name:
            yield {
                "before": _shown(example.before),
                "after": _shown(example.after),
                "severity": example.severity,
                "sentence": example.sentence,
            }
    for event, _, severity, sentence in EVENTS:
        if event == name:
            yield {"severity": severity, "sentence": sentence}
    for rings in RINGS:
        if rings.kind == name:
            told = {"severity": rings.severity, "sentence": rings.sentence}
            yield {"record": _shown(rings.record), "day": rings.day, **told}


def _shown(said: Mapping[str, Any]) -> dict[str, Any]:
    """What an example says of a record, each field by its word or path, with absent values as JSON has them."""
    from watcher.examples.plain import ABSENT

    fields = {**{name: value for name, value in said.items() if name != "put"}, **said.get("put", {})}
    return {name: None if value is ABSENT else value for name, value in fields.items()}
