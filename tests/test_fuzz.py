"""A share of `make fuzz` in every run of the tests, and that the fuzzer sees what it is there for."""

from __future__ import annotations

import time
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.fuzz.__main__ import LEAST, SEED
from benchmarks.fuzz.guided import Dictated
from benchmarks.fuzz.messages import _check_page
from benchmarks.fuzz.mutate import mutated_bytes, mutated_json
from benchmarks.fuzz.records import corpus, large
from benchmarks.fuzz.running import chance_of, ran
from benchmarks.fuzz.targets import TARGETS
from benchmarks.fuzz.verdict import Silent, demand

# Behind those of `make fuzz`: these are other inputs.
BEYOND = 10_000_000


@pytest.mark.parametrize("name", TARGETS)
def test_hostile_input_is_refused_in_our_words_or_read_whole(name: str) -> None:
    target = TARGETS[name]
    tally = ran(name, target.attempt, SEED, range(BEYOND, BEYOND + target.quick))
    assert tally.shown == []
    assert tally.inputs == target.quick


@pytest.mark.parametrize("name", ["record bytes", "answers", "words of a configuration", "addresses of webhooks"])
def test_what_hypothesis_chooses_is_refused_in_our_words_or_read_whole(name: str) -> None:
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.randoms(use_true_random=False))
    def attempt(rng: Random) -> None:
        TARGETS[name].attempt(rng)

    attempt()


def test_the_whole_run_is_as_large_as_it_promises() -> None:
    assert sum(target.inputs for target in TARGETS.values()) >= LEAST


@pytest.mark.parametrize("name", ["record bytes", "record pairs", "answers", "configurations", "messages of records"])
def test_a_fair_share_of_the_inputs_is_accepted_or_the_fuzzer_would_only_knock_at_the_door(name: str) -> None:
    number = min(TARGETS[name].quick, 100)
    assert ran(name, TARGETS[name].attempt, 1, range(number)).accepted > number / 10


def test_a_crash_a_hang_and_a_silence_are_each_seen_and_told_with_the_way_to_see_them_again() -> None:
    def crash(rng: Random) -> bool:
        raise KeyError("gone")

    def hang(rng: Random) -> bool:
        while True:
            time.sleep(0.01)

    def silent(rng: Random) -> bool:
        demand(False, "taken as it was")
        return True

    for attempt, count in ((crash, "crashes"), (hang, "hangs"), (silent, "silent")):
        tally = ran("some", attempt, 7, range(3, 4), longest=0.1)
        assert (getattr(tally, count), tally.failures, tally.inputs) == (1, 1, 1)
        assert '--seed 7 --again "some" 3' in tally.shown[0]


def test_an_input_is_the_same_every_time() -> None:
    first, second = (
        [mutated_bytes(chance_of(1, "some", n), b"abc" * 50) for n in range(50)]
        + [mutated_json(chance_of(1, "some", n), large()[0], corpus()) for n in range(20)]
        for _ in range(2)
    )
    assert first == second
    assert len({repr(each) for each in first}) > 60


@pytest.mark.parametrize(
    "page", ["<script>alert(1)</script>", '<p onclick="x">', '<a href="http://evil.example">x</a>', "<iframe>"]
)
def test_a_page_with_what_is_not_ours_is_silent_and_not_sound(page: str) -> None:
    with pytest.raises(Silent):
        _check_page(page)


def test_dictated_chance_reads_its_bytes_and_is_zero_behind_them() -> None:
    rng = Dictated(b"\x05\x00" + b"\xff" * 7)
    assert rng.getrandbits(8) == 5
    assert rng.getrandbits(8) == 0
    assert rng.random() > 0.99
    assert (rng.random(), rng.choice("abc")) == (0.0, "a")
