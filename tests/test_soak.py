from __future__ import annotations

import json
import random
import socket
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from benchmarks.soak.check import damage_in
from benchmarks.soak.front import PAGE, VERSION, Builds, Front
from benchmarks.soak.gauges import WARM_UP, Sample, slope
from benchmarks.soak.lived import Lived, Notice
from benchmarks.soak.page import write_into_page
from benchmarks.soak.plan import Act, Build, Deck, Early, builds, planned
from benchmarks.soak.verdict import judge, noticed, repeated
from benchmarks.soak.weather import STATUSES, Weather, Wind
from benchmarks.stage import StageError
from benchmarks.storm.arrived import Entry, Told
from benchmarks.storm.faults import Fault
from benchmarks.storm.owed import Facts, Seen, Step
from benchmarks.storm.sinks import Arrival, Attempt
from tests.builders import NCT, snapshot
from watcher.model import Severity
from watcher.registry.rehearsal import Captures
from watcher.store import opened
from watcher.store.values import LISTED, NewVersion, Observation, Standing

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "watcher" / "demo"
DAY = date(2026, 2, 10)
NINE = datetime(2026, 2, 10, 9, tzinfo=UTC)
NOW_TARGETS = ("mail-one", "mail-two", "hook-plain", "hook-desk")


@pytest.mark.slow
def test_a_short_soak_loses_doubles_and_damages_nothing():
    options = ["--captures", str(DEMO), "--minutes", "0.15"]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.soak", *options], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert {name: said[name] for name in ("lost", "doubled", "false", "unresolved", "database_damaged")} == {
        "lost": 0, "doubled": 0, "false": 0, "unresolved": 0, "database_damaged": 0,
    }  # fmt: skip
    assert said["alerts_expected"] > 0
    assert said["delivered"] == said["alerts_expected"]
    assert said["kills"] > 0
    assert said["kills"] < said["database_checks"]
    assert said["faults_total"] == sum(said["faults"].values()) > said["kills"]


def test_without_the_month_the_soak_says_so(tmp_path, monkeypatch, capsys):
    from benchmarks import truth
    from benchmarks.soak.__main__ import main

    monkeypatch.setattr(truth, "SHARED", tmp_path)
    assert main(["--minutes", "0.1"]) == 2
    assert "is not here" in capsys.readouterr().err


# --- the verdict --------------------------------------------------------------------

STEP = Step(NCT, "version:2", NINE, 2, (Seen(0, "status.opened", int(Severity.MAJOR)),))


def message(target: str, id: str = "", step: Step = STEP, form: str = "alert") -> Told:
    route, window = ("daily", "2026-02-11") if form == "digest" else ("everything", "")
    return Told(target, id or f"{target}-{step.occasion}", 1.0, form, route, window, (Entry(step.key, None),))


def everything(step: Step = STEP) -> tuple[Told, ...]:
    return (*(message(target, step=step) for target in NOW_TARGETS), message("mail-daily", step=step, form="digest"))


def life(*messages: Told, steps: tuple[Step, ...] = (STEP,), **more: object) -> Lived:
    held = Lived(
        name="a life", last=DAY, facts=Facts(steps, 0), versions={(NCT, "version:2", DAY): "digest"},
        changes={(step.nct_id, step.occasion, step.at.date()): ("0 status.opened 3",) for step in steps},
        notices=(), messages=messages, arrivals=(), attempts=(), doubts=(), moved=((0.0, NINE + timedelta(days=2)),),
        faults=Counter(), deliveries={}, wrong=(), polls=3, starts=1, checks=1, damaged=(), peak_kb=1, seconds=1.0,
    )  # fmt: skip
    return replace(held, **more)  # type: ignore[arg-type]


CALM = life(*everything())


def test_a_life_in_which_everything_arrived_is_all_well():
    found = judge(life(*everything()), CALM, ())
    assert (found.lost, found.doubled, found.false) == ((), (), ())
    assert (found.expected, found.delivered) == (5, 5)


@pytest.mark.parametrize("place", range(5))
def test_a_message_that_did_not_arrive_is_lost(place):
    there = [each for number, each in enumerate(everything()) if number != place]
    found = judge(life(*there), CALM, ())
    assert (len(found.lost), found.expected, found.delivered) == (1, 5, 4)


def test_the_same_change_under_another_id_is_doubled():
    found = judge(life(*everything(), message("mail-one", "another")), CALM, ())
    assert (len(found.doubled), found.lost, found.false) == (1, (), ())


def test_a_message_about_what_did_not_happen_is_false():
    never = replace(STEP, occasion="version:3", at=NINE + timedelta(hours=2))
    found = judge(life(*everything(), message("mail-one", step=never)), CALM, ())
    assert (len(found.false), found.doubled) == (1, ())


