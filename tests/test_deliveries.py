"""The operator's commands about deliveries, on a real database, beside a running watcher and without one."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.office import CRITICAL, HOURS, MINUTES, Office
from tests.servers import free_port
from tests.test_cli import configured, said, watcher
from watcher.alerts.schedule import DeliveryStatus
from watcher.errors import DeliveryError, UsageError
from watcher.model import Form
from watcher.store.lock import single_instance

DOWN = DeliveryError("connection refused")
REFUSED = DeliveryError("no such channel", permanent=True)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "watcher.db")


@pytest.fixture
def config(office: Office, tmp_path: Path) -> Path:
    """A configuration over the office's database; nothing listens where its registry should be."""
    return configured(tmp_path, f"http://127.0.0.1:{free_port()}/api/v2")


def dead_letters(office: Office, *studies: int) -> tuple[int, ...]:
    """Alerts that were refused for good, by the numbers of their deliveries."""
    team = office.receiver() if "team" not in office.channels else office.channels["team"]
    team.fail(REFUSED)
    for study in studies:
        office.owe(study)
    office.deliver()
    team.recover()
    with office.store() as store:
        return store.deliveries.dead()


# --- sent again -----------------------------------------------------------------


def test_a_dead_letter_is_sent_again_under_its_id(office: Office) -> None:
    letters = dead_letters(office, 1, 2)
    team = office.channels["team"]
    with office.store() as store:
        assert store.deliveries.retry(letters, office.clock.now()) == letters
    assert office.deliver().delivered == 2
    assert {got.id for got in team.got} == {asked.id for asked in team.asked}
    assert len(team.asked) == 4


def test_what_is_sent_again_waits_for_no_pause_of_its_target(office: Office) -> None:
    team = office.receiver()
    team.fail(DOWN)
    for study in (1, 2, 3):
        office.owe(study)
    office.wait(5 * HOURS, every=5 * MINUTES)
    team.recover()
    assert office.deliver().delivered == 0
    with office.store() as store:
        (first, *_) = store.deliveries.listed()
        store.deliveries.retry([first.id], office.clock.now())
    assert office.deliver().delivered == 3


def test_what_is_sent_again_has_three_more_days(office: Office) -> None:
    team = office.receiver()
    team.fail(DOWN)
    office.owe(1)
    office.wait(timedelta(days=4), every=HOURS)
    assert office.statuses() == {"dead": 1}
    with office.store() as store:
        store.deliveries.retry(store.deliveries.dead(), office.clock.now())
    office.wait(timedelta(days=2), every=HOURS)
    assert office.statuses() == {"pending": 1}
    office.wait(timedelta(days=2), every=HOURS)
    assert office.statuses() == {"dead": 1}


def test_a_dead_letter_goes_before_later_news_of_its_study(office: Office) -> None:
    letters = dead_letters(office, 1)
    office.clock.moment += HOURS
    office.owe(1, CRITICAL)
    with office.store() as store:
        store.deliveries.retry(letters, office.clock.now())
    office.deliver()
    assert ["news 1" in got.text for got in office.channels["team"].got] == [True, False]


def test_what_was_never_tried_is_not_hurried(office: Office) -> None:
    """A digest would be closed before its window is."""
    office.receiver()
    office.owe(1, form=Form.DIGEST, due=HOURS, key="desk|day")
    with office.store() as store, pytest.raises(UsageError, match="goes by itself when it is due"):
        store.deliveries.retry([1], office.clock.now())


# --- dropped --------------------------------------------------------------------


def test_what_is_dropped_is_never_sent_and_holds_up_nothing(office: Office) -> None:
    team = office.receiver()
    team.fail(DOWN)
    office.owe(1)
    office.deliver()
    kept = office.owe(1)
    with office.store() as store:
        assert store.deliveries.drop([1], office.clock.now()) == (1,)
        assert store.deliveries.drop([1], office.clock.now()) == (1,)
    team.recover()
    office.wait(HOURS)
    (got,) = team.got
    assert kept in got.text
    assert office.statuses() == {"dropped": 1, "delivered": 1}


def test_what_is_being_sent_is_refused_and_nothing_is_done(office: Office) -> None:
    letters = dead_letters(office, 1)
    office.owe(2)
    with office.store() as store:
        (claimed,) = store.outbox.claim_deliveries(office.clock.now(), HOURS, 1)
        for verb in (store.deliveries.drop, store.deliveries.retry):
            with pytest.raises(UsageError, match="being sent at this moment"):
                verb([*letters, claimed.id], office.clock.now())
    assert office.statuses() == {"dead": 1, "claimed": 1}


