"""The sentence of a change taken apart where it says "before -> after", so that the two can be shown as such."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from watcher.alerts.messages.safe import one_line
from watcher.changes.language.words import status_label
from watcher.model import Change

# Longer values are easier to read in the sentence itself.
LONGEST = 60

_KIND_OF_DATE = re.compile(r" \((?:estimated|actual)\)$")


@dataclass(frozen=True, slots=True)
class Pair:
    """What changed, its value before and after, and what the sentence says besides."""

    lead: str
    old: str
    new: str
    rest: str = ""


def pair_in(change: Change) -> Pair | None:
    """The pair in the sentence of a change; None where it has none, or values too long to stand side by side."""
    if not change.old or not change.new:
        return None
    sentence = one_line(change.sentence)
    for old in _written(change.old):
        for new in _written(change.new):
            for mark in ('"', ""):
                shown = f"{mark}{old}{mark} -> {mark}{new}{mark}"
                lead, found, rest = sentence.partition(shown)
                if found and _stands_alone(lead, rest):
                    return _pair(lead, old, new, rest)
    return None


def _written(value: str) -> Iterator[str]:
    """How a sentence may write a value: as it is, by the registry's label, without the kind of its date."""
    value = one_line(value)
    label = status_label(value)
    for written in dict.fromkeys((value, label, _KIND_OF_DATE.sub("", value))):
        if len(written) <= LONGEST:
            yield written


def _stands_alone(lead: str, rest: str) -> bool:
    """Whether neither value is a part of a longer word or number, and what changed is said before them."""
    return bool(lead.strip()) and not lead[-1].isalnum() and not rest[:1].isalnum()


def _pair(lead: str, old: str, new: str, rest: str) -> Pair:
    if lead.endswith("(") and rest.startswith(")"):
        lead, rest = lead[:-1], rest[1:]
    rest = rest.lstrip(" .,;").strip()
    return Pair(lead.rstrip(" :"), old, new, rest[:-1] if rest.endswith(").") else rest)
