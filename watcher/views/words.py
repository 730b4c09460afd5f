"""Two texts side by side, word by word: what stayed, what went, what came."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import Indel

# A number or date, a word, a run of blanks, or a single sign: put together again they are the text.
_TOKEN = re.compile(r"\d+(?:[.,:/-]\d+)*(?!\w)|\w+|\s+|[^\w\s]")
# Beyond, the part of both texts that differs is shown whole: comparing takes time and room with both lengths.
_MOST_TOKENS = 6_000


class Fate(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    GONE = "gone"
    COME = "come"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text with one fate."""

    fate: Fate
    text: str


def word_differences(old: str, new: str) -> tuple[Piece, ...]:
    """The pieces of both texts in order: those that are not COME make the old one, those not GONE the new one."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    head = _shared(before, after)
    tail = _shared(before[head:][::-1], after[head:][::-1])
    middle = (before[head : len(before) - tail], after[head : len(after) - tail])
    pieces = [
        Piece(Fate.SAME, "".join(before[:head])),
        *_middle(*middle),
        Piece(Fate.SAME, "".join(before[len(before) - tail :])),
    ]
    return tuple(_joined(piece for piece in pieces if piece.text))


def shortened(pieces: Sequence[Piece], around: int, longest: int) -> tuple[Piece, ...]:
    """The pieces for reading: of what stayed only `around` characters beside a change, of the rest `longest`."""
    last = len(pieces) - 1
    return tuple(
        Piece(piece.fate, _surroundings(piece.text, around, place == 0, place == last))
        if piece.fate is Fate.SAME
        else Piece(piece.fate, _beginning(piece.text, longest))
        for place, piece in enumerate(pieces)
    )


def _shared(before: Sequence[str], after: Sequence[str]) -> int:
    """How many tokens both begin with."""
    count = 0
    for one, other in zip(before, after, strict=False):
        if one != other:
            break
        count += 1
    return count


def _middle(before: list[str], after: list[str]) -> Iterator[Piece]:
    if max(len(before), len(after)) > _MOST_TOKENS:
        yield Piece(Fate.GONE, "".join(before))
        yield Piece(Fate.COME, "".join(after))
        return
    for block in Indel.opcodes(before, after):
        old = "".join(before[block.src_start : block.src_end])
        if block.tag == "equal":
            yield Piece(Fate.SAME, old)
        else:
            yield Piece(Fate.GONE, old)
            yield Piece(Fate.COME, "".join(after[block.dest_start : block.dest_end]))


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Changes with nothing but blanks or a sign between them as one: a reader follows phrases, not confetti."""
    gone, come, between = "", "", ""
    for piece in pieces:
        if piece.fate is Fate.GONE:
            gone, come, between = gone + between + piece.text, come + between, ""
        elif piece.fate is Fate.COME:
            gone, come, between = gone + between, come + between + piece.text, ""
        elif (gone or come) and not between and not re.search(r"\w", piece.text):
            between = piece.text
        else:
            yield from _change(gone, come)
            yield Piece(Fate.SAME, between + piece.text)
            gone, come, between = "", "", ""
    yield from _change(gone, come)
    if between:
        yield Piece(Fate.SAME, between)


def _change(gone: str, come: str) -> Iterator[Piece]:
    if gone:
        yield Piece(Fate.GONE, gone)
    if come:
        yield Piece(Fate.COME, come)


def _surroundings(text: str, around: int, first: bool, last: bool) -> str:
    """What stands next to a change; whole where little would be left out."""
    if len(text) <= 3 * around:
        return text
    if first and last:
        return _beginning(text, around)
    before = "" if first else text[:around]
    after = "" if last else text[-around:]
    return f"{before} … {after}"


def _beginning(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    return f"{text[:longest]} … ({len(text) - longest:,} more characters)"
