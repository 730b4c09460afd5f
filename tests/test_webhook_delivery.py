"""A signed webhook from the configuration through the outbox to its receiver, and what is said and kept of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import standardwebhooks

from tests.servers import WebhookServer
from watcher.assembly import open_channels
from watcher.channels import Channel
from watcher.channels.signing import fresh_secret, key_of
from watcher.cli import main
from watcher.config import Config, load
from watcher.deliver import Deliverer, DeliveryReport
from watcher.model import Notice
from watcher.store import opened

OLD, NEW = fresh_secret(), fresh_secret()
PATH = "/hooks/T0kenInPath?key=T0kenInQuery"
SECRETS = (OLD, NEW, OLD.removeprefix("whsec_"), NEW.removeprefix("whsec_"), "T0kenInPath", "T0kenInQuery")


class Later:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def follow(self, timestamp: datetime) -> None:
        self.moment = timestamp


@pytest.fixture
def sink() -> Iterator[WebhookServer]:
    with WebhookServer() as server:
        yield server


@pytest.fixture
def config(tmp_path: Path, sink: WebhookServer) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(f"""
[store]
path = "watcher.db"
[[watch]]
name = "pipeline"
studies = ["NCT04150497"]
[[channel]]
name = "tracker"
url = "webhook://{sink.host}{PATH}"
secret = ["{OLD}", "{NEW}"]
[[channel]]
name = "other"
url = "webhook://{sink.host}/another"
secret = "{NEW}"
[[route]]
to = ["tracker", "other"]
""")
    return path


@pytest.fixture
def watcher(config: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Runs a command in this process; its exit code."""

    def run(*arguments: str) -> int:
        monkeypatch.setattr(sys, "argv", ["watcher", *arguments])
        with pytest.raises(SystemExit) as left:
            main()
        return int(left.value.code or 0)

    return run


def owed(config: Config, channels: dict[str, Channel], clock: Later) -> None:
    targets = tuple(target for channel in channels.values() for target in channel.targets())
    with opened(config.store) as store:
        store.notices.tell(Notice("poll", "The registry is silent", "Since noon."), targets, clock.now())


def delivered(config: Config, channels: dict[str, Channel], clock: Later) -> DeliveryReport:
    with opened(config.store) as store:
        return Deliverer(store, channels, clock).deliver()


def test_an_attempt_that_failed_is_repeated_with_the_same_id_and_bytes(config: Path, sink: WebhookServer) -> None:
    loaded, clock = load(config, environ={}), Later()
    channels = open_channels(loaded)
    owed(loaded, channels, clock)
    sink.answer(503, body=f"no {PATH} {OLD}".encode())
    assert delivered(loaded, channels, clock) == DeliveryReport(postponed=2)
    sink.answer(200)
    clock.moment += timedelta(hours=1)
    assert delivered(loaded, channels, clock) == DeliveryReport(delivered=2)
    attempts = [request for request in sink.requests if request.path == PATH]
    assert len(attempts) == 2
    assert len({request.header("webhook-id") for request in attempts}) == 1
    assert len({request.body for request in attempts}) == 1
    assert len({request.header("webhook-id") for request in sink.requests}) == 2, "each channel has ids of its own"
    for secret in (OLD, NEW):
        standardwebhooks.Webhook(secret).verify(attempts[1].body, attempts[1].headers)
    kept = b"".join(each.read_bytes() for each in config.parent.glob("watcher.db*"))
    assert kept
    for secret in SECRETS:
        assert secret.encode() not in kept


def test_a_revoked_webhook_goes_dead_at_once(config: Path, sink: WebhookServer) -> None:
    loaded, clock = load(config, environ={}), Later()
    channels = open_channels(loaded)
    owed(loaded, channels, clock)
    sink.answer(410)
    assert delivered(loaded, channels, clock) == DeliveryReport(dead=2)


def test_config_check_says_what_a_webhook_is_without_its_address_or_secrets(
    watcher: Callable[..., int], config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert watcher("config", "check", "--config", str(config)) == 0
    told = capsys.readouterr()
    assert 'Channel "tracker": webhook, signed with 2 secrets.' in told.out
    for secret in SECRETS:
        assert secret not in told.out + told.err


def test_config_check_refuses_plain_http_to_another_machine(
    watcher: Callable[..., int], config: Path, sink: WebhookServer, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text(config.read_text().replace(sink.host, "hooks.example.org"))
    assert watcher("config", "check", "--config", str(config)) == 2
    told = capsys.readouterr().err
    assert "use webhooks://" in told
    for secret in SECRETS:
        assert secret not in told


@pytest.mark.parametrize(("status", "code"), [(200, 0), (500, 1), (404, 1)])
def test_channels_test_tries_a_webhook(
    watcher: Callable[..., int],
    config: Path,
    sink: WebhookServer,
    status: int,
    code: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    sink.answer(status, body=f"{PATH} {NEW}".encode())
    assert watcher("channels", "test", "tracker", "--config", str(config)) == code
    told = capsys.readouterr()
    assert f"tracker/webhook:{sink.host}: " in told.out
    for secret in SECRETS:
        assert secret not in told.out + told.err


def test_channels_secret_prints_a_secret_that_a_webhook_takes(
    watcher: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert watcher("channels", "secret") == 0
    assert len(key_of(capsys.readouterr().out.strip())) == 32
