from __future__ import annotations

import json
import smtplib
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta

import httpx
import pytest

from benchmarks.storm.arrived import Entry, Sent, Told, entries_in, rows_in, told
from benchmarks.storm.faults import OF_HOOKS, OF_MAIL, Chance, Fault
from benchmarks.storm.flood import FASTER, busiest_minute, disorder, written
from benchmarks.storm.hooks import Hook
from benchmarks.storm.month import hurried
from benchmarks.storm.owed import Due, Expected, Reader, Seen, Step, closing, expected, quiet_until
from benchmarks.storm.relay import Relay
from benchmarks.storm.scene import READERS, configuration, targets
from benchmarks.storm.sinks import Arrival, Attempt
from benchmarks.storm.verdict import judged
from watcher.changes import changes_between
from watcher.changes.mass import Compared, held_back
from watcher.config import loads
from watcher.model import Severity
from watcher.record import snapshot_of
from watcher.registry.rehearsal import Captures

HANG = 0.5
GIVES_UP_AFTER = 0.2
LETTER = b"Message-ID: <a@example.org>\r\nSubject: s\r\n\r\ntext\r\n"


@contextmanager
def hook(fault: Fault) -> Iterator[Hook]:
    with Hook("hook", Chance({fault: 1}, 1), HANG) as sink:
        yield sink


@contextmanager
def relay(fault: Fault) -> Iterator[Relay]:
    with Relay(Chance({fault: 1}, 1), HANG) as sink:
        yield sink


def post(sink: Hook) -> httpx.Response:
    return httpx.post(f"http://{sink.host}/alerts", content=b"{}", headers={"webhook-id": "a"}, timeout=GIVES_UP_AFTER)


def mail(sink: Relay) -> None:
    with smtplib.SMTP("127.0.0.1", sink.port, timeout=GIVES_UP_AFTER) as connection:
        connection.sendmail("watcher@example.org", ["reader@example.org"], LETTER)


@pytest.mark.parametrize("fault", OF_HOOKS)
def test_a_webhook_that_takes_a_message_has_it_and_any_other_has_not(fault):
    with hook(fault) as sink:
        try:
            answered = post(sink).status_code
        except httpx.TransportError:
            answered = 0
        assert (answered == 200) == (fault is Fault.NONE)
        assert [arrival.id for arrival in sink.arrivals] == ["a"] * fault.takes
        assert [attempt.fault for attempt in sink.attempts] == [fault]


@pytest.mark.parametrize("fault", OF_MAIL)
def test_a_relay_that_takes_a_letter_has_it_and_any_other_has_not(fault):
    with relay(fault) as sink:
        accepted = True
        try:
            mail(sink)
        except (smtplib.SMTPException, OSError):
            accepted = False
        assert accepted == (fault is Fault.NONE)
        assert [(arrival.target, arrival.id) for arrival in sink.arrivals] == [
            ("reader@example.org", "<a@example.org>")
        ] * fault.takes
        assert [attempt.fault for attempt in sink.attempts] == [fault]


@pytest.mark.parametrize("fault", [Fault.LEAVE_RECIPIENT, Fault.LATER_CONTENT, Fault.LEAVE_SENDER, Fault.LEAVE_CONTENT])
def test_a_relay_refuses_for_now_in_the_words_of_the_fault(fault):
    with relay(fault) as sink, pytest.raises(smtplib.SMTPException) as refused:
        mail(sink)
    assert fault.value.split()[0] in str(refused.value)


def test_a_webhook_says_when_to_come_back_only_where_it_should():
    with hook(Fault.TOO_MANY) as silent, hook(Fault.TOO_MANY_UNTIL) as telling:
        assert "retry-after" not in post(silent).headers
        assert int(post(telling).headers["retry-after"]) > 0


