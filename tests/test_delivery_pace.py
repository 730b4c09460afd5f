"""How fast deliveries go, what goes together, and what a process that ends anywhere leaves to the next."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from tests.office import CRITICAL, HOURS, MAJOR, MINOR, MINUTES, Crash, Office, order
from tests.servers import WebhookServer
from watcher.channels import open_channel
from watcher.deliver import LEASE
from watcher.errors import DeliveryError
from watcher.model import Form, Silence

SECONDS = timedelta(seconds=1)
DOWN = DeliveryError("connection refused")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "watcher.db")


def rows(office: Office, sql: str) -> list[tuple[object, ...]]:
    """The rows of a statement on a connection of its own."""
    connection = sqlite3.connect(office.database)
    try:
        found = connection.execute(sql).fetchall()
        connection.commit()
        return found
    finally:
        connection.close()


# --- rate -----------------------------------------------------------------------


def test_a_channel_gets_no_more_in_any_minute_than_it_takes(office: Office) -> None:
    team = office.receiver("team", "a", "b", per_minute=10)
    for study in range(1, 21):
        office.owe(study)
    office.wait(5 * MINUTES, every=5 * SECONDS)
    assert len(team.got) == 40
    times = [got.at for got in team.got]
    assert all(later - earlier >= MINUTES for earlier, later in zip(times, times[10:], strict=False))


def test_a_restart_forgets_nothing_of_the_last_minute(office: Office) -> None:
    team = office.receiver(per_minute=3)
    for study in range(1, 10):
        office.owe(study)
    office.deliver()
    office.restart()
    office.deliver()
    assert len(team.got) == 3
    office.clock.moment += MINUTES
    office.deliver()
    assert len(team.got) == 6


def test_a_channel_without_allowance_holds_up_no_other(office: Office) -> None:
    team, desk = office.receiver("team", per_minute=1), office.receiver("desk")
    for study in range(1, 30):
        office.owe(study, CRITICAL)
        office.owe(study, MINOR, to="desk")
    assert office.deliver().delivered == 1 + 29
    assert (len(team.got), len(desk.got)) == (1, 29)


def test_a_clock_that_was_set_back_silences_no_channel(office: Office) -> None:
    office.receiver(per_minute=2)
    office.owe(1)
    office.owe(2)
    office.deliver()
    office.clock.moment -= 3 * HOURS
    office.owe(3)
    assert office.deliver().delivered == 1


# --- batches --------------------------------------------------------------------


def test_many_alerts_that_are_due_at_once_go_together_forty_at_a_time_worst_first(office: Office) -> None:
    team = office.receiver(batch_from=10)
    words = [office.owe(study, CRITICAL if study > 100 else MINOR) for study in range(1, 121)]
    assert office.deliver().delivered == 3
    assert [sum(word in got.text for word in words) for got in team.got] == [40, 40, 40]
    assert all(word in team.got[0].text for word in words[100:])
    assert office.statuses() == {"batched": 120, "delivered": 3}


def test_fewer_than_a_channel_takes_together_go_one_by_one(office: Office) -> None:
    team = office.receiver(batch_from=10)
    for study in range(1, 10):
        office.owe(study)
    office.deliver()
    assert len(team.got) == 9
    assert office.statuses() == {"delivered": 9}


def test_news_of_one_study_keep_their_order_over_batches(office: Office) -> None:
    team = office.receiver(batch_from=10)
    words = [office.owe(1 + number % 2, (MINOR, MAJOR, CRITICAL)[number % 3]) for number in range(120)]
    office.deliver()
    for study in (0, 1):
        told = words[study::2]
        places = [next(place for place, got in enumerate(team.got) if word in got.text) for word in told]
        assert places == sorted(places)


def test_digests_and_repetitions_are_never_folded_and_keep_their_place(office: Office) -> None:
    team = office.receiver(batch_from=3)
    before = [office.owe(study) for study in range(1, 6)]
    digest = office.owe(3, form=Form.DIGEST, key="desk|day")
    again = office.owe(4, CRITICAL, form=Form.ESCALATION)
    after = [office.owe(study) for study in range(1, 6)]
    office.deliver()
    place = {
        word: next(place for place, got in enumerate(team.got) if word in got.text)
        for word in (*before, digest, again, *after)
    }
    assert place[before[2]] < place[digest] < place[after[2]]
    assert place[before[3]] < place[again] < place[after[3]]
    assert {form for form, status in rows(office, "SELECT form, status FROM delivery") if status == "batched"} == {
        "alert"
    }


def test_a_batch_says_of_each_alert_no_more_than_its_target_is_to_be_told(office: Office) -> None:
    office.receiver(batch_from=2)
    for study in (1, 2, 3):
        office.owe(study)
    rows(office, "UPDATE delivery_alert SET without = '[7]'")
    office.deliver()
    assert (
        rows(office, "SELECT without FROM delivery_alert JOIN delivery ON id = delivery_id WHERE form = 'batch'")
        == [("[7]",)] * 3
    )


def test_what_was_tried_once_is_never_folded(office: Office) -> None:
    """It may have arrived: under another id it would arrive twice."""
    team = office.receiver(batch_from=2)
    team.fail(DOWN)
    tried = office.owe(1)
    office.deliver()
    office.deliver()
    team.recover()
    others = [office.owe(study) for study in range(2, 8)]
    office.wait(HOURS)
    (alone,) = (got for got in team.got if tried in got.text)
    assert {asked.id for asked in team.asked if tried in asked.text} == {alone.id}
    assert not any(word in alone.text for word in others)


def test_one_bad_morning_on_a_chat_stays_within_its_limits(office: Office) -> None:
    team = office.receiver(per_minute=20, batch_from=5)
    words = [office.owe(study, MINOR) for study in range(1, 501)]
    office.deliver()
    assert len(team.got) == 13
    assert all(any(word in got.text for got in team.got) for word in words)


# --- nothing left to tell ---------------------------------------------------------


@pytest.mark.parametrize("form", [Form.ALERT, Form.DIGEST, Form.ESCALATION])
def test_what_is_silenced_before_it_goes_is_dropped(office: Office, form: Form) -> None:
    team = office.receiver()
    office.owe(1, form=form)
    kept = office.owe(2)
    silence_all(office, of="NCT00000001")
    office.deliver()
    assert order(team, kept) == [kept]
    assert len(team.asked) == 1
    assert office.statuses() == {"delivered": 1, "dropped": 1}


def test_a_batch_leaves_out_what_is_silenced(office: Office) -> None:
    team = office.receiver(batch_from=2)
    silenced, *told = [office.owe(study) for study in range(1, 6)]
    silence_all(office, of="NCT00000001")
    office.deliver()
    (got,) = team.got
    assert silenced not in got.text
    assert all(word in got.text for word in told)


def test_a_pass_goes_on_behind_many_deliveries_that_have_nothing_left_to_tell(office: Office) -> None:
    team = office.receiver()
    for _ in range(30):
        office.owe(1, CRITICAL)
    kept = office.owe(2, MINOR)
    silence_all(office, of="NCT00000001")
    office.deliver()
    assert order(team, kept) == [kept]


def test_an_alert_that_somebody_has_seen_is_not_repeated(office: Office) -> None:
    team = office.receiver()
    office.owe(1, CRITICAL, form=Form.ESCALATION, due=HOURS)
    unseen = office.owe(2, CRITICAL, form=Form.ESCALATION, due=HOURS)
    with office.store() as store:
        store.answers.acknowledge([1], office.clock.now())
    office.wait(2 * HOURS, every=HOURS)
    assert order(team, unseen) == [unseen]
    assert len(team.got) == 1
    assert office.statuses() == {"delivered": 1, "dropped": 1}


def silence_all(office: Office, of: str) -> None:
    """Keep back everything of a study that waits."""
    now = office.clock.now()
    with office.store() as store:
        store.silences.add("wish", Silence(0, "holiday", now, now + timedelta(days=9), nct_id=of))


# --- a process that ends anywhere ---------------------------------------------------


@pytest.mark.parametrize("batch_from", [0, 2], ids=["one by one", "in batches"])
@pytest.mark.parametrize("restart", [True, False], ids=["restart", "end of the lease"])
def test_a_process_that_ends_before_a_message_is_sent_loses_nothing(
    office: Office, batch_from: int, restart: bool
) -> None:
    team = office.receiver(batch_from=batch_from)
    words = [office.owe(study) for study in range(1, 8)]
    team.fail(Crash())
    with pytest.raises(Crash):
        office.deliver()
    team.recover()
    go_on(office, restart)
    assert all(sum(got.text.count(word) > 0 for got in team.got) == 1 for word in words)


@pytest.mark.parametrize("batch_from", [0, 2], ids=["one by one", "in batches"])
@pytest.mark.parametrize("restart", [True, False], ids=["restart", "end of the lease"])
def test_a_process_that_ends_after_a_message_was_sent_repeats_that_one_under_its_id(
    office: Office, batch_from: int, restart: bool
) -> None:
    team = office.receiver(batch_from=batch_from)
    words = [office.owe(study) for study in range(1, 8)]
    team.fail_after(Crash())
    with pytest.raises(Crash):
        office.deliver()
    team.recover()
    # What comes meanwhile must not slip into a message that may have arrived.
    late = office.owe(1)
    go_on(office, restart)
    assert all(len({got.id for got in team.got if word in got.text}) == 1 for word in (*words, late))
    repeated = [got for got in team.got if got.id == team.got[0].id]
    assert len(repeated) == 2
    assert repeated[0].text == repeated[1].text
    assert len(team.got) == len({got.id for got in team.got}) + 1


def test_a_process_that_ends_while_it_folds_has_folded_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    team = office.receiver(batch_from=2)
    words = [office.owe(study) for study in range(1, 8)]

    def gone(*_: object) -> None:
        raise Crash

    with monkeypatch.context() as patched:
        patched.setattr("watcher.store.outbox.claimed", gone)
        with pytest.raises(Crash):
            office.deliver()
    assert office.statuses() == {"pending": 7}
    office.deliver()
    (got,) = team.got
    assert all(word in got.text for word in words)


def test_a_batch_that_fails_is_sent_again_with_the_same_alerts_under_the_same_id(office: Office) -> None:
    team = office.receiver(batch_from=2)
    for study in range(1, 8):
        office.owe(study)
    team.fail(DOWN)
    office.deliver()
    for study in range(1, 8):
        office.owe(study)
    team.recover()
    office.wait(HOURS)
    first = team.asked[0]
    (again,) = (got for got in team.got if got.id == first.id)
    assert again.text == first.text
    assert office.statuses() == {"batched": 14, "delivered": 2}


def test_a_stop_gives_back_what_was_not_tried(office: Office) -> None:
    office.receiver()
    for study in range(1, 8):
        office.owe(study)
    answers = iter([False, False, True])
    assert office.deliver(stop=lambda: next(answers)).delivered == 2
    assert office.statuses() == {"pending": 5, "delivered": 2}
    assert rows(office, "SELECT max(attempts) FROM delivery WHERE status = 'pending'") == [(0,)]


def go_on(office: Office, restart: bool) -> None:
    """The next process starts, or this one finds that nobody works on its claims any more."""
    if restart:
        office.restart()
    else:
        office.clock.moment += LEASE
    office.wait(HOURS)


# --- secrets ----------------------------------------------------------------------


def test_no_secret_of_a_channel_reaches_the_database(office: Office) -> None:
    with WebhookServer() as sink:
        sink.answer(500, body=b"token=s3cr3t-in-the-answer")
        url = f"json://alice:s3cr3t-word@{sink.host}/s3cr3t-path?+X-Token=s3cr3t-header"
        hook = open_channel("hook", url)
        office.channels["hook"] = hook  # type: ignore[assignment]
        office.owe(1, to="hook")
        assert office.deliver().postponed == 1
        assert len(sink.requests) == 1
    kept = str([rows(office, "SELECT * FROM delivery"), rows(office, "SELECT * FROM notice")])
    assert "500" in kept
    for secret in ("s3cr3t-word", "s3cr3t-path", "s3cr3t-header"):
        assert secret not in kept


# --- effort -----------------------------------------------------------------------


def test_a_claim_takes_no_more_effort_however_much_is_due(office: Office) -> None:
    office.receiver("team", "a", "b", "c")

    def effort(due: int) -> int:
        """How many hundred steps of the database a claim takes, with so much more due."""
        steps = 0

        def step() -> int:
            nonlocal steps
            steps += 1
            return 0

        office.clock.moment += MINUTES
        page = office.page([(study % 200 + 1, MAJOR, f"news {study}") for study in range(due)])
        with office.store() as store:
            store.observing.commit(page)
            connection = store._connection._db.conn
            connection.set_progress_handler(step, 100)
            claimed = store.outbox.claim_deliveries(office.clock.now(), LEASE, 10)
            connection.set_progress_handler(None, 100)
            assert len(claimed) == 10
            store.outbox.release(claimed)
        return steps

    few, many = effort(100), effort(2000)
    assert many <= 2 * few
