"""An example of every kind of change: what stood there, what stands there, and what the reader is told.

`watcher kinds KIND` shows them, docs/kinds.md quotes them, and the tests hold the table to them. A new row or verb of
the table needs its example here; the first example of a kind is the one to copy. `EVENTS` come of the registry's
answers and `RINGS` of the passing of days, not of two versions.
"""

from __future__ import annotations

from itertools import chain

from watcher.examples import (
    arms,
    descriptions,
    design,
    eligibility,
    openness,
    outcomes,
    people,
    plan,
    record,
    results,
    sites,
    status,
)
from watcher.examples.clocks import RINGS
from watcher.examples.record import EVENTS
from watcher.examples.shape import Example, Rings

EXAMPLES: tuple[Example, ...] = tuple(
    chain.from_iterable(
        part.EXAMPLES
        for part in (
            status,
            plan,
            results,
            outcomes,
            design,
            arms,
            eligibility,
            sites,
            people,
            descriptions,
            openness,
            record,
        )
    )
)

__all__ = ["EVENTS", "EXAMPLES", "RINGS", "Example", "Rings"]
