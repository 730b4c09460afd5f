"""The client against a server that answers what the real registry is known to answer, and worse."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
import stamina
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from watcher import __version__
from watcher.errors import RegistryBlocked, RegistryError, RegistryFault, RegistryUnreachable
from watcher.registry.client import BATCH, DataVersion, Found, Moved, NotFound, Registry
from watcher.registry.transport import ATTEMPTS, Transport, retry_after, user_agent

NCT = "NCT00000001"
VERSION = '{\n  "apiVersion" : "2.0.5",\n  "dataTimestamp" : "2026-08-14T09:00:05"\n}'
HTML = "<html><body>We will be back soon.</body></html>"
NGINX_404 = "<html>\r\n<head><title>404 Not Found</title></head>\r\n</html>\r\n"

Open = Callable[..., Registry]


class _Verbatim(Response):
    """Sends a Location as it stands."""

    autocorrect_location_header = False


class Sleeps(list[float]):
    """A sleep that only remembers."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.fixture(autouse=True)
def _no_back_off() -> Iterator[None]:
    """As many attempts as in earnest, without waiting between them."""
    with stamina.set_testing(True, attempts=ATTEMPTS, cap=True):
        yield


@pytest.fixture
def opened(httpserver: HTTPServer) -> Iterator[Open]:
    made: list[Registry] = []

    def open_one(base_url: str = "", **more: Any) -> Registry:
        settings = {"min_interval": timedelta(0), "timeout": timedelta(seconds=5), "sleep": Sleeps(), **more}
        made.append(Registry(Transport(base_url or httpserver.url_for("/api/v2"), **settings)))
        return made[-1]

    yield open_one
    for registry in made:
        registry.close()


@pytest.fixture
def registry(opened: Open) -> Registry:
    return opened()


def serve(
    server: HTTPServer, path: str, body: str | bytes = "", status: int = 200, type_: str = "", **headers: str
) -> None:
    """Answer every GET of this path so; JSON for 200, plain text otherwise, unless `type_` is given."""
    kind = type_ or ("application/json" if status == 200 else "text/plain; charset=UTF-8")
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    server.expect_request(f"/api/v2{path}", method="GET").respond_with_data(
        body, status=status, headers=named, content_type=kind
    )


def asked(server: HTTPServer) -> list[Request]:
    """Every request that arrived."""
    return [request for request, _ in server.log]


def page_of(*studies: dict[str, Any], token: str | None = None) -> str:
    return json.dumps({"studies": list(studies), **({"nextPageToken": token} if token else {})})


def all_pages(registry: Registry, *nct_ids: str) -> list[tuple[bytes, ...]]:
    return list(registry.studies(nct_ids or (NCT,)))


# --- what is sent ---------------------------------------------------------------


def test_the_user_agent_holds_the_token_of_the_library(httpserver: HTTPServer, opened: Open) -> None:
    serve(httpserver, "/version", VERSION)
    opened(contact="me@example.org").data_version()
    said = asked(httpserver)[0].headers["User-Agent"]
    assert said == f"python-httpx/{httpx.__version__} (nct-watcher/{__version__}; me@example.org)"


def test_the_user_agent_never_looks_like_a_browser() -> None:
    assert user_agent().startswith(f"python-httpx/{httpx.__version__} ")
    assert "Mozilla" not in user_agent()


def test_a_batch_is_asked_for_by_number_sorted_and_in_one_format(httpserver: HTTPServer, registry: Registry) -> None:
    serve(httpserver, "/studies", page_of())
    all_pages(registry, "NCT00000001", "NCT00000002", "NCT00000003")
    assert asked(httpserver)[0].args.to_dict(flat=False) == {
        "format": ["json"],
        "markupFormat": ["markdown"],
        "filter.ids": ["NCT00000001|NCT00000002|NCT00000003"],
        "pageSize": ["3"],
        "sort": ["StudyFirstPostDate:asc,LastUpdatePostDate:asc"],
    }


def test_a_full_batch_fits_into_one_request(httpserver: HTTPServer, registry: Registry) -> None:
    serve(httpserver, "/studies", page_of())
    numbers = [f"NCT{number:08}" for number in range(1, BATCH + 1)]
    all_pages(registry, *numbers)
    (request,) = asked(httpserver)
    assert request.args["filter.ids"].split("|") == numbers
    assert request.args["pageSize"] == str(BATCH)


def test_one_study_is_asked_for_in_the_same_format(httpserver: HTTPServer, registry: Registry) -> None:
    serve(httpserver, f"/studies/{NCT}", "{}")
    registry.study(NCT)
    assert asked(httpserver)[0].args.to_dict() == {"format": "json", "markupFormat": "markdown"}


