"""Who may ask for what, and what every answer carries; asked over real connections."""

from __future__ import annotations

import base64
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import httpx
import pytest

from tests.web.conftest import TOKEN
from watcher.errors import StoreNotReady
from watcher.store import Store
from watcher.web import visit
from watcher.web.app import WORKERS
from watcher.web.health import Status, Verdict


def basic(name: str, password: str) -> str:
    """What a browser sends for a name and a password."""
    return base64.b64encode(f"{name}:{password}".encode()).decode()


BEARER = {"Authorization": f"Bearer {TOKEN}"}
WRONG = [
    {},
    {"Authorization": f"Bearer {TOKEN}x"},
    {"Authorization": f"Bearer {TOKEN[:-1]}"},
    {"Authorization": "Bearer"},
    {"Authorization": TOKEN},
    {"Authorization": f"Basic {TOKEN}"},
    {"Authorization": f"Basic {basic('me', TOKEN + 'x')}"},
    {"Authorization": f"Basic {basic(TOKEN, '')}"},
    {"Authorization": f"Basic {basic('', '')}"},
    {"Authorization": "Bearer \xff\xfe"},
]


@pytest.mark.parametrize(
    ("status", "code"), [(Status.OK, 200), (Status.DEGRADED, 200), (Status.FAILING, 503)], ids=lambda value: str(value)
)
def test_a_probe_sees_the_status_in_the_code_and_the_reasons_in_the_answer(site, status, code):
    page = site()
    page.verdict = Verdict(status, ("because",))
    answer = page.get("/healthz")
    assert answer.status_code == code
    assert answer.json() == {"status": status.value, "reasons": ["because"]}
    assert answer.headers["content-type"] == "application/json"


def test_a_probe_does_not_wait_for_those_who_read(site, monkeypatch):
    """Who probes takes a late answer for none, and has the watcher started again."""
    page, go_on, begun = site(), threading.Event(), threading.Semaphore(0)

    def waiting(*_args: object, **_named: object) -> AbstractContextManager[Store]:
        begun.release()
        go_on.wait(20)
        raise StoreNotReady("not yet")

    monkeypatch.setattr(visit, "opened", waiting)
    with ThreadPoolExecutor(WORKERS + 1) as readers:
        try:
            asked = [readers.submit(page.get, "/") for _ in range(WORKERS + 1)]
            assert all(begun.acquire(timeout=10) for _ in range(WORKERS))
            with httpx.Client(trust_env=False, verify=False, timeout=5) as probe:  # noqa: S501
                assert probe.get(f"{page.url}/healthz").status_code == 200
                assert probe.get(f"{page.url}/metrics").status_code == 200
            assert not any(one.done() for one in asked)
        finally:
            go_on.set()


def test_the_figures_come_with_the_content_type_that_prometheus_asks_for(site):
    answer = site().get("/metrics")
    assert answer.content == b"nct_watcher_tests 1\n"
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"