def test_what_the_calm_life_alone_holds_is_lost_and_what_it_does_not_hold_is_false():
    other = replace(STEP, occasion="version:3", at=NINE + timedelta(hours=2))
    both, one = life(*everything(), *everything(other), steps=(STEP, other)), life(*everything())
    assert [len(part) for part in (judge(one, both, ()).lost, judge(one, both, ()).false)] == [1, 0]
    assert [len(part) for part in (judge(both, one, ()).lost, judge(both, one, ()).false)] == [0, 1]


def test_a_version_with_another_content_than_in_the_calm_life_is_told():
    assert judge(life(*everything(), versions={(NCT, "version:2", DAY): "another"}), CALM, ()).lost


def test_days_that_were_not_played_are_not_expected():
    later = replace(STEP, occasion="version:3", at=NINE + timedelta(days=1))
    calm = life(*everything(), *everything(later), steps=(STEP, later), last=DAY + timedelta(days=1))
    found = judge(life(*everything()), calm, ())
    assert (found.expected, found.lost) == (5, ())


def test_clocks_and_news_of_one_day_are_left_open_only_where_the_data_turned_in_a_sweep():
    clock = replace(STEP, occasion="clock:due:1:2026-02-10", version=None)
    calm = life(steps=(STEP, clock))
    alone = life(steps=(STEP,))
    assert judge(alone, calm, (Act(DAY, early=Early.PLAIN),)).left_open == 0
    turned = judge(alone, calm, (Act(DAY, early=Early.TURNS),))
    assert turned.left_open == 1
    assert not [each for each in turned.lost if "only in the calm life" in each]


def came(at: float, id: str = "a", target: str = "mail-one@example.org") -> Arrival:
    return Arrival(target, at, id, b"")


def test_a_repeat_needs_a_reason():
    cut = [Attempt(1.0, Fault.CUT_TAKEN, "a"), Attempt(5.0, Fault.NONE, "a")]
    assert repeated([came(1), came(5)], cut, ()).excused == 1
    assert repeated([came(1), came(5)], [Attempt(5.0, Fault.CUT_TAKEN, "a")], ()).unexcused
    assert repeated([came(1), came(5)], [Attempt(1.0, Fault.CUT, "a")], ()).unexcused
    assert repeated([came(1), came(5)], (), [(0.0, 2.0)]).excused == 1
    assert repeated([came(1), came(5)], (), [(2.0, 4.0)]).unexcused


def test_the_same_id_at_two_targets_or_two_ids_at_one_are_no_repeats():
    found = repeated([came(1), came(2, target="hook-plain"), came(3, id="b")], (), ())
    assert (found.excused, found.unexcused) == (0, ())


def test_an_unexcused_repeat_counts_as_doubled():
    arrivals = (came(1), came(5))
    assert judge(life(*everything(), arrivals=arrivals), CALM, ()).doubled


def notice(key: str, opened: str, resolved: str | None, id: str = "m") -> Notice:
    return Notice(key, opened, resolved, id)


def test_a_condition_is_told_once_and_its_end_once():
    told = [notice("registry", "1", "2"), notice("registry.over", "2", "2")]
    assert noticed(told, [came(1, "m")]).wrong == ()
    again = [notice("registry", "3", "4"), notice("registry.over", "4", "4")]
    assert noticed([*told, *again], [came(1, "m")]).wrong == ()
    assert noticed(told[:1] + told, [came(1, "m")]).wrong
    assert noticed([notice("registry", "1", "3"), notice("registry", "2", "3")], [came(1, "m")]).wrong
    assert noticed(told, ()).wrong == ("registry never arrived", "registry.over never arrived")
    assert noticed([notice("registry", "1", None)], [came(1, "m")]).unresolved == ("registry",)


# --- memory -------------------------------------------------------------------------


def sample(polls: int, memory: float, incarnation: int = 1) -> Sample:
    return Sample(incarnation, polls, memory, 10, 4)


def test_a_leak_shows_as_its_growth_and_a_level_as_none():
    leaking = [sample(WARM_UP + polls, 100 + polls * 0.01) for polls in range(30)]
    assert slope(leaking, lambda each: each.memory_mb) == pytest.approx(10)
    assert slope(leaking, lambda each: each.files) == 0


def test_another_incarnation_on_another_level_is_no_growth():
    first = [sample(WARM_UP + polls, 100, 1) for polls in range(20)]
    second = [sample(WARM_UP + 20 + polls, 200, 2) for polls in range(20)]
    assert slope([*first, *second], lambda each: each.memory_mb) == 0


def test_what_is_loaded_in_the_first_polls_is_no_growth():
    assert slope([sample(polls, 50 + polls) for polls in range(WARM_UP)], lambda each: each.memory_mb) is None