def test_the_version_is_asked_for_without_parameters(httpserver: HTTPServer, registry: Registry) -> None:
    serve(httpserver, "/version", VERSION)
    registry.data_version()
    assert asked(httpserver)[0].query_string == b""


def test_cookies_are_not_carried_along(httpserver: HTTPServer, registry: Registry) -> None:
    serve(httpserver, "/version", VERSION, Set_Cookie="replica=7; Path=/")
    registry.data_version()
    registry.data_version()
    assert [request.cookies.to_dict() for request in asked(httpserver)] == [{}, {}]


def test_requests_are_counted(httpserver: HTTPServer, registry: Registry) -> None:
    serve(httpserver, "/version", VERSION)
    registry.data_version()
    registry.data_version()
    assert registry.requests == 2


def test_requests_are_paced(httpserver: HTTPServer, opened: Open) -> None:
    serve(httpserver, "/version", VERSION)
    slept = Sleeps()
    paced = opened(min_interval=timedelta(seconds=2), sleep=slept)
    began = time.monotonic()
    for _ in range(4):
        paced.data_version()
    took = time.monotonic() - began
    assert len(slept) == 3  # the first one goes at once
    assert all(2 - took <= wait <= 2 * 1.25 for wait in slept)


def test_retries_are_paced_too(httpserver: HTTPServer, opened: Open) -> None:
    serve(httpserver, "/version", "later", 503)
    slept = Sleeps()
    with pytest.raises(RegistryUnreachable):
        opened(min_interval=timedelta(seconds=2), sleep=slept).data_version()
    assert len(slept) == ATTEMPTS - 1


# --- what is understood ---------------------------------------------------------


def test_the_data_version_is_read(httpserver: HTTPServer, registry: Registry) -> None:
    serve(httpserver, "/version", VERSION)
    assert registry.data_version() == DataVersion("2026-08-14T09:00:05", rehearsal=False)


def test_a_rehearsal_says_so(httpserver: HTTPServer, registry: Registry) -> None:
    serve(httpserver, "/version", VERSION, X_Rehearsal="1")
    assert registry.data_version().rehearsal


def test_a_version_without_a_timestamp_is_tolerated(httpserver: HTTPServer, registry: Registry) -> None:
    serve(httpserver, "/version", '{"apiVersion": "2.0.5"}')
    assert registry.data_version() == DataVersion("")


def test_records_come_back_byte_for_byte(httpserver: HTTPServer, registry: Registry) -> None:
    one, two = b'{ "a" : 1.50,  "b":"\\u00fc" }', '{"c":"\u00fc"}'.encode()
    serve(httpserver, "/studies", b'{"totalCount":2,"studies":[\n' + one + b",\n" + two + b'\n],"more":{}}')
    assert all_pages(registry) == [(one, two)]


def test_an_empty_batch_is_an_answer(httpserver: HTTPServer, registry: Registry) -> None:
    serve(httpserver, "/studies", '{"studies":[  ]}')
    assert all_pages(registry) == [()]


def test_paging_follows_the_tokens(httpserver: HTTPServer, registry: Registry) -> None:
    following = {None: "second", "second": "third", "third": None}

    def answer(request: Request) -> Response:
        token = request.args.get("pageToken")
        return Response(page_of({"page": token or "first"}, token=following[token]), content_type="application/json")

    httpserver.expect_request("/api/v2/studies").respond_with_handler(answer)
    assert [json.loads(record)["page"] for page in all_pages(registry) for record in page] == [
        "first",
        "second",
        "third",
    ]
    first, *others = [request.args.to_dict() for request in asked(httpserver)]
    assert [{**first, "pageToken": token} for token in ("second", "third")] == others


def test_paging_stops_at_a_token_that_repeats(httpserver: HTTPServer, registry: Registry) -> None:
    serve(httpserver, "/studies", page_of({"a": 1}, token="again"))
    with pytest.raises(RegistryFault, match="repeats a page token"):
        all_pages(registry)
    assert len(asked(httpserver)) == 2


def test_a_study_is_found(httpserver: HTTPServer, registry: Registry) -> None:
    serve(httpserver, f"/studies/{NCT}", '{"protocolSection":{}}')
    assert registry.study(NCT) == Found(b'{"protocolSection":{}}')


@pytest.mark.parametrize("end", ["", "\n"])
def test_not_found_in_the_registrys_own_words_is_not_found(
    httpserver: HTTPServer, registry: Registry, end: str
) -> None:
    serve(httpserver, f"/studies/{NCT}", f"NCT number {NCT} not found{end}", 404)
    assert registry.study(NCT) == NotFound()


