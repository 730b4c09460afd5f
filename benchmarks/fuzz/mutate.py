"""Ways to damage JSON, bytes and text: where it hurts, by chance."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

ODD_TEXTS = (
    "", " ", "\n", "\x00", "\ufeff", "\u202eabc\u2066", "\u2028", "half \ud83d of it", "{subject}", "{{ 7*191 }}",
    "%s%n", "{% for x in y %}", "<script>alert(1)</script>", "<img src=x onerror=y>", "<!everyone> <@U1> @here",
    "[x](http://e.example)", "a\r\nBcc: x@example.org", "\x1b[31m", "]]>", "&lt;b&gt;", "*b* _i_ `c` :skull:",
    "=HYPERLINK(1)", "T" * 3000, "wo " * 900, "研究" * 300, "e" + "\u0301" * 200, "mÃ¼nchen â€œ", "2026-02-30",
    "2026-13", "0000-00-00", "9999-12-31", "1e400", "-1", "99999999999999999999", "NCT00000000", "NCT99999999",
    "nct04150497", "NaN", "null", "../../etc", "ACTUAL", "UNKNOWN",
)  # fmt: skip
ODD_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 1e308, 2**63, 2**64, -(2**63), [], {}, [[]], [None], {"": None}, {"date": 1,
    "type": []},
    ["x", 7, {"name": ["x"]}],
)  # fmt: skip
TOKENS = (
    b"\x00", b"\xff", b"\xed\xa0\x80", b"\xc3", b'"', b"\\", b"\\ud83d", b"{", b"}", b"[", b"]", b",", b":", b"null",
    b"1e999", b"-", b"NaN", b"\r\n", b"\n", b" " * 64, b"[" * 200, b'{"a":' * 100, b"9" * 5000, b"\xef\xbb\xbf",
    b"<html>", b"nctId", b"versionHolder", b'"protocolSection":', b"NCT04150497",
)  # fmt: skip

Steps = tuple[Any, ...]


def chance(rng: Random, of: float) -> bool:
    """Whether it happens."""
    return rng.random() < of


def odd_text(rng: Random) -> str:
    """A text that nobody expects, or two of them together."""
    return "".join(rng.choice(ODD_TEXTS) for _ in range(rng.choice((1, 1, 1, 2))))


def mutated_bytes(rng: Random, data: bytes, most: int = 6) -> bytes:
    """The bytes with some of them changed, cut, doubled or put in between."""
    made = bytearray(data)
    for _ in range(rng.randint(1, most)):
        rng.choice(_BYTE_EDITS)(rng, made)
    return bytes(made)


def _flip(rng: Random, made: bytearray) -> None:
    if made:
        made[rng.randrange(len(made))] ^= 1 << rng.randrange(8)


def _cut(rng: Random, made: bytearray) -> None:
    start = rng.randrange(len(made) + 1)
    del made[start : start + rng.choice((1, 2, 10, 100, len(made)))]


def _insert(rng: Random, made: bytearray) -> None:
    place = rng.randrange(len(made) + 1)
    made[place:place] = rng.choice(TOKENS)


def _double(rng: Random, made: bytearray) -> None:
    start = rng.randrange(len(made) + 1)
    made[start:start] = made[start : start + rng.choice((1, 10, 100, 1000))]


def _move(rng: Random, made: bytearray) -> None:
    start = rng.randrange(len(made) + 1)
    piece = made[start : start + rng.choice((1, 10, 100))]
    del made[start : start + len(piece)]
    place = rng.randrange(len(made) + 1)
    made[place:place] = piece


_BYTE_EDITS: Sequence[Callable[[Random, bytearray], None]] = (_flip, _flip, _cut, _insert, _insert, _double, _move)


def mutated_json(rng: Random, value: Any, others: Sequence[Any] = (), most: int = 4) -> Any:
    """A copy of the value with some of its parts exchanged, removed, doubled, moved, or of another kind."""
    made = copy.deepcopy(value)
    for _ in range(rng.randint(1, most)):
        places = list(_places(made))
        if not places:
            break
        rng.choice(_JSON_EDITS)(rng, *rng.choice(places), others)
    return made


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every container with every key or place in it."""
    inner = list(node.items()) if isinstance(node, dict) else list(enumerate(node)) if isinstance(node, list) else []
    for key, value in inner:
        yield node, key
        yield from _places(value)


def _other_value(rng: Random, node: Any, key: Any, others: Sequence[Any]) -> None:
    node[key] = copy.deepcopy(rng.choice(ODD_VALUES)) if chance(rng, 0.4) else odd_text(rng)


def _other_text(rng: Random, node: Any, key: Any, others: Sequence[Any]) -> None:
    if isinstance(node[key], str):
        text = node[key]
        place = rng.randrange(len(text) + 1)
        node[key] = text[:place] + odd_text(rng) + text[place + rng.choice((0, 0, 1, 10)) :]
    else:
        node[key] = odd_text(rng)


def _gone(rng: Random, node: Any, key: Any, others: Sequence[Any]) -> None:
    del node[key]


def _wrapped(rng: Random, node: Any, key: Any, others: Sequence[Any]) -> None:
    for _ in range(rng.choice((1, 1, 2, 80))):
        node[key] = [node[key]] if chance(rng, 0.5) else {"a": node[key]}


def _doubled(rng: Random, node: Any, key: Any, others: Sequence[Any]) -> None:
    if isinstance(node, list):
        node[key:key] = [copy.deepcopy(node[key])] * rng.choice((1, 1, 2, 30))
    else:
        node[f"{key}{rng.choice(('', ' ', 'X', '.', '[0]'))}"] = copy.deepcopy(node[key])


def _shuffled(rng: Random, node: Any, key: Any, others: Sequence[Any]) -> None:
    if isinstance(node[key], list):
        rng.shuffle(node[key])


def _transplanted(rng: Random, node: Any, key: Any, others: Sequence[Any]) -> None:
    """What stands at this key, or anywhere, in another record."""
    if not others:
        return
    places = list(_places(rng.choice(others)))
    same = [place for place in places if place[1] == key] or places
    holder, at = rng.choice(same)
    node[key] = copy.deepcopy(holder[at])


_JSON_EDITS: Sequence[Callable[[Random, Any, Any, Sequence[Any]], None]] = (
    _other_value, _other_text, _other_text, _gone, _wrapped, _doubled, _shuffled, _transplanted, _transplanted,
)  # fmt: skip


def mutated_lines(rng: Random, text: str, most: int = 5, words: Sequence[str] = ()) -> str:
    """The text with some of its lines removed, doubled, moved, uncommented, or with another word in them."""
    lines = text.split("\n")
    for _ in range(rng.randint(1, most)):
        place = rng.randrange(len(lines))
        match rng.randrange(6):
            case 0:
                del lines[place : place + rng.choice((1, 1, 5))]
            case 1:
                lines.insert(place, rng.choice(lines))
            case 2:
                lines.insert(place, lines.pop(rng.randrange(len(lines))))
            case 3:
                lines[place] = lines[place].removeprefix("# ")
            case _:
                lines[place] = _other_word(rng, lines[place], words)
        lines = lines or [""]
    return "\n".join(lines)


def _other_word(rng: Random, line: str, words: Sequence[str]) -> str:
    new = rng.choice(words) if words and chance(rng, 0.8) else odd_text(rng)
    key, equals, _ = line.partition("=")
    if equals and chance(rng, 0.7):
        return f"{key}= {new}"
    place = rng.randrange(len(line) + 1)
    return line[:place] + new + line[place + rng.choice((0, 1, 3)) :]
