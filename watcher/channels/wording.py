"""Texts made fit for a channel: nothing in them may act on the reader's program, and none is endless."""

from __future__ import annotations

import re

SUBJECT_LIMIT = 200
CHAT_LIMIT = 8_000
# A text message costs money and a chat scrolls away: no message becomes more than this many posts.
MOST_PIECES = 4

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
# What the chat dialects take for a mention (<!everyone>, <@U1>, @channel), a link (<http://evil|x>, [x](evil)) or HTML.
_BREAKOUT = re.compile(r"<(?=[!@#/a-z])|(?<![\w.+-])@(?=\S)|\](?=\()", re.IGNORECASE)
_INVISIBLE = "\u200b"


def plain(text: str) -> str:
    """The text without control characters other than line feed and tab, and encodable."""
    return _SURROGATES.sub("\ufffd", _CONTROLS.sub("", text.replace("\r\n", "\n")))


def one_line(text: str) -> str:
    """A subject: one line of bounded length, whatever came in."""
    line = " ".join(plain(text.replace("\r", "\n")).split())
    return line if len(line) <= SUBJECT_LIMIT else f"{line[: SUBJECT_LIMIT - 1]}…"


def defused(text: str) -> str:
    """The text with an invisible space in whatever a chat service would read as a mention, a link or markup.

    Escaping alone is not enough: each service has a dialect, and apprise leaves `<`, `@` and `](` alive in several.
    """
    return _BREAKOUT.sub(lambda found: found[0] + _INVISIBLE, text)


def capped(text: str, limit: int) -> str:
    """The text, or as much of it as the limit allows and a last line that says how much was left out."""
    if len(text) <= limit:
        return text
    room = max(0, limit - len(_left_out(len(text))))
    kept = _up_to_a_line(text[:room])
    return kept + _left_out(len(text) - len(kept))


def _up_to_a_line(text: str) -> str:
    """Cut back to the last whole line, unless that would cost more than half."""
    end = text.rfind("\n")
    return text[:end] if end > len(text) // 2 else text


def _left_out(count: int) -> str:
    return f"\n[{count:,} more characters left out]"
