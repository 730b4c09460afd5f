from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.scale.figures import GOALS, WHOLE, figures, judged, table
from benchmarks.scale.killing import Survived, differing
from benchmarks.scale.measured import Cost, Running
from benchmarks.scale.page import BEGIN, END, write_into_page
from benchmarks.scale.plays import Played
from benchmarks.scale.profile import OTHER, Shares, work
from benchmarks.scale.scene import Step
from benchmarks.stage import StageError
from tests.realdata import shared
from watcher.store import opened

ROOT = Path(__file__).resolve().parents[1]


def step(cpu: float, requests: int = 600, peak_mb: float = 100.0) -> Step:
    return Step(Cost(cpu, cpu, peak_mb), requests, 2500.0, 2000.0)


def played() -> Played:
    whole = {
        "first load": step(400), "steady sweep": step(90), "typical day": step(12, 12), "its messages": step(2, 0),
        "day without changes": step(3, 8), "messages without changes": step(1, 0),
    }  # fmt: skip
    return Played(WHOLE, {f"whole: {name}": each for name, each in whole.items()}, changed=4000, grown_mb=1.5)


def test_a_changed_record_costs_what_its_day_costs_beyond_a_day_without():
    said = figures(played(), None, {})
    assert said["day_cpu_s"] == 14
    assert said["changed_record_cpu_ms"] == 1000 * (14 - 4) / 4000
    assert said["growth_mb_a_year"] == 1.5 * 250
    assert said["steady_share_of_budget"] == 90 / 600


def test_every_goal_is_judged_and_the_one_that_is_exceeded_is_not_met():
    verdicts = {goal.figure: met for goal, _, met in judged(figures(played(), None, {}))}
    assert verdicts.keys() == {goal.figure for goal in GOALS}
    assert [figure for figure, met in verdicts.items() if not met] == ["steady_share_of_budget"]


def test_a_smaller_registry_is_held_against_no_goal():
    small = played()
    small.studies = 20_000
    assert {row[-1] for row in table(figures(small, None, {}))} == {"-"}


def test_what_a_kill_left_otherwise_is_named():
    said = figures(played(), Survived(9, ("alerts",), 100), {})
    assert (said["kills"], said["kills_differing"]) == (9, ["alerts"])


def test_two_databases_differ_where_a_row_does(tmp_path):
    one, other = tmp_path / "one.db", tmp_path / "other.db"
    for place in (one, other):
        with opened(place):
            pass
    assert list(differing(one, other)) == []
    with closing(sqlite3.connect(other)) as held, held:
        held.execute("INSERT INTO study (nct_id, state) VALUES ('NCT00000001', 'absent')")
    assert list(differing(one, other)) == ["studies"]


def test_the_figures_stand_between_the_marks_of_the_page_and_nothing_else_is_touched(tmp_path):
    page = tmp_path / "performance.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    write_into_page(figures(played(), None, {}), [Shares("steady sweep", 2.0, (("gunzip", 1.0),))], page)
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{BEGIN}\n")
    assert text.endswith(f"{END}\nafter\n")
    assert "| steady sweep, CPU | 90 s | 100 s | met |" in text
    assert "| gunzip | 100.0% |" in text
    assert "old" not in text


def test_a_page_without_marks_is_refused(tmp_path):
    with pytest.raises(StageError, match="no place"):
        write_into_page(figures(played(), None, {}), [], tmp_path / "absent.md")


def test_a_process_is_measured_with_what_it_reports_after_what_it_prints(tmp_path):
    program = "import json; b = bytearray(60_000_000); print('a message'); print(json.dumps({'alerts': 3}, indent=2))"
    cost = Running([sys.executable, "-c", program], tmp_path / "log").ended()
    assert cost.said == {"alerts": 3}
    assert 0 < cost.cpu < 30


def test_a_process_that_fails_stops_the_play_with_its_last_words(tmp_path):
    with pytest.raises(StageError, match="out of luck"):
        Running([sys.executable, "-c", "raise SystemExit('out of luck')"], tmp_path / "log").ended()


@pytest.mark.parametrize(
    ("function", "kind"),
    [
        ("~ <method 'decompress' of 'zlib.Decompress' objects>", "gunzip"),
        ("~ <method 'update' of '_blake2.blake2b' objects>", "read the head, hash"),
        ("~ {orjson.loads}", "parse and write JSON"),
        ("/somewhere/watcher/store/observing.py commit", "look up and insert"),
        ("/somewhere/heapq.py merge", OTHER),
    ],
)
def test_time_is_booked_on_the_kind_of_work_it_was_spent_on(function, kind):
    assert work(function) == kind


@pytest.mark.slow
def test_a_small_registry_is_loaded_and_swept_again_to_the_end(tmp_path):
    shared("data/records.tar.xz")
    options = ["--studies", "2000", "--only", "first,steady", "--cache", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.scale", *options], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["first_versions"] == 2000
    assert "steady_versions" not in said
    assert said["steady_received_mb"] > 5
