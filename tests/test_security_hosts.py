"""Nobody but the configured hosts is ever asked: a second real server stands by, and must hear nothing."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import stamina

from tests.builders import NCT, record
from tests.channels.examples import MESSAGE
from tests.servers import ReceivedRequest, WebhookServer, _Answer
from tests.steered import watcher
from watcher.channels import Wishes, open_channel
from watcher.channels.signing import key_of
from watcher.config.texts import base_url
from watcher.errors import DeliveryError, RegistryError
from watcher.registry.client import Moved, Registry
from watcher.registry.transport import Transport

OTHER = "NCT00000002"
KEY = key_of("whsec_TUZLUTlyOEdLWXFyVHdqVVBEOElMUFpJbzJMYUxhU3c=")
REDIRECTS = (301, 302, 303, 307, 308)

# Where a redirect may point, so that a careless reader would go elsewhere.
ELSEWHERE = (
    "http://{other}/api/v2/version",
    "//{other}/api/v2/version",
    "http://{here}@{other}/api/v2/version",
    "http://{here}:80@{other}/api/v2/version",
    "http://{other}\\@{here}/api/v2/version",
    "http:\\\\{other}/api/v2/version",
    "///{other}/api/v2/version",
    "http:{other}/api/v2/version",
)


class Redirecting(WebhookServer):
    """A registry that sends everybody elsewhere, by every means that HTTP has."""

    def __init__(self) -> None:
        super().__init__()
        self.status = 302
        self.location = ""

    def take(self, request: ReceivedRequest) -> _Answer:
        super().take(request)
        elsewhere = self.location
        return _Answer(
            self.status,
            {
                "Location": elsewhere,
                "Content-Location": elsewhere,
                "Refresh": f"0; url={elsewhere}",
                "Link": f"<{elsewhere}>; rel=next",
                "Set-Cookie": "session=stolen; Domain=127.0.0.1; Path=/",
                "Content-Type": "application/json",
            },
            b'{"nextPageToken": null, "studies": []}',
        )


@pytest.fixture(autouse=True)
def no_retries() -> Iterator[None]:
    with stamina.set_testing(True, attempts=1):
        yield


@pytest.fixture
def here() -> Iterator[Redirecting]:
    with Redirecting() as server:
        yield server


@pytest.fixture
def other() -> Iterator[WebhookServer]:
    with WebhookServer() as server:
        server.answer(200, body=b'{"dataTimestamp": "2026-06-01T00:00:00"}', Content_Type="application/json")
        yield server


@pytest.fixture
def registry(here: Redirecting) -> Iterator[Registry]:
    transport = Transport(f"http://{here.host}/api/v2", min_interval=timedelta())
    yield Registry(transport)
    transport.close()


@pytest.mark.parametrize("status", REDIRECTS)
@pytest.mark.parametrize("location", ELSEWHERE)
def test_the_registrys_client_follows_no_redirect(
    here: Redirecting, other: WebhookServer, registry: Registry, status: int, location: str
) -> None:
    here.status, here.location = status, location.format(here=here.host, other=other.host)
    for ask in (registry.data_version, lambda: list(registry.studies([NCT])), lambda: registry.study(NCT)):
        with pytest.raises(RegistryError):
            ask()
    assert other.requests == []
    assert len(here.requests) == 3


@pytest.mark.parametrize("location", ["http://{other}/api/v2/studies/" + OTHER, "//{other}/studies/" + OTHER])
def test_an_alias_is_read_as_a_number_and_asked_for_where_the_registry_is(
    here: Redirecting, other: WebhookServer, registry: Registry, location: str
) -> None:
    here.status, here.location = 301, location.format(other=other.host)
    assert registry.study(NCT) == Moved(OTHER)
    registry.study(OTHER)
    assert [request.path.partition("?")[0] for request in here.requests] == [
        f"/api/v2/studies/{NCT}",
        f"/api/v2/studies/{OTHER}",
    ]
    assert other.requests == []


def test_a_whole_poll_asks_the_configured_host_alone(
    here: Redirecting, other: WebhookServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Sly(Redirecting):
        """Serves a record full of addresses; what it does not have is an alias of something elsewhere."""

        def take(self, request: ReceivedRequest) -> _Answer:
            WebhookServer.take(self, request)
            json_type = {"Content-Type": "application/json", "Link": f"<http://{other.host}/>; rel=preload"}
            if request.path.endswith("/version"):
                return _Answer(200, json_type, b'{"apiVersion": "2", "dataTimestamp": "2026-06-01T00:00:00"}')
            if "/studies?" in request.path:
                return _Answer(200, json_type, json.dumps({"studies": [self.study]}).encode())
            if "/studies/NCT00000003" in request.path:
                return _Answer(200, json_type, json.dumps(self.merged).encode())
            return _Answer(301, {"Location": f"http://{other.host}/api/v2/studies/NCT00000003"}, b"")

        study = record()
        study["protocolSection"]["identificationModule"]["briefTitle"] = f"http://{other.host}/ file:///etc/passwd"
        merged = record()
        merged["protocolSection"]["identificationModule"] |= {"nctId": "NCT00000003", "nctIdAliases": [OTHER]}

    with Sly() as registry:
        config = tmp_path / "config.toml"
        config.write_text(
            f'[registry]\nbase_url = "http://{registry.host}/api/v2"\nmin_interval = 0.0\n[[watch]]\nname = "w"\n'
            f'studies = ["{NCT}", "{OTHER}"]\n[[channel]]\nname = "team"\nurl = "console://"\n'
            '[[route]]\nto = ["team"]\n[operator]\nchannel = "team"\n'
        )
        watcher(config, "poll")
        watcher(config, "deliver")
        assert len(registry.requests) >= 3
    assert other.requests == []


def test_cookies_do_not_travel_between_requests(here: Redirecting, registry: Registry) -> None:
    here.status = 200
    list(registry.studies([NCT]))
    list(registry.studies([NCT]))
    assert [request.header("Cookie") for request in here.requests] == [None, None]


def test_the_registry_is_asked_through_the_proxy_that_the_environment_names(
    here: Redirecting, other: WebhookServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://{other.host}")
    for name in ("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    transport = Transport(f"http://{here.host}/api/v2", min_interval=timedelta())
    assert Registry(transport).data_version().timestamp == "2026-06-01T00:00:00"
    transport.close()
    assert [request.path for request in other.requests] == [f"http://{here.host}/api/v2/version"]
    assert here.requests == []


@pytest.mark.parametrize("status", REDIRECTS)
@pytest.mark.parametrize("scheme", ["webhook", "json"])
def test_a_message_follows_no_redirect(
    here: Redirecting, other: WebhookServer, scheme: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.status, here.location = status, f"http://{other.host}/hook"
    wishes = Wishes(keys=(KEY,)) if scheme == "webhook" else Wishes()
    channel = open_channel("hook", f"{scheme}://{here.host}/hook", wishes)
    with pytest.raises(DeliveryError):
        channel.send(channel.targets()[0], MESSAGE)
    assert other.requests == []
    assert len(here.requests) == 1


def test_a_signed_message_goes_through_no_proxy(
    here: Redirecting, other: WebhookServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.status = 200
    monkeypatch.setenv("HTTP_PROXY", f"http://{other.host}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    channel = open_channel("hook", f"webhook://{here.host}/hook", Wishes(keys=(KEY,)))
    channel.send(channel.targets()[0], MESSAGE)
    assert (len(here.requests), other.requests) == (1, [])


@pytest.mark.parametrize(
    "address",
    [
        "https://clinicaltrials.gov@evil.example/api/v2",
        "https://user:password@clinicaltrials.gov/api/v2",
        "https://clinicaltrials.gov\\@evil.example/api/v2",
        "http://evil.example/api/v2",
        "http://127.0.0.1.evil.example/api/v2",
        "http://localhost@evil.example/api/v2",
        "ftp://clinicaltrials.gov/api/v2",
        "https:///api/v2",
        "//clinicaltrials.gov/api/v2",
        "https://clinicaltrials.gov/api/v2?url=https://evil.example",
    ],
)
def test_an_address_that_two_readers_read_differently_is_no_registry(address: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        base_url(address)


@pytest.mark.parametrize(
    "address", ["https://clinicaltrials.gov/api/v2", "http://127.0.0.1:8080/api/v2", "http://[::1]:8080/api/v2"]
)
def test_the_client_goes_to_the_host_that_was_checked(address: str) -> None:
    from urllib.parse import urlsplit

    assert httpx.URL(base_url(address)).host == urlsplit(address).hostname


def test_no_log_line_of_a_client_repeats_an_address(here: Redirecting, caplog: pytest.LogCaptureFixture) -> None:
    here.status = 200
    with caplog.at_level(logging.DEBUG):
        channel = open_channel("hook", f"webhook://{here.host}/S3CR3TS3CR3T", Wishes(keys=(KEY,)))
        channel.send(channel.targets()[0], MESSAGE)
    assert "S3CR3T" not in caplog.text