@pytest.mark.parametrize(("make", "send"), [(hook, post), (relay, mail)])
def test_a_target_that_is_down_refuses_connections_until_it_is_up_again(make, send):
    with make(Fault.NONE) as sink:
        sink.down()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", sink.port), timeout=1)
        sink.up()
        send(sink)
        assert len(sink.arrivals) == 1


def test_chance_repeats_itself_with_the_same_seed_and_ends_when_it_is_calmed():
    one, same, other = Chance(OF_HOOKS, 1), Chance(OF_HOOKS, 1), Chance(OF_HOOKS, 2)
    drawn = [one.draw() for _ in range(50)]
    assert drawn == [same.draw() for _ in range(50)]
    assert drawn != [other.draw() for _ in range(50)]
    one.calm()
    assert {one.draw() for _ in range(50)} == {Fault.NONE}
    assert one.met.total() == 100


# --- what is owed -------------------------------------------------------------------

NINE = datetime(2026, 2, 10, 9, tzinfo=UTC)
STUDY = "NCT00000001"
MAJOR, MINOR, CRITICAL = int(Severity.MAJOR), int(Severity.MINOR), int(Severity.CRITICAL)


def step(*changes: tuple[str, int], at: datetime = NINE, version: int = 2) -> Step:
    seen = tuple(Seen(number, kind, severity) for number, (kind, severity) in enumerate(changes))
    return Step(STUDY, f"version:{version}", at, version, seen)


def owed(steps: list[Step], *readers: Reader) -> list[Due]:
    return list(expected(steps, readers, (), until=NINE + timedelta(days=40)).dues)


OPENED = step(("status.opened", MAJOR))
AT_ONCE = Reader("at once", "UTC", "now", ("a",))
DAILY = Reader("daily", "UTC", "daily 07:00", ("a",))


@pytest.mark.parametrize(
    ("now", "when", "zone", "closes"),
    [
        ("2026-02-10T09:00", "daily 07:00", "Europe/Berlin", "2026-02-11T06:00"),
        ("2026-03-29T09:00", "daily 07:00", "Europe/Berlin", "2026-03-30T05:00"),
        ("2026-03-07T09:00", "daily 02:30", "America/New_York", "2026-03-08T07:30"),
        ("2026-03-08T09:00", "daily 02:30", "America/New_York", "2026-03-09T06:30"),
        ("2026-02-10T09:00", "weekly mon 08:00", "Australia/Sydney", "2026-02-15T21:00"),
        ("2026-02-15T21:00", "weekly mon 08:00", "Australia/Sydney", "2026-02-22T21:00"),
    ],
)
def test_a_window_closes_at_its_local_time_whatever_the_clocks_do(now, when, zone, closes):
    moments = [datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (now, closes)]
    assert closing(moments[0], when, zone) == moments[1]


@pytest.mark.parametrize(("hour", "ends"), [(22, "2026-02-11T07:00"), (3, "2026-02-10T07:00"), (7, None), (21, None)])
def test_quiet_hours_over_midnight_end_in_the_morning(hour, ends):
    found = quiet_until(NINE.replace(hour=hour), time(22), time(7), "UTC")
    assert found == (datetime.fromisoformat(ends).replace(tzinfo=UTC) if ends else None)


def test_a_target_that_two_routes_reach_is_told_each_change_once_by_the_one_that_is_due_first():
    picky = Reader("picky", "UTC", "daily 06:00", ("a",), "compliance")
    of_both = step(("outcome.primary_removed", MAJOR), ("status.opened", MAJOR))
    assert [(due.route, due.form, due.ids) for due in owed([of_both], DAILY, picky)] == [("picky", "alert", {0, 1})]
    assert [(due.route, due.form) for due in owed([OPENED], DAILY, AT_ONCE)] == [("at once", "alert")]


def test_the_later_route_tells_only_what_the_earlier_one_left_out():
    early = Reader("early", "UTC", "daily 06:00", ("a",), "investor")
    found = owed([step(("enrollment.decreased", MINOR), ("eligibility.criterion_added", MAJOR))], DAILY, early)
    assert [(due.route, due.ids) for due in found] == [("early", {0}), ("daily", {1})]


