"""Versions come back byte for byte, whole or as patches, with dictionaries and without; damage is found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from tests.builders import NCT, change, record
from tests.store.test_store import raw
from watcher.alerts.routes import Step
from watcher.errors import StoreDamaged
from watcher.model import StudyFacts
from watcher.record import Snapshot, snapshot_of
from watcher.store import Store, opened
from watcher.store.backup import back_up
from watcher.store.bodies import dictionary_id, packed, patch, patched, trained, unpacked
from watcher.store.checking import check
from watcher.store.schema import MIGRATIONS, STEPS
from watcher.store.values import LISTED, NewVersion, Observation, Standing
from watcher.store.versions import TRAINED_AT, WHOLE_EVERY

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
FIRST = TRAINED_AT[0]
MOTTO = "A randomised, double-blind, placebo-controlled trial in adults who had two relapses or more. " * 4


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "watcher.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with opened(path) as it:
        yield it


def numbered(number: int) -> str:
    return f"NCT{number:08}"


def seen(nct_id: str, title: str = "Examplinib", **more: Any) -> Snapshot:
    told = record(title=title, **more)
    told["protocolSection"]["identificationModule"]["nctId"] = nct_id
    told["protocolSection"]["descriptionModule"] = {"briefSummary": f"{MOTTO}{crc32(f'{nct_id} {title}'.encode()):x}"}
    return snapshot_of(told, seen_at=NOW)


def commit(store: Store, *snapshots: Snapshot, version: int = 1) -> None:
    store.observing.commit(page(snapshots, version))


def page(snapshots: Sequence[Snapshot], version: int) -> Observation:
    return Observation(
        at=NOW,
        data_timestamp="2026-06-01T09:00:00",
        standings=tuple(Standing(snapshot.nct_id, LISTED) for snapshot in snapshots),
        versions=tuple(NewVersion(snapshot, _step(snapshot, version)) for snapshot in snapshots),
    )


def _step(snapshot: Snapshot, version: int) -> Step:
    facts = StudyFacts(snapshot.nct_id)
    since = version - 1 or None
    return Step(snapshot.nct_id, f"version:{version}", NOW, (change(),), facts, since, version)


def series(store: Store, versions: int) -> list[Snapshot]:
    told = [seen(NCT, f"Title {number}") for number in range(1, versions + 1)]
    for number, snapshot in enumerate(told, start=1):
        commit(store, snapshot, version=number)
    return told


def trained_store(store: Store) -> None:
    """Enough studies for a dictionary, which the next page is compressed with."""
    commit(store, *(seen(numbered(number), f"Title {number}") for number in range(1, FIRST + 1)))


def bases(path: Path) -> list[int | None]:
    return [base for (base,) in raw(path, f"SELECT base FROM snapshot WHERE nct_id = '{NCT}' ORDER BY version")]  # noqa: S608 - a number of this module


# --- patches -------------------------------------------------------------------------


def test_every_version_of_a_long_series_comes_back_byte_for_byte(store: Store, path: Path) -> None:
    told = series(store, 2 * WHOLE_EVERY + 3)
    assert [store.observing.snapshot(NCT, number).raw for number in range(1, len(told) + 1)] == [
        snapshot.raw for snapshot in told
    ]
    assert check(path).findings == ()


def test_the_newest_version_and_every_sixteenth_are_whole(store: Store, path: Path) -> None:
    series(store, WHOLE_EVERY + 3)
    whole = [number for number, base in enumerate(bases(path), start=1) if base is None]
    assert whole == [WHOLE_EVERY, WHOLE_EVERY + 3]


def test_a_patch_is_smaller_than_the_record_it_stands_for(store: Store, path: Path) -> None:
    series(store, 2)
    ((patched_size, whole_size),) = raw(
        path, "SELECT min(length(body)), max(length(body)) FROM snapshot WHERE nct_id = ?", NCT
    )
    assert patched_size * 3 < whole_size


def test_a_version_that_has_nothing_of_the_next_one_stays_whole(store: Store, path: Path) -> None:
    tiny = b'{"protocolSection":{"identificationModule":{"nctId":"%s"}}}' % NCT.encode()
    commit(store, snapshot_of(tiny, seen_at=NOW))
    commit(store, seen(NCT), version=2)
    assert store.observing.snapshot(NCT, 1).raw == tiny


def test_a_damaged_version_is_not_made_a_patch_and_the_next_one_is_stored(store: Store, path: Path) -> None:
    commit(store, seen(NCT))
    raw(path, "UPDATE snapshot SET body = substr(body, 1, length(body) - 9)")
    commit(store, seen(NCT, "Second"), version=2)
    assert bases(path) == [None, None]
    assert store.observing.snapshot(NCT, 2).raw == seen(NCT, "Second").raw
    assert [found.what for found in check(path).findings] == [f"version 1 of {NCT} is damaged"]


def test_what_hangs_on_a_damaged_patch_is_named_by_the_check_and_the_rest_is_whole(store: Store, path: Path) -> None:
    series(store, 5)
    raw(path, "UPDATE snapshot SET body = x'00' WHERE version = 3")
    assert [found.what for found in check(path).findings] == [
        f"version {number} of {NCT} is damaged" for number in (3, 2, 1)
    ]
    with pytest.raises(StoreDamaged, match="version 2"):
        store.observing.snapshot(NCT, 2)
    assert store.observing.snapshot(NCT, 4).raw == seen(NCT, "Title 4").raw


@pytest.mark.parametrize("base", [1, 2, 9])
def test_a_patch_that_points_nowhere_or_back_is_damage_and_no_endless_walk(store: Store, path: Path, base: int) -> None:
    series(store, 3)
    raw(path, "UPDATE snapshot SET base = ? WHERE version = 2", base)
    with pytest.raises(StoreDamaged, match="version 1"):
        store.observing.snapshot(NCT, 1)


def test_a_flipped_bit_anywhere_in_a_body_is_found(store: Store, path: Path) -> None:
    series(store, 2)
    for version in (1, 2):
        ((body,),) = raw(path, "SELECT body FROM snapshot WHERE version = ?", version)
        for place in range(0, len(body), max(len(body) // 40, 1)):
            broken = bytearray(body)
            broken[place] ^= 0x10
            raw(path, "UPDATE snapshot SET body = ? WHERE version = ?", bytes(broken), version)
            with suppress(StoreDamaged):
                assert store.observing.snapshot(NCT, version).raw == seen(NCT, f"Title {version}").raw
        raw(path, "UPDATE snapshot SET body = ? WHERE version = ?", body, version)


@given(st.binary(min_size=8, max_size=3000), st.binary(min_size=8, max_size=3000))
def test_a_patch_makes_exactly_what_it_was_made_of(older: bytes, newer: bytes) -> None:
    assert patched(patch(older, newer), newer) == older
    assert unpacked(packed(older)) == older


def test_a_patch_between_records_of_several_megabytes_is_small() -> None:
    newer = b"".join(b"%x" % crc32(b"%d" % number) for number in range(600_000))
    older = newer[:100] + b"an amendment" + newer[100:]
    made = patch(older, newer)
    assert len(older) > 4_000_000
    assert len(made) < 1000
    assert patched(made, newer) == older


# --- dictionaries --------------------------------------------------------------------


def test_with_few_studies_there_is_no_dictionary(store: Store, path: Path) -> None:
    series(store, 3)
    assert raw(path, "SELECT count(*) FROM dictionary") == [(0,)]


def test_a_dictionary_is_trained_once_and_what_stood_before_stays_readable(store: Store, path: Path) -> None:
    trained_store(store)
    later = seen(numbered(FIRST + 1), "Later")
    commit(store, later)
    commit(store, seen(numbered(FIRST + 2), "Later still"))
    ((number,),) = raw(path, "SELECT id FROM dictionary")
    used = [dictionary_id(body) for (body,) in raw(path, "SELECT body FROM snapshot ORDER BY nct_id")]
    assert used == [0] * FIRST + [number] * 2
    with opened(path, read_only=True) as reader:
        assert reader.observing.snapshot(numbered(FIRST + 1), 1).raw == later.raw
        assert reader.observing.snapshot(numbered(1), 1).raw == seen(numbered(1), "Title 1").raw
    assert check(path).findings == ()


def test_a_second_dictionary_takes_over_and_what_the_first_one_packed_stays_readable(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watcher.store.versions.TRAINED_AT", (FIRST, FIRST + 2))
    trained_store(store)
    for number in range(FIRST + 1, FIRST + 4):
        commit(store, seen(numbered(number)))
    used = [dictionary_id(body) for (body,) in raw(path, "SELECT body FROM snapshot ORDER BY nct_id")][FIRST:]
    assert used[0] == used[1] != used[2]
    assert check(path).findings == ()


def test_a_commit_that_fails_leaves_no_dictionary_and_the_next_one_trains_it(store: Store, path: Path) -> None:
    trained_store(store)
    good = page([seen(numbered(FIRST + 1))], 1)
    bad = replace(good, versions=(*good.versions, *good.versions))
    with pytest.raises(Exception, match="moved while it was being read"):
        store.observing.commit(bad)
    assert raw(path, "SELECT count(*) FROM dictionary") == [(0,)]
    store.observing.commit(good)
    assert raw(path, "SELECT count(*) FROM dictionary") == [(1,)]
    with opened(path, read_only=True) as reader:
        assert reader.observing.snapshot(numbered(FIRST + 1), 1).raw == seen(numbered(FIRST + 1)).raw


def test_a_lost_dictionary_is_damage_of_what_needs_it(store: Store, path: Path) -> None:
    trained_store(store)
    commit(store, seen(numbered(FIRST + 1)))
    raw(path, "DELETE FROM dictionary")
    assert [found.what for found in check(path).findings] == [f"version 1 of {numbered(FIRST + 1)} is damaged"]


def test_a_backup_has_the_dictionaries_with_it(store: Store, path: Path, tmp_path: Path) -> None:
    trained_store(store)
    commit(store, seen(numbered(FIRST + 1)))
    made = back_up(path, tmp_path / "backup.db").path
    with opened(made, read_only=True) as copied:
        assert copied.observing.snapshot(numbered(FIRST + 1), 1).raw == seen(numbered(FIRST + 1)).raw


def test_records_that_are_all_alike_give_no_dictionary_and_no_trouble() -> None:
    assert trained([]) is None
    assert trained([b"{}"] * 3) is None


# --- what an older version stored ----------------------------------------------------


def test_what_an_older_version_stored_is_read_as_it_is_and_becomes_a_patch_with_the_next_version(path: Path) -> None:
    with closing(Database(path)) as db:
        MIGRATIONS.apply(db, stop_before=STEPS[6][0])
        db.conn.execute("INSERT INTO study (nct_id, state, version) VALUES (?, 'listed', 2)", (NCT,))
        for number in (1, 2):
            old = seen(NCT, f"Title {number}")
            row = (NCT, number, NOW.isoformat(), "", old.raw_digest, old.content_digest, packed(old.raw))
            db.conn.execute("INSERT INTO snapshot VALUES (?, ?, ?, ?, ?, ?, ?, NULL)", row)
        db.conn.commit()
    with opened(path) as store:
        assert bases(path) == [None, None]
        assert store.observing.latest([NCT])[NCT].first_completion is None
        commit(store, seen(NCT, "Title 3"), version=3)
        assert bases(path) == [None, 3, None]
        for number in (1, 2, 3):
            assert store.observing.snapshot(NCT, number).raw == seen(NCT, f"Title {number}").raw
    assert check(path).findings == ()


def test_the_first_primary_completion_date_is_noted_at_first_sight_and_stays(store: Store) -> None:
    commit(store, seen(NCT, primary_completion="2027-01-31"))
    commit(store, seen(NCT, primary_completion="2027-06-30"), version=2)
    assert store.observing.latest([NCT])[NCT].first_completion == "2027-01-31"


def test_a_first_version_without_that_date_is_known_to_have_none(store: Store) -> None:
    commit(
        store, snapshot_of(b'{"protocolSection":{"identificationModule":{"nctId":"%s"}}}' % NCT.encode(), seen_at=NOW)
    )
    assert store.observing.latest([NCT])[NCT].first_completion == ""
