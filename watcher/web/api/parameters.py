"""What may be asked for: the shapes of parameters, each of which reads a text and describes itself as JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Protocol

from watcher.web.visit import BadQuestion

BIGGEST = 10**18 - 1
"""No number in the database has more digits."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_STUDY = re.compile(r"NCT[0-9]{8}", re.IGNORECASE)


class Shape(Protocol):
    """What a parameter may be."""

    @property
    def schema(self) -> Mapping[str, object]:
        """As JSON Schema has it, with the default where there is one."""

    @property
    def default(self) -> object:
        """What holds where nothing is said, as it is read."""

    @property
    def words(self) -> str:
        """What would be right, in words."""

    def read(self, text: str) -> object:
        """The value that a text stands for; ValueError, with these words, for any other text."""


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number within bounds."""

    least: int
    most: int
    default: int | None = None

    @property
    def schema(self) -> Mapping[str, object]:
        """As JSON Schema has it."""
        usual = {} if self.default is None else {"default": self.default}
        return {"type": "integer", "minimum": self.least, "maximum": self.most, **usual}

    @property
    def words(self) -> str:
        """What would be right."""
        return f"a whole number from {self.least} " + (f"to {self.most}" if self.most < BIGGEST else "on")

    def read(self, text: str) -> int:
        """The number; ValueError for anything else."""
        if re.fullmatch("[0-9]{1,18}", text) and self.least <= int(text) <= self.most:
            return int(text)
        raise ValueError(self.words)


@dataclass(frozen=True, slots=True)
class Text:
    """Any text that is neither empty nor endless."""

    default: str = ""
    most: int = 200

    @property
    def schema(self) -> Mapping[str, object]:
        """As JSON Schema has it."""
        return {"type": "string", "minLength": 1, "maxLength": self.most}

    @property
    def words(self) -> str:
        """What would be right."""
        return f"a text of 1 to {self.most} characters"

    def read(self, text: str) -> str:
        """The text itself; ValueError where it is empty or too long."""
        if 1 <= len(text) <= self.most:
            return text
        raise ValueError(self.words)


@dataclass(frozen=True, slots=True)
class StudyNumber:
    """An NCT number, in letters of any size."""

    default: str = ""

    @property
    def schema(self) -> Mapping[str, object]:
        """As JSON Schema has it."""
        return {"type": "string", "pattern": "^[Nn][Cc][Tt][0-9]{8}$"}

    @property
    def words(self) -> str:
        """What would be right."""
        return "an NCT number, such as NCT04150497"

    def read(self, text: str) -> str:
        """The number in its one spelling; ValueError where it is none."""
        if _STUDY.fullmatch(text):
            return text.upper()
        raise ValueError(self.words)


@dataclass(frozen=True, slots=True)
class Word:
    """One of a few words."""

    choices: tuple[str, ...]
    default: str = ""

    @property
    def schema(self) -> Mapping[str, object]:
        """As JSON Schema has it."""
        return {"type": "string", "enum": list(self.choices), **({"default": self.default} if self.default else {})}

    @property
    def words(self) -> str:
        """What would be right."""
        return f"one of {', '.join(self.choices)}"

    def read(self, text: str) -> str:
        """The word; ValueError where it is another one."""
        if text in self.choices:
            return text
        raise ValueError(self.words)


@dataclass(frozen=True, slots=True)
class Day:
    """A day, from its beginning in UTC."""

    default: None = None

    @property
    def schema(self) -> Mapping[str, object]:
        """As JSON Schema has it."""
        return {"type": "string", "format": "date"}

    @property
    def words(self) -> str:
        """What would be right."""
        return "a day, such as 2026-02-05"

    def read(self, text: str) -> datetime:
        """The first moment of the day; ValueError where it is none."""
        try:
            day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
        except ValueError:
            day = None
        if day is None:
            raise ValueError(self.words)
        return datetime(day.year, day.month, day.day, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no."""

    default: bool = False

    @property
    def schema(self) -> Mapping[str, object]:
        """As JSON Schema has it."""
        return {"type": "boolean", "default": self.default}

    @property
    def words(self) -> str:
        """What would be right."""
        return "true or false"

    def read(self, text: str) -> bool:
        """Whether it is asked for; ValueError for any third answer."""
        if text in {"true", "false"}:
            return text == "true"
        raise ValueError(self.words)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A part of the path, or what may stand behind it."""

    name: str
    shape: Shape
    meaning: str
    example: object


Asked = Mapping[str, Any]
"""The values of an endpoint's parameters by their names, read."""


def read(parameters: tuple[Parameter, ...], path: Mapping[str, str], query: list[tuple[str, str]]) -> Asked:
    """What is asked for; BadQuestion that names what is wrong, and what would be right."""
    given = dict(query)
    within = {parameter.name for parameter in parameters} - path.keys()
    for name in given:
        if name not in within:
            known = f"use {', '.join(sorted(within))}" if within else "there is nothing to choose here"
            raise BadQuestion(f"there is no parameter {name!r}: {known}")
    if len(given) < len(query):
        raise BadQuestion("a parameter is there twice: say each of them once")
    return {parameter.name: _value(parameter, {**given, **path}) for parameter in parameters}


def _value(parameter: Parameter, given: Mapping[str, str]) -> object:
    if parameter.name not in given:
        return parameter.shape.default
    try:
        return parameter.shape.read(given[parameter.name])
    except ValueError as error:
        raise BadQuestion(f"{parameter.name}: expected {error}") from None