@pytest.mark.parametrize(
    "body", [NGINX_404, "", "NCT number NCT00000002 not found", "not found", '{"message":"not found"}', "x" * 9999]
)
def test_any_other_404_concludes_nothing(httpserver: HTTPServer, registry: Registry, body: str) -> None:
    serve(httpserver, f"/studies/{NCT}", body, 404)
    with pytest.raises(RegistryFault, match="answered 404") as caught:
        registry.study(NCT)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    "location",
    [
        "/api/v2/studies/NCT00000002",
        "https://clinicaltrials.gov/api/v2/studies/NCT00000002?format=json",
        "NCT00000002",
    ],
)
def test_an_alias_says_where_it_leads_and_is_not_followed(
    httpserver: HTTPServer, registry: Registry, location: str
) -> None:
    serve(httpserver, f"/studies/{NCT}", "", 301, Location=location)
    assert registry.study(NCT) == Moved("NCT00000002")
    assert len(asked(httpserver)) == 1


@pytest.mark.parametrize(
    "headers", [{}, {"Location": "/maintenance"}, {"Location": "/studies/NCT123456789"}, {"Location": "/NCT1234567"}]
)
def test_a_redirect_to_nowhere_we_know_is_a_fault(
    httpserver: HTTPServer, registry: Registry, headers: dict[str, str]
) -> None:
    serve(httpserver, f"/studies/{NCT}", "", 301, **headers)
    with pytest.raises(RegistryFault):
        registry.study(NCT)


@pytest.mark.parametrize("location", ["http:x", "https://xn--zz/", "https://[::1", "https://x:99999999/"])
def test_a_redirect_that_no_client_can_read_is_the_registrys_fault(
    httpserver: HTTPServer, registry: Registry, location: str
) -> None:
    httpserver.expect_request(f"/api/v2/studies/{NCT}").respond_with_handler(
        lambda request: _Verbatim(status=302, headers={"Location": location})
    )
    with pytest.raises(RegistryError):
        registry.study(NCT)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_never_followed(httpserver: HTTPServer, registry: Registry, status: int) -> None:
    serve(httpserver, "/version", "", status, Location=httpserver.url_for("/api/v2/elsewhere"))
    serve(httpserver, "/elsewhere", VERSION)
    with pytest.raises(RegistryFault, match=f"answered {status}"):
        registry.data_version()
    assert len(asked(httpserver)) == 1


def test_a_refused_parameter_is_told_in_the_registrys_words_and_not_repeated(
    httpserver: HTTPServer, registry: Registry
) -> None:
    serve(httpserver, "/studies", "Item 1 in parameter `filter.ids` has incorrect format", 400)
    with pytest.raises(RegistryFault, match="Item 1 in parameter"):
        all_pages(registry)
    assert len(asked(httpserver)) == 1


# --- answers that are none ------------------------------------------------------

_BROKEN = {
    "HTML": (HTML, "text/html"),
    "HTML that claims to be JSON": (HTML, "application/json"),
    "JSON that claims to be HTML": ('{"studies":[]}', "text/html"),
    "nothing": ("", "application/json"),
    "blanks": ("  \n ", "application/json"),
    "JSON cut short": ('{"studies":[{"a":1},{"b"', "application/json"),
    "a list": ("[1, 2]", "application/json"),
    "a number": ("42", "application/json"),
    "a broken encoding": (b'{"studies":[], "nextPageToken":"\xff\xfe"}', "application/json"),
    "more after the end": ('{"studies":[]} {"studies":[]}', "application/json"),
}


@pytest.mark.parametrize(("body", "type_"), _BROKEN.values(), ids=_BROKEN)
def test_what_is_no_answer_is_asked_again_and_then_a_fault(
    httpserver: HTTPServer, registry: Registry, body: str | bytes, type_: str
) -> None:
    serve(httpserver, "/studies", body, type_=type_)
    with pytest.raises(RegistryFault):
        all_pages(registry)
    assert len(asked(httpserver)) == ATTEMPTS


@pytest.mark.parametrize(
    "body", ["{}", '{"studies":null}', '{"studies":{}}', '{"totalCount":0}', '{"studies":[],"nextPageToken":7}']
)
def test_a_page_without_its_list_of_studies_is_a_fault(httpserver: HTTPServer, registry: Registry, body: str) -> None:
    serve(httpserver, "/studies", body)
    with pytest.raises(RegistryFault, match="another shape"):
        all_pages(registry)


