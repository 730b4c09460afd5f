from __future__ import annotations

import datetime
import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.messages import Evidence, Told, matched, once
from benchmarks.play import planned
from benchmarks.truth import Gold, Month
from benchmarks.verdict import Held, counted
from tests.realdata import shared

ROOT = Path(__file__).resolve().parents[1]
DAY = datetime.date(2026, 2, 10)
STEP = ("NCT00000001", DAY)
TARGETS = ("reader.one@example.org", "reader.two@example.org", "webhook")
OPENED = {"kind": "status.opened", "severity": "major", "subject": "overall status"}


def gold(*changes: dict[str, str], must_not: tuple[dict[str, str], ...] = ()) -> Gold:
    return Gold(STEP[0], DAY - datetime.timedelta(days=1), DAY, changes, (), must_not)


def alert(target: str, number: str = "a", *, day: datetime.date = DAY, kind: str = "status.opened") -> Told:
    return Told(target, number, (STEP[0], day), (Evidence(kind, "major", "overall status | a -> b"),))


def count_of(alerts: list[Told], *golds: Gold):
    return counted(alerts, golds or (gold(OPENED),), Month({STEP[0]: 2}, frozenset({STEP})))


@pytest.mark.slow
def test_a_few_days_with_kills_lose_and_double_nothing():
    shared("data/captures.tar.xz"), shared("data/gold_dev.json")
    options = ["--days", "3", "--studies", "8", "--kills", "2"]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.month", *options], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    said = json.loads(done.stdout.splitlines()[-1])
    assert done.returncode == 0, done.stdout + done.stderr
    assert {name: said[name] for name in ("lost", "doubled", "false_alerts", "second_run_added", "kills")} == {
        "lost": 0, "doubled": 0, "false_alerts": 0, "second_run_added": 0, "kills": 2,
    }  # fmt: skip
    assert said["versions"] == said["versions_expected"] > 8
    assert said["alerts_expected"] == said["alerts_delivered"] > 0
    assert said["same_as_without_kills"] is True
    assert said["polls"] > 3
    assert said["peak_rss_mb"] > 10


def test_every_target_that_was_told_is_all_well():
    count = count_of([alert(target) for target in TARGETS])
    assert (count.alerts_expected, count.alerts_delivered) == (3, 3)
    assert not count.alerts_lost
    assert not count.changes_lost


def test_a_target_that_was_not_told_is_lost():
    assert count_of([alert(target) for target in TARGETS[:2]]).alerts_lost == ((TARGETS[2], STEP),)


def test_a_change_missing_from_a_message_is_lost():
    lost = count_of([alert(target, kind="status.closed") for target in TARGETS]).changes_lost
    assert [entry[2] for entry in lost] == ["status.opened overall status"] * 3


def test_the_same_message_again_is_repeated_and_another_one_doubled():
    all_three = [alert(target) for target in TARGETS]
    again, other = count_of([*all_three, all_three[0]]), count_of([*all_three, alert(TARGETS[0], "b")])
    assert (again.repeated, again.doubled) == (1, 0)
    assert (other.repeated, other.doubled, other.changes_doubled) == (0, 1, 1)


def test_an_alert_about_a_day_without_a_change_is_false():
    assert count_of([alert(TARGETS[0], day=DAY + datetime.timedelta(days=1))]).false_alerts == 1


def test_changes_of_relabelled_sites_are_counted_apart():
    count = count_of([alert(t, kind="x") for t in TARGETS], gold(OPENED, must_not=({"kind": "site.removed"},)))
    assert not count.changes_lost
    assert (count.relabelled_pairs, count.relabelled_changes, len(count.relabelled_missed)) == (1, 3, 3)


def test_each_line_of_evidence_counts_for_one_change():
    wanted = [{"kind": "site.opened", "subject": f"Hospital {name}"} for name in ("Nord", "Sud")]
    lines = [Evidence("site.opened", "minor", "Hospital Nord | a -> b")]
    assert matched(wanted, lines) == {0}


def test_a_message_is_kept_once_per_target():
    assert len(once([alert(TARGETS[0]), alert(TARGETS[0]), alert(TARGETS[1])])) == 2


def test_kills_follow_the_seed_and_reach_the_changed_days():
    days = [DAY + datetime.timedelta(days=number) for number in range(20)]
    changed = set(days[::4])
    kills = planned(days, changed, 10, 7)
    assert kills == planned(days, changed, 10, 7) != planned(days, changed, 10, 8)
    assert len(kills) == 10
    assert {kill.day for kill in kills if kill.after == "message"} <= changed
    assert all(0 <= kill.delay <= 0.3 for kill in kills)


def test_two_results_differ_by_their_rows():
    one, other = Held((("a", 1),), (), ("k",), ()), Held((("a", 1),), (), (), ())
    assert one.beyond(other) == ["k"]
    assert other.beyond(one) == []