def test_a_preset_tells_what_its_table_says_and_nothing_else():
    patient = Reader("patients", "UTC", "weekly mon 09:00", ("a",), "patient")
    told = step(("eligibility.criterion_added", MINOR), ("date.start.slipped", MINOR), ("document.added", MAJOR))
    assert [(due.form, due.ids) for due in owed([told], patient)] == [("alert", {0, 1})]
    assert [(due.form, due.window) for due in owed([step(("date.start.slipped", MINOR))], patient)] == [
        ("digest", "2026-02-16")
    ]


def test_what_is_not_severe_enough_waits_for_the_end_of_the_quiet_hours():
    quiet = Reader("quiet", "UTC", "now", ("a",), quiet=(time(8), time(12), CRITICAL))
    worse = step(("status.terminated", CRITICAL), version=3)
    assert [(due.form, due.window, due.at.hour) for due in owed([OPENED, worse], quiet)] == [
        ("digest", "quiet 2026-02-10", 12), ("alert", "", 9),
    ]  # fmt: skip


def test_a_critical_alert_is_repeated_after_its_time_and_no_other():
    reader = Reader("pager", "UTC", "now", ("a",), escalate=(timedelta(hours=2), ("duty",)))
    found = owed([OPENED, step(("status.terminated", CRITICAL), version=3)], reader)
    assert [(due.target, due.form, due.at.hour) for due in found] == [
        ("a", "alert", 9), ("a", "alert", 9), ("duty", "escalation", 11),
    ]  # fmt: skip


def test_a_route_that_says_nothing_changed_owes_a_digest_for_every_day_it_looked():
    says = Reader("says", "UTC", "daily 07:00", ("a",), says_nothing=True)
    days = [NINE, NINE + timedelta(days=1)]
    assert expected([], [says], days, until=NINE + timedelta(days=9)).digests == {
        ("a", "says", "2026-02-11"), ("a", "says", "2026-02-12"),
    }  # fmt: skip
    assert not expected([], [DAILY], days, until=NINE + timedelta(days=9)).digests


def test_the_configuration_says_of_every_reader_what_is_expected_of_it(tmp_path):
    with targets(READERS, 1) as to:
        text = configuration("http://127.0.0.1:1/api/v2", [STUDY], READERS, to)
    routes = {route.name: route for route in loads(text, tmp_path / "config.toml", environ={}).routes}
    for reader in READERS:
        route = routes[reader.name]
        assert (route.preset, route.when, route.timezone, route.to) == (
            reader.preset, reader.when, reader.zone, reader.to,
        )  # fmt: skip
        assert route.say_nothing_changed == reader.says_nothing
        assert (route.quiet and (route.quiet.start, route.quiet.end, route.quiet.bypass)) == reader.quiet
        assert (route.escalation and (route.escalation.after, route.escalation.to)) == reader.escalate


# --- what arrived -------------------------------------------------------------------

TEXT = """
MAJOR  NCT00000001  BALLI-01
A title that was
seen somewhere

* MAJOR  Study opened.

Registry update submitted 2026-02-09, posted 2026-02-10; seen
2026-02-10 09:00 UTC; our version 2, compared with 1.

Evidence:
  status.opened | major | a -> b |
    protocolSection.statusModule.overallStatus
  date.start.slipped | minor | a -> b
"""


def test_an_alert_is_read_from_a_wrapped_text():
    assert list(entries_in(TEXT)) == [
        Entry((STUDY, "2026-02-10 09:00"), ("status.opened", "date.start.slipped"), "major")
    ]


