"""The units for systemd: as closed as they were, alike where they should be, and sane for a year."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[1] / "systemd"
DAEMON, ONCE, TIMER = (
    FOLDER / name for name in ("nct-watcher.service", "nct-watcher-once.service", "nct-watcher-once.timer")
)

# What `systemd-analyze security` says of either service; it counts in tenths for --threshold.
MOST_EXPOSURE_IN_TENTHS = 11

judged = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed here")


@pytest.fixture
def runnable(tmp_path: Path) -> Path:
    """A folder with the units, the command in them replaced by one that exists everywhere."""
    for unit in FOLDER.iterdir():
        text = re.sub(r"(?m)^(ExecStart=-?)\S+/watcher\b.*$", r"\1/bin/true", unit.read_text(encoding="utf-8"))
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    return tmp_path


@judged
@pytest.mark.parametrize("unit", [DAEMON, ONCE, TIMER], ids=lambda unit: unit.name)
def test_systemd_understands_every_line(unit: Path, runnable: Path) -> None:
    said = analyze("verify", "--man=no", str(runnable / unit.name))
    assert said.returncode == 0, said.stderr
    assert "nct-watcher" not in said.stderr


@judged
@pytest.mark.parametrize("unit", [DAEMON, ONCE], ids=lambda unit: unit.name)
def test_both_services_are_as_closed_as_they_were(unit: Path, runnable: Path) -> None:
    threshold = f"--threshold={MOST_EXPOSURE_IN_TENTHS}"
    said = analyze("security", "--offline=true", threshold, "--no-pager", str(runnable / unit.name))
    if "unrecognized option" in said.stderr:
        pytest.skip("this systemd-analyze cannot judge a unit that is not loaded")
    assert said.returncode == 0, said.stdout


def test_what_is_taken_away_from_one_service_is_taken_away_from_the_other() -> None:
    own = {"Type", "NotifyAccess", "ExecStart", "ExecReload", "ExecCondition", "WatchdogSec", "Restart", "RestartSec",
           "RestartPreventExitStatus", "TimeoutStartSec", "TimeoutStopSec"}  # fmt: skip
    daemon, once = ([pair for pair in settings(unit, "Service") if pair[0] not in own] for unit in (DAEMON, ONCE))
    assert daemon == once
    assert len(daemon) > 30


def test_the_daemon_is_started_again_for_ever_but_for_a_mistake_in_the_configuration() -> None:
    service, unit = dict(settings(DAEMON, "Service")), dict(settings(DAEMON, "Unit"))
    assert (service["Restart"], service["RestartPreventExitStatus"]) == ("always", "2")
    assert unit["StartLimitIntervalSec"] == "0"
    assert int(service["RestartSec"].removesuffix("s")) >= 10


def test_a_reload_is_the_signal_that_the_daemon_understands() -> None:
    assert dict(settings(DAEMON, "Service"))["ExecReload"] == "/bin/kill -HUP $MAINPID"


def test_one_shot_sends_what_is_owed_also_where_the_poll_fails() -> None:
    commands = [value for key, value in settings(ONCE, "Service") if key == "ExecStart"]
    assert [re.sub(r"/\S+/watcher", "watcher", command).split(" --")[0] for command in commands] == [
        "-watcher poll",
        "watcher deliver",
    ]


def test_one_shot_beside_a_running_watcher_is_no_failure_and_beside_none_it_runs(tmp_path: Path) -> None:
    from watcher.store.lock import single_instance

    database = tmp_path / "nct-watcher.db"
    condition = dict(settings(ONCE, "Service"))["ExecCondition"].replace("/var/lib/nct-watcher", str(tmp_path)).split()
    with single_instance(database):
        # From 1 to 254 systemd skips the unit; 255 would be a failure.
        assert subprocess.run(condition, timeout=20, check=False).returncode == 1
    assert subprocess.run(condition, timeout=20, check=False).returncode == 0
    with single_instance(database):
        pass


def test_the_timer_catches_up_once_and_never_waits_for_a_command_that_hangs() -> None:
    timer = dict(settings(TIMER, "Timer"))
    assert timer["Persistent"] == "yes"
    assert "RandomizedDelaySec" in timer
    assert dict(settings(ONCE, "Service"))["TimeoutStartSec"] == "1h"


def settings(unit: Path, section: str) -> list[tuple[str, str]]:
    """The lines of one section, in their order: a key may stand several times."""
    text = unit.read_text(encoding="utf-8").partition(f"[{section}]\n")[2].partition("\n[")[0]
    return re.findall(r"(?m)^(\w+)=(.*)$", text)


def analyze(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, timeout=60, check=False)
