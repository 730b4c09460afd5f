"""The sentence of a change taken apart where it says "before -> after", so that the two can be shown as such."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from watcher.alerts.messages.safe import one_line
from watcher.changes.language.words import status_label
from watcher.model import Change

# Longer values stand one above the other where there is room for that, and else in the sentence.
LONGEST = 60

_BETWEEN = '" -> "'
_QUOTED = re.compile(rf'(?P<lead>[^"]+) "(?P<old>.+){_BETWEEN}(?P<new>.+)"(?P<rest>[^"]*)')
_KIND_OF_DATE = re.compile(r" \((?:estimated|actual)\)$")


@dataclass(frozen=True, slots=True)
class Pair:
    """What changed, its value before and after, and what the sentence says besides."""

    lead: str
    old: str
    new: str
    rest: str = ""

    @property
    def is_long(self) -> bool:
        """Whether the two cannot stand in one line."""
        return max(len(self.old), len(self.new)) > LONGEST


def pair_in(change: Change) -> Pair | None:
    """The pair in the sentence of a change: its values, or two quoted texts; None where it has none."""
    sentence = one_line(change.sentence)
    return _values_in(sentence, change.old or "", change.new or "") or _quotations_in(sentence)


def _quotations_in(sentence: str) -> Pair | None:
    found = _QUOTED.fullmatch(sentence) if sentence.count(_BETWEEN) == 1 else None
    return _pair(*found.group("lead", "old", "new", "rest")) if found else None


def _values_in(sentence: str, before: str, after: str) -> Pair | None:
    for old in _written(before):
        for new in _written(after):
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
        if 0 < len(written) <= LONGEST:
            yield written


def _stands_alone(lead: str, rest: str) -> bool:
    """Whether neither value is a part of a longer word or number, and what changed is said before them."""
    return bool(lead.strip()) and not lead[-1].isalnum() and not rest[:1].isalnum()


def _pair(lead: str, old: str, new: str, rest: str) -> Pair:
    if lead.endswith("(") and rest.startswith(")"):
        lead, rest = lead[:-1], rest[1:]
    rest = rest.lstrip(" .,;").strip()
    return Pair(lead.rstrip(" :;"), old, new, rest[:-1] if rest.endswith(").") else rest)
