"""A database as each released version left it, in the middle of its work: it comes forward with all that it holds."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from tests.builders import snapshot
from watcher.alerts.schedule import DeliveryStatus, Settlement
from watcher.store import Store, opened
from watcher.store.backup import back_up
from watcher.store.bodies import packed
from watcher.store.checking import check, check_copy
from watcher.store.exports import Part
from watcher.store.restoring import prepare, put_in_place
from watcher.store.schema import MIGRATIONS, SCHEMA_VERSION, STEPS
from watcher.store.values import Claimed

A, B = "NCT00000001", "NCT00000002"
AT, NOW = "2026-05-01T09:00:00.000000+00:00", datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
LEASE = timedelta(minutes=10)
MARKS = ("application_id", "user_version")
# As 0.1.0 wrote them.
FACTS = (
    f'{{"nct_id":"{A}","title":"Examplinib","acronym":"","sponsor":"Example","phase":"Phase 1","conditions":["Asthma"],'
    '"status":"RECRUITING","submitted":"2026-05-01","posted":"2026-05-02"}'
)
CHANGE = (
    f'{{"id":0,"kind":"date.completion.slipped","severity":"major","nct_id":"{A}","subject":"","old":"2026-10-14",'
    '"new":"2027-01-31","detail":{"days":109},"paths":["protocolSection.statusModule.completionDateStruct"],'
    '"registry_side":false,"parent":null,"sentence":"Study completion date slipped by 109 days."}'
)


@dataclass(frozen=True)
class Release:
    """A released version, the schema that it made, and rows for every table of it."""

    version: str
    schema: int
    rows: str
    owed: frozenset[str]


def first(form: str = "", forms: tuple[str, ...] = ("", "", "", "", "")) -> str:
    """The rows of what every version had; deliveries got a form with schema 5."""
    alert, digest, notice, claimed, dead = forms
    return f"""
INSERT INTO meta VALUES ('instance', '0123456789abcdef'), ('rehearsal', 'no'), ('poll.last_success_at', '{AT}');
INSERT INTO study (nct_id, state, version, checked_at, first_seen_at, facts)
VALUES ('{A}', 'listed', 2, '2026-05-01T09:00:00', '{AT}', '{FACTS}'), ('{B}', 'absent', 0, NULL, NULL, NULL);
INSERT INTO change (id, nct_id, occasion, observed_at, since, version, number, kind, severity, body) VALUES
    (1, '{A}', 'version:1', '{AT}', NULL, 1, 0, 'record.discovered', 0, '{CHANGE}'),
    (2, '{A}', 'version:2', '{AT}', 1, 2, 0, 'date.completion.slipped', 2, '{CHANGE}'),
    (3, '{A}', 'not_found:{AT}', '{AT}', NULL, NULL, 0, 'record.not_found', 2, '{CHANGE}');
INSERT INTO alert (id, key, route, nct_id, occasion, observed_at, severity, since, version, label, reason, facts) VALUES
    (1, 'desk|{A}|version:2', 'desk', '{A}', 'version:2', '{AT}', 2, 1, 2, 'EX-1', 'because', '{FACTS}'),
    (2, 'desk|{A}|not_found:{AT}', 'desk', '{A}', 'not_found:{AT}', '{AT}', 2, 1, 2, 'EX-1', 'because', '{FACTS}');
INSERT INTO alert_change (alert_id, change_id) VALUES (1, 2), (2, 3);
INSERT INTO notice VALUES (1, 'registry', 'silent', 'b', '{AT}', NULL), (2, 'appeared|{B}', 's', 'b', '{AT}', '{AT}');
INSERT INTO delivery (id, key, {form} channel, target, message_id, notice_id, severity, status, first_due_at, due_at,
    lease_until, attempts, error, settled_at) VALUES
    (1, 'desk|{A}|version:2>team/a', {alert} 'team', 'a', '<1@x>', NULL, 2, 'delivered', '{AT}', '{AT}', NULL, 1, '', '{AT}'),
    (2, 'desk|{A}|version:2>team/b', {alert} 'team', 'b', '<2@x>', NULL, 2, 'pending', '{AT}', '{AT}', NULL, 2, 'no', NULL),
    (3, 'desk|2026-05-01>team/c', {digest} 'team', 'c', '<3@x>', NULL, 2, 'pending', '{AT}', '{AT}', NULL, 0, '', NULL),
    (4, 'notice:1>ops/o', {notice} 'ops', 'o', '<4@x>', 1, 2, 'pending', '{AT}', '{AT}', NULL, 0, '', NULL),
    (5, 'desk|{A}|not_found:{AT}>team/a', {claimed} 'team', 'a', '<5@x>', NULL, 2, 'claimed', '{AT}', '{AT}', '{AT}', 1, '', NULL),
    (6, 'desk|{A}|not_found:{AT}>team/d', {dead} 'team', 'd', '<6@x>', NULL, 2, 'dead', '{AT}', '{AT}', NULL, 9, 'x', '{AT}');
