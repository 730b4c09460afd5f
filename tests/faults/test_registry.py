"""The registry fails in every way at every question of a poll: nothing is concluded from it, nothing is lost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.faults import EVERY_STEP
from tests.faults.scene import Scene
from tests.faults.troubles import QUICK, SLOW
from tests.faults.wire import Registry, Tamper, is_batch, is_single, is_version
from tests.test_poll import A, B, C
from watcher.errors import RegistryError

QUESTIONS = {"the version": is_version, "a batch": is_batch, "one study": is_single}
D = "NCT00000004"
DRIPS = [("a head that drips", "the version"), ("a head that drips", "one study")]


def made(folder: Path, registry: Registry) -> Scene:
    """Three studies of which one changes, one vanishes and one stays."""
    scene = Scene(registry.folder, folder / "watcher.db", registry=registry)
    scene.watch(A, B, C)
    for nct_id in (A, B, C):
        scene.put(0, nct_id)
    scene.put(1, A, status="SUSPENDED", why_stopped="Supply", filed="2026-06-01")
    return scene


def story(scene: Scene, trouble: tuple[Tamper, Any] | None = None, timeout: float = 10) -> dict[str, Any]:
    """What the database says after the second day, the first poll of which met with trouble."""
    scene.poll(0)
    scene.hide(B)
    if trouble:
        scene.wire.goes_wrong(*trouble)
        scene.timeout = timedelta(seconds=timeout)
        with pytest.raises(RegistryError):
            scene.poll(1)
        scene.timeout = timedelta(seconds=10)
        scene.wire.recovers()
    scene.poll(1)
    return scene.content()


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with Registry(tmp_path / "captures") as registry:
        yield made(tmp_path, registry)


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("honest")
    with Registry(folder / "captures") as registry:
        return story(made(folder, registry))


def combinations() -> Iterator[tuple[str, str]]:
    """Each trouble at a batch, some at the other questions as well; `make faults` meets each everywhere."""
    for place, trouble in enumerate(QUICK):
        for question in QUESTIONS:
            # One record that is none is no fault of the registry: it is set aside (tests/test_poll.py).
            if question == "one study" and trouble in {"JSON of another shape", "a list"}:
                continue
            if question == "a batch" or EVERY_STEP or place % 6 == list(QUESTIONS).index(question):
                yield trouble, question


@pytest.mark.parametrize(("trouble", "question"), list(combinations()))
def test_whatever_is_wrong_with_an_answer_nothing_is_concluded_and_nothing_is_lost(
    scene: Scene, expected: dict[str, Any], trouble: str, question: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watcher.registry.transport.MAX_ANSWER_BYTES", 1_000_000)
    assert story(scene, (QUICK[trouble], QUESTIONS[question])) == expected
    assert "version:2" in str(expected)


@pytest.mark.parametrize(("trouble", "question"), [(trouble, "a batch") for trouble in SLOW] + DRIPS)
def test_however_slow_an_answer_is_the_poll_ends_in_time_and_nothing_is_lost(
    scene: Scene, expected: dict[str, Any], trouble: str, question: str
) -> None:
    began = time.monotonic()
    assert story(scene, (SLOW[trouble], QUESTIONS[question]), timeout=0.15) == expected
    # Two attempts of four times the time limit, and whatever else this machine is busy with.
    assert time.monotonic() - began < 2 * 4 * 0.15 + 2.5
