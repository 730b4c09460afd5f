from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import orjson
import pytest

from benchmarks.marks import between, put
from benchmarks.peers.gauges import family, processor_seconds, run_once, size_of
from benchmarks.peers.goals import Alone, goals
from benchmarks.peers.material import Build, bases, number_of, shown
from benchmarks.peers.office import Registry
from benchmarks.peers.page import MARK, PAGE, RESULTS, tables
from benchmarks.peers.playing import CHANGED, FIRST, REORDERED, SAME, Figures, builds
from benchmarks.peers.rows import COMMANDS, DAEMON
from benchmarks.stage import StageError
from tests.realdata import records_folder

ROOT = Path(__file__).resolve().parents[1]
DAY = date(2026, 2, 10)
PEER = "a peer"


@pytest.mark.slow
def test_a_small_match_of_our_own_tells_every_change_and_nothing_else():
    records_folder()  # skips where there are no records
    command = [sys.executable, "-m", "benchmarks.peers", "--ours", "--studies", "20"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    told = {(row["tool"], row["case"]): row["alerts"] for row in said["figures"]}
    for tool in (COMMANDS, DAEMON):
        assert {case: told[tool, case] for case in (FIRST, SAME, CHANGED, REORDERED)} == {
            FIRST: 0, SAME: 0, CHANGED: 20, REORDERED: 0,
        }  # fmt: skip
    assert tables(said) in done.stdout


def test_the_tables_of_the_page_are_those_of_the_stored_results():
    assert between(PAGE, MARK) == tables(json.loads(RESULTS.read_bytes()))


def test_without_the_records_the_match_says_so(tmp_path, monkeypatch, capsys):
    from benchmarks import truth
    from benchmarks.peers.__main__ import main

    monkeypatch.setattr(truth, "SHARED", tmp_path)
    assert main(["--ours", "--studies", "3"]) == 2
    assert "is not here" in capsys.readouterr().err


@pytest.mark.parametrize("part", [["--quick"], ["--ours"], ["--studies", "5"]])
def test_a_part_of_the_match_never_replaces_the_page(part, capsys):
    from benchmarks.peers.__main__ import main

    with pytest.raises(SystemExit, match="2"):
        main(["--write-docs", *part])
    assert "the whole match" in capsys.readouterr().err


# --- the studies --------------------------------------------------------------------


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """A record of two sites, and one in which nothing can be put into another order."""
    folder = tmp_path / "records"
    folder.mkdir()
    for name, sites in (("NCT00000001", ["Berlin", "Bonn", "Bremen"]), ("NCT00000002", ["Berlin"])):
        protocol = {
            "identificationModule": {"nctId": name, "nctIdAliases": ["NCT00000009"]},
            "statusModule": {"overallStatus": "RECRUITING", "completionDateStruct": {"date": "2027-01"}},
            "contactsLocationsModule": {"locations": [{"city": city} for city in sites]},
        }
        (folder / f"{name}.json").write_bytes(orjson.dumps({"protocolSection": protocol}))
    return folder


def seen(base: dict, build: Build, place: int = 0) -> dict:
    return orjson.loads(shown(base, place, build))


def test_studies_have_invented_numbers_and_only_records_that_can_change_and_be_reordered(records):
    made = [base["protocolSection"]["identificationModule"] for base in bases(records, 3)]
    assert made == [{"nctId": number_of(place)} for place in range(3)]


def test_a_refresh_moves_the_version_holder_alone(records):
    (base,) = bases(records, 1)
    before, after = seen(base, Build(DAY)), seen(base, Build(DAY + timedelta(days=1)))
    assert before != after
    assert before["protocolSection"] == after["protocolSection"] == base["protocolSection"]


def test_a_change_is_a_status_a_date_and_the_date_of_the_update_and_differs_between_neighbours(records):
    first, second = bases(records, 2)
    build = Build(DAY, changed_on=DAY)
    before, after = (record["protocolSection"]["statusModule"] for record in (first, seen(first, build)))
    moved = {name for name in after if after[name] != before.get(name)}
    assert moved == {"overallStatus", "completionDateStruct", "lastUpdateSubmitDate", "lastUpdatePostDateStruct"}
    assert seen(second, build, 1)["protocolSection"]["statusModule"]["overallStatus"] != after["overallStatus"]


def test_what_is_only_reordered_has_the_same_items_in_another_order(records):
    (base,) = bases(records, 1)
    for place in range(20):
        mixed = seen(base, Build(DAY, reordered=True), place)["protocolSection"]["contactsLocationsModule"]["locations"]
        plain = base["protocolSection"]["contactsLocationsModule"]["locations"]
        assert mixed != plain
        assert sorted(mixed, key=str) == sorted(plain, key=str)


def test_the_last_case_differs_from_the_one_before_in_order_and_refresh_alone():
    order = builds(DAY)
    assert list(order) == [FIRST, SAME, CHANGED, REORDERED]
    assert order[REORDERED] == replace(order[CHANGED], day=order[REORDERED].day, reordered=True)
    days = [build.day for build in order.values()]
    assert days == sorted(set(days))
    assert days[-1] < DAY


# --- the registry -------------------------------------------------------------------


def test_the_registry_serves_one_study_and_several_from_the_same_records_and_counts(records):
    with Registry(records, 3) as registry:
        registry.show(Build(DAY))
        assert registry.seen_at() == 0
        one = asked(registry.page(number_of(1)))
        page = asked(f"{registry.base_url}/studies?filter.ids={number_of(1)}|{number_of(2)}&pageSize=2")
        assert page["studies"][0] == one
        assert len(page["studies"]) == 2
        assert asked(f"{registry.base_url}/version")["dataTimestamp"] == registry.build.timestamp
        assert registry.requests() == 3
        assert 0 < registry.seen_at() <= time.monotonic()


def test_a_notification_tells_of_the_studies_it_names_once_each(records):
    with Registry(records, 1) as registry:
        for _ in range(2):
            urllib.request.urlopen(f"http://{registry.hook}", f"{number_of(0)} {number_of(0)}".encode()).close()
        assert registry.told() == {number_of(0): 2}
        assert registry.requests() == 0


def asked(url: str) -> dict:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return orjson.loads(answer.read())


# --- the gauges ---------------------------------------------------------------------


def test_a_command_costs_what_its_child_costs_and_its_own_memory(tmp_path):
    work = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'sum(range(10**7))'], check=True)"
    idle = run_once([sys.executable, "-c", "pass"], tmp_path / "idle.out")
    busy = run_once([sys.executable, "-c", work], tmp_path / "busy.out")
    assert busy.cpu > idle.cpu + 0.05
    large = run_once(
        [sys.executable, "-c", "b = bytearray(50_000_000); import time; time.sleep(.1)"], tmp_path / "c.out"
    )
    assert large.peak_mb > idle.peak_mb + 40


