"""In what order deliveries go, and what waits while a target fails."""

from __future__ import annotations

import gc
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.office import CRITICAL, HOURS, MAJOR, MINOR, MINUTES, Office, order
from watcher.errors import DeliveryError
from watcher.model import Form, Notice, Severity

DOWN = DeliveryError("connection refused")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "watcher.db")


# --- order ----------------------------------------------------------------------


def test_the_worst_goes_first_and_of_the_equal_the_oldest(office: Office) -> None:
    team = office.receiver()
    minor, major = office.owe(1, MINOR), office.owe(2, MAJOR)
    office.clock.moment += MINUTES
    first, second = office.owe(3, CRITICAL), office.owe(4, CRITICAL)
    office.deliver()
    assert order(team, minor, major, first, second) == [first, second, major, minor]


def test_news_of_one_study_keep_their_order_and_go_as_early_as_the_worst_of_them(office: Office) -> None:
    team = office.receiver()
    other = office.owe(1, MAJOR)
    office.clock.moment += MINUTES
    early, late = office.owe(2, MINOR), office.owe(2, CRITICAL)
    office.deliver()
    assert order(team, other, early, late) == [early, late, other]


def test_a_digest_that_is_not_due_yet_holds_up_nothing(office: Office) -> None:
    team = office.receiver()
    collected = office.owe(1, MINOR, form=Form.DIGEST, due=3 * HOURS, key="desk|day")
    at_once = office.owe(1, CRITICAL)
    office.deliver()
    assert order(team, collected, at_once) == [at_once]
    office.wait(3 * HOURS, every=HOURS)
    assert order(team, collected, at_once) == [at_once, collected]


def test_a_digest_waits_for_what_is_older_of_any_of_its_studies(office: Office) -> None:
    team = office.receiver()
    alone = office.owe(1, MINOR)
    office.clock.moment += MINUTES
    one = office.owe(1, MAJOR, form=Form.DIGEST, key="desk|day")
    two = office.owe(2, MAJOR, form=Form.DIGEST, key="desk|day")
    later = office.owe(2, CRITICAL)
    office.deliver()
    assert order(team, alone, one, two, later) == [alone, one, two, later]
    assert len(team.got) == 3


def test_one_target_does_not_wait_for_another(office: Office) -> None:
    team = office.receiver("team", "a@x", "b@x")
    team.fail(DOWN, of="a@x")
    words = [office.owe(1, CRITICAL) for _ in range(3)]
    office.deliver()
    assert [got.target for got in team.got] == ["b@x"] * 3
    assert order(team, *words) == words


def test_what_the_operator_is_told_waits_for_no_study(office: Office) -> None:
    team = office.receiver()
    office.owe(1, CRITICAL)
    with office.store() as store:
        store.notices.tell(Notice("k", "Something", "Happened."), team.targets(), office.clock.now())
        first, second = store.outbox.claim_deliveries(office.clock.now(), HOURS, 5)
    assert (first.notice is None, second.notice is not None) == (True, True)


_NEWS = st.lists(st.tuples(st.integers(1, 3), st.sampled_from(list(Severity)[1:]), st.booleans()), max_size=10)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(_NEWS, st.integers(0, 3), st.lists(st.booleans(), max_size=60))
def test_whatever_fails_everything_arrives_once_in_the_order_of_its_study(
    tmp_path_factory: pytest.TempPathFactory, news: list[tuple[int, Severity, bool]], batch_from: int, fails: list[bool]
) -> None:
    office = Office(tmp_path_factory.mktemp("office") / "watcher.db")
    team = office.receiver(batch_from=batch_from)
    team.fail_now_and_then(fails)
    words: list[tuple[int, str]] = []
    for study, severity, pause in news:
        words.append((study, office.owe(study, severity)))
        if pause:
            office.wait(2 * MINUTES)
    office.wait(30 * HOURS, every=30 * MINUTES)
    arrived = [got.text for got in team.got]
    for study in range(1, 4):
        places = [
            [place for place, text in enumerate(arrived) if word in text] for told, word in words if told == study
        ]
        assert all(len(found) == 1 for found in places)
        assert places == sorted(places)


# --- a target that fails ---------------------------------------------------------


def test_a_target_that_is_down_is_asked_twice_and_then_left_alone(office: Office) -> None:
    team = office.receiver()
    team.fail(DOWN)
    for study in range(1, 101):
        office.owe(study)
    report = office.deliver()
    assert (report.postponed, len(team.asked)) == (2, 2)
    assert office.deliver().postponed == 0
    assert office.statuses() == {"pending": 100}


def test_a_target_that_is_down_for_a_day_is_asked_twice_an_hour_with_a_different_message_each_time(
    office: Office,
) -> None:
    team = office.receiver()
    team.fail(DOWN)
    for study in range(1, 101):
        office.owe(study)
    office.wait(24 * HOURS, every=5 * MINUTES)
    assert 40 <= len(team.asked) <= 60
    assert max(Counter(asked.id for asked in team.asked).values()) == 1


