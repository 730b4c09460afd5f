"""The mark-up of a chart: tags whose texts and attributes are escaped, and the frame with its text alternative."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from markupsafe import Markup, escape

from watcher.alerts.messages.safe import one_line

Attribute = str | int | float


def tag(name: str, *inside: Markup | str, **attributes: Attribute) -> Markup:
    """A tag; `class_` is its class, and an underscore in a name stands for a hyphen."""
    given = "".join([f' {_name(key)}="{_written(value)}"' for key, value in attributes.items()])
    held = "".join([part if isinstance(part, Markup) else escape(part) for part in inside])
    return Markup(f"<{name}{given}>{held}</{name}>")  # noqa: S704 - every part is escaped above and below


def label(text: str, x: float, y: float, **attributes: Attribute) -> Markup:
    """A text at a point; what comes from the registry stays on one line."""
    return tag("text", one_line(text), x=x, y=y, **attributes)


def hint(text: str) -> Markup:
    """What a pointer that rests on a shape is told."""
    return tag("title", one_line(text))


def picture(key: str, title: str, told: str, size: tuple[int, int], shapes: Iterable[Markup]) -> Markup:
    """A chart of `size` (width, height): `title` names it, `told` says in a sentence or two what it shows.

    `key` tells the charts of a page apart.
    """
    width, height = size
    return tag(
        "svg",
        tag("title", one_line(title), id=f"{key}-title"),
        tag("desc", one_line(told), id=f"{key}-told"),
        *shapes,
        viewBox=f"0 0 {width} {height}",
        role="img",
        aria_labelledby=f"{key}-title {key}-told",
    )


@cache
def _name(key: str) -> str:
    return key if key == "viewBox" else key.rstrip("_").replace("_", "-")


def _written(value: Attribute) -> str:
    if isinstance(value, str):
        return escape(value)
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)
