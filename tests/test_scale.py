from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import orjson
import pytest

from benchmarks.scale.kept import Asked, Day, Kept
from benchmarks.scale.made import Made, day_number
from benchmarks.scale.registry import BASE, STEERING, Served, Server, forget
from benchmarks.scale.templates import Template, condition_for, matching, templates_of
from watcher.changes import changes_between
from watcher.demo import FOLDER
from watcher.record import snapshot_of
from watcher.registry.client import NotFound, Registry
from watcher.registry.transport import Transport

STUDIES = 2000
CHANGED = 60
FIRST, SECOND, THIRD = date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 2)
BUSY = Day(THIRD, changed=CHANGED, new=5, gone=2)
SORT = "StudyFirstPostDate:asc,LastUpdatePostDate:asc"
NOW = datetime(2026, 12, 2, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def templates() -> tuple[Template, ...]:
    """Each of the demo's records, with a condition of its own."""
    raws = [path.read_bytes() for path in sorted(FOLDER.glob("NCT*/*.json"))]
    return templates_of(_renamed(raw, f"illness {'abcdefgh'[number]}") for number, raw in enumerate(raws))


def _renamed(raw: bytes, condition: str) -> bytes:
    record = orjson.loads(raw)
    record["protocolSection"]["conditionsModule"] = {"conditions": [condition], "keywords": []}
    return orjson.dumps(record)


def kept(templates: tuple[Template, ...], *days: Day) -> Kept:
    registry = Kept(templates, STUDIES, FIRST, "illness c")
    for day in days:
        registry.move(day)
    return registry


def everything(registry: Kept) -> dict[str, bytes]:
    records = [registry.written(index) for index in registry.found(Asked())]
    return {snapshot_of(raw, seen_at=NOW).nct_id: raw for raw in records}


@dataclass(frozen=True)
class Reached:
    """The registry behind its address, and the product's own client of it."""

    url: str
    client: Registry
    transport: Transport

    def steer(self, what: str, **said: object) -> dict[str, object]:
        answer: dict[str, object] = httpx.post(f"{self.url}{STEERING}/{what}", json=said, timeout=60).json()
        return answer

    def swept(self, **asked: str) -> list[bytes]:
        """All that a listing returns, as a sweep asks for it."""
        params = {"format": "json", "markupFormat": "markdown", "sort": SORT, "pageSize": "1000", **asked}
        pages: list[bytes] = []
        token: dict[str, str] = {"countTotal": "true"}
        while token:
            page = json.loads(self.transport.fetch("/studies", params | token, lambda answer: bytes(answer.body)))
            pages += [orjson.dumps(study) for study in page["studies"]]
            token = {"pageToken": page["nextPageToken"]} if "nextPageToken" in page else {}
        return pages


@contextmanager
def served(registry: Kept, cache: Path) -> Iterator[Reached]:
    server = Server(Served(registry, cache, "illness c"))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    transport = Transport(server.url + BASE, min_interval=timedelta(), sleep=lambda seconds: None)
    try:
        with closing(Registry(transport)) as client:
            yield Reached(server.url, client, transport)
    finally:
        server.shutdown()
        server.server_close()


def test_every_made_study_is_a_record_of_its_own_as_the_registry_writes_it(templates):
    records = everything(kept(templates))
    assert len(records) == STUDIES
    assert sorted(records)[:2] == ["NCT00000001", "NCT00000002"]
    assert all(orjson.dumps(orjson.loads(raw)) == raw for raw in records.values())
    assert len({snapshot_of(raw, seen_at=NOW).content_digest for raw in records.values()}) == STUDIES


def test_equal_seeds_make_equal_registries_to_the_byte_and_other_seeds_others(templates):
    assert everything(kept(templates, BUSY)) == everything(kept(templates, BUSY))
    one, other = (Made(templates, 50, FIRST, seed) for seed in (1, 2))
    assert [one.written(index, b"2026-11-30") for index in range(50)] != [
        other.written(index, b"2026-11-30") for index in range(50)
    ]


def test_a_day_without_changes_moves_the_version_holder_of_every_record_and_nothing_else(templates):
    before, after = everything(kept(templates)), everything(kept(templates, Day(SECOND)))
    assert all(before[nct_id] != after[nct_id] for nct_id in before)
    for nct_id, raw in before.items():
        old, new = (snapshot_of(each, seen_at=NOW) for each in (raw, after[nct_id]))
        assert (old.data_version, new.data_version) == ("2026-11-30", "2026-12-01")
        assert old.raw_digest == new.raw_digest


def test_a_busy_day_edits_about_as_many_as_it_says_and_adds_and_removes_a_few(templates):
    before, after = everything(kept(templates, Day(SECOND))), everything(kept(templates, Day(SECOND), BUSY))
    assert len(after.keys() - before.keys()) == 5
    assert len(before.keys() - after.keys()) == 2
    moved = [nct_id for nct_id in before.keys() & after.keys() if _digest(before[nct_id]) != _digest(after[nct_id])]
    # Besides what is edited, three come into the search and three leave it.
    assert CHANGED * 0.8 <= len(moved) <= CHANGED + 6


def test_what_is_edited_reads_as_many_kinds_of_change(templates):
    before, after = everything(kept(templates, Day(SECOND))), everything(kept(templates, Day(SECOND), BUSY))
    kinds = {
        change.kind
        for nct_id in before.keys() & after.keys()
        for change in changes_between(snapshot_of(before[nct_id], seen_at=NOW), snapshot_of(after[nct_id], seen_at=NOW))
    }
    assert {"record.touched", "date.completion.slipped", "site.added", "description.changed"} <= kinds, sorted(kinds)
    assert len(kinds) >= 10, sorted(kinds)


def test_studies_are_listed_by_the_day_they_were_posted_first(templates):
    registry = kept(templates, BUSY)
    made = registry.made
    places = [(made.first_posted[index], made.updated[index]) for index in registry.found(Asked())]
    assert places == sorted(places)


def test_the_base_is_updated_on_working_days_at_the_rate_of_the_days_to_come(templates):
    made = Made(templates, 30_000, FIRST)
    friday, saturday, thursday = (day_number(date(2026, 11, day)) for day in (27, 28, 26))
    assert made.updated.count(saturday) == 0
    assert all(150 < made.updated.count(day) < 260 for day in (thursday, friday))


def test_the_condition_is_the_one_that_finds_about_the_share_that_is_wanted(templates):
    assert len(matching(templates, condition_for(templates, 1 / len(templates)))) == 1


def test_the_products_client_meets_the_registry_it_knows(templates, tmp_path):
    with served(kept(templates), tmp_path) as registry:
        assert registry.client.data_version().timestamp.startswith("2026-11-30T09:00")
        (batch,) = registry.client.studies(["NCT00000007", "NCT00000003", "NCT00009999"])
        assert {snapshot_of(raw, seen_at=NOW).nct_id for raw in batch} == {"NCT00000003", "NCT00000007"}
        assert isinstance(registry.client.study("NCT00009999"), NotFound)


def test_a_sweep_over_the_line_returns_every_study_once_from_pages_made_ahead_or_not(templates, tmp_path):
    with served(kept(templates), tmp_path) as registry:
        cold = registry.swept()
        assert registry.steer("prepare")["pages"] == 2
        assert registry.swept() == cold
        assert len({snapshot_of(raw, seen_at=NOW).nct_id for raw in cold}) == STUDIES


def test_what_was_updated_lately_is_what_was_updated_in_the_range(templates, tmp_path):
    with served(kept(templates), tmp_path) as registry:
        assert registry.swept(**{"filter.advanced": "AREA[LastUpdatePostDate]RANGE[2026-12-01,MAX]"}) == []
        assert registry.steer("day", date="2026-12-02", changed=CHANGED, new=5, gone=2)["date"] == "2026-12-02"
        lately = registry.swept(**{"filter.advanced": "AREA[LastUpdatePostDate]RANGE[2026-12-01,MAX]"})
        assert CHANGED * 0.8 < len(lately) <= CHANGED + 6 + 5
        assert all(_updated(raw) == "2026-12-02" for raw in lately)


def test_a_search_returns_the_studies_of_its_condition_and_a_few_come_and_go(templates, tmp_path):
    with served(kept(templates), tmp_path) as registry:
        before = _numbers(registry.swept(**{"query.cond": "illness c"}))
        registry.steer("day", date="2026-12-02", changed=CHANGED, new=0, gone=0)
        found = registry.swept(**{"query.cond": "illness c"})
        assert all(b'"conditions":["illness c"]' in raw for raw in found)
        assert 0 < len(_numbers(found) - before) <= 3
        assert 0 < len(before - _numbers(found)) <= 3
        some, other = sorted(_numbers(found))[0], sorted(before - _numbers(found))[0]
        assert _numbers(registry.swept(**{"query.cond": "illness c", "filter.ids": f"{some}|{other}"})) == {some}


def test_a_page_says_how_many_there_are_only_where_it_is_asked_and_only_first(templates, tmp_path):
    with served(kept(templates), tmp_path) as registry:
        first = httpx.get(f"{registry.url}{BASE}/studies", params={"pageSize": "2", "countTotal": "true"}).json()
        assert first["totalCount"] == STUDIES
        token = {"pageSize": "2", "countTotal": "true", "pageToken": first["nextPageToken"]}
        assert "totalCount" not in httpx.get(f"{registry.url}{BASE}/studies", params=token).json()


def test_what_the_registry_does_not_know_it_refuses_in_plain_text(templates, tmp_path):
    with served(kept(templates), tmp_path) as registry:
        for query in ("bogus=1", "sort=NCTId", "filter.advanced=AREA%5BPhase%5DPHASE1", "pageToken=%21"):
            answer = httpx.get(f"{registry.url}{BASE}/studies?{query}")
            assert (answer.status_code, answer.headers["content-type"]) == (400, "text/plain; charset=UTF-8"), query


def test_pages_that_were_made_long_ago_are_forgotten_and_others_kept(tmp_path):
    for name, made in (("old", 1000), ("new", 3000)):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (made, made))
    forget(tmp_path, before=2000)
    forget(tmp_path / "absent", before=2000)
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def _digest(raw: bytes) -> str:
    return snapshot_of(raw, seen_at=NOW).raw_digest


def _updated(raw: bytes) -> str:
    return str(orjson.loads(raw)["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]["date"])


def _numbers(raws: list[bytes]) -> set[str]:
    return {snapshot_of(raw, seen_at=NOW).nct_id for raw in raws}