def test_everything_is_sent_as_soon_as_a_target_answers_oldest_critical_first(office: Office) -> None:
    team = office.receiver()
    team.fail(DOWN)
    words = []
    for study in range(1, 61):
        words.append((study % 2, office.owe(study, CRITICAL if study % 2 else MINOR)))
        office.clock.moment += timedelta(seconds=1)
    office.wait(24 * HOURS, every=5 * MINUTES)
    team.recover()
    office.wait(36 * MINUTES)
    assert office.statuses() == {"delivered": 60}
    # The one that found out went first; the rest is in order.
    assert order(team, *(word for _, word in words))[1:] == [
        word for word in [w for c, w in words if c] + [w for c, w in words if not c] if word not in team.got[0].text
    ]


def test_a_day_without_an_answer_does_not_turn_the_order_of_a_study_around(office: Office) -> None:
    team = office.receiver()
    team.fail(DOWN)
    words = [office.owe(1, severity) for severity in (MINOR, CRITICAL, MAJOR)]
    office.wait(24 * HOURS, every=5 * MINUTES)
    team.recover()
    office.wait(36 * MINUTES)
    assert order(team, *words) == words


def test_a_target_that_asks_for_time_gets_it_for_everything(office: Office) -> None:
    team = office.receiver()
    team.fail(DeliveryError("429", retry_after=2 * HOURS))
    words = [office.owe(study) for study in (1, 2, 3)]
    office.deliver()
    assert len(team.asked) == 1
    team.recover()
    office.wait(2 * HOURS - MINUTES, every=10 * MINUTES)
    assert team.got == []
    office.wait(2 * MINUTES)
    assert len(order(team, *words)) == 3


def test_one_refused_message_says_nothing_about_the_next(office: Office) -> None:
    team = office.receiver()
    bad = office.owe(1, CRITICAL)
    team.fail(DeliveryError("too long", permanent=True), of=bad)
    good = office.owe(1)
    report = office.deliver()
    assert (report.dead, report.delivered) == (1, 1)
    assert order(team, good) == [good]


# --- a message that fails --------------------------------------------------------


def test_hours_in_which_we_were_off_let_nothing_overtake(office: Office) -> None:
    team = office.receiver()
    first, other = office.owe(1), office.owe(2)
    team.fail(DeliveryError("451"), of=first)
    office.deliver()
    office.clock.moment += 12 * HOURS
    later = office.owe(1)
    office.deliver()
    assert later not in order(team)
    team.recover()
    office.wait(6 * HOURS, every=10 * MINUTES)
    assert order(team, first, later, other) == [other, first, later]


def test_a_message_that_fails_alone_holds_up_its_own_study_for_six_hours_at_most(office: Office) -> None:
    team = office.receiver()
    poison = office.owe(1)
    team.fail(DeliveryError("500 on this one"), of=poison)
    office.deliver()
    later = office.owe(1)
    office.wait(5 * HOURS, every=10 * MINUTES)
    assert order(team, later) == []
    office.wait(2 * HOURS, every=10 * MINUTES)
    assert order(team, later) == [later]
    newest = office.owe(1)
    office.wait(HOURS, every=10 * MINUTES)
    assert order(team, newest) == [newest]
    assert office.statuses() == {"pending": 1, "delivered": 2}


def test_a_message_that_fails_alone_costs_other_studies_a_moment(office: Office) -> None:
    team = office.receiver()
    poison = office.owe(1, CRITICAL)
    team.fail(DeliveryError("500 on this one"), of=poison)
    others = [office.owe(study, MINOR) for study in range(2, 30)]
    office.deliver()
    assert order(team, *others) == others
    for study in range(100, 172):
        office.owe(study, MINOR)
        office.wait(20 * MINUTES, every=5 * MINUTES)
    assert len(team.got) == 28 + 72
    # 1 minute, doubling, to 6 hours.
    assert sum(poison in asked.text for asked in team.asked) in range(9, 14)


def test_messages_that_fail_alone_never_starve_the_others(office: Office) -> None:
    team = office.receiver()
    for study in range(1, 6):
        team.fail(DeliveryError("500 on these"), of=office.owe(study, CRITICAL))
    for study in range(10, 60):
        office.owe(study, MINOR)
        office.wait(2 * MINUTES)
    office.wait(60 * MINUTES)
    assert office.statuses() == {"pending": 5, "delivered": 50}


def test_after_three_days_without_an_answer_what_is_as_old_is_given_up_together(office: Office) -> None:
    team = office.receiver()
    team.fail(DOWN)
    for study in range(1, 101):
        office.owe(study)
    office.wait(timedelta(days=2), every=15 * MINUTES)
    office.owe(200)
    office.wait(timedelta(days=1, hours=1), every=15 * MINUTES)
    assert office.statuses() == {"dead": 100, "pending": 1}


def test_nothing_is_given_up_because_we_were_off(office: Office) -> None:
    team = office.receiver()
    for study in range(1, 101):
        office.owe(study)
    office.clock.moment += timedelta(days=30)
    team.fail(DOWN)
    office.wait(12 * HOURS, every=5 * MINUTES)
    assert office.statuses() == {"pending": 100}
    team.recover()
    office.wait(HOURS)
    assert office.statuses() == {"delivered": 100}


# --- the log --------------------------------------------------------------------


def test_what_was_claimed_and_what_waits_behind_it_keep_no_read_open(office: Office) -> None:
    office.receiver()
    for _ in range(3):
        office.owe(1, MAJOR)
    gc.disable()
    try:
        with office.store() as store:
            assert store.outbox.claim_deliveries(office.clock.now(), timedelta(minutes=1), 1)
            assert store.checkpoint() == 0
    finally:
        gc.enable()