def test_a_digest_is_read_from_its_table():
    table = "\ufeffobserved,nct_id,severity,kind\r\n" + "".join(
        f"2026-02-10 09:00,{STUDY},{severity},{kind}\r\n" for severity, kind in (("minor", "a.b"), ("critical", "c.d"))
    )
    assert list(rows_in(table)) == [Entry((STUDY, "2026-02-10 09:00"), ("a.b", "c.d"), "critical")]


def test_an_event_is_read_with_the_numbers_of_its_changes_and_a_repeat_is_told_from_the_first():
    alert = {"nct_id": STUDY, "observed_at": "2026-02-10T09:00:12Z", "severity": "major", "changes": [{"id": 3}]}
    body = json.dumps({"alerts": [alert]}).encode()
    came = [Arrival("hook", at, "m", body, {"webhook-id": "m"}) for at in (2.0, 1.0)]
    (message,) = told(came, {"m": Sent("alert", "at once", "")})
    assert (message.at, message.repeats, message.form) == (1.0, 1, "alert")
    assert message.entries == (Entry((STUDY, "2026-02-10 09:00"), ("3",), "major"),)


# --- the verdict --------------------------------------------------------------------


def message(
    *told: tuple[Step, tuple[str, ...] | None], id: str = "m", at: float = 1.0, form: str = "alert", window: str = ""
) -> Told:
    entries = tuple(Entry(step.key, ids, "major") for step, ids in told)
    return Told("a", id, at, form, "daily" if form == "digest" else "at once", window, entries)


def verdict_of(steps: list[Step], *messages: Told, reader: Reader = AT_ONCE):
    return judged(expected(steps, [reader], (), until=NINE + timedelta(days=40)), messages)


LATER = step(("status.suspended", CRITICAL), at=NINE + timedelta(days=1), version=3)


def test_everything_told_once_is_all_well():
    verdict = verdict_of([OPENED, LATER], message((OPENED, ("0",))), message((LATER, ("0",)), id="n", at=2))
    assert (verdict.alerts_expected, verdict.delivered, verdict.violations) == (2, 2, ())


@pytest.mark.parametrize("ids", [("0",), ("status.opened",), None])
def test_what_did_not_come_is_lost_and_what_came_in_two_messages_doubled_in_every_format(ids):
    assert [str(each) for each in verdict_of([OPENED]).lost] == [
        f"lost: a {STUDY} 2026-02-10 09:00 route at once, alert, 1 changes"
    ]
    twice = verdict_of([OPENED], message((OPENED, ids)), message((OPENED, ids), id="n"))
    assert (len(twice.lost), len(twice.doubled)) == (0, 1)


def test_a_change_that_is_missing_from_its_message_is_lost_and_one_that_nobody_owes_doubled():
    both = step(("status.opened", MAJOR), ("date.start.slipped", MINOR))
    verdict = verdict_of([both], message((both, ("0", "7"))))
    assert [each.more for each in verdict.lost] == ["change 1 date.start.slipped"]
    assert [each.more for each in verdict.doubled] == ["change 7"]


def test_two_steps_of_one_minute_are_told_apart_by_their_kinds():
    clock = Step(STUDY, "clock:stale:6:2025-08", NINE + timedelta(seconds=30), None, (Seen(0, "clock.stale", MINOR),))
    both = [message((OPENED, ("status.opened",))), message((clock, ("clock.stale",)), id="n")]
    assert verdict_of([OPENED, clock], *both).violations == ()
    assert [each.more for each in verdict_of([OPENED, clock], both[0]).lost] == ["clock.stale"]


def test_news_of_a_study_that_overtake_earlier_news_are_out_of_order():
    verdict = verdict_of([OPENED, LATER], message((OPENED, ("0",)), at=2), message((LATER, ("0",)), id="n", at=1))
    assert [(each.step, each.what) for each in verdict.out_of_order] == [("2026-02-10 09:00", "out of order")]