INSERT INTO delivery_alert (delivery_id, alert_id) VALUES (1, 1), (2, 1), (3, 1), (3, 2), (5, 2), (6, 2);
INSERT INTO watch VALUES ('pipeline', '0011223344556677', '{AT}');
"""  # noqa: E501, S608 - rows as they stand in a table, of this module


HOLDS = f"""
INSERT INTO clock VALUES ('{A}', 'start_overdue', 30, '2026-01-01', '{AT}', NULL, 1);
UPDATE study SET clock_due = '2026-06-02';
UPDATE snapshot SET site_ids = '["s1"]' WHERE version = 2;
INSERT INTO hold VALUES ('h1', 'site.added', '2026-05-01T09:00:00', '{AT}', 'open', NULL),
    ('h2', 'site.removed', '2026-05-01T09:00:00', '{AT}', 'approved', '{AT}');
INSERT INTO change (id, nct_id, occasion, observed_at, since, version, number, kind, severity, body, hold_id)
VALUES (4, '{A}', 'version:2', '{AT}', 1, 2, 1, 'site.added', 1, '{CHANGE}', 'h1'),
    (5, '{A}', 'version:2', '{AT}', 1, 2, 2, 'site.removed', 1, '{CHANGE}', 'h2');
"""  # noqa: S608 - rows of this module
STEERED = f"""
INSERT INTO silence VALUES (1, 'k', '{A}', 'site.*', '', 'start-up', '{AT}', '2027-01-01', NULL);
INSERT INTO alert_change (alert_id, change_id, silence_id) VALUES (1, 5, 1);
INSERT INTO delivery (id, key, form, channel, target, message_id, severity, status, first_due_at, due_at, attempts)
VALUES (7, 'batch|8-9>chat/a', 'batch', 'chat', 'a', '<7@x>', 2, 'pending', '{AT}', '{AT}', 0);
INSERT INTO delivery (id, key, form, channel, target, message_id, severity, status, first_due_at, due_at, batch_id)
VALUES (8, 'desk|{A}|version:2>chat/a', 'alert', 'chat', 'a', '<8@x>', 2, 'batched', '{AT}', '{AT}', 7),
    (9, 'desk|{A}|not_found:{AT}>chat/a', 'alert', 'chat', 'a', '<9@x>', 2, 'batched', '{AT}', '{AT}', 7);