@pytest.mark.parametrize("path", ["/healthz", "/metrics"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_nothing_but_reading_is_understood(site, method, path):
    answer = site().ask(method, path)
    assert answer.status_code == 405
    assert set(answer.headers["allow"].replace(",", " ").split()) == {"GET", "HEAD"}


def test_a_head_has_the_headers_of_the_answer_and_no_body(site):
    page = site()
    for path in ("/healthz", "/metrics"):
        whole, head = page.get(path), page.ask("HEAD", path)
        assert (head.status_code, head.content) == (200, b"")
        for name in ("content-type", "content-length"):
            assert head.headers[name] == whole.headers[name]


@pytest.mark.parametrize(
    "path",
    [
        "/index.html",
        "/healthz/",
        "/metrics/x",
        "/../etc/passwd",
        "/%2e%2e/healthz",
        "//healthz",
        "/docs",
        "/static/",
        "/static/x",
    ],
)
def test_what_is_not_there_is_a_plain_404_and_leads_nowhere_else(site, path):
    answer = site().get(path)
    assert (answer.status_code, answer.text) == (404, "Not Found")
    assert "location" not in answer.headers


@pytest.mark.parametrize(("path", "code"), [("/healthz", 200), ("/metrics", 200), ("/", 200), ("/nothing", 404)])
def test_every_answer_forbids_browsers_whatever_they_might_do_with_it(site, path, code):
    answer = site().get(path)
    assert answer.status_code == code
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not [said for said in policy.values() if "unsafe" in said or "*" in said or "http" in said]
    assert {policy[kind] for kind in ("script-src", "style-src", "form-action")} == {"'self'"}
    # Under "no-referrer" a browser sends our own forms with `Origin: null`, and they would be refused.
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in answer.headers


def test_browsers_that_ask_for_an_icon_get_ours(site):
    answer = site().get("/favicon.ico")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert answer.text.startswith("<svg ")


def test_an_answer_does_not_say_what_serves_it(site):
    page = site(TOKEN)
    for answer in (page.get("/healthz"), page.get("/nothing"), page.ask("POST", "/metrics", headers=BEARER)):
        assert "server" not in answer.headers
        assert not [word for word in ("uvicorn", "starlette", "python") if word in str(answer.headers).lower()]


@pytest.mark.parametrize("headers", WRONG, ids=str)
def test_without_the_right_token_nothing_is_shown_but_the_status(site, headers):
    page = site(TOKEN)
    page.verdict = Verdict(Status.DEGRADED, ("2 polls in a row failed",))
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    for path in ("/metrics", "/", "/nothing"):
        refused = page.ask("GET", path, headers=raw)
        assert refused.status_code == 401
        # Of the schemes that browsers, calendars and readers of feeds know, the one that asks their user.
        assert refused.headers["www-authenticate"].startswith("Basic realm=")
        assert refused.headers["x-content-type-options"] == "nosniff"
        assert TOKEN not in refused.text
    assert page.ask("GET", "/healthz", headers=raw).json() == {"status": "degraded"}


def test_with_the_token_everything_is_shown(site):
    page = site(TOKEN)
    page.verdict = Verdict(Status.DEGRADED, ("2 polls in a row failed",))
    assert page.get("/metrics", **BEARER).status_code == 200
    for shown in (f"bearer {TOKEN}", f"Basic {basic('anybody', TOKEN)}", f"basic {basic('', TOKEN)}"):
        assert page.get("/metrics", Authorization=shown).status_code == 200
    assert page.get("/healthz", **BEARER).json()["reasons"] == ["2 polls in a row failed"]


def test_the_token_is_not_taken_from_the_address_where_it_would_end_up_in_logs(site):
    page = site(TOKEN)
    assert page.get(f"/metrics?token={TOKEN}").status_code == 401
    assert page.ask("GET", "/metrics", cookies={"token": TOKEN}).status_code == 401


def test_two_tokens_are_no_token(site):
    page = site(TOKEN)
    twice = [("Authorization", f"Bearer {TOKEN}"), ("Authorization", "Bearer other")]
    assert page.ask("GET", "/metrics", headers=twice).status_code == 401


@pytest.mark.parametrize(
    "host",
    ["rebound.example.org", "127.0.0.1.example.org", "example.org:80", "10.0.0.1", "[2001:db8::1]:80", "", "a b"],
)
def test_a_name_turned_to_this_machine_gets_nothing(site, host):
    answer = site().get("/metrics", Host=host)
    assert answer.status_code == 400
    assert "nct_watcher" not in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST:9", "[::1]:8765", "127.0.0.2:1", "[::1]"])
def test_this_machine_may_be_named_in_any_way_and_on_any_port_of_a_tunnel(site, host):
    assert site().get("/metrics", Host=host).status_code == 200


def test_the_address_for_readers_is_answered_to_behind_a_proxy_and_no_other(site):
    page = site(url="https://watcher.example.org")
    assert page.get("/metrics", Host="Watcher.example.org").status_code == 200
    assert page.get("/metrics", Host="watcher.example.org:80").status_code == 400
    assert page.get("/metrics", Host="example.org").status_code == 400


def test_an_address_for_others_answers_to_any_name_with_its_token(site):
    page = site(TOKEN, "0.0.0.0")  # noqa: S104 - asked on loopback
    assert page.get("/metrics", Host="watcher.example.org", **BEARER).status_code == 200
    assert page.get("/metrics", Host="watcher.example.org").status_code == 401


def test_a_page_that_breaks_says_nothing_of_why_to_the_reader_and_serves_the_next(site, caplog):
    page = site()
    page.verdict = "no verdict"  # type: ignore[assignment]
    answer = page.get("/healthz")
    assert (answer.status_code, answer.text) == (500, "Internal Server Error")
    assert answer.headers["x-content-type-options"] == "nosniff"
    # It is logged behind the answer.
    until = time.monotonic() + 5
    while "AttributeError" not in caplog.text and time.monotonic() < until:
        time.sleep(0.01)
    assert "AttributeError" in caplog.text
    page.verdict = Verdict(Status.OK)
    assert json.loads(page.get("/healthz").content)["status"] == "ok"


def test_who_asks_is_not_written_to_the_log(site, caplog):
    caplog.set_level("DEBUG")
    page = site(TOKEN)
    page.get("/metrics?patient=1", **BEARER)
    page.get("/nothing")
    said = [record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    assert not [line for line in said if TOKEN in line or "patient" in line or "/nothing" in line]
