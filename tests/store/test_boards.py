"""Boards read no records: plans and last changes stand in the row of a study, also of a database from before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from tests.builders import NCT, change, snapshot
from tests.store.contract.test_deciding import MASS, routed, shown
from tests.store.pages import LATER, NOW, page, seen, version
from tests.store.test_store import raw
from watcher.alerts.plans import plan_of
from watcher.changes.reading import Version
from watcher.errors import StoreError
from watcher.model import Milestone, Search, Sweep, Swept
from watcher.record import Snapshot
from watcher.store import Store, opened
from watcher.store.bodies import packed
from watcher.store.schema import MIGRATIONS, STEPS
from watcher.store.troubles import busy, full, read_only
from watcher.store.values import LISTED, Observation, Standing

OTHER = "NCT00000002"
AT = "2026-05-01T09:00:00.000000+00:00"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "watcher.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with opened(path) as it:
        yield it


@pytest.fixture
def old(path: Path) -> Path:
    """A database of schema 8: a study with two versions, a held and an approved change, and one damaged body."""
    db = Database(path)
    db.conn.execute("PRAGMA journal_mode = WAL")
    MIGRATIONS.apply(db, stop_before=STEPS[8][0])
    for nct_id, versions in ((NCT, 2), (OTHER, 1), ("NCT00000003", 1)):
        db.conn.execute(
            "INSERT INTO study (nct_id, state, version, first_seen_at, facts) VALUES (?, 'listed', ?, ?, ?)",
            (nct_id, versions, AT, f'["{nct_id}","Examplinib","","","",[],"RECRUITING","",""]'),
        )
        for number in range(1, versions + 1):
            told = snapshot(nct_id=nct_id, primary_completion=f"202{6 + number}-01-31")
            body = packed(b"{}") if nct_id == OTHER else packed(told.raw)
            db.table("snapshot").insert(
                {"nct_id": nct_id, "version": number, "seen_at": AT, "data_version": told.data_version,
                 "raw_digest": told.raw_digest, "content_digest": told.content_digest, "body": body}
            )  # fmt: skip
    db.conn.executescript(f"""
        INSERT INTO hold VALUES ('open', 'f', 'd', '{AT}', 'open', NULL),
            ('sent', 'g', 'd', '{AT}', 'approved', '{AT}');
        INSERT INTO change (nct_id, occasion, observed_at, version, number, kind, severity, body, hold_id) VALUES
            ('{NCT}', 'version:1', '2026-05-02T09:00:00.000000+00:00', 1, 0, 'k', 2, '{{}}', NULL),
            ('{NCT}', 'version:2', '2026-05-03T09:00:00.000000+00:00', 2, 0, 'k', 2, '{{}}', 'sent'),
            ('{NCT}', 'version:2', '2026-05-04T09:00:00.000000+00:00', 2, 1, 'k', 2, '{{}}', 'open'),
            ('{NCT}', 'version:2', '2026-05-05T09:00:00.000000+00:00', 2, 2, 'k', 0, '{{}}', NULL),
            ('{OTHER}', 'version:1', '2026-05-05T09:00:00.000000+00:00', 1, 0, 'k', 0, '{{}}', NULL);
    """)  # noqa: S608 - rows of this module
    db.conn.commit()
    db.close()
    return path


def test_a_commit_keeps_the_plan_and_a_glance_reads_no_record(store: Store, path: Path) -> None:
    plan = plan_of(Version(seen().content))
    store.observing.commit(replace(page(), versions=(replace(version(), plan=plan),)))
    raw(path, "UPDATE snapshot SET body = x'00'")
    (found,) = store.boards.glances([NCT])
    assert found.plan == plan
    assert (found.unread, found.state, found.version, found.first_completion) == (False, "listed", 1, "2027-06-30")


def test_a_new_version_never_shows_the_plan_of_the_one_before(store: Store) -> None:
    store.observing.commit(replace(page(), versions=(replace(version(), plan=plan_of(Version(seen().content))),)))
    second = snapshot(primary_completion="2030-01-31")
    store.observing.commit(page(2, seen=second))
    (found,) = store.boards.glances([NCT], most_read=0)
    assert (found.plan, found.unread) == (None, True)
    (found,) = store.boards.glances([NCT])
    assert found.plan
    assert found.plan.primary_completion == Milestone("2030-01-31", "ESTIMATED")


def test_glances_keep_their_order_and_name_what_was_never_asked_for(store: Store) -> None:
    store.observing.commit(page())
    found = store.boards.glances([OTHER, NCT])
    assert [(each.nct_id, each.known) for each in found] == [(OTHER, False), (NCT, True)]


def test_so_many_records_are_read_and_no_more(store: Store) -> None:
    for nct_id in (NCT, OTHER):
        store.observing.commit(page(nct_id=nct_id))
    assert [each.unread for each in store.boards.glances([NCT, OTHER], most_read=1)] == [False, True]


# --- the last change --------------------------------------------------------------


def observed(at: datetime, severity: str, number: int) -> Observation:
    told = version(number, seen(title=f"Title {number}"), change(severity=severity))
    step = replace(told.step, observed_at=at)
    return Observation(at, "2026-06-01", standings=(Standing(NCT, LISTED),), versions=(replace(told, step=step),))


def test_the_last_change_is_more_than_noise_and_never_goes_back(store: Store) -> None:
    def changed() -> datetime | None:
        return store.boards.glances([NCT])[0].changed_at

    store.observing.commit(observed(NOW, "noise", 1))
    assert changed() is None
    store.observing.commit(observed(LATER, "minor", 2))
    store.observing.commit(observed(NOW, "major", 3))
    assert changed() == LATER
    store.observing.commit(observed(LATER + timedelta(days=1), "noise", 4))
    assert changed() == LATER


def test_what_is_held_back_is_no_change_until_it_is_approved(store: Store) -> None:
    store.observing.commit(shown())
    assert store.boards.glances([NCT])[0].changed_at is None
    store.holds.approve(MASS.id, routed, LATER)
    assert store.boards.glances([NCT])[0].changed_at == NOW


def test_what_is_dismissed_is_none(store: Store) -> None:
    store.observing.commit(shown())
    store.holds.dismiss(MASS.id, LATER)
    assert store.boards.glances([NCT])[0].changed_at is None


# --- databases from before --------------------------------------------------------


def test_a_database_from_before_knows_its_last_changes_at_once(old: Path) -> None:
    with opened(old) as store:
        found = {each.nct_id: each.changed_at for each in store.boards.glances([NCT, OTHER])}
    assert found == {NCT: datetime(2026, 5, 3, 9, tzinfo=UTC), OTHER: None}


def test_its_plans_are_read_in_steps_until_none_is_missing(old: Path) -> None:
    with opened(old) as store:
        assert [each.unread for each in store.boards.glances([NCT, OTHER, "NCT00000003"], most_read=0)] == [True] * 3
        assert (store.boards.fill(2), store.boards.fill(2), store.boards.fill(2)) == (2, 1, 0)
        whole, damaged, other = store.boards.glances([NCT, OTHER, "NCT00000003"], most_read=0)
    assert whole.plan
    assert whole.plan.primary_completion.date == "2028-01-31"
    assert whole.first_completion == "2027-01-31"
    assert other.plan
    assert other.first_completion == "2027-01-31"
    assert (damaged.plan, damaged.unread) == (None, False)


def test_catching_up_stops_when_it_is_told_to_and_goes_on_later(old: Path) -> None:
    with opened(old) as store:
        assert store.boards.catch_up(lambda: True) == 0
        assert store.boards.catch_up() == 3
        assert store.boards.catch_up() == 0


@pytest.mark.parametrize("failure", [busy, full, read_only])
def test_a_plan_that_cannot_be_read_just_now_is_read_another_time(
    old: Path, failure: Callable[[Path], StoreError], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_about: object) -> Snapshot:
        raise failure(old)

    with opened(old) as store:
        with monkeypatch.context() as patched:
            patched.setattr(store.observing, "snapshot", fails)
            with pytest.raises(StoreError):
                store.boards.catch_up()
        assert store.boards.catch_up() == 3
        (found,) = store.boards.glances([NCT], most_read=0)
        assert found.plan is not None


def test_what_moved_while_it_was_read_is_left_alone(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(old) as store:
        read = store.boards._read

        def moving(nct_id: str, version: int, first: str | None) -> tuple[str, str | None]:
            raw(old, f"UPDATE study SET version = 9 WHERE nct_id = '{NCT}'")  # noqa: S608 - of this module
            return read(nct_id, version, first)

        monkeypatch.setattr(store.boards, "_read", moving)
        store.boards.fill(1)
    assert raw(old, f"SELECT plan FROM study WHERE nct_id = '{NCT}'") == [(None,)]  # noqa: S608 - of this module


# --- finding ----------------------------------------------------------------------


@pytest.fixture
def filled(store: Store) -> Store:
    """Five studies; the second and the fourth have changed, the fourth last."""
    for number, (title, at) in enumerate(
        [("Asthma", None), ("Lung Cancer", NOW), ("Übelkeit", None), ("Asthma and Cancer", LATER), ("Sepsis", None)], 1
    ):
        nct_id = f"NCT0000000{number}"
        told = version(1, seen(nct_id), change(severity="minor" if at else "noise", nct_id=nct_id))
        study = replace(told.step.study, title=title, sponsor="Acme")
        step = replace(told.step, observed_at=at or NOW, study=study)
        store.observing.commit(
            Observation(NOW, "d", standings=(Standing(nct_id, LISTED),), versions=(replace(told, step=step),))
        )
    return store


def numbers(found: object) -> list[int]:
    return [int(each.nct_id[-1]) for each in found]  # type: ignore[attr-defined] # glances


def test_the_newest_changes_come_first_then_the_highest_numbers(filled: Store) -> None:
    assert numbers(filled.boards.newest(9)) == [4, 2, 5, 3, 1]
    pages = [numbers(filled.boards.newest(2, offset)) for offset in range(0, 8, 2)]
    assert pages == [[4, 2], [5, 3], [1], []]
    assert numbers(filled.boards.newest(3, 1)) == [2, 5, 3]


def test_numbers_are_found_by_their_beginning(filled: Store) -> None:
    assert numbers(filled.boards.numbered("NCT0000000", 3)) == [1, 2, 3]
    assert numbers(filled.boards.numbered("NCT00000004", 9)) == [4]
    assert filled.boards.numbered("NCT1", 9) == ()


def test_words_are_found_in_any_case_among_so_many_studies(filled: Store) -> None:
    def named(*words: str, among: tuple[str, ...] = (), most: int = 99) -> set[int]:
        return {int(nct_id[-1]) for nct_id in filled.boards.naming(words, among, most)}

    assert named("cancer") == {2, 4}
    assert named("CANCER", "asthma") == {4}
    assert named("übel") == named("ÜBEL") == {3}
    assert named("acme") == {1, 2, 3, 4, 5}
    # Neither status nor the marks of JSON are a title.
    assert named("recruiting") == named('","') == named("nct") == set()
    assert named("acme", most=2) == {2, 4}
    assert named("acme", among=("NCT00000001",), most=2) == {1, 4}


def test_the_members_of_a_search_come_with_the_highest_numbers_first(filled: Store) -> None:
    filled.searches.stand("all", Search())
    sweep = Sweep("all", True, {}, "d")
    filled.searches.begin(sweep)
    members = tuple(f"NCT0000000{number}" for number in range(1, 4))
    filled.observing.commit(Observation(NOW, "d", swept=Swept(sweep, members), joined=("all", members)))
    assert filled.boards.members("all", 2) == ("NCT00000003", "NCT00000002")
    assert filled.boards.members("none", 2) == ()
    assert filled.boards.last_change("all") == NOW
    assert filled.boards.last_change("none") is None


def test_standings_are_of_those_that_were_asked_for(filled: Store) -> None:
    found = filled.boards.standings(["NCT00000001", "NCT00000009"])
    assert [(each.state, each.version, each.changed_at) for each in found] == [("listed", 1, None)]


def test_nothing_missing_is_found_by_an_empty_index(store: Store, path: Path) -> None:
    plan = raw(path, "EXPLAIN QUERY PLAN SELECT nct_id FROM study WHERE plan IS NULL AND version > 0 ORDER BY nct_id")
    assert "study_unplanned" in str(plan)
