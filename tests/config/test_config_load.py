"""What a good configuration becomes."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from datetime import timedelta

import pytest

from watcher.config import ChannelSettings, Config, RegistrySettings, Secret, WebSettings
from watcher.config.values import Address
from watcher.model import Route, Severity, Watch, WatchedStudy


def test_everything_left_out_has_a_default(read, good, tmp_path):
    assert read(good) == Config(
        path=tmp_path / "config.toml",
        registry=RegistrySettings(),
        store=tmp_path / "nct-watcher.db",
        watches=(Watch("pipeline", (WatchedStudy("NCT04150497"),)),),
        channels=(ChannelSettings("team", Secret("console://")),),
        routes=(Route("route 1", to=("team",)),),
        operator=None,
        web=WebSettings(Address("127.0.0.1", 8765), None, chosen=False),
        warnings=(),
    )


def test_every_key_of_the_registry(read, good):
    text = """\
[registry]
base_url = "http://127.0.0.1:8080/api/v2/"
poll_every = "1h30m"
min_interval = 0.1
timeout = "5s"
contact = "you@example.org"
tls_max = "1.2"
"""
    assert read(text + good).registry == RegistrySettings(
        base_url="http://127.0.0.1:8080/api/v2",
        poll_every=timedelta(minutes=90),
        min_interval=timedelta(milliseconds=100),
        timeout=timedelta(seconds=5),
        contact="you@example.org",
        tls_max="1.2",
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3:80", "localhost:9", "[::1]:8080"])
def test_a_registry_on_this_machine_may_be_asked_as_fast_as_wanted(read, good, host):
    text = f'[registry]\nbase_url = "http://{host}"\npoll_every = "1s"\nmin_interval = 0\n'
    registry = read(text + good).registry
    assert (registry.poll_every, registry.min_interval) == (timedelta(seconds=1), timedelta(0))


def test_every_key_of_a_route(read, good):
    text = """
[[route]]
name = "weekly"
watches = ["pipeline"]
kinds = ["status.*", "*.slipped", "results.posted"]
min_severity = "noise"
to = ["team"]
when = "Weekly Monday 8:05"
timezone = "Europe/Berlin"
"""
    assert read(good + text).routes[1] == Route(
        name="weekly",
        to=("team",),
        watches=("pipeline",),
        kinds=("status.*", "*.slipped", "results.posted"),
        min_severity=Severity.NOISE,
        when="weekly mon 08:05",
        timezone="Europe/Berlin",
    )


def test_a_study_may_stand_in_two_watches_under_two_labels(read, good):
    text = '[[watch]]\nname = "other"\nstudies = [{nct_id = "NCT04150497", label = "BALLI-01"}]\n'
    assert read(good + text).watches[1] == Watch("other", (WatchedStudy("NCT04150497", "BALLI-01"),))


def test_relative_paths_start_at_the_folder_of_the_file(read, good, tmp_path, monkeypatch):
    monkeypatch.chdir("/")
    text = '[store]\npath = "data/seen.db"\n'
    assert read(text + good).store == tmp_path / "data" / "seen.db"


def test_a_database_behind_a_link_is_the_file_itself_which_has_one_lock(read, good, tmp_path):
    (tmp_path / "link.db").symlink_to(tmp_path / "data" / "real.db")
    assert read('[store]\npath = "link.db"\n' + good).store == tmp_path / "data" / "real.db"


def test_the_operator_is_a_channel(read, good):
    assert read(good + '[operator]\nchannel = "team"\n').operator == "team"


@pytest.mark.parametrize("line", ['url_env = "TEAM"', 'url_file = "team.url"'])
def test_an_address_comes_from_the_environment_or_from_a_file(read, good, line):
    text = good.replace('url = "console://"', line)
    config = read(text, {"team.url": "\n json://file:secret@example.org \n"}, TEAM="json://env:secret@example.org")
    assert config.channels[0].url.reveal().endswith("secret@example.org")


def test_a_secret_never_shows_itself():
    secret = Secret("json://secret")
    channel = ChannelSettings("team", secret)
    shown = [str(secret), repr(secret), f"{secret}", f"{channel}", str(dataclasses.asdict(channel))]
    assert not any("json" in text for text in shown)
    assert shown[0] == "***"
    assert (secret, hash(secret)) == (Secret("json://secret"), hash(Secret("json://secret")))
    assert secret != "json://secret"


def test_crlf_line_ends_are_fine(read, good):
    assert read(good.replace("\n", "\r\n")).watches[0].name == "pipeline"


def test_importing_the_package_does_not_wait_for_pydantic():
    code = "import sys, watcher.config; sys.exit('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


class TestWarnings:
    def test_a_channel_that_nobody_uses(self, read, good, tmp_path):
        text = '[[channel]]\nname = "spare"\nurl = "console://"\n'
        assert read(good + text).warnings == (f'{tmp_path}/config.toml:11: channel[1]: no route sends to "spare"',)

    def test_the_operator_uses_a_channel_too(self, read, good):
        text = '[[channel]]\nname = "spare"\nurl = "console://"\n[operator]\nchannel = "spare"\n'
        assert read(good + text).warnings == ()

    def test_a_watch_that_no_route_covers(self, read, good):
        text = 'watches = ["pipeline"]\n[[watch]]\nname = "other"\nstudies = ["NCT04150497"]\n'
        assert [w.partition(": ")[2] for w in read(good + text).warnings] == [
            'watch[1]: no route covers "other"; nobody hears of it'
        ]

    def test_a_route_for_noise_that_lets_no_noise_through(self, read, good):
        text = 'kinds = ["record.touched"]\n'
        assert [w.partition(": ")[2] for w in read(good + text).warnings] == [
            "route[0].kinds: these kinds are usually noise, "
            'which only min_severity = "noise" lets through: record.touched'
        ]
        assert read(good + text + 'min_severity = "noise"').warnings == ()