# --- the database -------------------------------------------------------------------


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path, seen = tmp_path / "watcher.db", snapshot()
    step = _step_of(seen)
    with opened(path) as store:
        store.observing.commit(
            Observation(
                at=NINE, data_timestamp="2026-02-10T09:00:00", standings=(Standing(NCT, LISTED),),
                versions=(NewVersion(seen, step),),
            )
        )  # fmt: skip
    return path


def _step_of(seen):
    from watcher.alerts.routes import Step as Occasion
    from watcher.model import StudyFacts

    return Occasion(NCT, "version:1", NINE, (), StudyFacts(NCT), None, 1)


def test_a_whole_database_has_no_damage(database):
    assert damage_in(database) == []
    assert damage_in(database.with_name("none.db")) == []


def test_another_body_than_the_one_that_was_stored_is_damage(database):
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("UPDATE snapshot SET raw_digest = 'another'")
        connection.commit()
    assert len(damage_in(database)) == 1


def test_a_reference_to_nothing_is_damage(database):
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("DELETE FROM study")
        connection.commit()
    assert any("reference" in each for each in damage_in(database))


def test_a_page_of_rubbish_is_damage(database):
    whole = bytearray(database.read_bytes())
    whole[4096 * 2 : 4096 * 3] = b"\xff" * 4096
    database.write_bytes(whole)
    assert damage_in(database)


# --- the plan -----------------------------------------------------------------------


def captured(folder: Path, days: int = 16, studies: int = 4) -> Captures:
    """Every study has a capture every day, with a text of its own."""
    for number in range(1, studies + 1):
        nct_id = f"NCT{number:08}"
        (folder / nct_id).mkdir(parents=True)
        for place in range(days):
            identification = {"nctId": nct_id, "briefTitle": f"study {number} on day {place}"}
            record = {"protocolSection": {"identificationModule": identification}}
            (folder / nct_id / f"{DAY + timedelta(days=place)}.json").write_text(json.dumps(record))
    return Captures(folder)


def test_a_deck_deals_every_card_before_any_comes_again():
    deck = Deck("abc", random.Random(1))  # noqa: S311 - reproducible, not secret
    assert [sorted(deck.several(3)) for _ in range(3)] == [["a", "b", "c"]] * 3


def test_the_same_seed_is_the_same_month_and_another_another(tmp_path):
    captures = captured(tmp_path / "all")
    one, same, other = (planned(captures, tmp_path / name, (), seed) for name, seed in (("a", 1), ("b", 1), ("c", 2)))
    assert one.acts == same.acts != other.acts
    assert one.merged == same.merged


def test_of_hidden_days_only_what_is_seen_afterwards_is_played(tmp_path):
    captures = captured(tmp_path / "all")
    play = planned(captures, tmp_path / "shown", (), 1)
    hidden = [day for act in play.acts for day in act.hidden]
    assert len(hidden) == 4
    assert not set(hidden) & set(play.captures.days)
    assert len(play.acts) + len(hidden) == 16
    assert play.month.versions["NCT00000001"] <= len(play.acts)


def test_a_merged_study_is_found_under_its_heir_from_that_day_on(tmp_path):
    play = planned(captured(tmp_path / "all"), tmp_path / "shown", (), 1)
    ((gone, day),) = play.merged
    heir = play.captures.served(day).resolve(gone)
    assert heir != gone
    assert play.captures.served(day - timedelta(days=1)).resolve(gone) == gone
    assert (gone, day) in play.month.changed


def test_the_first_day_has_one_build_and_an_early_one_shows_the_day_before(tmp_path):
    play = planned(captured(tmp_path / "all"), tmp_path / "shown", (), 1)
    assert len(builds(play, 0)) == 1
    place = next(number for number, act in enumerate(play.acts) if act.early is not None)
    before, news = builds(play, place)
    assert (before.content, news.content) == (play.acts[place - 1].day, play.acts[place].day)
    assert before.timestamp < news.timestamp


# --- the registry -------------------------------------------------------------------

FIRST = Build("2026-02-10T09:00:00", DAY)
SECOND = Build("2026-02-11T09:00:00", DAY + timedelta(days=1))
IDS = "NCT00000001|NCT00000002|NCT00000003|NCT00000004"


@contextmanager
def front(tmp_path: Path, wind: Wind = Wind.FAIR, first: Build = FIRST) -> Iterator[tuple[Front, httpx.Client]]:
    weather = Weather(1)
    if wind is not Wind.FAIR:
        weather.settle_in(wind, 60)
    shown = Builds(captured(tmp_path / "all", days=2), first)
    with Front(shown, weather, 1) as it, httpx.Client(base_url=f"http://127.0.0.1:{it.port}", timeout=0.6) as client:
        yield it, client
    shown.stop_listening()


def page(client: httpx.Client) -> httpx.Response:
    return client.get(PAGE, params={"filter.ids": IDS, "pageSize": "4"})