def test_news_that_are_due_later_may_come_later():
    weekly = Reader("weekly", "UTC", "weekly mon 07:00", ("a",))
    expectation = expected([OPENED], [weekly], (), until=NINE + timedelta(days=40))
    both = Expected((*expectation.dues, *owed([LATER], AT_ONCE)), expectation.digests)
    found = judged(both, [message((LATER, ("0",)), at=1), message((OPENED, ("0",)), id="n", at=2, form="digest")])
    assert not found.out_of_order


def test_a_window_must_have_exactly_one_digest():
    digest = message((OPENED, ("0",)), form="digest", window="2026-02-11")
    again = message(form="digest", window="2026-02-11", id="n")
    other = message(form="digest", window="2026-02-12", id="o")
    assert verdict_of([OPENED], digest, reader=DAILY).digests_wrong == ()
    assert [each.what for each in verdict_of([OPENED], reader=DAILY).digests_wrong] == ["0 digests"]
    assert [each.what for each in verdict_of([OPENED], digest, again, reader=DAILY).digests_wrong] == ["2 digests"]
    assert [each.what for each in verdict_of([OPENED], digest, other, reader=DAILY).digests_wrong] == [
        "digest nobody asked for"
    ]


def test_a_digest_that_comes_before_its_window_closes_is_too_early():
    digest = message((OPENED, ("0",)), form="digest", window="2026-02-11")
    owes = expected([OPENED], [DAILY], (), until=NINE + timedelta(days=40))
    assert len(judged(owes, [digest], lambda _: NINE).too_early) == 1
    assert not judged(owes, [digest], lambda _: NINE + timedelta(days=1)).too_early


def test_a_webhook_that_is_asked_before_the_time_it_named_was_hurried():
    asked, soon, late = Attempt(10.0, Fault.TOO_MANY_UNTIL), Attempt(10.4, Fault.NONE), Attempt(11.0, Fault.NONE)
    assert (hurried([asked, soon], [1.0]), hurried([asked, late], [1.0])) == (1, 0)
    assert hurried([asked, soon], [10.2]) == 0
    assert hurried([soon, late], [1.0]) == 0


# --- the flood ----------------------------------------------------------------------


def flooded(at: float, *severities: str, seen: str = "2026-02-10 09:00", id: str = "") -> Told:
    entries = tuple(Entry((f"NCT{at:08.0f}", seen), None, severity) for severity in severities)
    return Told("a", id or str(at), at, "alert", "", "", entries)


def test_what_goes_before_the_last_critical_alert_is_named():
    in_order = [flooded(1, "critical"), flooded(2, "critical", "minor"), flooded(3, "major")]
    assert not list(disorder(in_order, {}))
    wrong = [flooded(1, "minor"), flooded(2, "critical")]
    assert [each.what for each in disorder(wrong, {})] == ["before a critical alert"]
    assert not list(disorder(wrong, {"1": 2}))


def test_an_older_critical_alert_goes_before_a_newer_one():
    newer, older = flooded(1, "critical", seen="2026-02-11 09:00"), flooded(2, "critical")
    assert [each.what for each in disorder([newer, older], {})] == ["an older critical alert after a newer one"]


def test_the_busiest_minute_is_found_wherever_it_begins():
    second = 60 / FASTER
    assert busiest_minute([0, 0.5 * second, 0.8 * second, 1.2 * second, 5 * second]) == 3
    assert busiest_minute([]) == 0


def test_no_change_of_the_flood_is_held_back_as_a_mass(tmp_path):
    captures = Captures(written(tmp_path, 100))
    compared = []
    for nct_id in captures.studies:
        before, *after = sorted((tmp_path / nct_id).iterdir())
        old, new = (snapshot_of(path.read_bytes(), seen_at=NINE) for path in (before, after[0]))
        compared.append(Compared(nct_id, changes_between(old, new), filed=True))
    assert not held_back(compared, len(compared), "2026-03-03T09:00:00", {}).changes
    assert all(each.changes for each in compared)
