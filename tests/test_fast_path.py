"""The fast path: what has not moved is told by its bytes, and nothing is found or missed because of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import record, snapshot
from tests.realdata import captures_folder
from tests.test_poll import Days
from watcher import gather
from watcher.model import WatchedStudy
from watcher.record import glance, snapshot_of

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def test_a_glance_gives_the_digest_of_the_snapshot() -> None:
    for what in (record(), record(data_version="2026-06-02"), record(sites=[])):
        raw = orjson.dumps(what)
        seen = glance(raw)
        assert seen is not None
        assert (seen.nct_id, seen.raw_digest) == (snapshot(raw).nct_id, snapshot(raw).raw_digest)


def test_only_the_stamp_is_left_out() -> None:
    same = [glance(orjson.dumps(record(data_version=day))) for day in ("2026-06-01", "2026-06-02")]
    other = glance(orjson.dumps(record(data_version="2026-06-02", enrollment=77)))
    assert same[0] == same[1] != other


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{}", b'{"hasResults":true,"protocolSection":{}}', b'{"protocolSection":1}']
)
def test_bytes_that_begin_otherwise_are_left_to_the_parser(raw: bytes) -> None:
    assert glance(raw) is None


def test_a_stamp_at_an_odd_place_is_content() -> None:
    """A record that mentions a stamp where the registry writes none is never taken for unmoved when it moves."""
    bare = {name: part for name, part in record().items() if name != "derivedSection"}
    odd = [orjson.dumps({**bare, "x": {"versionHolder": day}}) for day in ("2026-06-01", "2026-06-02")]
    first, second = (snapshot(raw) for raw in odd)
    assert first.raw_digest != second.raw_digest
    seen = glance(odd[1])
    assert seen is None or seen.raw_digest != first.raw_digest


@given(st.dictionaries(st.text(max_size=8), st.integers(-9, 9) | st.text(max_size=8), max_size=4))
def test_equal_digests_are_equal_contents(more: dict[str, object]) -> None:
    one = orjson.dumps({**record(data_version="2026-06-01"), **more})
    two = orjson.dumps({**record(data_version="2026-06-09"), **more})
    assert glance(one) == glance(two)
    assert snapshot(one).content_digest == snapshot(two).content_digest


# --- real captures ----------------------------------------------------------------


def test_over_all_real_captures_an_equal_raw_digest_is_an_equal_content_digest() -> None:
    contents: dict[str, str] = {}
    seen = 0
    for path in sorted(captures_folder().glob("NCT*/*.json")):
        raw = orjson.dumps(orjson.loads(path.read_bytes()))
        said, whole = glance(raw), snapshot_of(raw, seen_at=NOW)
        assert said is not None
        assert said.raw_digest == whole.raw_digest
        assert contents.setdefault(said.raw_digest, whole.content_digest) == whole.content_digest
        seen += 1
    assert seen > 2000


@pytest.mark.slow
def test_the_real_month_is_the_same_without_the_fast_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = captures_folder()
    studies = tuple(WatchedStudy(one.name) for one in sorted(folder.glob("NCT*")))
    found = []
    for name in ("fast", "slow"):
        days = Days(folder, tmp_path / f"{name}.db", studies=studies)
        if name == "slow":
            monkeypatch.setattr(gather, "glance", lambda raw: None)
        for number in range(-118, -78):
            days.poll(number)
        found.append(days.content())
    assert found[0] == found[1]
    assert len(found[0]["change"]) > 300
