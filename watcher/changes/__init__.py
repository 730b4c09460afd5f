"""Pure: reads two snapshots of a study as a trial expert does, and names the differences.

Read `between` (the way through), `reading` (rows, comparers, findings), `rules` (severities), then `table`: every kind
is declared there. A folder per part of the record holds its comparers; `fields` has those that fit most fields,
`language` and `pairing` are what they all compare with. `events` are those of the record as a whole. What no row claims
is found by `residual`; `folding` puts consequences under their cause, `reversals` sees what is taken back, `mass` what
too many studies share.
"""

from watcher.changes.between import changes_between, event
from watcher.changes.reading import Earlier, History
from watcher.changes.sites import site_ids_after

__all__ = ["Earlier", "History", "changes_between", "event", "site_ids_after"]
