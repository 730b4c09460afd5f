"""What an edit is: one thing done to a real record, and the kind that must be told of it, once."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

Record = dict[str, Any]
Doing = Callable[[Record, Random], Any]
Weight = str | Callable[[Record], str]

TODAY = date(2026, 6, 1)
P = "protocolSection"
SM = f"{P}.statusModule"
DM = f"{P}.designModule"
AIM = f"{P}.armsInterventionsModule"
OM = f"{P}.outcomesModule"
EM = f"{P}.eligibilityModule"
CLM = f"{P}.contactsLocationsModule"


@dataclass(frozen=True)
class Edit:
    """One single-field edit as a sponsor or the registry makes it.

    `do` changes the record in place and answers whether it could. `backwards` turns the pair round: what `do` takes
    away was added. `given` first makes the record one that can be edited so. One of `kinds` must be told, exactly
    once, at `severity` where one is given; above noise nothing else but `beside`.
    """

    name: str
    kinds: tuple[str, ...]
    do: Doing
    severity: Weight = ""
    beside: tuple[str, ...] = ()
    backwards: bool = False
    given: Doing | None = None

    def pair(self, record: Record, chance: Random) -> tuple[Record, Record] | None:
        """The record before and after this edit; None where the record has nothing to edit so."""
        if self.given is not None:
            record = copy.deepcopy(record)
            if not self.given(record, chance):
                return None
        edited = copy.deepcopy(record)
        if not self.do(edited, chance) or edited == record:
            return None
        return (edited, record) if self.backwards else (record, edited)

    def severity_in(self, after: Record) -> str:
        """The severity that is expected of the newer record; "" where it is not judged."""
        return self.severity(after) if callable(self.severity) else self.severity


def edit(
    name: str,
    kinds: str,
    severity: Weight = "",
    *,
    beside: str = "",
    backwards: bool = False,
) -> Callable[[Doing], Edit]:
    """Make an edit of a function; kinds are words, any one of which will do."""

    def made(do: Doing) -> Edit:
        return Edit(name, tuple(kinds.split()), do, severity, tuple(beside.split()), backwards)

    return made


def edits_in(module: dict[str, Any]) -> tuple[Edit, ...]:
    """Every edit that a module holds, alone or in tuples."""
    return tuple(_found(list(module.values())))


def _found(values: list[Any]) -> Iterator[Edit]:
    for value in values:
        if isinstance(value, Edit):
            yield value
        elif isinstance(value, tuple) and value and all(isinstance(item, Edit) for item in value):
            yield from value


# --- reaching into a record --------------------------------------------------------------


def at(record: Record, path: str) -> Any:
    """The value at a dotted path, None where absent."""
    node: Any = record
    for key in path.split("."):
        node = node.get(key) if isinstance(node, dict) else None
    return node


def put(record: Record, path: str, value: Any) -> bool:
    """Set the value at a dotted path; True, for the sake of `do`."""
    *steps, last = path.split(".")
    for step in steps:
        record = record.setdefault(step, {})
    record[last] = value
    return True


def drop(record: Record, path: str) -> bool:
    """Take away what stands at a dotted path; whether something stood there."""
    above, _, last = path.rpartition(".")
    holder = at(record, above) if above else record
    return isinstance(holder, dict) and holder.pop(last, None) is not None


def rows(record: Record, path: str) -> list[Record]:
    """The objects of the list at a dotted path, [] where there is none."""
    return at(record, path) or []


def one(record: Record, path: str, chance: Random) -> Record | None:
    """One object of the list at a dotted path."""
    found = rows(record, path)
    return chance.choice(found) if found else None


def append(record: Record, path: str, item: Any) -> bool:
    """Add an item to the list at a dotted path."""
    return put(record, path, [*(at(record, path) or []), item])


def without(record: Record, path: str, item: Any) -> bool:
    """Take an item out of the list at a dotted path, the list with it where it was the last."""
    left = [other for other in rows(record, path) if other is not item]
    return put(record, path, left) if left else drop(record, path)


def day_of(text: str) -> date:
    """The last day that a date of the registry may mean."""
    if len(text) == 7:
        first = date(int(text[:4]), int(text[5:]), 1)
        return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return date.fromisoformat(text)


def reached(record: Record, name: str) -> bool | None:
    """Whether a record shows a date of its plan as reached; None where it does not say."""
    struct = at(record, f"{SM}.{name}") or {}
    if "type" not in struct or "date" not in struct:
        return None
    return struct["type"] == "ACTUAL" and day_of(struct["date"]) <= TODAY


def by_stage(before: str, running: str, after: str) -> Callable[[Record], str]:
    """A severity that follows the stage of the study."""

    def weight(record: Record) -> str:
        started, completed = reached(record, "startDateStruct"), reached(record, "primaryCompletionDateStruct")
        if completed:
            return after
        if completed is None or started is None:
            return ""
        return running if started else before

    return weight
