"""Requests: what a command asks of the process that holds the database, once, whatever happens."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.test_poll import Days
from watcher.errors import StoreError, StoreReadOnly
from watcher.requests import Desk, Request, carry_out, carry_out_all, leave, request
from watcher.store import Store, opened


@pytest.fixture
def days(tmp_path: Path) -> Days:
    found = Days(tmp_path / "captures", tmp_path / "watcher.db")
    found.put(0)
    found.put(1, status="SUSPENDED")
    found.poll(0)
    found.poll(1)
    return found


@pytest.fixture
def desk(days: Days) -> Iterator[Desk]:
    with opened(days.database) as store:
        yield Desk(store, days.audience, days.clock.now())


def quiet(store: Store) -> list[str]:
    return [entry.silence.kinds for entry in store.silences.all()]


def silence(desk: Desk) -> Request:
    until = (desk.now + timedelta(days=1)).isoformat()
    return request("silence", study="", kinds="site.*", route="", until=until, reason="audit")


def test_a_request_that_is_left_is_carried_out_and_its_file_removed(desk: Desk) -> None:
    wish = silence(desk)
    leave(desk.store.path, wish)
    carry_out_all(desk)
    outcome = desk.store.requests.outcome(wish.id)
    assert outcome is not None
    assert outcome.said.startswith("silence 1 holds until")
    assert list(desk.store.path.parent.glob("*.request-*")) == []


def test_a_request_that_is_found_again_after_a_crash_is_carried_out_once(desk: Desk) -> None:
    wish = silence(desk)
    first = carry_out(desk, wish)
    leave(desk.store.path, wish)
    carry_out_all(desk)
    assert desk.store.requests.outcome(wish.id) == first
    assert quiet(desk.store) == ["site.*"]


def test_a_crash_between_doing_and_recording_does_nothing_twice(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    wish = silence(desk)
    with monkeypatch.context() as patched:
        patched.setattr(type(desk.store.requests), "settle", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            carry_out(desk, wish)
    carry_out(desk, wish)
    assert quiet(desk.store) == ["site.*"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"verb": 5}', b'{"verb": "silence", "about": 5}', b"\xff" * 9])
def test_a_file_that_is_no_request_is_removed_and_hurts_nobody(desk: Desk, content: bytes) -> None:
    path = desk.store.path.with_name(f"{desk.store.path.name}.request-{'a' * 16}")
    path.write_bytes(content)
    carry_out_all(desk)
    assert not path.exists()


def test_a_request_of_another_version_fails_in_words(desk: Desk) -> None:
    outcome = carry_out(desk, request("dance"))
    assert outcome.failed
    assert "does not know how to 'dance'" in outcome.said


def test_a_request_with_parts_missing_or_wrong_fails_in_words(desk: Desk) -> None:
    wrong = [request("silence"), request("acknowledge", alerts="x")]
    wrong += [request("end silence", silence=number) for number in ("no", 2**64)]
    wrong += [
        request("approve", holds=[[None]]),
        request("retry", deliveries=["1"]),
        request("drop", deliveries=[True]),
    ]
    sound = {"reason": "audit", "until": "2026-12-24T00:00:00+00:00", "study": "NCT00000001", "kinds": "", "route": ""}
    wrong += [
        request("silence", **{**sound, part: odd}) for part in ("study", "kinds", "reason") for odd in (None, ["x"])
    ]
    for wish in wrong:
        assert carry_out(desk, wish).failed


def test_an_unknown_alert_fails_in_words(desk: Desk) -> None:
    outcome = carry_out(desk, request("acknowledge", alerts=[99]))
    assert (outcome.failed, outcome.said) == (True, "there is no alert 99: every message names its number")


def test_a_request_that_cannot_be_left_says_where(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be left"):
        leave(tmp_path / "nowhere" / "watcher.db", request("acknowledge", alerts=[1]))


def test_what_cannot_be_left_leaves_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, _content: bytes) -> int:
        path.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(StoreError, match="cannot be left"):
        leave(desk.store.path, silence(desk))
    assert list(desk.store.path.parent.glob("*.request-*")) == []


def test_a_request_is_as_readable_as_the_database(desk: Desk) -> None:
    desk.store.path.chmod(0o640)
    wish = silence(desk)
    before = os.umask(0o077)
    try:
        leave(desk.store.path, wish)
    finally:
        os.umask(before)
    (left,) = desk.store.path.parent.glob("*.request-*")
    assert left.stat().st_mode & 0o777 == 0o640


def test_what_only_looks_like_a_request_is_passed_by(desk: Desk) -> None:
    name = f"{desk.store.path.name}.request-"
    desk.store.path.with_name(name + "a" * 16).mkdir()
    desk.store.path.with_name(name + "b" * 16).symlink_to("/dev/zero")
    os.mkfifo(desk.store.path.with_name(name + "c" * 16))
    leave(desk.store.path, silence(desk))
    carry_out_all(desk)
    assert quiet(desk.store) == ["site.*"]


@pytest.mark.parametrize(
    ("verb", "about"),
    [
        ("end silence", {"silence": 2**63}),
        ("end silence", {"silence": 1e300}),
        ("dismiss", {"holds": [2**63]}),
        ("silence", {"study": "", "kinds": "", "route": "", "reason": "x", "until": "0001-01-01T00:00:00+14:00"}),
    ],
)
def test_a_number_or_day_beyond_all_bounds_fails_in_words_and_is_not_asked_again(
    desk: Desk, verb: str, about: dict[str, object]
) -> None:
    wish = request(verb, **about)
    leave(desk.store.path, wish)
    carry_out_all(desk)
    outcome = desk.store.requests.outcome(wish.id)
    assert outcome is not None
    assert outcome.failed
    assert list(desk.store.path.parent.glob("*.request-*")) == []


def test_a_database_that_takes_nothing_is_told_to_whoever_works_on_it_and_the_request_stays(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    leave(desk.store.path, silence(desk))
    with desk.store._connection.writing() as db:
        db.conn.execute("PRAGMA query_only = ON")
    with pytest.raises(StoreReadOnly):
        carry_out_all(desk)
    assert caplog.records == [], "a traceback for each second of a full disk"
    with desk.store._connection.reading() as db:
        db.conn.execute("PRAGMA query_only = OFF")
    carry_out_all(desk)
    assert quiet(desk.store) == ["site.*"]