INSERT INTO delivery (id, key, form, channel, target, message_id, severity, status, first_due_at, due_at, settled_at)
VALUES (10, 'desk|{A}|version:2>chat/b', 'alert', 'chat', 'b', '<10@x>', 2, 'dropped', '{AT}', '{AT}', '{AT}');
INSERT INTO delivery (id, key, form, channel, target, message_id, severity, status, first_due_at, due_at, announced)
VALUES (11, 'desk|2026-05-02>team/c', 'digest', 'team', 'c', '<11@x>', 0, 'pending', '{AT}', '{AT}', 1);
INSERT INTO delivery_alert (delivery_id, alert_id) VALUES (7, 1), (7, 2), (8, 1), (9, 2), (10, 1);
INSERT INTO destination VALUES ('team', 'b', 2, '{AT}', '{AT}');
INSERT INTO request VALUES ('0123456789abcdef', 'acknowledge', '{AT}', 0, 'acknowledged 1');
"""  # noqa: S608 - rows of this module
FORMS = ("'alert',", "'digest',", "'notice',", "'alert',", "'alert',")
OWED = frozenset({"<2@x>", "<3@x>", "<4@x>", "<5@x>"})
RELEASES = (
    Release("0.1.0", 1, first(), OWED),
    Release("0.2.0", 4, first() + HOLDS, OWED),
    Release("0.3.0", 6, first("form,", FORMS) + HOLDS + STEERED, OWED | {"<7@x>", "<11@x>"}),
)


@pytest.fixture(params=RELEASES, ids=lambda release: release.version)
def release(request: pytest.FixtureRequest) -> Release:
    found: Release = request.param
    return found


@pytest.fixture
def path(release: Release, tmp_path: Path) -> Path:
    """The database of that version, which was killed: some of it is claimed, some waits, some is over."""
    path = tmp_path / "watcher.db"
    db = Database(path)
    db.conn.execute("PRAGMA journal_mode = WAL")
    MIGRATIONS.apply(db, **({"stop_before": STEPS[release.schema][0]} if release.schema < SCHEMA_VERSION else {}))
    study, *rest = release.rows.split("INSERT INTO change", 1)
    db.conn.executescript(study)
    for number, title in enumerate(("Examplinib", "Examplinib in Asthma"), start=1):
        db.table("snapshot").insert(_version(number, title))
    db.conn.executescript("INSERT INTO change" + "".join(rest))
    broken = {
        "digest": blake2b(b"x", digest_size=16).hexdigest(),
        "reason": "r",
        "first_seen_at": AT,
        "body": packed(b"x"),
    }
    db.table("malformed").insert(broken)
    db.conn.commit()
    db.close()
    return path


def _version(number: int, title: str) -> dict[str, Any]:
    seen = snapshot(title=title)
    return {
        "nct_id": A,
        "version": number,
        "seen_at": AT,
        "data_version": seen.data_version,
        "raw_digest": seen.raw_digest,
        "content_digest": seen.content_digest,
        "body": packed(seen.raw),
    }


def rows(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, but for the bookkeeping of the library."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: [dict(row) for row in connection.execute(f"SELECT * FROM {name}")]  # noqa: S608 - our tables
            for name in names
            if not name.startswith(("_", "sqlite_"))
        }


def schema(path: Path) -> set[tuple[str, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        marks = [
            (str(connection.execute(f"PRAGMA {name}").fetchone()[0]),) for name in ("application_id", "user_version")
        ]
        return {*map(tuple, found), *marks}


def delivered(path: Path) -> Iterator[Claimed]:
    """Whatever the outbox gives out until it is empty, each accepted by its target."""
    with opened(path) as store:
        store.outbox.release_claims()
        while claims := store.outbox.claim_deliveries(NOW, LEASE, 1):
            yield from claims
            for claim in claims:
                store.outbox.settle(claim.id, Settlement(DeliveryStatus.DELIVERED), NOW)


def test_every_table_of_that_version_holds_something(release: Release, path: Path) -> None:
    assert {name for name, found in rows(path).items() if not found} == set()
    assert check(path).findings == ()


def test_it_becomes_what_a_fresh_one_is(path: Path, tmp_path: Path) -> None:
    Store(tmp_path / "fresh.db").close()
    Store(path).close()
    assert schema(path) == schema(tmp_path / "fresh.db")


def test_every_row_is_kept_as_it_was(path: Path) -> None:
    before = rows(path)
    Store(path).close()
    after = rows(path)
    for name, found in before.items():
        assert [{column: row[column] for column in found[0]} for row in after[name]] == found if found else True, name
    assert check(path).findings == ()


def test_what_was_owed_is_delivered_once_under_its_own_id(release: Release, path: Path) -> None:
    sent = [claim.message_id for claim in delivered(path)]
    assert sorted(sent) == sorted(release.owed)
    assert list(delivered(path)) == []
    assert check(path).findings == ()


def test_what_is_known_goes_on_being_known(release: Release, path: Path) -> None:
    with opened(path) as store:
        assert store.meta.instance == "0123456789abcdef"
        known = store.observing.latest([A, B])
        assert (known[A].version, known[B].state, known[A].facts and known[A].facts.title) == (
            2,
            "absent",
            "Examplinib",
        )
        assert store.observing.snapshot(A, 2).record["protocolSection"]["identificationModule"]["nctId"] == A
        assert {recorded.step.occasion for recorded in store.history.recorded(A, None)} >= {"version:2"}
        assert [hold.id for hold in store.holds.all(open_only=True)] == (["h1"] if release.schema >= 4 else [])
        assert len(list(store.exports.alerts(Part()))) == 2


def test_an_old_database_is_backed_up_before_anything_of_this_version_touches_it(
    release: Release, path: Path, tmp_path: Path
) -> None:
    before = rows(path)
    made = back_up(path, tmp_path / "backup.db")
    assert (made.checked.schema, rows(path), rows(made.path)) == (release.schema, before, before)
    assert check_copy(made.path).findings == ()


def test_an_old_backup_is_restored_and_comes_forward(release: Release, path: Path, tmp_path: Path) -> None:
    made = back_up(path, tmp_path / "backup.db").path
    Store(path).close()
    put_in_place(prepare(path, made), NOW)
    assert sorted(claim.message_id for claim in delivered(path)) == sorted(release.owed)
    assert check(path).findings == ()