def numbers(answer: httpx.Response) -> list[str]:
    return sorted(study["protocolSection"]["identificationModule"]["nctId"] for study in answer.json()["studies"])


@pytest.mark.parametrize("wind", STATUSES)
def test_a_refusal_is_the_status_it_is_named_for(tmp_path, wind):
    with front(tmp_path, wind) as (it, client):
        answer = page(client)
        assert answer.status_code == STATUSES[wind]
        assert ("retry-after" in answer.headers) == (wind is Wind.TOO_MANY_UNTIL)
        assert it.weather.met == {wind: 1}


@pytest.mark.parametrize("wind", [Wind.RESET, Wind.RESET_IN_BODY, Wind.HANG])
def test_a_broken_connection_gives_no_answer(tmp_path, wind):
    with front(tmp_path, wind) as (_, client), pytest.raises(httpx.TransportError):
        page(client)


@pytest.mark.parametrize("wind", [Wind.HTML, Wind.TRUNCATED, Wind.EMPTY])
def test_a_good_status_with_a_bad_body_is_no_json(tmp_path, wind):
    with front(tmp_path, wind) as (_, client):
        answer = page(client)
        assert answer.status_code == 200
        with pytest.raises(ValueError):  # noqa: PT011 - whichever way it is no JSON
            answer.json()


def test_a_page_is_whole_where_nothing_is_wrong_and_where_it_only_drips(tmp_path):
    with front(tmp_path) as (_, client):
        assert numbers(page(client)) == IDS.split("|")
    with front(tmp_path / "drip", Wind.DRIP) as (_, client):
        assert numbers(page(client)) == IDS.split("|")


def test_pages_come_short_with_strangers_or_with_too_much(tmp_path):
    found = {}
    for wind in (Wind.MISSING_IDS, Wind.TWICE, Wind.UNASKED, Wind.SAME_TOKEN):
        with front(tmp_path / wind, wind) as (_, client):
            answer = page(client)
            found[wind] = len(numbers(answer)), answer.json().get("nextPageToken")
    assert found == {
        Wind.MISSING_IDS: (1, None), Wind.TWICE: (7, None), Wind.UNASKED: (5, None), Wind.SAME_TOKEN: (4, "again"),
    }  # fmt: skip


def test_a_stale_replica_says_what_was_before(tmp_path):
    with front(tmp_path) as (it, client):
        it.builds.show(SECOND)
        assert client.get(VERSION).json()["dataTimestamp"] == SECOND.timestamp
        it.weather.settle_in(Wind.STALE, 60)
        assert client.get(VERSION).json()["dataTimestamp"] == FIRST.timestamp


def test_the_data_turn_in_the_middle_of_a_sweep(tmp_path):
    turning = replace(FIRST, timestamp="2026-02-11T04:00:00", turns_into=SECOND)
    with front(tmp_path, first=turning) as (it, client):
        assert client.get(VERSION).json()["dataTimestamp"] == turning.timestamp
        titles = [page(client).text.count("on day 0"), page(client).text.count("on day 1")]
        assert (titles, it.builds.turned) == ([4, 4], 1)
        assert client.get(VERSION).json()["dataTimestamp"] == SECOND.timestamp


def test_a_number_that_vanished_is_not_found_in_the_words_of_the_registry(tmp_path):
    gone = replace(FIRST, vanished=frozenset({"NCT00000002"}))
    with front(tmp_path, first=gone) as (_, client):
        assert "NCT00000002" not in numbers(page(client))
        alone = client.get(f"{PAGE}/NCT00000002")
        assert (alone.status_code, alone.text) == (404, "NCT number NCT00000002 not found")
        assert client.get(f"{PAGE}/NCT00000001").status_code == 200


def test_a_registry_that_is_down_refuses_and_hangs_up_on_who_is_connected(tmp_path):
    with front(tmp_path) as (it, client):
        page(client)
        it.down()
        with pytest.raises(httpx.TransportError):
            page(client)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", it.port), timeout=1)
        it.up()
        assert page(client).status_code == 200


# --- the page -----------------------------------------------------------------------


def test_the_figures_stand_between_the_marks_and_nothing_else_changes(tmp_path):
    page = tmp_path / "reliability.md"
    page.write_text("before\n<!-- soak -->\nold\n<!-- /soak -->\nafter\n")
    write_into_page({"polls": 7, "faults": {"registry_429": 3}}, page)
    text = page.read_text()
    assert text.startswith("before\n<!-- soak -->")
    assert text.endswith("<!-- /soak -->\nafter\n")
    assert "old" not in text
    assert "| polls | 7 |" in text
    assert "| registry 429 | 3 |" in text


def test_a_page_without_marks_is_named(tmp_path):
    with pytest.raises(StageError, match="no place for the figures"):
        write_into_page({}, tmp_path / "reliability.md")
