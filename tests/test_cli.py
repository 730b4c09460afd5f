"""The command line as its users meet it: real runs, their output, their exit codes and how long they take."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import typer.main
from pytest_httpserver import HTTPServer

from tests.builders import NCT, record
from tests.servers import MailServer, WebhookServer, free_port
from tests.store.test_store import raw
from watcher.cli.app import app
from watcher.registry.rehearsal import Captures, RehearsalServer
from watcher.store.lock import single_instance

SLACK = 2.0 if os.environ.get("CI") else 1.0
HELP_LIMIT, STATUS_LIMIT = 0.3 * SLACK, 0.5 * SLACK

CONFIG = """
[registry]
base_url = "{base_url}"
poll_every = "1s"
min_interval = 0.0

[store]
path = "watcher.db"

[[watch]]
name = "pipeline"
studies = [{{ nct_id = "NCT00000001", label = "EX-1" }}]

[[channel]]
name = "team"
url = "{url}"

[[route]]
name = "everything"
to = ["team"]

[operator]
channel = "team"
"""
CHANGE_KEYS = {
    *("id", "kind", "severity", "nct_id", "subject", "old", "new"),
    *("detail", "paths", "registry_side", "parent", "sentence"),
}


def watcher(*arguments: object, expect: int = 0, at: Path | None = None) -> subprocess.CompletedProcess[str]:
    """A finished run of `watcher`, which must have ended with the expected code and without a traceback."""
    environ = {name: value for name, value in os.environ.items() if name != "WATCHER_CONFIG"}
    environ |= {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}
    command = [sys.executable, "-m", "watcher", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=at, env=environ, timeout=60)
    assert done.returncode == expect, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    return done


def said(*arguments: object, **more: Any) -> Any:
    """What a command with --json prints."""
    return json.loads(watcher(*arguments, "--json", **more).stdout)


def best_of_three(*arguments: object) -> float:
    """The shortest time that a run took."""

    def timed() -> float:
        began = time.perf_counter()
        watcher(*arguments)
        return time.perf_counter() - began

    return min(timed() for _ in range(3))


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[RehearsalServer]:
    capture(tmp_path, "2026-02-05", status="RECRUITING")
    capture(tmp_path, "2026-02-06", status="SUSPENDED", why_stopped="Supply")
    with RehearsalServer(Captures(tmp_path / "captures")) as server:
        yield server


def capture(folder: Path, day: str, **what: Any) -> None:
    path = folder / "captures" / NCT / f"{day}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record(**what)))


def configured(folder: Path, base_url: str, url: str = "console://") -> Path:
    path = folder / "config.toml"
    path.write_text(CONFIG.format(base_url=base_url, url=url))
    return path


@pytest.fixture
def config(tmp_path: Path, registry: RehearsalServer) -> Path:
    return configured(tmp_path, registry.base_url)


@pytest.fixture(scope="module")
def polled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The configuration of a watcher that has seen both days; for commands that only read."""
    folder = tmp_path_factory.mktemp("polled")
    capture(folder, "2026-02-05", status="RECRUITING")
    capture(folder, "2026-02-06", status="SUSPENDED", why_stopped="Supply")
    with RehearsalServer(Captures(folder / "captures")) as server:
        config = configured(folder, server.base_url)
        watcher("poll", "--config", config)
        server.set_date(date(2026, 2, 6))
        watcher("poll", "--config", config)
    return config


# --- help and speed -------------------------------------------------------------


def every_command() -> list[list[str]]:
    """The words of every command, sub-commands included."""
    found: list[list[str]] = []

    def walk(command: Any, words: list[str]) -> None:
        for name, child in getattr(command, "commands", {}).items():
            walk(child, [*words, name])
        if not hasattr(command, "commands"):
            found.append(words)

    walk(typer.main.get_command(app), [])
    return found


@pytest.mark.parametrize("words", every_command(), ids=" ".join)
def test_every_command_has_help_with_an_example(words: list[str]) -> None:
    command: Any = typer.main.get_command(app)
    for word in words:
        command = command.commands[word]
    assert re.search(rf"Examples?\b.*: watcher {' '.join(words)}\b", command.help, re.DOTALL)
    assert all(parameter.help for parameter in command.params)


def test_help_names_every_command_and_the_exit_codes() -> None:
    help_ = watcher("--help").stdout
    assert all(words[0] in help_ for words in every_command())
    assert "Exit codes" in help_


