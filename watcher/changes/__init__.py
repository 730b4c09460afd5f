"""Pure: reads two snapshots of a study as a trial expert does, and names the differences.

Read `between` (the way through), `reading` (rows, comparers, findings), `rules` (severities), then `table`: every kind
is declared there. A folder per part of the record holds its comparers; `fields` has those that fit most fields,
`language` and `pairing` are what they all compare with. `events` are those of the record as a whole, `searches` what is
said of one that comes to a saved search (`matching`: why) or leaves it. What no row claims
is found by `residual`; `folding` puts consequences under their cause, `reversals` sees what is taken back, `mass` what
too many studies share.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from watcher.changes.reading import Earlier, History

if TYPE_CHECKING:
    from watcher.changes.between import changes_between, event
    from watcher.changes.sites.identity import site_ids_after

__all__ = ["Earlier", "History", "changes_between", "event", "site_ids_after"]


_HOMES = {"changes_between": "between", "event": "between", "site_ids_after": "sites.identity"}


def __getattr__(name: str) -> Any:
    """What compares is loaded when it is asked for: most commands look at what was found, and compare nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
