"""A criteria text cut into its criteria: by headings, bullets, line breaks and, where there are none, sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from watcher.changes.eligibility.headings import UNSAID, heading_of
from watcher.changes.language.spoken import one_line, tokens

_BREAK = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")
# "* ", "\- ", "1. ", "1.2) ", "(a) ", "iv. ": never a comparison sign, never a number without its mark.
_BULLET = re.compile(
    r"(?:\\?[-*•·●▪◦■–—+]+|[oO](?= {1,4}[A-Z])|\(?\d{1,3}(?:\.\d{1,2}){0,3}\\?[.):]|\(\d{1,3}\)"
    r"|\(?[a-zA-Z]\\?[.)]|\(?[ivxIVX]{1,5}\\?[.)])(?=[\s*•·-]|$)\s*"
    r"|\d{1,2}(?:\.\d{1,2}){1,3}\s+(?=[A-Z][a-z])|[•·●▪◦■]\s*|\d{1,2}\\?[.)](?=[A-Z][a-z])"
)
# A list that opens in the middle of a line, as texts without line breaks have it.
_INLINE_HEADING = re.compile(
    r"(?<=[.;:,)\d])[ \t]+(?=(?:(?:Key|Main|Major|General|KEY|MAIN|MAJOR|GENERAL)\s+)?"
    r"(?:Inclusion|Exclusion|INCLUSION|EXCLUSION)\s+(?:[Cc]riteria|CRITERIA)\s*:)"
    r"|(?<=[a-z])[ \t]+(?=(?:(?:Key|Main|Major|General)\s+)(?:Inclusion|Exclusion)\s+Criteria\s*:)"
    r"|(?<=[a-z])(?<!Key)(?<!Main)(?<!Major)(?<!General)[ \t]+(?=(?:Inclusion|Exclusion)\s+Criteria\s*:)"
    r"|(?<=[.;])[ \t]+(?=(?:key |main |major )?(?:inclusion|exclusion) criteria\s*:)"
)
_INLINE_BULLETS = re.compile(r"\s+(?:\\?[-*•·●]|\(?\d{1,2}\\?[.)])\s+(?=\S)")
_SENTENCES = re.compile(
    r"(?<=[.;])(?<!e\.g\.)(?<!i\.e\.)(?<!vs\.)(?<!etc\.)(?<!Dr\.)(?<!No\.)(?<!approx\.)\s+(?=[A-Z0-9(\\])"
)
# A line of more characters may hold several criteria; one of fewer may say that there are none.
_LONG, _SHORT = 160, 25
# A text with fewer line breaks than one in so many characters has lost them.
_FLAT = 400
_NOTHING_SAID = frozenset(
    {"none", "na", "n a", "not applicable", "nil", "no", "no exclusion criteria", "none specified"}
)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion: the list it stands in, its words, and the line it hangs under."""

    section: str
    text: str
    under: str = ""
    heading: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """The words, numbers and signs of the criterion, as it would be read aloud."""
        return tokens(self.text)


@dataclass(frozen=True, slots=True)
class _Line:
    indent: int
    bullet: bool
    text: str


def criteria_of(text: str) -> tuple[Criterion, ...]:
    """The criteria of a text in their order; "none" under a heading is no criterion."""
    section, above = UNSAID, list[_Line]()
    flat = len(_BREAK.findall(text)) * _FLAT < len(text)
    found: list[Criterion] = []
    for line in _lines(text):
        if heading := heading_of(line.text):
            section, above = heading.section, []
            if heading.part:
                found.append(Criterion(section, heading.part, heading=True))
                above = [_Line(-1, False, heading.part)]
            line = _Line(line.indent, False, heading.rest)
        under = _parent(line, above)
        found += [Criterion(section, part, under) for part in _parts(line, flat)]
    return tuple(criterion for criterion in found if _says_something(criterion))


def _says_something(criterion: Criterion) -> bool:
    if len(criterion.text) > _SHORT:
        return any(character.isalnum() for character in criterion.text)
    return bool(criterion.words) and " ".join(criterion.words) not in _NOTHING_SAID


def _parent(line: _Line, above: list[_Line]) -> str:
    """The line that this one hangs under: one less indented, or one before the list that ends in a colon."""
    while above and not _holds(above[-1], line):
        above.pop()
    parent = above[-1].text if above else ""
    if line.text:
        above.append(line)
    return parent


def _holds(parent: _Line, line: _Line) -> bool:
    introduces = line.bullet and not parent.bullet and parent.text.endswith(":")
    return parent.indent < line.indent or (introduces and parent.indent == line.indent)


def _parts(line: _Line, flat: bool) -> list[str]:
    """The criteria of one line: a long line without a bullet is cut at the bullets inside it, or by sentences."""
    if not flat and (line.bullet or len(line.text) <= _LONG):
        return [one_line(line.text)] if line.text else []
    # Single blanks: the patterns below would try every way to cut a long run of them.
    text = " ".join(line.text.split())
    inside = [part for part in _INLINE_BULLETS.split(f" {text}") if part.strip()]
    if len(inside) <= 2 and (line.bullet or len(text) <= _LONG):
        inside = [text]
    pieces = inside if len(inside) > 2 or line.bullet else _SENTENCES.split(text)
    return [one_line(piece) for piece in pieces if piece.strip()]


def _lines(text: str) -> Iterator[_Line]:
    """The lines of a text without their bullets, wrapped ones joined again."""
    held: _Line | None = None
    blank = True
    for raw in _raw_lines(text):
        line = _line(raw)
        if not line.text:
            blank = True
        elif held is not None and not blank and _continues(held, line):
            held = _Line(held.indent, held.bullet, f"{held.text} {line.text}")
        else:
            if held is not None:
                yield held
            held, blank = line, False
    if held is not None:
        yield held


def _raw_lines(text: str) -> Iterator[str]:
    for raw in _BREAK.split(text):
        if "riteria" in raw or "RITERIA" in raw:
            yield from _INLINE_HEADING.split(raw)
        else:
            yield raw


def _line(raw: str) -> _Line:
    body = raw.expandtabs(4).rstrip()
    bare = body.lstrip()
    indent, bullet = len(body) - len(bare), False
    for _ in range(3):
        found = _BULLET.match(bare)
        if found is None:
            break
        bullet, bare = True, bare[found.end() :]
    return _Line(indent, bullet, bare.strip())


def _continues(held: _Line, line: _Line) -> bool:
    """Whether a line only goes on with the one before: hard-wrapped text."""
    if line.bullet or held.text.endswith((".", ";", ":", "?")) or heading_of(held.text) or heading_of(line.text):
        return False
    if held.bullet and line.indent > held.indent:
        return True
    last = held.text.rsplit(None, 1)[-1]
    return line.text[0].islower() or last.endswith(",") or last in {"and", "or", "of", "the", "with", "to", "a", "in"}