@pytest.mark.parametrize("body", ["[]", '{"dataTimestamp": 5}', '{"dataTimestamp": null}', '{"dataTimestamp": "2026'])
def test_a_version_of_another_shape_is_a_fault(httpserver: HTTPServer, registry: Registry, body: str) -> None:
    serve(httpserver, "/version", body)
    with pytest.raises(RegistryFault):
        registry.data_version()


@pytest.mark.parametrize(
    "stamp", ["zzz", "9999", "tomorrow", "2026-02-30T09:00:00", "2026-08-14", "20260814T090005", "NCT04150497", " "]
)
def test_a_build_that_is_no_moment_is_a_fault_for_every_later_one_would_look_old_beside_it(
    httpserver: HTTPServer, registry: Registry, stamp: str
) -> None:
    serve(httpserver, "/version", f'{{"dataTimestamp": "{stamp}"}}')
    with pytest.raises(RegistryFault, match="no moment"):
        registry.data_version()


@pytest.mark.parametrize("stamp", ["2026-08-14T09:00:05.123", "2026-08-14T09:00:05Z", "2026-08-14T09:00:05"])
def test_a_build_told_more_precisely_is_known(httpserver: HTTPServer, registry: Registry, stamp: str) -> None:
    serve(httpserver, "/version", f'{{"dataTimestamp": "{stamp}"}}')
    assert registry.data_version().timestamp == stamp


@pytest.mark.parametrize(("body", "type_"), [(HTML, "text/html"), ("", "application/json")])
def test_a_study_that_is_not_json_is_a_fault(httpserver: HTTPServer, registry: Registry, body: str, type_: str) -> None:
    serve(httpserver, f"/studies/{NCT}", body, type_=type_)
    with pytest.raises(RegistryFault):
        registry.study(NCT)


def test_a_fault_that_passes_is_forgotten(httpserver: HTTPServer, registry: Registry) -> None:
    httpserver.expect_ordered_request("/api/v2/version").respond_with_data(HTML, content_type="text/html")
    httpserver.expect_ordered_request("/api/v2/version").respond_with_data(VERSION, content_type="application/json")
    assert registry.data_version().timestamp == "2026-08-14T09:00:05"


@pytest.mark.parametrize("status", [401, 402, 405, 410, 418, 204, 206])
def test_an_unheard_of_status_is_a_fault_and_not_repeated(
    httpserver: HTTPServer, registry: Registry, status: int
) -> None:
    serve(httpserver, "/version", "", status)
    with pytest.raises(RegistryFault, match=f"answered {status}"):
        registry.data_version()
    assert len(asked(httpserver)) == 1


# --- no answer ------------------------------------------------------------------


def test_a_block_is_never_retried(httpserver: HTTPServer, registry: Registry) -> None:
    serve(httpserver, "/version", HTML, 403, type_="text/html")
    with pytest.raises(RegistryBlocked, match="User-Agent"):
        registry.data_version()
    assert len(asked(httpserver)) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_later_is_retried_and_then_unreachable(httpserver: HTTPServer, registry: Registry, status: int) -> None:
    serve(httpserver, "/version", "later", status)
    with pytest.raises(RegistryUnreachable, match=f"answered {status} to /version"):
        registry.data_version()
    assert len(asked(httpserver)) == ATTEMPTS


def test_trouble_that_passes_is_forgotten(httpserver: HTTPServer, registry: Registry) -> None:
    for status in (500, 503):
        httpserver.expect_ordered_request("/api/v2/version").respond_with_data("later", status=status)
    httpserver.expect_ordered_request("/api/v2/version").respond_with_data(VERSION, content_type="application/json")
    assert registry.data_version().timestamp == "2026-08-14T09:00:05"
    assert registry.requests == 3


def test_a_retry_after_in_seconds_is_handed_on(httpserver: HTTPServer, registry: Registry) -> None:
    serve(httpserver, "/version", "slow down", 429, Retry_After="7")
    with pytest.raises(RegistryUnreachable) as caught:
        registry.data_version()
    assert caught.value.retry_after == timedelta(seconds=7)


def test_a_retry_after_date_is_held_against_the_servers_own_clock(opened: Open) -> None:
    now = datetime(2031, 5, 1, 12, 0, tzinfo=UTC)
    date, until = (format_datetime(moment, usegmt=True) for moment in (now, now + timedelta(seconds=30)))
    said = f"HTTP/1.1 503 Later\r\nDate: {date}\r\nRetry-After: {until}\r\nContent-Length: 0\r\n\r\n"
    with _raw_server(said.encode()) as base_url, pytest.raises(RegistryUnreachable) as caught:
        opened(base_url).data_version()
    assert caught.value.retry_after == timedelta(seconds=30)