def test_what_is_over_is_refused_with_what_became_of_it(office: Office) -> None:
    office.receiver(batch_from=2)
    office.owe(1)
    office.deliver()
    office.owe(2)
    office.owe(3)
    office.deliver()
    with office.store() as store:
        with pytest.raises(UsageError, match="delivery 1 cannot be sent again: it is delivered already"):
            store.deliveries.retry([1], office.clock.now())
        with pytest.raises(UsageError, match="it is told, with others, in delivery 4"):
            store.deliveries.drop([2], office.clock.now())
        with pytest.raises(UsageError, match="there is no delivery 77, 78"):
            store.deliveries.drop([1, 77, 78], office.clock.now())


# --- listed ---------------------------------------------------------------------


def test_the_list_says_what_waits_for_whom_until_when(office: Office) -> None:
    dead_letters(office, 1)
    team = office.channels["team"]
    team.fail(DOWN)
    office.owe(2)
    office.owe(3)
    office.deliver()
    with office.store() as store:
        *waiting, dead = store.deliveries.listed()
        assert [found.studies for found in (*waiting, dead)] == [("NCT00000003",), ("NCT00000002",), ("NCT00000001",)]
        # Both wait for their target, which is asked again in a minute.
        for found in waiting:
            assert found.next_at is not None
            assert found.next_at > office.clock.now().isoformat()
        assert (dead.status, dead.error, dead.next_at) == ("dead", "no such channel", None)
        assert [found.id for found in store.deliveries.listed([DeliveryStatus.DEAD])] == [1]
        assert store.deliveries.listed(channel="other") == ()
        assert [alert.nct_id for alert in store.deliveries.alerts(1)] == ["NCT00000001"]


def test_the_commands_list_show_retry_and_drop(office: Office, config: Path) -> None:
    letters = dead_letters(office, 1, 2, 3)
    listed = said("deliveries", "list", "--status", "dead", "--config", config)
    assert [entry["id"] for entry in listed] == [3, 2, 1]
    assert "no such channel" in watcher("deliveries", "list", "--config", config).stdout
    shown = said("deliveries", "show", 2, "--config", config)
    assert (shown["status"], shown["alerts"][0]["nct_id"]) == ("dead", "NCT00000002")
    assert "last error: no such channel" in watcher("deliveries", "show", 2, "--config", config).stdout
    assert watcher("deliveries", "retry", 1, 2, "--config", config).stdout == "2 deliveries to be sent again\n"
    told = said("deliveries", "drop", "--dead", "--channel", "team", "--config", config)
    assert told == {"deliveries": [letters[2]], "said": "1 delivery dropped"}
    assert office.statuses() == {"pending": 2, "dropped": 1}
    assert watcher("deliveries", "retry", "--dead", "--config", config).stdout == "there is no dead letter\n"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["retry"], "name deliveries by their numbers"),
        (["drop", "1", "--dead"], "name deliveries by their numbers"),
        (["retry", "1", "--channel", "team"], "name deliveries by their numbers"),
        (["retry", "99"], "there is no delivery 99"),
        (["show", "99"], "there is no delivery 99"),
        (["list", "--status", "lost"], "--status"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_sentence(
    office: Office, config: Path, words: list[str], why: str
) -> None:
    dead_letters(office, 1)
    assert why in watcher("deliveries", *words, "--config", config, expect=2).stderr
    assert office.statuses() == {"dead": 1}


def test_beside_a_running_watcher_a_request_is_left_for_it(
    office: Office, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead_letters(office, 1)
    monkeypatch.setattr("watcher.cli.asking.PATIENCE", 0.2)
    from typer.testing import CliRunner

    from watcher.cli.app import app

    with single_instance(office.database):
        done = CliRunner().invoke(app, ["deliveries", "retry", "1", "--config", str(config)])
    assert done.exit_code == 1
    (left,) = office.database.parent.glob("watcher.db.request-*")
    assert json.loads(left.read_bytes()) == {"verb": "retry", "about": {"deliveries": [1]}}
    # The next process that holds the database carries it out.
    watcher("deliver", "--config", config)
    assert said("deliveries", "show", 1, "--config", config)["attempts"] == 2
    assert office.statuses() == {"delivered": 2}  # and that messages arrive again
