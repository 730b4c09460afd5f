"""Snapshots: exact bytes, two digests, and nothing but MalformedRecord for what is no record."""

from __future__ import annotations

import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NCT, SEEN_AT, record, snapshot
from watcher.errors import MalformedRecord
from watcher.record import Snapshot, snapshot_of

_HEAD = b'{"protocolSection":{"identificationModule":{"nctId":"NCT00000001"}},"more":'

_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.text(max_size=4)
    | st.sampled_from(("2026-01-01", "2026-01-02")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(("versionHolder", "a", 'x"versionHolder')), inner, max_size=3)
    ),
    max_leaves=6,
)


def read(raw: bytes) -> Snapshot:
    return snapshot_of(raw, seen_at=SEEN_AT)


def test_the_head_is_read_and_the_bytes_are_kept():
    raw = json.dumps(record(data_version="2026-05-29", aliases=["NCT00000002"]), indent=3).encode()
    seen = read(raw)
    assert (seen.nct_id, seen.data_version, seen.aliases) == (NCT, "2026-05-29", ("NCT00000002",))
    assert seen.raw == raw
    assert seen.seen_at == SEEN_AT
    assert seen.record == orjson.loads(raw)


def test_a_parsed_record_will_do_as_well():
    assert snapshot(record()).content_digest == read(orjson.dumps(record())).content_digest


def test_what_the_head_lacks_is_empty():
    seen = read(_HEAD + b"1}")
    assert (seen.data_version, seen.aliases) == ("", ())


# --- two digests --------------------------------------------------------------


def test_version_holder_moves_neither_digest():
    a, b = snapshot(data_version="2026-05-29"), snapshot(data_version="2026-06-01")
    assert (a.raw_digest, a.content_digest) == (b.raw_digest, b.content_digest)


@pytest.mark.parametrize("layout", ['"versionHolder" : "2026-06-01"', '"versionHolder"\n:\n"2026-06-01"'])
def test_version_holder_is_seen_in_any_layout(layout):
    raw = _HEAD.decode() + '1,"derivedSection":{"miscInfoModule":{%s}}}'
    assert read((raw % layout).encode()).raw_digest == read((raw % layout.replace("2026", "2025")).encode()).raw_digest


@pytest.mark.parametrize("words", ['"versionHolder":"%s"', '\\"versionHolder\\":\\"%s\\"', "versionHolder: %s"])
def test_version_holder_inside_a_text_is_text(words):
    a, b = (snapshot(title=words % day) for day in ("2026-05-29", "2026-06-01"))
    assert a.raw_digest != b.raw_digest
    assert a.content_digest != b.content_digest


def test_version_holder_elsewhere_is_content():
    a, b = (snapshot(put={"annotationSection.versionHolder": day}) for day in ("2026-05-29", "2026-06-01"))
    assert a.content_digest != b.content_digest
    assert a.raw_digest != b.raw_digest


@given(_JSON)
def test_equal_bytes_imply_equal_content(value):
    # The same record on the next day of the registry's data, wherever a day stands in it.
    raw = _HEAD + orjson.dumps(value) + b"}"
    a, b = read(raw), read(raw.replace(b"2026-01-01", b"2026-01-02"))
    assert a.raw_digest != b.raw_digest or a.content_digest == b.content_digest


@pytest.mark.parametrize(
    "path",
    [
        "derivedSection.miscInfoModule.versionHolder",
        "derivedSection.miscInfoModule.modelPredictions",
        "derivedSection.conditionBrowseModule",
        "derivedSection.interventionBrowseModule",
    ],
)
def test_what_the_registry_recomputes_is_no_content(path):
    values = ({"meshes": [{"id": "D1"}]}, {"meshes": [{"id": "D2"}]}, None)
    if path.endswith("versionHolder"):
        values = ("2026-05-29", "2026-06-01", "")
    digests = {snapshot(record(put={path: value})).content_digest for value in values}
    assert len(digests) == 1


@pytest.mark.parametrize(
    "path",
    [
        "derivedSection.miscInfoModule.submissionTracking.firstMcpInfo.postDateStruct.date",
        "derivedSection.miscInfoModule.removedCountries",
        "derivedSection.other",
        "annotationSection.annotationModule.unpostedAnnotation",
        "protocolSection.conditionBrowseModule",
        "conditionBrowseModule",
        "hasResults",
        "protocolSection.statusModule.lastUpdateSubmitDate",
    ],
)
def test_everything_else_is_content(path):
    a, b = (snapshot(record(put={path: value})) for value in ("one", "other"))
    assert a.content_digest != b.content_digest
    assert a.raw_digest != b.raw_digest