def test_help_answers_at_once() -> None:
    assert best_of_three("--help") < HELP_LIMIT


def test_status_answers_at_once(polled: Path) -> None:
    assert best_of_three("status", "--config", polled) < STATUS_LIMIT


# --- exit codes -----------------------------------------------------------------


def test_what_could_not_be_delivered_is_exit_code_1(tmp_path: Path, registry: RehearsalServer) -> None:
    relay = f"mailto://127.0.0.1:{free_port()}?from=a@example.org&to=b@example.org"
    config = configured(tmp_path, registry.base_url, relay)
    watcher("poll", "--config", config)
    done = watcher("deliver", "--config", config, expect=1)
    assert "could not be delivered" in done.stderr
    (failing,) = said("status", "--config", config)["failing"]
    assert failing[0].startswith("team/")


@pytest.mark.parametrize(
    "arguments",
    [["poll", "--no-such-option"], ["no-such-command"], ["diff", "only-one.json"], ["changes", "--min-severity", "x"]],
    ids=" ".join,
)
def test_wrong_usage_is_exit_code_2(arguments: list[str]) -> None:
    assert watcher(*arguments, expect=2).stderr


def test_a_wrong_configuration_is_exit_code_2_with_every_mistake_and_its_line(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[registry]\npoll_evry = "1h"\n\n[[watch]]\nname = "w"\nstudies = ["NCT1"]\n')
    err = watcher("config", "check", "--config", config, expect=2).stderr
    assert "poll_evry" in err
    assert "poll_every" in err
    assert "NCT1" in err
    assert re.search(r"config\.toml:2\b", err)


def test_no_configuration_is_exit_code_2(tmp_path: Path) -> None:
    assert "watcher init" in watcher("status", "--config", tmp_path / "none.toml", expect=2).stderr


def test_a_log_level_that_is_none_is_exit_code_2(config: Path) -> None:
    assert "loud" in watcher("poll", "--config", config, "--log-level", "loud", expect=2).stderr


def test_an_unknown_study_is_exit_code_2(polled: Path) -> None:
    assert "NCT00000009 is not in the database" in watcher("show", "NCT00000009", "--config", polled, expect=2).stderr


def test_a_registry_that_blocks_is_exit_code_3(tmp_path: Path, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/version").respond_with_data("", status=403)
    config = configured(tmp_path, httpserver.url_for(""))
    assert "403" in watcher("poll", "--config", config, expect=3).stderr


def test_a_database_that_is_none_is_exit_code_4(config: Path) -> None:
    config.with_name("watcher.db").write_text("This is no database, but a letter to my aunt. " * 30)
    assert "watcher.db is damaged, or is no database" in watcher("status", "--config", config, expect=4).stderr
    assert "watcher.db is damaged, or is no database" in watcher("poll", "--config", config, expect=4).stderr


def test_a_database_that_is_not_there_yet_is_exit_code_4(config: Path) -> None:
    assert "no database" in watcher("status", "--config", config, expect=4).stderr


def test_a_database_that_another_holds_is_exit_code_4(config: Path) -> None:
    with single_instance(config.with_name("watcher.db")):
        assert f"process {os.getpid()}" in watcher("poll", "--config", config, expect=4).stderr


def test_a_reader_of_our_output_may_leave() -> None:
    piped = subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"{sys.executable} -m watcher kinds --json | head -1"],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (piped.returncode, piped.stderr) == (0, "")


# --- working --------------------------------------------------------------------


def test_poll_and_deliver_once(config: Path, registry: RehearsalServer) -> None:
    first = said("poll", "--config", config)
    assert (first["data_timestamp"], first["asked"], first["versions"]) == ("2026-02-05T09:00:00", 1, 1)
    registry.set_date(date(2026, 2, 6))
    second = said("poll", "--config", config)
    assert (second["versions"], second["alerts"]) == (1, 1)
    told = watcher("deliver", "--config", config).stdout
    assert "EX-1" in told
    assert "delivered 2, to be tried again 0, dead 0" in told
    assert "delivered 0" in watcher("deliver", "--config", config).stdout
    assert "asked" in watcher("poll", "--config", config).stdout


def test_the_configuration_is_found_in_the_working_folder(polled: Path) -> None:
    assert "1 listed" in watcher("status", at=polled.parent).stdout


def test_init_then_config_check(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    arguments = ("init", "--config", path, "--study", "NCT04150497=BALLI-01", "--channel", "console://")
    assert "config check" in watcher(*arguments).stdout
    described = watcher("config", "check", "--config", path).stdout
    assert "everything" in described
    assert "team" in described
    before = path.read_bytes()
    assert "exists already" in watcher(*arguments, expect=2).stderr
    assert path.read_bytes() == before


def test_init_refuses_what_is_no_study(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    watcher("init", "--config", path, "--study", "NCT1", "--channel", "console://", expect=2)
    assert not path.exists()


def test_config_check_never_shows_a_secret(tmp_path: Path) -> None:
    config = configured(tmp_path, "http://127.0.0.1:1", "mailtos://me:hunter2@mail.example.org?to=you@example.org")
    done = watcher("config", "check", "--config", config)
    assert "hunter2" not in done.stdout + done.stderr


def test_a_channel_is_tested_on_the_console(config: Path) -> None:
    out = watcher("channels", "test", "team", "--config", config).stdout
    assert "This is a test of the channel" in out
    assert "team/console:stdout: delivered" in out


def test_a_channel_is_tested_by_mail(tmp_path: Path) -> None:
    with MailServer() as relay:
        config = configured(tmp_path, "http://127.0.0.1:1", relay.url("a@example.org", "b@example.org"))
        relay.refuse("b@example.org")
        out = watcher("channels", "test", "team", "--config", config, expect=1).stdout
        assert len(relay.received) == 1
    assert "delivered" in out
    assert "refused for good" in out


def test_a_channel_is_tested_by_webhook(tmp_path: Path) -> None:
    with WebhookServer() as sink:
        config = configured(tmp_path, "http://127.0.0.1:1", f"json://{sink.host}/hook")
        watcher("channels", "test", "team", "--config", config)
        assert len(sink.requests) == 1


def test_a_channel_that_is_not_there_is_named_with_those_that_are(config: Path) -> None:
    err = watcher("channels", "test", "tea", "--config", config, expect=2).stderr
    assert '"tea"' in err
    assert "team" in err


# --- reading --------------------------------------------------------------------


def test_diff_prints_the_agreed_objects_in_the_agreed_order(tmp_path: Path) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(json.dumps(record()))
    new.write_text(json.dumps(record(status="TERMINATED", why_stopped="Futility", enrollment="12 actual", title="New")))
    found = said("diff", old, new, "--today", "2026-06-01")
    assert found
    assert all(set(change) == CHANGE_KEYS for change in found)
    rank = {"critical": 3, "major": 2, "minor": 1, "noise": 0}
    order = [(-rank[change["severity"]], change["kind"], change["subject"]) for change in found]
    assert order == sorted(order)
    assert {change["parent"] for change in found} - {None} <= {change["id"] for change in found}
    assert "status.terminated" in {change["kind"] for change in found}
    lines = watcher("diff", old, new, "--today", "2026-06-01").stdout.splitlines()
    assert len(lines) == len(found)


def test_diff_of_equal_records_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    path.write_text(json.dumps(record()))
    assert said("diff", path, path) == []


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"protocolSection":'])
def test_diff_names_the_file_that_is_no_record(tmp_path: Path, content: str) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(json.dumps(record()))
    new.write_text(content)
    assert "new.json is no record" in watcher("diff", old, new, expect=2).stderr
    assert "none.json cannot be read" in watcher("diff", old, tmp_path / "none.json", expect=2).stderr


def test_diff_refuses_two_studies(tmp_path: Path) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(json.dumps(record()))
    new.write_text(json.dumps(record(nct_id="NCT00000002")))
    assert "two records of one study" in watcher("diff", old, new, expect=2).stderr


def test_kinds_are_a_closed_list_with_severity_and_meaning() -> None:
    kinds = said("kinds")
    assert len({kind["kind"] for kind in kinds}) == len(kinds) > 50
    assert all(re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", kind["kind"]) for kind in kinds)
    assert {kind["severity"] for kind in kinds} <= {"noise", "minor", "major", "critical"}
    assert all(kind["meaning"] for kind in kinds)
    assert "status.suspended" in watcher("kinds").stdout


def test_a_kind_is_explained_with_its_examples() -> None:
    text = watcher("kinds", "status.suspended").stdout
    assert "severity  critical" in text
    assert 'before  status = "RECRUITING"' in text
    assert "told    CRITICAL  Study suspended: Recruiting -> Suspended." in text
    explained = said("kinds", "status.suspended")
    assert explained["paths"][0] == "protocolSection.statusModule.overallStatus"
    assert explained["examples"][0]["after"]["status"] == "SUSPENDED"


def test_a_glob_lists_the_kinds_it_covers() -> None:
    assert {kind["kind"] for kind in said("kinds", "why_stopped.*")} == {
        "why_stopped.added",
        "why_stopped.changed",
        "why_stopped.removed",
    }


def test_a_noun_lists_its_kinds() -> None:
    assert said("kinds", "why_stopped") == said("kinds", "why_stopped.*")


def test_a_text_of_several_lines_is_shown_as_it_stands_in_the_record() -> None:
    text = watcher("kinds", "eligibility.criterion_changed").stdout
    assert "before  protocolSection.eligibilityModule.eligibilityCriteria =\n" in text
    assert "before    | * Fluent in English\n" in text
    assert "\\n" not in text


def test_an_unknown_kind_is_answered_with_the_nearest() -> None:
    assert "did you mean status.suspended?" in watcher("kinds", "status.suspend", expect=2).stderr


def test_status_as_json_and_as_text(polled: Path) -> None:
    health = said("status", "--config", polled)
    assert health["studies"] == {"listed": 1}
    assert health["versions"] == 2
    assert health["deliveries"] == {"pending": 2}
    assert health["poll"]["data_timestamp"] == "2026-02-06T09:00:00"
    assert health["rehearsal"] is True
    assert health["database"].endswith("watcher.db")
    text = watcher("status", "--config", polled).stdout
    assert "REHEARSAL" in text
    assert "2026-02-06T09:00:00" in text


def test_history_tells_each_version_with_its_changes(polled: Path) -> None:
    first, second = said("history", NCT, "--config", polled)
    assert (first["version"], second["version"]) == (1, 2)
    assert [change["kind"] for change in first["changes"]] == ["record.discovered"]
    assert "status.suspended" in {change["kind"] for change in second["changes"]}
    text = watcher("history", NCT, "--config", polled).stdout
    assert text.index("version 1") < text.index("version 2") < text.index("status.suspended")


def test_history_tells_between_the_versions_what_happened_without_one(tmp_path: Path) -> None:
    for day, verified in (("2026-02-05", "2026-02"), ("2026-02-06", "2026-02"), ("2026-09-10", "2026-08")):
        capture(tmp_path, day, status="RECRUITING", primary_completion="2026-03-01", verified=verified)
    with RehearsalServer(Captures(tmp_path / "captures")) as server:
        config = configured(tmp_path, server.base_url)
        for day in (date(2026, 2, 5), date(2026, 2, 6), date(2026, 4, 1), date(2026, 9, 10)):
            server.set_date(day)
            watcher("poll", "--config", config)
    told = said("history", NCT, "--config", config)
    assert [entry["version"] for entry in told if entry["version"]] == [1, 2]
    (rung,) = [entry for entry in told if entry["occasion"].startswith("clock:primary_completion_passed")]
    assert rung["version"] is None
    assert "clock.primary_completion_passed" in {change["kind"] for change in rung["changes"]}
    text = watcher("history", NCT.lower(), "--config", config).stdout
    first, second = text.index("version 1"), text.index("version 2")
    assert first < text.index("without a new version, seen 2026-04-01") < second
    assert "clock.primary_completion_passed" in text


def test_changes_are_the_agreed_objects_with_their_occasion(polled: Path) -> None:
    found = said("changes", "--config", polled)
    assert all(set(change) == CHANGE_KEYS | {"observed_at", "occasion"} for change in found)
    assert {change["occasion"] for change in found} >= {"version:2"}
    assert len(said("changes", "--config", polled, "--limit", 1)) == 1
    assert said("changes", "--config", polled, "--study", NCT.lower()) == found
    assert said("changes", "--config", polled, "--since", "2030-01-01") == []
    assert {c["severity"] for c in said("changes", "--config", polled, "--min-severity", "critical")} <= {"critical"}


def test_json_of_hostile_text_steers_no_terminal(tmp_path: Path) -> None:
    hostile = "\x1b[31m \x9b2J \u202e desrever \u2028 \x7f"
    capture(tmp_path, "2026-02-05", title=hostile)
    with RehearsalServer(Captures(tmp_path / "captures")) as server:
        config = configured(tmp_path, server.base_url)
        watcher("poll", "--config", config)
    printed = watcher("show", NCT, "--config", config).stdout
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e]", printed)
    assert json.loads(printed) == record(title=hostile)


def test_studies_come_in_pages_and_the_next_one_is_named(polled: Path, tmp_path: Path) -> None:
    polled = shutil.copytree(polled.parent, tmp_path / "copy") / polled.name
    for number in range(4):
        sql = "INSERT INTO study (nct_id, state) VALUES (?, 'absent')"
        raw(polled.with_name("watcher.db"), sql, f"NCT9000000{number}")
    page = watcher("studies", "--limit", 2, "--json", "--config", polled)
    assert [study["nct_id"] for study in json.loads(page.stdout)] == [NCT, "NCT90000000"]
    assert "2 of 5 studies: --after NCT90000000 shows the next ones" in page.stderr
    rest = watcher("studies", "--after", "nct90000000", "--limit", 3, "--json", "--config", polled)
    assert ([study["nct_id"][-1] for study in json.loads(rest.stdout)], rest.stderr) == (["1", "2", "3"], "")


def test_studies_and_show(polled: Path) -> None:
    (study,) = said("studies", "--config", polled)
    assert (study["nct_id"], study["state"], study["version"]) == (NCT, "listed", 2)
    assert NCT in watcher("studies", "--config", polled).stdout
    newest = json.loads(watcher("show", NCT, "--config", polled).stdout)
    first = json.loads(watcher("show", NCT, "--version", 1, "--config", polled).stdout)
    assert newest == record(status="SUSPENDED", why_stopped="Supply")
    assert first == record(status="RECRUITING")


# --- rehearsing -----------------------------------------------------------------


def test_the_demo_ends_by_itself_and_never_looks_like_news() -> None:
    out = watcher("rehearse").stdout
    story, _, summary = out.partition("=== Summary")
    figures = dict(line.split(None, 1) for line in summary.strip().splitlines())
    assert {"days", "polls", "versions", "changes", "alerts", "database"} <= set(figures)
    assert int(figures["days"]) == int(figures["versions"]) == story.count("\n=== ")
    # One day is quiet on purpose; every message says what it is in its first line.
    messages = re.search(r"sent as (\d+) messages", figures["alerts"])
    assert messages
    assert len(re.findall(r"(?m)^REHEARSAL:", story)) == int(messages[1]) >= 6
    assert "BALLI-01" in story


def test_a_rehearsal_refuses_a_database_that_has_seen_later_days(tmp_path: Path) -> None:
    capture(tmp_path, "2026-02-05")
    capture(tmp_path, "2026-02-06", status="SUSPENDED", why_stopped="Supply")
    command = ("rehearse", tmp_path / "captures", "--state", tmp_path / "it's here")
    assert "Study suspended" in watcher(*command).stdout
    assert (tmp_path / "it's here" / "rehearsal.db").exists()
    assert "has seen 2026-02-06 already" in watcher(*command, expect=2).stderr


def test_a_folder_without_captures_cannot_be_rehearsed(tmp_path: Path) -> None:
    assert "No capture" in watcher("rehearse", tmp_path, expect=2).stderr
    assert "No capture" in watcher("rehearse", "--serve", tmp_path, expect=2).stderr


def test_a_rehearsal_registry_serves_until_it_is_stopped_and_its_day_can_be_moved(tmp_path: Path) -> None:
    capture(tmp_path, "2026-02-05")
    command = [
        sys.executable,
        "-m",
        "watcher",
        "rehearse",
        "--serve",
        str(tmp_path / "captures"),
        "--date",
        "2026-02-05",
    ]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stdout
        found = re.search(r"(http://127\.0\.0\.1:\d+)/api/v2 on 2026-02-05", server.stdout.readline())
        assert found
        assert timestamp_at(found[1]) == "2026-02-05T09:00:00"
        move = urllib.request.Request(f"{found[1]}/rehearsal/date", data=b'{"date": "2026-02-09"}', method="POST")
        with urllib.request.urlopen(move) as answer:
            assert answer.status == 200
        assert timestamp_at(found[1]) == "2026-02-09T09:00:00"
        server.send_signal(signal.SIGTERM)
        _, err = server.communicate(timeout=10)
    finally:
        server.kill()
        server.communicate()
    assert (server.returncode, err) == (0, "")


def timestamp_at(url: str) -> str:
    with urllib.request.urlopen(f"{url}/api/v2/version") as answer:
        assert answer.headers["X-Rehearsal"] == "1"
        return str(json.load(answer)["dataTimestamp"])
