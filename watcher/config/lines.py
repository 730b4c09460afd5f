"""On which line of a TOML file a key stands: tomllib does not say, and a mistake without its line is half a help."""

from __future__ import annotations

import contextlib
import re
import tomllib
from bisect import bisect_left
from itertools import count

KeyPath = tuple[str | int, ...]

_GAP = re.compile(r"[ \t]*")
_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_KEY = re.compile(r'"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|[A-Za-z0-9_-]+')
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'  # a multi-line string may end in up to two quotes of its own
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\n]*")


class Lines:
    """Maps a key path such as ("route", 1, "kinds", 0) to its line; when unsure, to the nearest known one around it."""

    def __init__(self, text: str) -> None:
        scanner = _Scanner(text)
        with contextlib.suppress(RecursionError):  # nested beyond reason: what was seen until then must do
            scanner.run()
        self._lines = scanner.lines

    def line_of(self, path: KeyPath) -> int:
        """The line of the key, of the nearest table or list around it, or 1."""
        while path not in self._lines:
            path = path[:-1]
        return self._lines[path]


class _Scanner:
    """Walks through the text once. It trusts tomllib to refuse bad TOML and only promises to come to an end."""

    def __init__(self, text: str) -> None:
        self.lines: dict[KeyPath, int] = {(): 1}
        self._text = text
        self._at = 0
        self._newlines = [found.start() for found in re.finditer("\n", text)]
        self._sizes: dict[KeyPath, int] = {}

    def run(self) -> None:
        """Read headers and pairs to the end."""
        table: KeyPath = ()
        while self._more():
            start, line = self._at, self._line()
            if self._takes("[["):
                table = self._entry(self._dotted(), line)
            elif self._takes("["):
                table = self._table(self._dotted(), line)
            else:
                self._pair(table)
            self._takes("]]") or self._takes("]")
            self._move_on(start)

    def _entry(self, parts: KeyPath, line: int) -> KeyPath:
        """The table that `[[parts]]` begins."""
        path = self._resolved(parts[:-1]) + parts[-1:]
        index = self._sizes.get(path, 0)
        self._sizes[path] = index + 1
        return self._mark((*path, index), line)

    def _table(self, parts: KeyPath, line: int) -> KeyPath:
        """The table that `[parts]` begins."""
        return self._mark(self._resolved(parts), line)

    def _resolved(self, parts: KeyPath) -> KeyPath:
        """The path with the index of the newest entry behind the name of each array of tables."""
        path: KeyPath = ()
        for part in parts:
            path += (part,)
            if path in self._sizes:
                path += (self._sizes[path] - 1,)
        return path

    def _pair(self, table: KeyPath) -> None:
        """Read `key = value`."""
        line, keys = self._line(), self._dotted()
        if keys and self._takes("="):
            self._value(self._mark(table + keys, line))
        else:
            self._match(_SCALAR)

    def _value(self, path: KeyPath) -> None:
        self._match(_GAP)
        if self._match(_STRING):
            return
        if self._takes("["):
            self._array(path)
        elif self._takes("{"):
            self._inline(path)
        else:
            self._match(_SCALAR)

    def _array(self, path: KeyPath) -> None:
        for index in count():
            if not self._more() or self._takes("]"):
                return
            start = self._at
            self._value(self._mark((*path, index), self._line()))
            self._match(_BLANK)
            self._takes(",")
            self._move_on(start)

    def _inline(self, path: KeyPath) -> None:
        while self._more() and not self._takes("}"):
            start = self._at
            self._pair(path)
            self._match(_BLANK)
            self._takes(",")
            self._move_on(start)

    def _dotted(self) -> KeyPath:
        """Read a key: `a`, `a.b`, `a."b c"`."""
        parts: list[str] = []
        self._match(_GAP)
        while found := self._match(_KEY):
            parts.append(_plain(found))
            self._match(_GAP)
            if not self._takes("."):
                break
            self._match(_GAP)
        return tuple(parts)

    def _mark(self, path: KeyPath, line: int) -> KeyPath:
        for length in range(1, len(path) + 1):
            self.lines.setdefault(path[:length], line)
        return path

    def _more(self) -> bool:
        self._match(_BLANK)
        return self._at < len(self._text)

    def _line(self) -> int:
        return bisect_left(self._newlines, self._at) + 1

    def _match(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        if found is None:
            return ""
        self._at = found.end()
        return found.group()

    def _takes(self, token: str) -> bool:
        taken = self._text.startswith(token, self._at)
        self._at += len(token) if taken else 0
        return taken

    def _move_on(self, start: int) -> None:
        """Step over a character that no rule wanted, so that bad TOML cannot hold us."""
        self._at += self._at == start


def _plain(key: str) -> str:
    """The key without its quotes and escapes."""
    if not key.startswith(('"', "'")):
        return key
    try:
        return str(tomllib.loads(f"key = {key}")["key"])
    except tomllib.TOMLDecodeError:
        return key
