"""Templates that a user put in place of built-in ones: names and sources, and nothing to render them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Templates:
    """Templates that take the place of built-in ones, as pairs of name and source."""

    own: tuple[tuple[str, str], ...] = ()


BUILT_IN = Templates()
