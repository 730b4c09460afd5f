from __future__ import annotations

import gzip
import json
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from watcher import demo
from watcher.errors import UsageError
from watcher.registry.rehearsal import Captures, RehearsalServer, serve

DAY = date(2026, 2, 5)
NEXT_DAY = date(2026, 2, 6)
Get = Callable[..., httpx.Response]
Start = Callable[[], RehearsalServer]


def record(nct_id: str, **said: Any) -> dict[str, Any]:
    """A small record: `status`, `updated`, `posted`, `aliases`, `title`, `count`."""
    status = {"overallStatus": said.get("status", "RECRUITING")}
    if "posted" in said:
        status["studyFirstPostDateStruct"] = {"date": said["posted"]}
    if "updated" in said:
        status["lastUpdatePostDateStruct"] = {"date": said["updated"]}
    identity = {"nctId": nct_id, "briefTitle": said.get("title", "A study")}
    if "aliases" in said:
        identity["nctIdAliases"] = said["aliases"]
    protocol = {"identificationModule": identity, "statusModule": status}
    if "count" in said:
        protocol["designModule"] = {"enrollmentInfo": {"count": said["count"]}}
    return {"protocolSection": protocol, "hasResults": False}


def capture(folder: Path, nct_id: str, name: str = "2026-02-05", **said: Any) -> Path:
    """Write an indented capture, as a crawler keeps them."""
    path = folder / nct_id / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(record(nct_id, **said), indent=2), encoding="utf-8")
    return path


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a server on tmp_path, once a test has filled it."""
    started: list[RehearsalServer] = []

    def begin() -> RehearsalServer:
        started.append(RehearsalServer(Captures(tmp_path)).__enter__())
        return started[-1]

    yield begin
    for running in started:
        running.__exit__()


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """One for all tests: making a client takes longer than any answer."""
    with httpx.Client() as shared:
        yield shared


@pytest.fixture
def ask(start: Start, client: httpx.Client) -> Get:
    """GET under the base URL of a server that starts with the first question."""
    started: list[RehearsalServer] = []

    def get(path: str, day: date | None = None, **params: Any) -> httpx.Response:
        if not started:
            started.append(start())
        if day:
            started[0].set_date(day)
        return client.get(started[0].base_url + path, params=params)

    return get


def ids_in(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [study["protocolSection"]["identificationModule"]["nctId"] for study in answer.json()["studies"]]


def title_in(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    title: str = answer.json()["protocolSection"]["identificationModule"]["briefTitle"]
    return title


def assert_refused(answer: httpx.Response, said: str) -> None:
    assert (answer.status_code, answer.text) == (400, said)
    assert answer.headers["content-type"] == "text/plain; charset=UTF-8"


# --- the day ----------------------------------------------------------------------


def test_a_study_is_served_as_of_its_newest_capture_up_to_the_day(tmp_path: Path, ask: Get) -> None:
    capture(tmp_path, "NCT00000001", "2026-02-05", title="first")
    capture(tmp_path, "NCT00000001", "2026-02-10", title="second")

    assert title_in(ask("/studies/NCT00000001", date(2026, 2, 9))) == "first"
    assert title_in(ask("/studies/NCT00000001", date(2026, 2, 10))) == "second"
    assert title_in(ask("/studies/NCT00000001", date(2030, 1, 1))) == "second"


def test_before_its_first_capture_a_study_is_not_found_in_the_registrys_own_words(tmp_path: Path, ask: Get) -> None:
    capture(tmp_path, "NCT00000001")

    answer = ask("/studies/NCT00000001", date(2026, 2, 4))

    assert (answer.status_code, answer.text) == (404, "NCT number NCT00000001 not found")
    assert answer.headers["content-type"] == "text/plain; charset=UTF-8"
    assert answer.headers["x-rehearsal"] == "1"


def test_of_several_captures_of_a_day_the_last_is_served(tmp_path: Path, ask: Get) -> None:
    capture(tmp_path, "NCT00000001", "2026-02-05T1830Z", title="evening")
    capture(tmp_path, "NCT00000001", "2026-02-05", title="unnamed")
    capture(tmp_path, "NCT00000001", "2026-02-05T0930Z", title="morning")

    assert title_in(ask("/studies/NCT00000001")) == "evening"


def test_the_server_starts_on_the_day_of_the_earliest_capture(tmp_path: Path) -> None:
    capture(tmp_path, "NCT00000001", "2026-02-10")
    capture(tmp_path, "NCT00000002", "2026-02-05T0930Z")

    with RehearsalServer(Captures(tmp_path)) as running:
        assert running.date == DAY


def test_the_version_names_the_day_in_the_layout_of_the_registry(tmp_path: Path, ask: Get) -> None:
    capture(tmp_path, "NCT00000001")

    answer = ask("/version", NEXT_DAY)

    assert answer.text == '{\n  "apiVersion" : "2.0.5",\n  "dataTimestamp" : "2026-02-06T09:00:00"\n}'
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-rehearsal"] == "1"


def test_the_day_can_be_read_and_moved_over_http(tmp_path: Path) -> None:
    capture(tmp_path, "NCT00000001")

    with RehearsalServer(Captures(tmp_path)) as running, httpx.Client(base_url=running.url) as client:
        assert client.get("/rehearsal/date").json() == {"date": "2026-02-05"}
        assert client.post("/rehearsal/date", json={"date": "2026-02-06"}).json() == {"date": "2026-02-06"}
        assert client.get("/rehearsal/date").json() == {"date": "2026-02-06"}
        assert running.date == NEXT_DAY


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"{}", b'"2026-02-06"', b'{"date": 20260206}', b'{"date": "20260206"}', b"\xff"]
)
def test_a_date_that_cannot_be_read_is_refused_with_the_remedy_and_nothing_moves(tmp_path: Path, body: bytes) -> None:
    capture(tmp_path, "NCT00000001")

    with RehearsalServer(Captures(tmp_path)) as running, httpx.Client(base_url=running.url) as client:
        assert_refused(
            client.post("/rehearsal/date", content=body),
            'Send {"date": "YYYY-MM-DD"}, for example {"date": "2022-09-27"}',
        )
        assert running.date == DAY


def test_the_tag_is_the_same_everywhere_and_changes_with_the_day(tmp_path: Path) -> None:
    capture(tmp_path, "NCT00000001")

    with RehearsalServer(Captures(tmp_path)) as running, httpx.Client(base_url=running.base_url) as client:
        tag = client.get("/version").headers["etag"]
        assert client.get("/studies").headers["etag"] == tag
        unchanged = client.get("/version", headers={"If-None-Match": tag})
        assert (unchanged.status_code, unchanged.content, unchanged.headers["x-rehearsal"]) == (304, b"", "1")
        running.set_date(NEXT_DAY)
        assert client.get("/version", headers={"If-None-Match": tag}).status_code == 200


# --- one study --------------------------------------------------------------------


@pytest.mark.parametrize("said", ["NCT00000012", "nct00000012", "NCT12", "nCt0000000000012"])
def test_a_study_answers_to_every_spelling_of_its_number(tmp_path: Path, ask: Get, said: str) -> None:
    capture(tmp_path, "NCT00000012")

    assert title_in(ask(f"/studies/{said}")) == "A study"
    assert ids_in(ask("/studies", **{"filter.ids": said})) == ["NCT00000012"]


@pytest.mark.parametrize("said", ["NCT00000000", "NCT123456789", "NCT", "00000012", "NCT00000012%0A", "NCT1 2", "%FF"])
def test_a_malformed_number_is_refused(tmp_path: Path, ask: Get, said: str) -> None:
    capture(tmp_path, "NCT00000012")

    assert_refused(ask(f"/studies/{said}"), "Parameter `nctId` has incorrect format")


def test_an_alias_leads_to_the_study_it_was_merged_into_without_the_query(tmp_path: Path, ask: Get) -> None:
    capture(tmp_path, "NCT00000001", aliases=["NCT00000009"])

    answer = ask("/studies/nct9", format="json")

    assert (answer.status_code, answer.content) == (301, b"")
    assert answer.headers["location"] == "/api/v2/studies/NCT00000001"
    assert answer.headers["x-rehearsal"] == "1"


def test_an_alias_is_one_only_while_a_served_record_says_so(tmp_path: Path, ask: Get) -> None:
    capture(tmp_path, "NCT00000001", "2026-02-05")
    capture(tmp_path, "NCT00000001", "2026-02-06", aliases=["NCT00000009"])

    assert ask("/studies/NCT00000009", DAY).status_code == 404
    assert ask("/studies/NCT00000009", NEXT_DAY).status_code == 301


def test_a_study_that_becomes_an_alias_is_no_longer_served_itself(tmp_path: Path, ask: Get) -> None:
    capture(tmp_path, "NCT00000001", "2026-02-05")
    capture(tmp_path, "NCT00000009", "2026-02-05")
    capture(tmp_path, "NCT00000001", "2026-02-06", aliases=["NCT00000009"])

    assert ask("/studies/NCT00000009", DAY).status_code == 200
    assert ask("/studies/NCT00000009", NEXT_DAY).status_code == 301
    assert ids_in(ask("/studies", **{"filter.ids": "NCT00000009|NCT00000001"})) == ["NCT00000001"]
    assert ids_in(ask("/studies")) == ["NCT00000001"]


# --- batches ----------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["|", ","])
def test_a_batch_is_separated_by_either_mark_and_unknown_ids_are_silently_absent(
    tmp_path: Path, ask: Get, mark: str
) -> None:
    capture(tmp_path, "NCT00000001")
    capture(tmp_path, "NCT00000002")
    capture(tmp_path, "NCT00000003")

    answer = ask("/studies", **{"filter.ids": mark.join(["NCT00000003", "NCT99999999", "NCT00000001", "nct3"])})

    assert sorted(ids_in(answer)) == ["NCT00000001", "NCT00000003"]
    assert "nextPageToken" not in answer.json()


def test_a_batch_finds_a_study_by_its_alias(tmp_path: Path, ask: Get) -> None:
    capture(tmp_path, "NCT00000001", aliases=["NCT00000009"])

    assert ids_in(ask("/studies", **{"filter.ids": "NCT00000009"})) == ["NCT00000001"]


def test_an_answer_without_studies_is_laid_out_as_recorded(tmp_path: Path, ask: Get) -> None:
    capture(tmp_path, "NCT00000001")

    answer = ask("/studies", countTotal="true", **{"filter.ids": "NCT99999999"})

    assert answer.text == '{"totalCount":0,"studies":[\n\n]}'


@pytest.mark.parametrize(
    ("said", "item"),
    [("NCT1|abc", 2), ("", 1), ("NCT1||NCT2", 2), ("NCT00000000", 1), ("NCT1,NCT2,2", 3)],
)
def test_a_malformed_id_fails_the_whole_batch(tmp_path: Path, ask: Get, said: str, item: int) -> None:
    capture(tmp_path, "NCT00000001")

    assert_refused(
        ask("/studies", **{"filter.ids": said}), f"Item {item} in parameter `filter.ids` has incorrect format"
    )


def test_a_page_has_each_study_on_its_own_line_with_its_keys_in_order(tmp_path: Path, ask: Get) -> None:
    (tmp_path / "NCT00000001").mkdir()
    (tmp_path / "NCT00000001" / "2026-02-05.json").write_bytes('{\n  "z": 1,\n  "a": {"é": [1.50, "≥ 2"]}\n}'.encode())
    capture(tmp_path, "NCT00000002")

    lines = ask("/studies", **{"filter.ids": "NCT00000001|NCT00000002"}).content.splitlines()

    assert (lines[0], lines[-1]) == (b'{"studies":[', b"]}")
    assert '{"z":1,"a":{"é":[1.5,"≥ 2"]}}'.encode() in [line.rstrip(b",") for line in lines[1:-1]]
    assert len(lines) == 4


def test_a_capture_has_the_same_bytes_alone_and_on_a_page_and_every_time(tmp_path: Path, ask: Get) -> None:
    capture(tmp_path, "NCT00000001")

    alone = ask("/studies/NCT00000001").content

    assert ask("/studies/NCT00000001").content == alone
    assert ask("/studies").content == b'{"studies":[\n' + alone + b"\n]}"


# --- pages ------------------------------------------------------------------------


def many(folder: Path, count: int) -> list[str]:
    numbers = [f"NCT{number:08}" for number in range(1, count + 1)]
    for number in numbers:
        capture(folder, number)
    return numbers


def pages(ask: Get, **params: Any) -> list[dict[str, Any]]:
    answers = [ask("/studies", **params).json()]
    while "nextPageToken" in answers[-1]:
        answers.append(ask("/studies", **{**params, "pageToken": answers[-1]["nextPageToken"]}).json())
    return answers


def test_following_the_tokens_gives_every_study_once_and_the_count_on_the_first_page(tmp_path: Path, ask: Get) -> None:
    numbers = many(tmp_path, 7)

    found = pages(ask, pageSize=3, countTotal="true")

    assert [len(page["studies"]) for page in found] == [3, 3, 1]
    assert [page.get("totalCount") for page in found] == [7, None, None]
    studies = [study["protocolSection"]["identificationModule"]["nctId"] for page in found for study in page["studies"]]
    assert sorted(studies) == numbers
    assert studies != numbers


def test_a_full_last_page_has_no_token(tmp_path: Path, ask: Get) -> None:
    many(tmp_path, 4)

    assert [len(page["studies"]) for page in pages(ask, pageSize=2)] == [2, 2]


@pytest.mark.parametrize(("size", "served"), [({}, 10), ({"pageSize": 0}, 10), ({"pageSize": 11}, 11)])
def test_zero_or_no_page_size_means_ten(tmp_path: Path, ask: Get, size: dict[str, int], served: int) -> None:
    many(tmp_path, 12)

    assert len(ask("/studies", **size).json()["studies"]) == served


def test_a_page_size_over_a_thousand_is_a_thousand(tmp_path: Path, ask: Get) -> None:
    many(tmp_path, 1001)

    answer = ask("/studies", pageSize=99999).json()

    assert (len(answer["studies"]), "nextPageToken" in answer) == (1000, True)


def test_a_token_is_not_bound_to_its_query(tmp_path: Path, ask: Get) -> None:
    many(tmp_path, 4)
    token = ask("/studies", pageSize=3).json()["nextPageToken"]

    assert ids_in(ask("/studies", pageToken=token, **{"filter.ids": "NCT00000001"})) == []


@pytest.mark.parametrize("token", ["", "abracadabra", "AAAAAAAAAAAA", "é", "=", "AAAA AAAA"])
def test_an_invented_token_is_refused(tmp_path: Path, ask: Get, token: str) -> None:
    many(tmp_path, 1)

    assert_refused(ask("/studies", pageToken=token), "Parameter `pageToken` has incorrect format")


# --- sorting and filtering --------------------------------------------------------


@pytest.fixture
def dated(tmp_path: Path) -> None:
    capture(tmp_path, "NCT00000001", updated="2026-01-02", posted="2020-01-01", count=5)
    capture(tmp_path, "NCT00000002", updated="2026-01-03", posted="2019-01-01", count=50)
    capture(tmp_path, "NCT00000003", updated="2026-01-02", posted="2021-01-01")
    capture(tmp_path, "NCT00000004", status="COMPLETED")


@pytest.mark.usefixtures("dated")
@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("LastUpdatePostDate:desc,StudyFirstPostDate:desc", "2314"),
        ("LastUpdatePostDate|StudyFirstPostDate:asc", "2134"),
        ("LastUpdatePostDate:asc,StudyFirstPostDate", "3124"),
        ("StudyFirstPostDate:asc,@relevance", "2134"),
        ("EnrollmentCount,StudyFirstPostDate", "1234"),
        ("EnrollmentCount:desc,StudyFirstPostDate", "2134"),
    ],
)
def test_studies_are_sorted_as_asked_and_those_without_the_field_come_last(ask: Get, sort: str, order: str) -> None:
    assert "".join(nct_id[-1] for nct_id in ids_in(ask("/studies", sort=sort))) == order


@pytest.mark.usefixtures("dated")
def test_a_status_filter_keeps_the_studies_of_those_statuses(ask: Get) -> None:
    assert ids_in(ask("/studies", **{"filter.overallStatus": "COMPLETED"})) == ["NCT00000004"]
    assert len(ids_in(ask("/studies", **{"filter.overallStatus": "COMPLETED|RECRUITING"}))) == 4
    assert ids_in(ask("/studies", **{"filter.overallStatus": "WITHHELD"})) == []


# --- refusals ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"bogusParam": "1"}, "`bogusParam` is unknown parameter"),
        ({"pagesize": "1"}, "`pagesize` is unknown parameter"),
        ({"pageSize": "-1"}, "Parameter `pageSize` has incorrect format"),
        ({"pageSize": "ten"}, "Parameter `pageSize` has incorrect format"),
        ({"pageSize": "2147483648"}, "Parameter `pageSize` has incorrect format"),
        ({"pageSize": "²"}, "Parameter `pageSize` has incorrect format"),
        ({"countTotal": "yes"}, "Invalid value in parameter `countTotal`: `yes`"),
        ({"format": "xml"}, "Invalid value in parameter `format`: `xml`"),
        ({"format": "ris"}, "Invalid value in parameter `format`: `ris`"),
        ({"format": "csv"}, "The rehearsal registry serves format `json` only"),
        ({"markupFormat": "html"}, "Invalid value in parameter `markupFormat`: `html`"),
        ({"filter.overallStatus": "OPEN"}, "Invalid value in parameter `overallStatus`: `OPEN`"),
        ({"sort": "NCTId"}, "Unsupported sort field type: text"),
        ({"sort": "LastUpdatePostDate:down"}, "Item 1 in parameter `sort` has incorrect format"),
        ({"sort": "StartDate,StartDate,StartDate"}, "Parameter `sort` has more than 2 items"),
        (
            {"query.patient": "cancer"},
            "The rehearsal registry does not serve parameter `query.patient`: captures cannot answer it",
        ),
        ({"fields": "NCTId"}, "The rehearsal registry does not serve parameter `fields`: captures cannot answer it"),
    ],
)
def test_a_parameter_that_cannot_be_served_is_refused_by_name(
    tmp_path: Path, ask: Get, params: dict[str, str], said: str
) -> None:
    capture(tmp_path, "NCT00000001")

    assert_refused(ask("/studies", **params), said)


def test_a_single_study_knows_more_formats_and_no_filters(tmp_path: Path, ask: Get) -> None:
    capture(tmp_path, "NCT00000001")

    assert ask("/studies/NCT00000001", format="json", markupFormat="markdown").status_code == 200
    assert_refused(ask("/studies/NCT00000001", format="ris"), "The rehearsal registry serves format `json` only")
    assert_refused(ask("/studies/NCT00000001", pageSize=1), "`pageSize` is unknown parameter")
    assert_refused(ask("/version", format="json"), "`format` is unknown parameter")


def test_a_parameter_said_twice_is_refused_rather_than_half_obeyed(tmp_path: Path, ask: Get) -> None:
    capture(tmp_path, "NCT00000001")

    answer = ask("/studies", **{"filter.ids": ["NCT00000001", "NCT00000002"]})

    assert answer.status_code == 400
    assert "`filter.ids` once" in answer.text


@pytest.mark.parametrize(
    "path", ["/", "/api/v2", "/api/v2/", "/api/v2/studies/", "/api/v2/studies/metadata", "/api/v2/stats/size",
             "/api/v2/studies/NCT00000001/history", "/api/query/full_studies", "/rehearsal", "/favicon.ico"]
)  # fmt: skip
def test_any_other_address_is_a_page_of_the_web_server(tmp_path: Path, path: str) -> None:
    capture(tmp_path, "NCT00000001")

    with RehearsalServer(Captures(tmp_path)) as running:
        answer = httpx.get(running.url + path)

    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html")
    assert "<center>nginx</center>" in answer.text
    assert answer.headers["x-rehearsal"] == "1"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
def test_the_registry_takes_no_other_method_than_get(tmp_path: Path, method: str) -> None:
    capture(tmp_path, "NCT00000001")

    with RehearsalServer(Captures(tmp_path)) as running, httpx.Client(base_url=running.url) as client:
        for path, allowed in {"/api/v2/studies": "GET", "/rehearsal/date": "GET, POST"}.items():
            answer = client.request(method, path, content=b"{}")
            if method in allowed:
                continue
            assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
        assert client.get("/api/v2/version").status_code == 200, "the connection is still in step"


# --- captures that are not records --------------------------------------------------


@pytest.mark.parametrize("content", [b'{"protocolSection": {', b"", b"[]", b"\xff\xfe", b'"text"'])
def test_an_unreadable_capture_is_named_in_a_500_and_disturbs_no_other_study(
    tmp_path: Path, ask: Get, content: bytes
) -> None:
    broken = capture(tmp_path, "NCT00000001")
    broken.write_bytes(content)
    capture(tmp_path, "NCT00000002")

    for answer in (ask("/studies/NCT00000001"), ask("/studies"), ask("/studies", sort="StartDate")):
        assert answer.status_code == 500
        assert answer.headers["content-type"] == "text/plain; charset=UTF-8"
        assert str(broken) in answer.text
    assert ids_in(ask("/studies", **{"filter.ids": "NCT00000002"})) == ["NCT00000002"]
    assert ask("/studies/NCT00000003").status_code == 404


def test_a_capture_that_vanished_is_a_500_too(tmp_path: Path, start: Start) -> None:
    gone = capture(tmp_path, "NCT00000001")
    running = start()
    gone.unlink()

    assert str(gone) in httpx.get(f"{running.base_url}/studies/NCT00000001").text


@pytest.mark.parametrize("shape", [{}, {"protocolSection": []}, {"protocolSection": {"identificationModule": None}}])
def test_a_record_of_a_wrong_shape_is_served_as_it_is(tmp_path: Path, ask: Get, shape: dict[str, Any]) -> None:
    capture(tmp_path, "NCT00000001").write_text(json.dumps(shape))

    assert ask("/studies/NCT00000001").json() == shape
    assert ask("/studies", sort="StartDate", **{"filter.overallStatus": "UNKNOWN"}).json() == {"studies": []}


def test_aliases_of_a_wrong_shape_lead_nowhere(tmp_path: Path, ask: Get) -> None:
    capture(tmp_path, "NCT00000001", aliases=[None, "x", {"a": 1}, "NCT00000009", "NCT00000001"])
    capture(tmp_path, "NCT00000002", aliases="NCT00000008")

    assert ask("/studies/NCT00000009").status_code == 301
    assert ask("/studies/NCT00000008").status_code == 404
    assert ask("/studies/NCT00000001").status_code == 200


def test_a_folder_without_a_capture_is_an_error_that_says_what_was_expected(tmp_path: Path) -> None:
    (tmp_path / "NCT00000001").mkdir()
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "2026-02-05.json").write_text("{}")

    with pytest.raises(UsageError, match=r"No capture in .*: expected DIR/NCT########/YYYY-MM-DD.json"):
        Captures(tmp_path)
    with pytest.raises(UsageError, match="is not a folder: expected"):
        Captures(tmp_path / "nowhere")


def test_a_capture_named_for_no_day_of_the_calendar_is_an_error(tmp_path: Path) -> None:
    capture(tmp_path, "NCT00000001", "2026-02-30")

    with pytest.raises(UsageError, match=r"2026-02-30.json is not named for a day"):
        Captures(tmp_path)


def test_captures_know_their_days(tmp_path: Path) -> None:
    capture(tmp_path, "NCT00000001", "2026-02-06")
    capture(tmp_path, "NCT00000002", "2026-02-05T0930Z")
    capture(tmp_path, "NCT00000002", "2026-02-06T0930Z")

    captures = Captures(tmp_path)

    assert (captures.first_day, captures.days) == (DAY, (DAY, NEXT_DAY))


# --- transport --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accepted", "packed"), [("gzip", True), ("br, GZIP;q=0.5", True), ("gzip;q=0", False), ("identity", False)]
)
def test_answers_are_packed_for_clients_that_take_it(tmp_path: Path, start: Start, accepted: str, packed: bool) -> None:
    capture(tmp_path, "NCT00000001")
    address = f"{start().base_url}/studies/NCT00000001"

    with httpx.stream("GET", address, headers={"Accept-Encoding": accepted}) as answer:
        raw = b"".join(answer.iter_raw())

    assert (answer.headers.get("content-encoding") == "gzip") is packed
    assert json.loads(gzip.decompress(raw) if packed else raw) == record("NCT00000001")


def test_the_server_listens_on_loopback_only(tmp_path: Path, start: Start) -> None:
    capture(tmp_path, "NCT00000001")

    assert start().base_url.startswith("http://127.0.0.1:")


def test_one_connection_carries_many_requests_without_waiting(tmp_path: Path, start: Start) -> None:
    capture(tmp_path, "NCT00000001")
    port = int(start().url.rpartition(":")[2])

    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(b"GET /api/v2/version HTTP/1.1\r\nHost: x\r\n\r\n" * 50)
        read = b""
        while read.count(b"HTTP/1.1 200") < 50 or not read.endswith(b"}"):
            read += connection.recv(65536)


def test_a_stopped_server_answers_nobody_not_even_on_an_open_connection(tmp_path: Path) -> None:
    capture(tmp_path, "NCT00000001")

    with httpx.Client() as client:
        with RehearsalServer(Captures(tmp_path)) as running:
            assert client.get(f"{running.base_url}/version").status_code == 200
        with pytest.raises(httpx.TransportError):
            client.get(f"{running.base_url}/version")


def test_a_port_in_use_is_an_error_that_names_it(tmp_path: Path, start: Start) -> None:
    capture(tmp_path, "NCT00000001")
    port = int(start().url.rpartition(":")[2])

    with pytest.raises(UsageError, match=f"Cannot listen on port {port} of 127.0.0.1: choose another one"):
        RehearsalServer(Captures(tmp_path), port)


def test_serving_a_folder_tells_when_it_is_ready_and_ends_when_stopped(tmp_path: Path) -> None:
    capture(tmp_path, "NCT00000001")
    listening = threading.Event()
    seen: list[RehearsalServer] = []

    def ready(server: RehearsalServer) -> None:
        seen.append(server)
        listening.set()

    thread = threading.Thread(target=serve, args=(tmp_path, 0, NEXT_DAY, ready))
    thread.start()
    assert listening.wait(5)
    assert httpx.get(f"{seen[0].base_url}/version").json()["dataTimestamp"] == "2026-02-06T09:00:00"
    seen[0].stop()
    thread.join(5)
    assert not thread.is_alive()


def test_many_clients_at_once_get_the_same_answer(tmp_path: Path, start: Start) -> None:
    many(tmp_path, 30)
    address = f"{start().base_url}/studies?pageSize=30"
    bodies: list[bytes] = []
    threads = [threading.Thread(target=lambda: bodies.append(httpx.get(address).content)) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(bodies) == 8
    assert len(set(bodies)) == 1


# --- the story that is shipped ------------------------------------------------------


def test_every_step_of_the_story_has_its_record_and_every_record_its_step() -> None:
    steps = demo.story()

    assert [step.date for step in steps] == list(Captures(demo.FOLDER).days)
    assert {step.truth for step in steps} == {"real", "rehearsal"}
    assert all(step.text.startswith("Invented: ") == (step.truth == "rehearsal") for step in steps)
    assert all(step.text.endswith(".") for step in steps)


def test_the_story_is_served_day_by_day() -> None:
    statuses = []
    with RehearsalServer(Captures(demo.FOLDER)) as running, httpx.Client(base_url=running.base_url) as client:
        for step in demo.story():
            running.set_date(step.date)
            study = client.get("/studies/NCT04150497").json()
            assert study["derivedSection"]["miscInfoModule"]["versionHolder"] == step.date.isoformat()
            statuses.append(study["protocolSection"]["statusModule"]["overallStatus"])

    assert statuses == ["RECRUITING"] * 5 + ["SUSPENDED", "RECRUITING"]
