"""What moved the dates of studies is read without room on any disk: a page that only reads needs none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sqlite_utils import Database

from tests.builders import NCT, change
from tests.store.pages import DATA, LATER, page, seen, version
from watcher.store import opened
from watcher.store.values import LISTED, Observation, Standing

SLIP = change("date.primary_completion.slipped", detail={"days": 30, "from": "2027-01"})
MANY = 8_000
# The same change, so often, observed in another order than they are numbered.
_REPEATED = f"""
INSERT INTO change (nct_id, occasion, observed_at, since, version, number, kind, severity, body)
WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {MANY})
SELECT nct_id, 'again:' || n, strftime('%Y-%m-%dT%H:%M:%S.000000+00:00', observed_at, '-' || (n * 7919 % {MANY})
    || ' minutes'), since, version, number, kind, severity, json_set(body, '$.detail.note', printf('%.500c', 'x'))
FROM change JOIN counted WHERE kind = 'date.primary_completion.slipped'
"""  # noqa: S608 - constants of this module
# Room for what SQLite shares between processes, and for nothing that it would put into a temporary file.
_WITHOUT_ROOM = """
import resource, signal, sys
from pathlib import Path
from watcher.store import opened
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, resource.RLIM_INFINITY))
with opened(Path(sys.argv[1]), read_only=True) as store:
    found = store.moves.of([sys.argv[2]])[sys.argv[2]]
    assert [move.observed_at for move in found] == sorted(move.observed_at for move in found)
    print(len(found))
"""


def test_moves_are_read_in_their_order_where_no_disk_has_room(tmp_path: Path) -> None:
    path = tmp_path / "watcher.db"
    with opened(path) as store:
        store.observing.commit(page(seen=seen()))
        moved = version(2, seen(title="Examplinib, moved"), SLIP)
        store.observing.commit(Observation(LATER, DATA, standings=(Standing(NCT, LISTED),), versions=(moved,)))
    db = Database(path)
    with db.conn:
        db.conn.execute(_REPEATED)
    db.close()
    run = subprocess.run(
        [sys.executable, "-c", _WITHOUT_ROOM, str(path), NCT], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout.strip()) == (0, str(MANY + 1)), run.stderr
