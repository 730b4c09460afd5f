"""The newest updates, of few studies and of all: the same steps, whichever way they are found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import change
from tests.store.pages import NOW, page, seen, version
from watcher.alerts.routes import Step
from watcher.store import Store, opened
from watcher.store.values import Observation

NUMBERS = [f"NCT0000000{number}" for number in range(1, 6)]
SEVERITIES = ["noise", "minor", "major", "critical"]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Five studies, each with versions of all severities, a first sight and a version of nothing but noise."""
    with opened(tmp_path_factory.mktemp("store") / "watcher.db") as store:
        for place, nct_id in enumerate(NUMBERS):
            for number in range(1, 8):
                store.observing.commit(told(nct_id, number, NOW + timedelta(hours=7 * number + 3 * place)))
        yield store


def told(nct_id: str, number: int, at: object) -> Observation:
    worst = SEVERITIES[number % 4]
    found = [change(nct_id=nct_id, severity=severity, id=place) for place, severity in enumerate(["noise", worst])]
    new = version(number, seen(nct_id, title=f"{nct_id} {number}"), *found)
    step = replace(new.step, observed_at=at)
    return replace(page(number, nct_id=nct_id, targets=()), versions=(replace(new, step=step),), alerts=(), owed=())


def names(steps: tuple[Step, ...]) -> list[tuple[str, str]]:
    return [(step.nct_id, step.occasion) for step in steps]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(NUMBERS), unique=True), st.integers(1, 40))
def test_many_studies_are_told_of_like_few(store: Store, numbers: list[str], limit: int) -> None:
    few = store.updates.newest(numbers, limit)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("watcher.store.updates.FEW", -1)
        assert store.updates.newest(numbers, limit) == few


def test_of_all_studies_the_newest_steps_come_newest_first(store: Store) -> None:
    every = store.updates.newest(None, 1_000)
    assert names(store.updates.newest(NUMBERS, 1_000)) == names(every)
    assert [step.observed_at for step in every] == sorted((step.observed_at for step in every), reverse=True)
    for limit in (1, 7, 20):
        assert store.updates.newest(None, limit) == every[:limit]


def test_first_sights_and_noise_are_left_out(store: Store) -> None:
    every = store.updates.newest(None, 1_000)
    # Version 1 is a first sight, version 4 is noise.
    assert {step.occasion for step in every} == {f"version:{number}" for number in (2, 3, 5, 6, 7)}
    assert all(len(step.changes) == 1 and step.changes[0].severity > 0 for step in every)


def test_of_no_study_there_is_nothing(store: Store) -> None:
    assert store.updates.newest([], 10) == ()
    assert store.updates.newest(["NCT09999999"], 10) == ()


def test_an_instance_is_not_made_by_reading(tmp_path: Path) -> None:
    database = tmp_path / "watcher.db"
    with opened(database) as store:
        assert store.meta.known_instance == ""
        made = store.meta.instance
    with opened(database, read_only=True) as store:
        assert store.meta.known_instance == made