def test_a_command_that_fails_stops_the_match(tmp_path):
    with pytest.raises(StageError, match="no such thing"):
        run_once([sys.executable, "-c", "raise SystemExit('no such thing')"], tmp_path / "x.out")


def test_a_running_process_is_measured_with_its_children():
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'while True: pass'])"
    with subprocess.Popen([sys.executable, "-c", code], start_new_session=True) as process:
        try:
            until = time.monotonic() + 20
            while processor_seconds(process.pid) < 0.3:
                assert time.monotonic() < until
                time.sleep(0.02)
            assert len(family(process.pid)) == 2
        finally:
            for pid in reversed(family(process.pid)):
                subprocess.run(["kill", "-9", str(pid)], check=True)


def test_a_database_is_as_large_as_its_file_and_its_log(tmp_path):
    (tmp_path / "a.db").write_bytes(b"1234")
    (tmp_path / "a.db-wal").write_bytes(b"12")
    (tmp_path / "other").write_bytes(b"1")
    assert size_of(tmp_path / "a.db") == 6
    assert size_of(tmp_path) == 7


# --- the goals ----------------------------------------------------------------------


def figures(tool: str, cpu: float, requests: int, false: int = 0, told: int = 1000) -> list[Figures]:
    one = Figures(tool, 1000, SAME, 1.0, cpu, 50.0, requests, 0, 0, 1.0)
    return [
        one,
        replace(one, case=CHANGED, alerts=told),
        replace(one, case=REORDERED, alerts=false, false_alerts=false),
    ]


def met(*played: list[Figures], resting: float = 80.0) -> list[bool]:
    alone = Alone(poll_cpu=0.6, rest_mb=resting, rest_mb_at_worst=85.0)
    return [goal.met for goal in goals([each for some in played for each in some], alone)]


OURS = [*figures(COMMANDS, 1.0, 11), *figures(DAEMON, 0.2, 11)]


def test_goals_are_held_against_the_best_peer():
    slow, quick = figures(PEER, 9.0, 1000, 1000), figures("another", 4.0, 1000)
    assert met(OURS, slow) == [True] * 8
    assert met(OURS, slow, quick) == [True, True, True, False, True, True, True, True]
    assert met(OURS, figures(PEER, 9.0, 500)) == [False, True, True, True, True, True, True, True]
    assert met(OURS, slow, resting=90.1)[4] is False


def test_a_false_alert_and_an_untold_change_of_our_own_fail():
    assert met(figures(COMMANDS, 1.0, 11, false=1), figures(DAEMON, 0.2, 11))[-2:] == [False, True]
    assert met(figures(COMMANDS, 1.0, 11, told=999), figures(DAEMON, 0.2, 11))[-2:] == [True, False]


# --- the page -----------------------------------------------------------------------


def test_what_is_put_between_the_marks_is_found_there(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- x -->\nold\n<!-- /x -->\nafter\n")
    put("| new |", page, "x")
    assert between(page, "x") == "| new |"
    assert page.read_text() == "before\n<!-- x -->\n\n| new |\n\n<!-- /x -->\nafter\n"
    with pytest.raises(StageError, match="no place for the figures"):
        put("", page, "y")
