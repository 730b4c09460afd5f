"""What a saved search asks for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """What the user asked for in one respect: `area` is the registry's own label of it, such as "Condition"."""

    area: str
    text: str


@dataclass(frozen=True, slots=True)
class Search:
    """A saved search. `parameters` are the API's own (`query.*`, `filter.*`), ready to be sent; none: everything.

    `terms` are what the user asked for, for saying what matched. Equal parameters ask for the same studies.
    """

    parameters: tuple[tuple[str, str], ...] = ()
    terms: tuple[Term, ...] = ()

    @property
    def is_everything(self) -> bool:
        """Whether it asks for the whole registry."""
        return not self.parameters


EVERYTHING = Search()
