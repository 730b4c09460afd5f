"""Collecting every mistake of a configuration, each with its place and the nearest right spelling."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from difflib import get_close_matches
from operator import itemgetter

from watcher.channels.masking import MASK, masked
from watcher.channels.signing import PREFIX
from watcher.config.lines import KeyPath, Lines
from watcher.errors import ConfigError

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SECRET = re.compile(rf"{PREFIX}\S+")
_FEW = 8
_LONGEST_SHOWN = 80


class Report:
    """The mistakes and warnings of one file. A place that is told as wrong is not told again in other words."""

    def __init__(self, file: str, lines: Lines) -> None:
        self.file = file
        self._lines = lines
        self._mistakes: list[tuple[int, str, str]] = []
        self._warnings: list[str] = []
        self._told: set[KeyPath] = set()
        self._suspected: set[KeyPath] = set()

    def add(self, path: KeyPath, said: str) -> None:
        """A mistake at a key; left out where this key, or one around it, has been told as wrong before."""
        if any(path[:length] in self._told for length in range(1, len(path) + 1)):
            return
        self._told.add(path)
        self._mistakes.append((self._lines.line_of(path), key_text(path), self._sentence(path, said)))

    def add_missing(self, path: KeyPath, said: str) -> None:
        """A key that is not there; left out where a misspelt neighbour was probably meant to be it."""
        if path not in self._suspected:
            self.add(path, said)

    def add_unless_told_within(self, path: KeyPath, said: str) -> None:
        """A mistake of a table as a whole; left out where something in it is told as wrong or was misspelt."""
        if not any(told[: len(path)] == path for told in self._told | self._suspected):
            self.add(path, said)

    def add_elsewhere(self, path: KeyPath, file: str, line: int, said: str) -> None:
        """A mistake in another file, which the key at `path` names."""
        self._mistakes.append((self._lines.line_of(path), key_text(path), f"{file}:{line}: {said}"))

    def warn(self, path: KeyPath, said: str) -> None:
        """Something odd that stops nobody."""
        self._warnings.append(self._sentence(path, said))

    def suspect(self, path: KeyPath) -> None:
        """A misspelt key was probably meant to be the one at `path`."""
        self._suspected.add(path)

    def is_doubtful(self, path: KeyPath) -> bool:
        """Whether what stands at `path` is told as wrong or probably misspelt: nothing follows from it then."""
        return path in self._told or path in self._suspected

    def place(self, path: KeyPath) -> str:
        """`file:line` of a key."""
        return f"{self.file}:{self._lines.line_of(path)}"

    @property
    def warnings(self) -> tuple[str, ...]:
        """All warnings, as they came."""
        return tuple(self._warnings)

    def raise_if_any(self) -> None:
        """ConfigError with every mistake, in the order of the file."""
        if self._mistakes:
            raise ConfigError(tuple(said for *_, said in sorted(self._mistakes, key=itemgetter(0, 1))))

    def _sentence(self, path: KeyPath, said: str) -> str:
        key = key_text(path)
        return f"{self.place(path)}: {key}: {said}" if key else f"{self.place(path)}: {said}"


def key_text(path: KeyPath) -> str:
    """`route[1].kinds[0]`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{_key(step)}" if text else _key(step)
    return text


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) and len(name) <= _LONGEST_SHOWN else quoted(name)


def quoted(text: str) -> str:
    """The text in quotes, shortened, control characters made visible; of an address no more than the host."""
    # One with a password in it, or a webhook's secret, may have slipped into any key.
    shown = _SECRET.sub(f"{PREFIX}{MASK}", masked(text, ()))
    short = shown if len(shown) <= _LONGEST_SHOWN else shown[:_LONGEST_SHOWN] + "…"
    return json.dumps(short, ensure_ascii=False)


def nearest(given: str, known: Iterable[str]) -> str | None:
    """The known word that the given one was probably meant to be."""
    names = {name.casefold(): name for name in known}
    close = get_close_matches(given.casefold(), names, n=1)
    return names[close[0]] if close else None


def hint(given: str, known: Iterable[str]) -> str:
    """What to say behind an unknown word: the nearest known one, or all of them where they are few."""
    names = tuple(dict.fromkeys(known))
    close = nearest(given, names)
    if close:
        return f"; did you mean {quoted(close)}?"
    return f"; known: {', '.join(quoted(name) for name in names)}" if 0 < len(names) <= _FEW else ""


def unknown(noun: str, given: str, known: Iterable[str]) -> str:
    """The sentence about a name that nothing has. An address is never repeated: it may hold a password."""
    if "://" in given:
        return f"expected the name of a {noun}, not an address"
    return f"unknown {noun} {quoted(given)}{hint(given, known)}"
