"""The server: bound before it is announced, gone when it is stopped, and deaf to clients that waste its time."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import httpx
import pytest

from tests.servers import free_port
from watcher.config.values import Address, WebSettings
from watcher.errors import ConfigError
from watcher.web.deadlines import MOST_CONNECTIONS, Punctual
from watcher.web.server import MOST_HEADER_BYTES, serve

ROOT = Path(__file__).resolve().parents[2]


async def slow_app(scope, receive, send):
    """Answers when it is too late."""
    import asyncio

    await asyncio.sleep(30)


def test_the_page_answers_from_the_first_line_of_the_block_and_not_behind_it(site):
    with serve(WebSettings(Address("127.0.0.1", 0)), slow_app) as served:
        with closing(socket.create_connection(("127.0.0.1", served.address.port), 1)):
            pass
        assert served.address.port > 0
        assert served.url == f"http://127.0.0.1:{served.address.port}"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", served.address.port), 1)


def test_the_same_port_can_be_had_again_at_once(site):
    port = free_port()
    for _ in range(3):
        with serve(WebSettings(Address("127.0.0.1", port)), slow_app):
            socket.create_connection(("127.0.0.1", port), 1).close()


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_an_address_of_version_6_is_listened_on():
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6 on loopback")
    with serve(WebSettings(Address("::1", 0)), slow_app) as served:
        assert re.fullmatch(r"http://\[::1\]:\d+", served.url)
        socket.create_connection(("::1", served.address.port), 1).close()


def test_a_port_in_use_is_a_mistake_with_its_remedy():
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        with pytest.raises(ConfigError) as caught, serve(WebSettings(Address("127.0.0.1", port)), slow_app):
            pass
    assert f'[web] listen = "127.0.0.1:{port}"' in str(caught.value)
    assert "Address already in use" in str(caught.value)
    assert "choose another port" in str(caught.value)


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_an_address_that_is_not_ours_is_a_mistake(host):
    with pytest.raises(ConfigError, match="cannot be listened on"), serve(WebSettings(Address(host, 0)), slow_app):
        pass


def test_the_stop_waits_for_nobody():
    before = threading.active_count()
    with ExitStack() as clients:
        with serve(WebSettings(Address("127.0.0.1", 0)), slow_app) as served:
            for sent in (b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"):
                client = clients.enter_context(socket.create_connection(("127.0.0.1", served.address.port), 1))
                client.sendall(sent)
            time.sleep(0.2)
            began = time.monotonic()
        assert time.monotonic() - began < 3
    assert threading.active_count() == before


def until_closed(client: socket.socket, drip: bytes = b"", within: float = 5) -> float:
    """After how long the other side hangs up, while we send a byte now and then."""
    began = time.monotonic()
    client.settimeout(0.05)
    while time.monotonic() - began < within:
        try:
            if drip:
                client.sendall(drip)
            if not client.recv(65536):
                break
        except TimeoutError:
            continue
        except OSError:
            break
    return time.monotonic() - began


@pytest.mark.parametrize(
    ("sent", "drip"),
    [
        (b"", b""),
        (b"GET /healthz HTTP/1.1\r\n", b""),
        (b"GET /healthz HTTP/1.1\r\nX: ", b"x"),
        (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", b""),
        (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /he", b""),
    ],
    ids=["silent", "torn", "dripping", "idle", "second request torn"],
)
def test_a_client_that_is_too_slow_is_cut_off_and_holds_up_nobody(site, monkeypatch, sent, drip):
    monkeypatch.setattr(Punctual, "request_seconds", 0.5)
    page = site()
    with closing(socket.create_connection(("127.0.0.1", page.port), 1)) as client:
        client.sendall(sent)
        began = time.monotonic()
        assert page.get("/healthz").status_code == 200
        assert time.monotonic() - began < 0.4
        assert until_closed(client, drip) < 2


def test_an_answer_that_nobody_reads_is_given_up(site, monkeypatch):
    monkeypatch.setattr(Punctual, "answer_seconds", 0.5)
    page = site()
    page.figures = b"x" * 50_000_000
    with closing(socket.socket()) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", page.port))
        client.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
        time.sleep(1.5)
        assert page.get("/healthz").status_code == 200
        client.settimeout(1)
        read = 0
        with suppress(ConnectionResetError):
            while data := client.recv(1_000_000):
                read += len(data)
        assert read < 50_000_000


def test_a_slow_reader_of_a_long_answer_has_the_time_of_an_answer(site, monkeypatch):
    monkeypatch.setattr(Punctual, "request_seconds", 0.2)
    page = site()
    page.figures = b"x" * 20_000_000
    with closing(socket.socket()) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", page.port))
        client.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        time.sleep(1)
        read = 0
        while data := client.recv(1_000_000):
            read += len(data)
    assert read > 20_000_000


def test_an_answer_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(Punctual, "answer_seconds", 0.5)
    with (
        serve(WebSettings(Address("127.0.0.1", 0)), slow_app) as served,
        closing(socket.create_connection(("127.0.0.1", served.address.port), 1)) as client,
    ):
        client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert 0.4 < until_closed(client) < 2


def test_a_connection_may_be_used_for_longer_than_one_request_may_take(site, monkeypatch):
    monkeypatch.setattr(Punctual, "request_seconds", 0.6)
    page = site()
    with httpx.Client(trust_env=False, verify=False) as client:  # noqa: S501
        sources = set()
        for _ in range(4):
            answer = client.get(f"{page.url}/healthz")
            assert answer.status_code == 200
            sources.add(answer.extensions["network_stream"].get_extra_info("client_addr"))
            time.sleep(0.3)
    assert len(sources) == 1


def test_too_many_connections_are_refused_and_leave_room_again(site):
    page = site()
    with ExitStack() as clients:
        crowd = [
            clients.enter_context(socket.create_connection(("127.0.0.1", page.port), 1))
            for _ in range(MOST_CONNECTIONS + 20)
        ]
        time.sleep(0.3)
        cut = 0
        for client in crowd:
            client.setblocking(False)
            try:
                cut += client.recv(1) == b""
            except BlockingIOError:
                continue
            except OSError:
                cut += 1
        # Connections of tests before may still be closing.
        assert 20 <= cut <= 25
    time.sleep(0.2)
    assert page.get("/healthz").status_code == 200


def test_headers_without_end_are_refused(site):
    page = site()
    with closing(socket.create_connection(("127.0.0.1", page.port), 1)) as client:
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * (2 * MOST_HEADER_BYTES))
        client.settimeout(2)
        assert client.recv(100).startswith(b"HTTP/1.1 4")
    assert page.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"GET /healthz HTTP/9.9\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
        b"\x00" * 1000,
    ],
    ids=["tls", "torn", "version", "bytes", "length", "websocket", "zeros"],
)
def test_nonsense_is_answered_or_dropped_and_not_logged(site, caplog, sent):
    page = site()
    with closing(socket.create_connection(("127.0.0.1", page.port), 1)) as client:
        client.sendall(sent)
        client.settimeout(1)
        try:
            answer = client.recv(100)
        except TimeoutError:
            answer = b""
    assert answer == b"" or answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 200", b"HTTP/1.1 404"))
    assert page.get("/healthz").status_code == 200
    assert not [record for record in caplog.records if record.name.startswith("uvicorn")]


def test_without_a_page_nothing_of_its_libraries_is_loaded():
    code = (
        "import sys, watcher.service, watcher.web, watcher.web.health, watcher.metrics.gauges, watcher.heartbeat\n"
        "print(sorted({'uvicorn', 'starlette', 'prometheus_client'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
