"""Texts of a registry or a user made fit to stand in a message: nothing in them acts, and none is endless."""

from __future__ import annotations

import re
import textwrap

WIDTH = 78

# C0 and C1 controls, what turns the direction of text, and tags that nobody sees: registry text must not steer a
# terminal or a reader's eye.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
_SEPARATOR = re.compile("[\u2028\u2029]")
# Half of a character: no encoding takes it.
_SURROGATE = re.compile("[\ud800-\udfff]")
_GAPS = re.compile(r"\n{3,}")
_HANGING = re.compile(r" *(?:[*-] )?")

# What Slack's mrkdwn takes for bold, struck and code anywhere, for italics at the edge of a word, and for an emoji.
_LOOKALIKE = str.maketrans({"*": "∗", "~": "∼", "`": "ˋ"})
_EDGE_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_EMOJI = re.compile(r":(?=[a-z0-9_+'-]+:)")
_MENTION = re.compile(r"(?<![\w.+-])@(?=\S)")
_INVISIBLE = "\u200b"


def plain(text: str) -> str:
    """Text without control and direction characters, and encodable, as every format shows it."""
    # Most texts are just that; a page has thousands of them.
    if text.isascii() and text.isprintable():
        return text
    return _SURROGATE.sub("\ufffd", _CONTROL.sub("", _SEPARATOR.sub("\n", text)))


def one_line(text: str) -> str:
    """The same on one line: text of a registry or a user adds no line of its own to a message."""
    return " ".join(plain(text).split())


def encodable(value: object) -> object:
    """A JSON-able value whose texts can all be written in UTF-8."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {str(encodable(key)): encodable(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [encodable(held) for held in value]
    return value


def slack_text(text: str) -> str:
    """The text as Slack shows it, letter for letter: mrkdwn has no way to escape its marks, so they are replaced."""
    shown = _EDGE_UNDERSCORE.sub("ˍ", plain(text).translate(_LOOKALIKE))
    shown = _MENTION.sub(f"@{_INVISIBLE}", _EMOJI.sub(f":{_INVISIBLE}", shown))
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def wrapped(text: str) -> str:
    """The text in lines of at most `WIDTH`, each under the beginning of its own; long words stay whole."""
    return _GAPS.sub("\n\n", "\n".join(_wrapped_line(line.rstrip()) for line in text.strip("\n").split("\n"))) + "\n"


def _wrapped_line(line: str) -> str:
    if len(line) <= WIDTH:
        return line
    hanging = _HANGING.match(line)
    before = hanging[0] if hanging else ""
    indent = len(before) + (2 if before and not before.endswith("- ") else 0)
    return textwrap.fill(line, WIDTH, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False)