def test_the_order_of_keys_is_no_content():
    straight = record()
    turned = dict(reversed(straight.items()))
    assert snapshot(straight).content_digest == snapshot(turned).content_digest


def test_reading_the_content_leaves_the_record_as_it_was():
    seen = snapshot(record(put={"derivedSection.conditionBrowseModule.meshes": []}))
    assert "conditionBrowseModule" not in seen.content["derivedSection"]
    assert "conditionBrowseModule" in seen.record["derivedSection"]


# --- malformed ----------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" ",
        b"<html><body>503</body></html>",
        b"[]",
        b"null",
        b"true",
        b'"NCT00000001"',
        b"{}",
        b'{"protocolSection":{}}',
        b'{"protocolSection":null}',
        b'{"protocolSection":[]}',
        b'{"protocolSection":{"identificationModule":{}}}',
        b'{"protocolSection":{"identificationModule":{"nctId":null}}}',
        b'{"protocolSection":{"identificationModule":{"nctId":150497}}}',
        b'{"protocolSection":{"identificationModule":{"nctId":["NCT00000001"]}}}',
        b'{"protocolSection":{"identificationModule":{"nctId":"NCT00000001"',
        _HEAD,
        _HEAD + b"1} and more",
        _HEAD + b"NaN}",
        _HEAD + b'"control \x01 character"}',
        b"\xef\xbb\xbf" + _HEAD + b"1}",
        _HEAD.replace(b"NCT00000001", b"NCT0000000\xff") + b"1}",
        _HEAD + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
def test_what_is_no_record_is_refused_at_once(raw):
    with pytest.raises(MalformedRecord):
        read(raw)


@pytest.mark.parametrize(
    "nct_id",
    ["", "NCT", "NCT1", "NCT000000001", "nct00000001", " NCT00000001", "NCT00000001\n", "NCT0000000X", "../../etc",
     "NCT٠٠٠٠٠٠٠١"],
)  # fmt: skip
def test_an_nct_number_has_eight_plain_digits(nct_id):
    with pytest.raises(MalformedRecord, match="not an NCT number"):
        snapshot(nct_id=nct_id)


def test_the_reason_of_a_refusal_is_short_whatever_the_record_says():
    with pytest.raises(MalformedRecord) as caught:
        snapshot(nct_id="x" * 100_000)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    "more",
    [
        b'"bad \xff utf-8"',
        b'"\\ud800"',
        b"9" * 400,
        b"-" + b"9" * 400,
        b"1e999",
        b"12345678901234567890123",
        b"1.0000000000000000000000000001",
        b'"\\u0000"',
        b"[" * 70 + b"]" * 70,
        b'{"a":' * 70 + b"1" + b"}" * 70,
        b"[" * 900 + b"]" * 900,
        b'{"a":1,"a":2}',
    ],
)
def test_what_the_head_does_not_show_is_refused_later_or_works(more):
    try:
        seen = read(_HEAD + more + b"}")
        assert isinstance(seen.record, dict)
        assert len(seen.content_digest) == len(seen.raw_digest) == 32
    except MalformedRecord as error:
        assert str(error)  # noqa: PT017 - both outcomes are right, any other exception is not


@pytest.mark.parametrize("more", [b"[" * 61 + b"]" * 61, b'{"a":' * 61 + b"1" + b"}" * 61])
def test_a_bomb_of_brackets_is_refused_when_it_is_read(more):
    with pytest.raises(MalformedRecord, match="nested deeper"):
        _ = read(_HEAD + more + b"}").content


def test_nesting_as_real_records_have_it_is_read():
    assert read(_HEAD + b"[" * 40 + b"]" * 40 + b"}").content["more"] is not None


@pytest.mark.parametrize(
    "more",
    [2**70, "\ud800", {1: "a key that is no text"}],
    ids=["an integer beyond 64 bits", "half a surrogate pair", "a key that is no text"],
)
def test_a_parsed_record_that_is_no_json_is_malformed(more):
    with pytest.raises(MalformedRecord):
        snapshot(record(put={"more": more}))


@given(st.binary(max_size=60) | st.binary(max_size=30).map(lambda more: _HEAD + more + b"}"))
def test_any_bytes_are_a_snapshot_or_malformed(raw):
    try:
        _ = read(raw).content_digest
    except MalformedRecord as error:
        assert str(error)  # noqa: PT017 - both outcomes are right, any other exception is not


@given(_JSON, st.integers(0, 200))
def test_a_truncated_record_is_malformed(more, cut):
    raw = _HEAD + orjson.dumps(more) + b"}"
    with pytest.raises(MalformedRecord):
        read(raw[: min(cut, len(raw) - 1)])
