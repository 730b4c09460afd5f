"""`watcher doctor` against real servers, before the first run, beside a daemon, and where things are broken."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import stamina

from tests.builders import NCT, record
from tests.servers import MailServer, ReceivedRequest, WebhookServer, _Answer, free_port
from tests.steered import watcher
from watcher.config import WebSettings, load
from watcher.config.values import Address
from watcher.doctor import recipients
from watcher.doctor.examination import examine
from watcher.doctor.finding import Level
from watcher.doctor.patient import Patient
from watcher.store import opened
from watcher.store.lock import holder, single_instance
from watcher.store.looking import look_at

SECRET = "whsec_TUZLUTlyOEdLWXFyVHdqVVBEOElMUFpJbzJMYUxhU3c="
Findings = dict[str, list[dict[str, str]]]
Write = Callable[..., Path]


@pytest.fixture(autouse=True)
def no_retries() -> Iterator[None]:
    with stamina.set_testing(True, attempts=1):
        yield


class Registry(WebhookServer):
    """A registry whose answers, date and verdict can be set; it remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.status = 200
        self.skew = timedelta()
        self.data = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
        self.records = [record()]

    @property
    def url(self) -> str:
        return f"http://{self.host}/api/v2"

    @property
    def asked(self) -> list[str]:
        return [urlsplit(request.path).path.removeprefix("/api/v2") for request in self.requests]

    def take(self, request: ReceivedRequest) -> _Answer:
        super().take(request)
        version = {"apiVersion": "2.0.5", "dataTimestamp": self.data}
        said = version if request.path.endswith("/version") else {"studies": self.records}
        date = format_datetime(datetime.now(UTC) + self.skew, usegmt=True)
        return _Answer(self.status, {"Content-Type": "application/json", "Date": date}, json.dumps(said).encode())


@pytest.fixture
def registry() -> Iterator[Registry]:
    with Registry() as server:
        yield server


@pytest.fixture
def write(tmp_path: Path, registry: Registry) -> Write:
    """Writes a configuration that only its owner can read."""

    def write(
        channels: str = '[[channel]]\nname = "team"\nurl = "console://"\n', *, url: str = "", more: str = ""
    ) -> Path:
        file = tmp_path / "config.toml"
        file.touch(0o600)
        # Another program of this machine may listen where the page is served by itself.
        web = "" if "[web]" in more else '[web]\nlisten = "off"\n'
        file.write_text(
            f'[registry]\nbase_url = "{url or registry.url}"\nmin_interval = 0.0\n[store]\npath = "watcher.db"\n'
            f'[[watch]]\nname = "pipeline"\nstudies = ["{NCT}"]\n{channels}[[route]]\nname = "all"\nto = ["team"]\n'
            f'{web}[operator]\nchannel = "team"\n{more}'
        )
        return file

    return write


def findings(config: Path, *options: str, expect: int = 0) -> Findings:
    """What doctor finds, by check."""
    if expect:
        # What it prints is on stdout also where it fails.
        told = _examined(config, *options)
        assert ("failure" in {each["level"] for each in told}) is bool(expect)
        watcher(config, "doctor", *options, expect=expect)
    else:
        told = json.loads(watcher(config, "doctor", "--json", *options))["findings"]
    found: Findings = {}
    for each in told:
        found.setdefault(each["check"], []).append(each)
    return found


def _examined(config: Path, *options: str) -> list[dict[str, str]]:
    patient = Patient(load(config, environ=os.environ), os.environ, lambda: datetime.now(UTC), send="--send" in options)
    return [
        {"check": each.check, "level": str(each.level), "found": each.found, "remedy": each.remedy}
        for each in examine(patient, offline="--offline" in options)
    ]


def level(found: Findings, check: str) -> str:
    return max((each["level"] for each in found[check]), key=["ok", "skipped", "warning", "failure"].index)


def said(found: Findings, check: str) -> str:
    return " ".join(f"{each['found']} {each['remedy']}" for each in found[check])


