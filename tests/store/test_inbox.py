"""Pages of the inbox hold what is asked for, once and in order, however little is looked at for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import change
from watcher.alerts.accounts import Shelf, State
from watcher.alerts.routes import Step
from watcher.model import Alert, Search, Severity, StudyFacts
from watcher.store import Store, inbox, opened
from watcher.store.values import LISTED, Observation, Standing

START = datetime(2026, 6, 1, tzinfo=UTC)
KINDS = ("status.suspended", "site.added", "enrollment.increased")
ROUTES = ("desk", "sites")


@dataclass(frozen=True)
class Happened:
    """A step of a study: what it told on which routes, and how a reader answered."""

    study: int
    routes: tuple[str, ...]
    kind: str
    severity: Severity
    acknowledged: bool
    noise: bool

    @property
    def nct_id(self) -> str:
        return f"NCT{self.study:08}"


steps = st.lists(
    st.builds(
        Happened,
        st.integers(1, 4),
        st.sampled_from([("desk",), ("sites",), ROUTES]),
        st.sampled_from(KINDS),
        st.sampled_from(Severity),
        st.booleans(),
        st.booleans(),
    ),
    max_size=14,
)
shelves = st.builds(
    Shelf,
    studies=st.none() | st.lists(st.integers(1, 4).map("NCT{:08}".format), max_size=3, unique=True).map(tuple),
    route=st.sampled_from(["", *ROUTES, "other"]),
    kinds=st.just(()) | st.lists(st.sampled_from(KINDS), min_size=1, max_size=2).map(tuple),
    min_severity=st.sampled_from(Severity),
    since=st.none() | st.integers(0, 14).map(lambda hours: START + timedelta(hours=hours)),
    until=st.none() | st.integers(0, 14).map(lambda hours: START + timedelta(hours=hours)),
    state=st.sampled_from(State),
    limit=st.integers(1, 8),
)


def record(store: Store, happened: Sequence[Happened]) -> None:
    """Each step an hour after the one before."""
    for number, step in enumerate(happened):
        at = START + timedelta(hours=number)
        told = (change(step.kind, severity=step.severity.word, nct_id=step.nct_id),)
        facts = StudyFacts(step.nct_id)
        occasion = f"event:{number}"
        alerts = tuple(
            Alert(f"{route}|{number}", route, step.nct_id, occasion, at, step.severity, told, facts, "because")
            for route in step.routes
        )
        event = Step(step.nct_id, occasion, at, told, facts)
        store.observing.commit(
            Observation(
                at=at,
                data_timestamp=at.isoformat(),
                standings=(Standing(step.nct_id, LISTED),),
                events=(event,),
                alerts=alerts,
            )
        )
        numbers = [account.alert.id for account in store.inbox.page(Shelf(limit=1)).entries[0]]
        if step.acknowledged:
            store.answers.acknowledge(numbers, at)
        if step.noise:
            store.answers.mark_as_noise(numbers, at)


def asked_for(happened: Sequence[Happened], shelf: Shelf) -> list[int]:
    """The steps that a page should have, newest first, by looking at every one of them."""
    return [number for number in reversed(range(len(happened))) if _belongs(happened[number], number, shelf)]


def _belongs(step: Happened, number: int, shelf: Shelf) -> bool:
    at = START + timedelta(hours=number)
    in_state = {
        State.ANY: True,
        State.UNREAD: not (step.acknowledged or step.noise),
        State.READ: step.acknowledged,
        State.NOISE: step.noise,
        State.SILENCED: False,
    }[shelf.state]
    return (
        (shelf.studies is None or step.nct_id in shelf.studies)
        and (not shelf.route or shelf.route in step.routes)
        and (not shelf.kinds or step.kind in shelf.kinds)
        and step.severity >= shelf.min_severity
        and (shelf.since is None or at >= shelf.since)
        and (shelf.until is None or at < shelf.until)
        and in_state
    )


@dataclass
class Turning:
    """Somebody who turns pages, from the newest to the oldest."""

    store: Store
    pages: list[list[int]] = field(default_factory=list)

    def turn(self, shelf: Shelf) -> list[int]:
        seen: list[int] = []
        before = None
        while True:
            found = self.store.inbox.page(_with(shelf, before=before))
            page = [int(entry[0].alert.occasion.partition(":")[2]) for entry in found.entries]
            assert len(page) <= shelf.limit
            self.pages.append(page)
            seen += page
            if found.older is None:
                return seen
            assert before is None or found.older < before
            before = found.older


def _with(shelf: Shelf, **other: int | None) -> Shelf:
    return replace(shelf, **other)  # type: ignore[arg-type]


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages that look at next to nothing, so that every bound is met."""
    for name, value in {"NEAR": 3, "MOST_LOOKED_AT": 4, "FEW_STUDIES": 1, "_BATCH": 2}.items():
        monkeypatch.setattr(inbox, name, value)