def test_a_long_retry_after_is_not_waited_for_here(httpserver: HTTPServer, registry: Registry) -> None:
    serve(httpserver, "/version", "tomorrow", 429, Retry_After="86400")
    with pytest.raises(RegistryUnreachable) as caught:
        registry.data_version()
    assert caught.value.retry_after == timedelta(days=1)
    assert len(asked(httpserver)) == 1


@pytest.mark.parametrize(
    ("header", "date", "wait"),
    [
        (None, None, None),
        ("", None, None),
        ("0", None, timedelta()),
        (" 12 ", None, timedelta(seconds=12)),
        ("99999999999", None, timedelta(days=7)),
        ("-5", None, None),
        ("soon", "Thu, 01 May 2031 12:00:00 GMT", None),
        ("Thu, 01 May 2031 12:00:30 GMT", "Thu, 01 May 2031 12:00:00 GMT", timedelta(seconds=30)),
        ("Thu, 01 May 2031 11:00:00 GMT", "Thu, 01 May 2031 12:00:00 GMT", timedelta()),
        ("Thu, 01 May 2031 12:00:30 GMT", None, None),
        ("Thu, 01 May 2031 12:00:30 -0000", "Thu, 01 May 2031 12:00:00 GMT", None),
        ("Thu, 01 May 2099 12:00:30 GMT", "Thu, 01 May 2031 12:00:00 GMT", timedelta(days=7)),
        ("²", None, None),
        ("9" * 5000, None, timedelta(days=7)),
        ("Tue, 24 Nov 99999 10:00:00 GMT", "Thu, 01 May 2031 12:00:00 GMT", None),
        (f"Tue, 24 Nov {'9' * 30} 10:00:00 GMT", "Thu, 01 May 2031 12:00:00 GMT", None),
        ("Thu, 01 May 2031 12:00:00 GMT", f"Thu, 01 May 2031 12:00:00 +{'9' * 30}", None),
    ],
)
def test_every_spelling_of_retry_after(header: str | None, date: str | None, wait: timedelta | None) -> None:
    assert retry_after(header, date) == wait


def test_a_refused_connection_is_unreachable(opened: Open) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        registry = opened(f"http://127.0.0.1:{nobody.getsockname()[1]}/api/v2")
        with pytest.raises(RegistryUnreachable, match="cannot be reached"):
            registry.data_version()
    assert registry.requests == ATTEMPTS


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"what?\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nhaha",
    ],
    ids=["hung up", "no HTTP", "cut off in the body", "broken compression"],
)
def test_a_broken_connection_is_unreachable(opened: Open, said: bytes) -> None:
    with _raw_server(said) as base_url, pytest.raises(RegistryUnreachable, match="cannot be reached"):
        opened(base_url).data_version()


def test_a_silent_server_is_unreachable(opened: Open) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        registry = opened(f"http://127.0.0.1:{silent.getsockname()[1]}/api/v2", timeout=timedelta(seconds=0.05))
        with pytest.raises(RegistryUnreachable, match="cannot be reached"):
            registry.data_version()


def test_an_answer_that_drips_is_given_up(httpserver: HTTPServer, opened: Open) -> None:
    def drip(_request: Request) -> Response:
        def drops() -> Iterator[bytes]:
            for _ in range(100):
                time.sleep(0.02)
                yield b" "

        return Response(drops(), content_type="application/json")

    httpserver.expect_request("/api/v2/version").respond_with_handler(drip)
    with stamina.set_testing(True, attempts=1), pytest.raises(RegistryUnreachable, match="dripped"):
        opened(timeout=timedelta(seconds=0.05)).data_version()


def test_an_answer_that_grows_without_end_is_given_up(
    httpserver: HTTPServer, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watcher.registry.transport.MAX_ANSWER_BYTES", 1000)
    serve(httpserver, "/version", " " * 2000 + VERSION)
    with pytest.raises(RegistryFault, match="larger than 1000 bytes"):
        registry.data_version()
    assert len(asked(httpserver)) == 1


def test_every_failure_is_of_one_family(httpserver: HTTPServer, registry: Registry) -> None:
    for kind in (RegistryBlocked, RegistryFault, RegistryUnreachable):
        assert issubclass(kind, RegistryError)


class _raw_server:  # noqa: N801 - used like a function
    """Answers every connection with these bytes and hangs up."""

    def __init__(self, said: bytes) -> None:
        self._said = said
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                connection.sendall(self._said)

    def __enter__(self) -> str:
        self._thread.start()
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}/api/v2"

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()
