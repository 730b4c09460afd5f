"""What an address asks for, read strictly: what cannot be understood is told, never guessed."""

from __future__ import annotations

from collections.abc import Collection

from starlette.convertors import Convertor, register_url_convertor

from watcher.changes.language.words import clipped
from watcher.config.mistakes import unknown
from watcher.errors import UsageError
from watcher.model import Watch
from watcher.views.numbers import MOST_DIGITS, row_number
from watcher.web.visit import BadQuestion, Visit


class Digits(Convertor[str]):
    """A part of a path that is a number, left as it is written: Python makes no number of thousands of digits."""

    regex = "[0-9]+"

    def convert(self, value: str) -> str:
        """The digits."""
        return value

    def to_string(self, value: str) -> str:
        """The digits."""
        return value


register_url_convertor("digits", Digits())


def number(visit: Visit, name: str, *, least: int = 0, most: int) -> int | None:
    """A whole number between two others; None where it is not given, BadQuestion where it is none."""
    text = visit.text(name)
    if not text:
        return None
    said = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
    if not least <= said <= most:
        raise BadQuestion(f"{name}: expected a number from {least} to {most}.")
    return said


def one_of(visit: Visit, name: str, known: Collection[str], otherwise: str) -> str:
    """One of the words that are known; BadQuestion for another one."""
    text = visit.text(name) or otherwise
    if text not in known:
        raise BadQuestion(f"{name}: expected one of {', '.join(known)}.")
    return text


def number_in_path(visit: Visit, noun: str) -> int:
    """The number in an address that has one; UsageError for one that nothing in a database could have."""
    text = visit.part("number")
    if (said := row_number(text)) is None:
        raise UsageError(f"There is no {noun} {clipped(text, MOST_DIGITS)}.")
    return said


def watch_found(visit: Visit, name: str) -> Watch | None:
    """The watch of the configuration that is called so, if there is one."""
    return next((watch for watch in visit.config.watches if watch.name == name), None)


def watch_named(visit: Visit, name: str) -> Watch:
    """The watch of the configuration that is called so; UsageError where there is none."""
    found = watch_found(visit, name)
    if found is None:
        raise UsageError(unknown("watch", name, [watch.name for watch in visit.config.watches]))
    return found


def page_of(visit: Visit, count: int, size: int) -> tuple[int, int]:
    """The page that is asked for, and how many there are for so many things: there is always one."""
    pages = max(-(-count // size), 1)
    return min(number(visit, "page", least=1, most=1_000_000) or 1, pages), pages