def test_all_is_well_before_the_first_run_and_nothing_is_left_behind(
    write: Write, registry: Registry, tmp_path: Path
) -> None:
    found = findings(write())
    assert {each["level"] for group in found.values() for each in group} <= {"ok", "skipped"}
    assert registry.asked == ["/version", "/studies"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.toml"]


def test_it_prints_a_line_for_each_check_and_how_it_all_is(write: Write) -> None:
    config = write()
    config.chmod(0o644)
    lines = watcher(config, "doctor").splitlines()
    assert lines[-1] == "all is well"
    assert any(line.startswith("ok       database: there is none at") for line in lines)


def test_every_failure_and_warning_has_a_remedy(write: Write) -> None:
    broken = (
        f'[[channel]]\nname = "team"\nurl = "json://127.0.0.1:{free_port()}/"\n[[channel]]\nname = "x"\nurl = "x://"\n'
    )
    found = findings(write(broken, url=f"http://127.0.0.1:{free_port()}/api/v2"), expect=1)
    bad = [each for group in found.values() for each in group if each["level"] in ("failure", "warning")]
    assert len(bad) >= 3
    assert all(each["remedy"] for each in bad)


def test_a_configuration_that_cannot_be_read_is_one_failure(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    config = write(more="nonsense = 1\n")
    watcher(config, "doctor", expect=1)
    watcher(config.with_name("none.toml"), "doctor", expect=1)


def test_offline_asks_nobody(write: Write, registry: Registry) -> None:
    with WebhookServer() as sink:
        found = findings(write(f'[[channel]]\nname = "team"\nurl = "json://{sink.host}/"\n'), "--offline")
        assert (sink.requests, registry.asked) == ([], [])
    assert level(found, 'channel "team"') == "ok"
    assert "registry" not in found


# --- beside a daemon, and the database ---------------------------------------------


def test_it_works_beside_a_watcher_and_names_it(write: Write, tmp_path: Path) -> None:
    config, database = write(), tmp_path / "watcher.db"
    with single_instance(database), opened(database) as store:
        store.meta.decide_rehearsal(False)
        found = findings(config)
        assert said(found, "lock").startswith(f"a watcher is running: process {os.getpid()}")
        assert "a quick check finds it whole" in said(found, "database")
    assert "no watcher is running" in said(findings(config), "lock")


def test_asking_who_holds_the_lock_neither_takes_nor_makes_it(tmp_path: Path) -> None:
    database = tmp_path / "watcher.db"
    assert holder(database) == ""
    assert list(tmp_path.iterdir()) == []
    with single_instance(database):
        assert holder(database) == str(os.getpid())
    with single_instance(database):
        pass


def test_a_damaged_database_is_a_failure_with_the_way_to_restore(write: Write, tmp_path: Path) -> None:
    database = tmp_path / "watcher.db"
    with opened(database):
        pass
    pages = bytearray(database.read_bytes())
    pages[4096:] = b"\x5a" * (len(pages) - 4096)
    database.write_bytes(pages)
    found = findings(write(), expect=1)
    assert level(found, "database") == "failure"
    assert "watcher db restore" in said(found, "database")
    assert level(found, "studies") == "ok"


def test_the_database_of_another_program_is_a_failure(write: Write, tmp_path: Path) -> None:
    import sqlite3

    with sqlite3.connect(tmp_path / "watcher.db") as other:
        other.execute("CREATE TABLE theirs (x)")
    other.close()
    found = findings(write(), expect=1)
    assert "another program" in said(found, "database")


def test_a_file_that_is_no_database_is_a_failure(write: Write, tmp_path: Path) -> None:
    (tmp_path / "watcher.db").write_bytes(b"no database at all" * 1000)
    assert level(findings(write(), expect=1), "database") == "failure"


def test_a_check_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    with opened(tmp_path / "watcher.db"):
        pass
    assert look_at(tmp_path / "watcher.db", seconds=30).flaw == ""
    # The alarm is due at once: it rings before, or in, the check.
    assert look_at(tmp_path / "watcher.db", seconds=0).flaw in (None, "")


# --- secrets ---------------------------------------------------------------------------


def test_a_secret_that_everybody_reads_is_a_warning_and_one_that_they_change_a_failure(
    write: Write, tmp_path: Path
) -> None:
    with WebhookServer() as sink:
        hook = f'[[channel]]\nname = "team"\nurl = "webhook://{sink.host}/"\nsecret_file = "hook.secret"\n'
        config, held = write(hook), tmp_path / "hook.secret"
        held.write_text(SECRET)
        held.chmod(0o600)
        assert level(findings(config), "secrets") == "ok"
        held.chmod(0o644)
        found = findings(config)
        assert found["secrets"][0]["remedy"] == f"chmod 600 {held}"
        assert not [each for each in found["configuration"] if each["level"] == "warning"]
        held.chmod(0o646)
        assert level(findings(config, expect=1), "secrets") == "failure"
        assert sink.requests == []


# --- the registry ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("skew", "expected"),
    [(timedelta(), "ok"), (timedelta(minutes=5), "warning"), (timedelta(minutes=-30), "failure")],
)
def test_our_clock_is_held_against_the_registrys(
    write: Write, registry: Registry, skew: timedelta, expected: str
) -> None:
    registry.skew = skew
    assert level(findings(write(), expect=int(expected == "failure")), "clock") == expected


def test_a_403_is_told_with_what_to_change_and_nothing_more_is_asked(write: Write, registry: Registry) -> None:
    registry.status = 403
    found = findings(write(), expect=1)
    assert level(found, "User-Agent") == "failure"
    assert "tls_max" in said(found, "User-Agent")
    assert set(registry.asked) == {"/version"}


def test_a_registry_that_answers_5xx_is_a_failure_and_the_channels_are_looked_at_all_the_same(
    write: Write, registry: Registry
) -> None:
    registry.status = 503
    found = findings(write(), expect=1)
    assert level(found, "registry") == "failure"
    assert level(found, 'channel "team"') == "ok"


def test_a_port_where_nobody_listens_is_a_failure_of_the_network(write: Write) -> None:
    found = findings(write(url=f"http://127.0.0.1:{free_port()}/api/v2"), expect=1)
    assert "takes no connection" in said(found, "network")
    assert level(found, "registry") == "skipped"


def test_a_host_without_an_address_is_a_failure_of_the_network(write: Write) -> None:
    config = write(url="https://registry.invalid/api/v2")
    config.write_text(config.read_text().replace("min_interval = 0.0\n", ""))
    assert "has no address" in said(findings(config, expect=1), "network")


def test_a_certificate_that_is_not_trusted_is_a_failure_of_the_network(write: Write) -> None:
    with WebhookServer(tls=True) as server:
        found = findings(write(url=f"https://localhost:{server.port}/api/v2"), expect=1)
    assert "is not accepted" in said(found, "network")
    assert "SSL_CERT_FILE" in said(found, "network")


def test_a_study_that_is_not_in_the_batch_is_named(write: Write, registry: Registry) -> None:
    registry.records = []
    found = findings(write())
    assert level(found, "studies") == "warning"
    assert NCT in said(found, "studies")


def test_a_watch_that_is_a_search_names_no_study_and_that_is_well(write: Write) -> None:
    config = write()
    config.write_text(config.read_text().replace(f'studies = ["{NCT}"]', 'search = { condition = "asthma" }'))
    found = findings(config)
    assert level(found, "studies") == "ok"
    assert said(found, "studies").strip() == "no study is named; the saved searches are asked at the next poll"


def test_a_record_that_cannot_be_read_is_named(write: Write, registry: Registry) -> None:
    registry.records = [{"protocolSection": 5}]
    assert "a record cannot be read" in said(findings(write()), "studies")


def test_a_proxy_is_named_without_its_password(
    write: Write, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    monkeypatch.setenv("HTTP_PROXY", f"http://user:S3CR3TS3CR3T@127.0.0.1:{port}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    found = findings(write(), expect=1)
    assert f"through 127.0.0.1:{port}" in said(found, "proxy")
    assert "S3CR3T" not in json.dumps(found)
    assert registry.asked == []


# --- channels ------------------------------------------------------------------------------


def mail(server: MailServer, login: str = "") -> str:
    return (
        '[[channel]]\nname = "team"\n'
        f'url = "mailto://{login}127.0.0.1:{server.port}?from=watcher@example.org&to=you@example.org&mode=insecure"\n'
    )


def test_a_relay_is_greeted_and_sent_nothing(write: Write) -> None:
    with MailServer() as relay:
        found = findings(write(mail(relay)))
        assert "answers" in said(found, 'channel "team"')
        assert (relay.asked, relay.received) == ([], [])


def test_a_login_that_the_relay_refuses_is_found_without_sending(write: Write) -> None:
    with MailServer(login=("user", "right-password")) as relay:
        assert "takes the login" in said(findings(write(mail(relay, "user:right-password@"))), 'channel "team"')
        found = findings(write(mail(relay, "user:S3CR3TS3CR3T@")), expect=1)
        assert "refused the login" in said(found, 'channel "team"')
        assert "S3CR3T" not in json.dumps(found)
        assert relay.received == []


def test_send_sends_one_test_message_to_each_recipient(write: Write) -> None:
    with MailServer() as relay:
        findings(write(mail(relay).replace("to=you@example.org", "to=you@example.org,me@example.org")), "--send")
        assert [mail.message["Subject"] for mail in relay.received] == ["[watcher] Test message"] * 2


def test_a_recipient_that_refuses_the_test_message_is_a_failure(write: Write) -> None:
    with MailServer() as relay:
        relay.refuse("you@example.org")
        found = findings(write(mail(relay)), "--send", expect=1)
    assert "no such user" in said(found, 'channel "team"')


def test_one_channel_that_does_not_open_hides_no_other(write: Write) -> None:
    channels = '[[channel]]\nname = "team"\nurl = "console://"\n[[channel]]\nname = "desk"\nurl = "gnome://"\n'
    found = findings(write(channels), expect=1)
    assert level(found, 'channel "team"') == "ok"
    assert found['channel "desk"'][0]["found"].startswith("gnome:// would act on the desktop")


def test_a_certificate_that_is_not_checked_is_a_warning(write: Write) -> None:
    with WebhookServer() as sink:
        found = findings(write(f'[[channel]]\nname = "team"\nurl = "json://{sink.host}/?verify=no"\n'))
    assert level(found, 'channel "team"') == "warning"


def test_the_page_is_free_served_or_taken_by_another_program(write: Write, tmp_path: Path) -> None:
    with WebhookServer() as taken:
        config = write(more=f'[web]\nlisten = "{taken.host}"\n')
        found = findings(config, expect=1)
        assert "another program listens" in said(found, "web")
        with single_instance(tmp_path / "watcher.db"):
            assert said(findings(config), "web").strip() == f"{taken.host} is served"
    assert said(findings(config), "web").strip() == f"{taken.host} is free"


def test_a_port_in_use_that_nobody_chose_keeps_nothing_from_starting(write: Write) -> None:
    with WebhookServer() as taken:
        host, _, port = taken.host.partition(":")
        config = load(write(), environ=os.environ)
        usual = replace(config, web=WebSettings(Address(host, int(port)), chosen=False))
        (found,) = recipients.web(Patient(usual, os.environ, lambda: datetime.now(UTC)))
    assert (found.level, found.found) == ("warning", f"another program listens on {taken.host}")


def test_the_host_of_a_heartbeat_is_greeted_and_it_is_not_pinged(write: Write) -> None:
    with WebhookServer() as beats:
        beat = f'channel = "team"\nheartbeat = "http://{beats.host}/S3CR3TS3CR3T"\n'
        config = write()
        config.write_text(config.read_text().replace('[operator]\nchannel = "team"\n', f"[operator]\n{beat}"))
        found = findings(config)
        assert level(found, "heartbeat") == "ok"
        assert "S3CR3T" not in json.dumps(found)
        assert beats.requests == []
    assert level(findings(config, expect=1), "heartbeat") == "failure"


# --- the rest ----------------------------------------------------------------------------------


def test_a_template_that_fails_is_named(write: Write, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    config = write(more='[templates]\nfolder = "own"\n')
    (tmp_path / "own" / "alert.txt.j2").write_text("{{ nothing.of.this }}")
    watcher(config, "doctor", expect=1)
    (tmp_path / "own" / "alert.txt.j2").unlink()
    assert level(findings(config), "templates") == "ok"


def test_a_watcher_without_an_operator_is_warned_of(write: Write) -> None:
    config = write()
    config.write_text(config.read_text().replace('[operator]\nchannel = "team"\n', ""))
    assert level(findings(config), "operator") == "warning"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")
def test_root_on_the_database_of_another_user_is_warned(write: Write, tmp_path: Path) -> None:
    with opened(tmp_path / "watcher.db"):
        pass
    os.chown(tmp_path / "watcher.db", 4242, 4242)
    found = findings(write())
    assert level(found, "permissions") == "warning"
    assert "sudo -u '#4242'" in said(found, "permissions")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")
def test_a_lock_file_that_root_left_behind_is_named(write: Write, tmp_path: Path) -> None:
    config = write()
    with single_instance(tmp_path / "watcher.db"), opened(tmp_path / "watcher.db"):
        pass
    os.chown(tmp_path / "watcher.db", 4242, 4242)
    found = findings(config)
    assert any(f"chown 4242 {tmp_path / 'watcher.db.lock'}" in finding["remedy"] for finding in found["permissions"])


def test_a_file_where_the_folder_of_the_database_should_be_is_a_failure(write: Write, tmp_path: Path) -> None:
    config = write()
    (tmp_path / "taken").write_text("")
    config.write_text(config.read_text().replace("watcher.db", "taken/watcher.db"))
    assert level(findings(config, expect=1), "permissions") == "failure"


def test_a_check_that_trips_is_a_finding_and_stops_no_other(write: Write) -> None:
    def clock() -> datetime:
        raise RuntimeError("no clock")

    config = load(write(), environ=os.environ)
    found = list(examine(Patient(config, os.environ, clock)))
    assert [each.check for each in found if each.level is Level.FAILURE] == ["registry"]
    assert any(each.check == 'channel "team"' for each in found)
