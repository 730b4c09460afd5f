"""Exports: every row once, as the reading commands show it, safe to open, in little memory."""

from __future__ import annotations

import csv
import io
import json
import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.builders import site
from tests.office import MAJOR, Office
from tests.steered import configured, polled, said, watcher
from tests.test_poll import A, B, Days
from watcher.cli.export import COLUMNS, Table
from watcher.store import opened
from watcher.store.exports import Part
from watcher.store.lock import single_instance


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Days:
    folder = tmp_path_factory.mktemp("export")
    days = Days(folder / "captures", folder / "watcher.db")
    days.watch(A, B)
    days.put(0, A, status="RECRUITING")
    days.put(1, A, status="SUSPENDED", why_stopped='=HYPERLINK("x")\nand a second line')
    days.put(0, B, sites=[site()])
    days.put(1, B, sites=[site(), site(facility="-2+3 Clinic")])
    return days


@pytest.fixture(scope="module")
def config(days: Days) -> Path:
    path = configured(days)
    polled(days, path, (0, 1))
    return path


def exported(config: Path, table: str, *arguments: object) -> list[dict[str, Any]]:
    return [json.loads(line) for line in watcher(config, "export", table, *arguments).splitlines()]


READ = {
    "changes": ("changes", "--min-severity", "noise"),
    "alerts": ("alerts",),
    "deliveries": ("deliveries", "list", "--status", "all"),
    "studies": ("studies",),
}


@pytest.mark.parametrize("table", READ)
def test_an_object_is_the_one_that_the_reading_command_prints(days: Days, config: Path, table: str) -> None:
    with single_instance(days.database):
        found = exported(config, table)
    assert found
    assert sorted(map(json.dumps, found)) == sorted(map(json.dumps, said(config, *READ[table])))


def test_the_versions_are_those_of_the_histories(config: Path) -> None:
    found = exported(config, "versions")
    assert [(row["nct_id"], row["version"]) for row in found] == [(A, 1), (A, 2), (B, 1), (B, 2)]
    newest = next(entry for entry in said(config, "history", A) if entry["version"] == 2)
    assert {name: newest[name] for name in found[1] if name != "nct_id"} == {
        name: value for name, value in found[1].items() if name != "nct_id"
    }


@pytest.mark.parametrize("table", list(Table))
def test_csv_has_a_column_for_each_member(config: Path, table: Table) -> None:
    rows = list(csv.DictReader(io.StringIO(watcher(config, "export", table, "--format", "csv"))))
    objects = exported(config, table)
    assert len(rows) == len(objects)
    assert all(set(value) <= set(COLUMNS[table]) for value in objects)
    assert set(rows[0]) == set(COLUMNS[table])


def test_no_cell_is_a_formula_and_no_cell_breaks_its_line(config: Path) -> None:
    text = watcher(config, "export", "changes", "--format", "csv")
    rows = list(csv.reader(io.StringIO(text)))
    assert "HYPERLINK" in text
    assert all(cell[:1] not in set("=+-@\t\r") for row in rows for cell in row)
    assert all("\n" not in cell for row in rows for cell in row)


def test_an_export_may_be_of_one_study_or_from_a_day_on(config: Path) -> None:
    assert {row["nct_id"] for row in exported(config, "changes", "--study", A.lower())} == {A}
    assert {row["study"] for row in exported(config, "alerts", "--study", B)} == {B}
    assert {tuple(row["studies"]) for row in exported(config, "deliveries", "--study", B)} == {(B,)}
    for table in Table:
        assert exported(config, table, "--since", "2999-01-01") == []


def test_a_file_is_whole_for_a_spreadsheet_and_for_its_owner_alone(config: Path, tmp_path: Path) -> None:
    target = tmp_path / "changes.csv"
    assert watcher(config, "export", "changes", "--format", "csv", "--output", target) == ""
    assert target.read_bytes().startswith(b"\xef\xbb\xbfobserved_at,")
    assert target.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["changes.csv"]


def test_the_database_is_never_overwritten(days: Days, config: Path) -> None:
    for name in (days.database, days.database.with_name("watcher.db-wal")):
        assert "belongs to the database" in watcher(config, "export", "changes", "--output", name, expect=2)
    assert days.versions() == 2


def peak(work: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_many_rows_come_each_once_and_are_never_all_in_memory(tmp_path: Path) -> None:
    office = Office(tmp_path / "watcher.db")
    office.receiver("team")
    with office.store() as store:
        for _ in range(21):
            store.observing.commit(office.page([(number + 1, MAJOR, "news " * 200) for number in range(100)]))
    with opened(office.database, read_only=True) as store:
        assert [change.occasion for change in store.exports.changes(Part())] == [
            f"event:{number}" for number in range(1, 2101)
        ]
        assert len({account.alert.id for account in store.exports.alerts(Part())}) == 2100
        assert len({delivery.id for delivery in store.exports.deliveries(Part())}) == 2100
        whole = peak(lambda: list(store.exports.changes(Part())))
        assert peak(lambda: sum(1 for _ in store.exports.changes(Part()))) < whole / 2


def test_rows_that_are_added_meanwhile_do_not_disturb_an_export(tmp_path: Path) -> None:
    office = Office(tmp_path / "watcher.db")
    office.receiver("team")
    with office.store() as store:
        store.observing.commit(office.page([(number + 1, MAJOR, "news") for number in range(900)]))
        with opened(office.database, read_only=True) as reader:
            rows = reader.exports.alerts(Part())
            first = next(rows)
            store.observing.commit(office.page([(1, MAJOR, "late")]))
            assert store.checkpoint() == 0
            ids = [first.alert.id, *(account.alert.id for account in rows)]
    assert ids[:900] == list(range(1, 901))
    assert len(set(ids)) == len(ids)


def test_a_pipe_takes_an_export_and_stays_a_pipe(config: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    # It has a reader before it is opened for writing, and room for what comes.
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        watcher(config, "export", "studies", "--output", pipe)
        assert json.loads(os.read(reader, 65536).splitlines()[0])["nct_id"] == A
    finally:
        os.close(reader)
    assert pipe.is_fifo()


@pytest.mark.parametrize(("name", "word"), [("", "is a folder"), (".", "is a folder"), ("no/file", "make it first")])
def test_a_place_that_takes_no_file_is_named_with_the_way_out(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, word: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert word in watcher(config, "export", "changes", "--output", name, expect=2)
