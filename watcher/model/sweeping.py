"""How a saved search stands, and one pass over what it returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Searched:
    """How a saved search stands. Data refreshes are named by their dataTimestamp, "" for none.

    `begun`: its first whole sweep, the baseline; `swept`: the newest sweep of any sort; `completed`: the last whole
    one, which ended at `completed_at`; `suspected`: the one in which too many were missing to conclude anything.
    """

    watch: str
    begun: str = ""
    swept: str = ""
    completed: str = ""
    completed_at: datetime | None = None
    suspected: str = ""
    members: int = 0


@dataclass(frozen=True, slots=True)
class Sweep:
    """One pass over all pages that a query returns. `whole`: over everything that the search returns.

    `asked` are the parameters that are sent, `token` is the place of the next page, "" before the first one; `found`
    counts the records so far, of `total` in all (None: not told).
    """

    watch: str
    whole: bool
    asked: Mapping[str, str]
    data_refresh: str
    token: str = ""
    pages: int = 0
    found: int = 0
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Swept:
    """One page of a sweep: the sweep as it stands after it, and the studies on it."""

    sweep: Sweep
    studies: tuple[str, ...]
