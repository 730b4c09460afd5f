"""Identifiers of sites in the database: they survive renames, and a database from before them learns them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from tests.builders import NCT, record, site, snapshot
from watcher.audience import Audience
from watcher.changes import site_ids_after
from watcher.observe import Answers, observe
from watcher.store import Store, opened
from watcher.store.schema import MIGRATIONS, SCHEMA_VERSION

ALPHA = site("Alpha Hospital", "Berlin", "Germany", zip="10115")
BETA = site("Beta Clinic", "Lyon", "France", zip="69003")
NEWER = site("Gamma Centre", "Lyon", "France", zip="69003")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "watcher.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with opened(path) as it:
        yield it


def see(store: Store, number: int, *rows: dict[str, Any]) -> list[dict[str, Any]]:
    """Observe and commit version `number` of the study; the changes of its sites, as they are stored."""
    now = datetime(2026, 6, number, 12, tzinfo=UTC)
    answers = Answers(snapshots=(snapshot(record(sites=list(rows))),))
    known = store.observing.latest([NCT])
    store.observing.commit(
        observe(answers, known, store.observing, Audience((), (), {}), now=now, data_timestamp=now.isoformat())
    )
    told = [change for change in store.reports.changes() if change.version == number]
    return [change.said for change in told if change.said["kind"].startswith("site.")]


def first_ids(*rows: dict[str, Any]) -> tuple[str, ...]:
    """What the sites of a first version are known by: nothing is stored for it, its record says it."""
    return site_ids_after(None, snapshot(record(sites=list(rows))))


def test_a_site_keeps_its_identifier_through_renames_and_moves_in_the_list(store: Store) -> None:
    see(store, 1, ALPHA, BETA)
    alpha, beta = first_ids(ALPHA, BETA)
    (renamed,) = see(store, 2, BETA, {**ALPHA, "facility": "Alpha University Hospital"})
    assert (renamed["kind"], renamed["detail"]["site_id"]) == ("site.renamed", alpha)
    (corrected,) = see(store, 3, {**ALPHA, "facility": "Alpha University Hospital", "zip": "10117"}, BETA)
    assert (corrected["kind"], corrected["detail"]["site_id"]) == ("site.address_corrected", alpha)
    (withdrawn,) = see(
        store, 4, {**ALPHA, "facility": "Alpha University Hospital", "zip": "10117", "status": "WITHDRAWN"}, BETA
    )
    assert (withdrawn["kind"], withdrawn["detail"]["site_id"]) == ("site.withdrawn", alpha)
    assert store.observing.site_ids(NCT, 4) == (alpha, beta)


def test_a_new_site_gets_an_identifier_of_its_own(store: Store) -> None:
    see(store, 1, ALPHA, BETA)
    (added,) = see(store, 2, NEWER, ALPHA, BETA)
    ids = store.observing.site_ids(NCT, 2)
    assert added["detail"]["site_id"] == ids[0]
    assert ids[1:] == first_ids(ALPHA, BETA)
    assert len(set(ids)) == 3


def test_a_version_without_stored_identifiers_gives_its_sites_the_ones_of_their_own_place(store: Store) -> None:
    see(store, 1, ALPHA, BETA)
    alpha, beta = first_ids(ALPHA, BETA)
    assert store.observing.site_ids(NCT, 1) == ()
    see(store, 2, BETA, {**ALPHA, "facility": "Alpha University Hospital"})
    assert store.observing.site_ids(NCT, 2) == (beta, alpha)


def _schema(path: Path) -> set[tuple[str, str]]:
    connection = sqlite3.connect(path)
    try:
        found = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
        found += connection.execute("SELECT 'version', user_version FROM pragma_user_version").fetchall()
        return set(found)
    finally:
        connection.close()


def test_a_migrated_database_is_a_fresh_one_with_its_rows(tmp_path: Path) -> None:
    fresh, old = tmp_path / "fresh.db", tmp_path / "old.db"
    Store(fresh).close()
    connection = sqlite3.connect(old)
    MIGRATIONS.apply(Database(connection), stop_before="0002_site_ids")
    connection.execute("INSERT INTO study (nct_id, state) VALUES (?, 'listed')", (NCT,))
    connection.commit()
    connection.close()
    assert ("version", 1) in _schema(old)
    with opened(old) as store:
        assert store.observing.latest([NCT])[NCT].state == "listed"
    assert _schema(old) == _schema(fresh)
    assert ("version", SCHEMA_VERSION) in _schema(old)