@pytest.mark.usefixtures("narrow")
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps, st.lists(shelves, min_size=1, max_size=8))
def test_turning_pages_shows_what_is_asked_for_once_and_newest_first(
    tmp_path_factory: pytest.TempPathFactory, happened: list[Happened], asked: list[Shelf]
) -> None:
    with opened(tmp_path_factory.mktemp("inbox") / "watcher.db") as store:
        record(store, happened)
        for shelf in asked:
            assert Turning(store).turn(shelf) == asked_for(happened, shelf)
        unread = asked_for(happened, Shelf(state=State.UNREAD))
        assert store.inbox.unread() == len(unread)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Thirty steps of one study, each told by two routes."""
    store = Store(tmp_path / "watcher.db")
    record(store, [Happened(1 + number % 3, ROUTES, KINDS[0], Severity.MAJOR, False, False) for number in range(30)])
    return store


def numbers(found: inbox.Found) -> list[int]:
    return [int(entry[0].alert.occasion.partition(":")[2]) for entry in found.entries]


def test_the_newer_page_is_the_one_that_was_left(store: Store) -> None:
    first = store.inbox.page(Shelf(limit=10))
    second = store.inbox.page(Shelf(limit=10, before=first.older))
    third = store.inbox.page(Shelf(limit=10, before=second.older))
    back = store.inbox.page(Shelf(limit=10, after=max(account.alert.id for account in third.entries[0])))
    assert (numbers(back), back.is_newest, back.older) == (numbers(second), False, second.older)


def test_where_hardly_anything_is_newer_the_newest_page_is_shown_whole(store: Store) -> None:
    top = store.inbox.page(Shelf(limit=10)).entries[3]
    found = store.inbox.page(Shelf(limit=10, after=max(account.alert.id for account in top)))
    assert (numbers(found), found.is_newest) == (list(range(29, 19, -1)), True)


def test_each_entry_has_the_alerts_of_all_routes_even_where_one_is_asked_for(store: Store) -> None:
    for entry in store.inbox.page(Shelf(route="sites")).entries:
        assert [account.alert.route for account in entry] == ["desk", "sites"]


def test_it_says_how_far_it_looked_where_it_found_too_little(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "NEAR", 4)
    monkeypatch.setattr(inbox, "MOST_LOOKED_AT", 10)
    found = store.inbox.page(Shelf(kinds=("site.added",)))
    assert (found.entries, found.looked_to) == ((), START + timedelta(hours=23))
    assert found.older is not None


def test_a_step_within_which_looking_ends_is_shown_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "NEAR", 4)
    monkeypatch.setattr(inbox, "MOST_LOOKED_AT", 9)
    turning = Turning(store)
    assert turning.turn(Shelf()) == list(range(29, -1, -1))
    assert len(turning.pages) == 5


@pytest.mark.parametrize("small", [0, 2000])
def test_a_search_is_asked_for_by_what_it_has_found(
    store: Store, monkeypatch: pytest.MonkeyPatch, small: int, searching: Callable[[Store, str], None]
) -> None:
    monkeypatch.setattr(inbox, "SMALL_SEARCH", small)
    searching(store, "NCT00000002")
    found = store.inbox.page(Shelf(search="sought"))
    assert {entry[0].alert.nct_id for entry in found.entries} == {"NCT00000002"}
    assert len(found.entries) == 10
    assert store.inbox.page(Shelf(search="never swept")).entries == ()
    assert store.inbox.page(Shelf(search="sought", studies=("NCT00000001",))).entries == ()


@pytest.fixture
def searching() -> Callable[[Store, str], None]:
    def searching(store: Store, nct_id: str) -> None:
        store.searches.stand("sought", Search((("query.cond", "x"),)))
        with store._connection.writing() as db:
            db.conn.execute("INSERT INTO member SELECT ?, id FROM search", (nct_id,))
            db.conn.execute("UPDATE search SET members = 1")

    return searching
