"""Essie, the registry's language of search expressions: how a person's text is put into it without being read as one.

Operators are upper-case words; brackets group, a comma means AND, double quotes make a phrase, a backslash takes an
operator's meaning away. Source: ClinicalTrials.gov, "Search expressions and syntax".
"""

from __future__ import annotations

import re
from collections.abc import Iterable

OPERATORS = (
    "AND", "OR", "NOT", "AREA", "SEARCH", "RANGE", "DISTANCE", "COVERAGE", "COVER", "EXPANSION", "EXPAND", "TILT",
    "MISSING", "ALL",
)  # fmt: skip

_MEANT = re.compile(rf"[()\[\],\"\\]|\b(?:{'|'.join(OPERATORS)})\b")
_PHRASE = re.compile(r'"([^"]*[^\W_][^"]*)"')
_CLOSED_BY = {"(": ")", "[": "]"}


def literal(text: str) -> str:
    """The text as Essie finds it word for word; what stands in double quotes stays a phrase."""
    parts: list[str] = []
    at = 0
    for found in _PHRASE.finditer(text):
        parts += [_escaped(text[at : found.start()]), phrase(found[1])]
        at = found.end()
    return "".join([*parts, _escaped(text[at:])])


def _escaped(text: str) -> str:
    return _MEANT.sub(r"\\\g<0>", text)


def phrase(text: str) -> str:
    """The text as one phrase, in which nothing is an operator."""
    inner = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{inner}"'


def any_of(expressions: Iterable[str]) -> str:
    """An expression for any of these, each once, in one order whichever way they were given."""
    return " OR ".join(sorted(set(expressions)))


def imbalance(expression: str) -> str:
    """What is wrong with the brackets and quotes of an expression; "" where nothing is."""
    awaited: list[str] = []
    characters = iter(expression)
    for character in characters:
        if character == "\\":
            if next(characters, None) is None:
                return "it ends in a backslash"
        elif character == '"' and awaited[-1:] == ['"']:
            awaited.pop()
        elif awaited[-1:] != ['"'] and (wrong := _stepped(character, awaited)):
            return wrong
    return _unclosed(awaited[-1]) if awaited else ""


def _stepped(character: str, awaited: list[str]) -> str:
    """Take one character outside quotes into account."""
    if character == '"':
        awaited.append('"')
    elif character in _CLOSED_BY:
        awaited.append(_CLOSED_BY[character])
    elif character in _CLOSED_BY.values():
        if awaited[-1:] != [character]:
            return f"a {character} closes nothing"
        awaited.pop()
    return ""


def _unclosed(awaited: str) -> str:
    return "a quotation does not end" if awaited == '"' else f"a bracket lacks its {awaited}"
