"""A process that is killed at any step of poll and deliver: nothing is lost, nothing is told twice but as documented.

`make faults` dies at every step there is (ten to twenty minutes), the suite at some of them.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.faults import EVERY_STEP
from tests.faults.theatre import DOUBTFUL, STAGES, After, Ended, Theatre

SOME, PAIRS = 12, 3
SEED = 20261


def moments(theatre: Theatre) -> Iterator[tuple[int, int]]:
    """Where to die: at every step of every stage, or at some, chosen at random and always the same."""
    every = [(stage, place + 1) for stage, steps in enumerate(theatre.steps) for place in range(len(steps))]
    if EVERY_STEP:
        yield from every
        return
    yield from random.Random(SEED).sample(every, SOME)  # noqa: S311 - to choose, not to hide


def pairs(theatre: Theatre) -> Iterator[tuple[int, tuple[int, int]]]:
    """Where to die twice: anywhere in a stage, and in the run that goes on from there."""
    chance = random.Random(SEED + 1)  # noqa: S311 - to choose, not to hide
    for _ in range(PAIRS * (10 if EVERY_STEP else 1)):
        stage = chance.choice((2, 3))
        # A run that goes on from a death may be short, but it opens the database and asks the registry at least.
        yield stage, (chance.randrange(1, len(theatre.steps[stage]) + 1), chance.randrange(1, 12))


def in_doubt(run: Ended) -> bool:
    """Whether a message had arrived, and not been written down as delivered, when the process died."""
    return any(word in run.steps[-1] for word in DOUBTFUL) and not run.steps[-1].startswith("after COMMIT")


def differences(after: After, expected: After) -> dict[str, list[Any]]:
    """The rows that are in one of two databases only."""
    tables = {*after.content, *expected.content}
    sides = {table: (after.content.get(table, []), expected.content.get(table, [])) for table in tables}
    return {
        table: [*(row for row in ours if row not in theirs), "instead of", *(row for row in theirs if row not in ours)]
        for table, (ours, theirs) in sides.items()
        if ours != theirs
    }


def trial(theatre: Theatre, stage: int, deaths: tuple[int, ...]) -> tuple[list[str], int]:
    """Die there, go on, and compare with the run that never died: what is wrong, and how much arrived again."""
    expected = theatre.expected[stage]
    after, runs = theatre.play(stage, deaths)
    if differences(after, expected):
        # The poll that found the heir of a merged study looks at its clocks the next time.
        after = theatre.once_more(stage)
    doubled = after.sent - expected.sent
    doubts = sum(in_doubt(run) for run in runs if run.killed)
    wrong = {
        "not killed as asked": [run.killed for run in runs] != [*[True] * len(deaths), False],
        "the database differs": differences(after, expected),
        "lost": expected.sent - after.sent,
        # A repeat is the same message under the same id to the same recipient.
        "told otherwise": set(doubled) - set(expected.sent),
        "doubled": doubled.total() > doubts and doubled,
    }
    where = f"{STAGES[stage].name}, dead {[run.steps[-1] for run in runs if run.killed]}"
    return [f"{where}: {what}: {found}" for what, found in wrong.items() if found], doubled.total()


def test_the_story_has_every_kind_of_step(theatre: Theatre) -> None:
    said = Counter(step for steps in theatre.steps for step in steps)
    for verb in (
        "Observing.commit", "Clocks.commit", "Outbox.claim_deliveries", "Outbox.settle", "Outbox.release_claims",
        "Observing.announce", "Notices.tell", "Notices.resolve", "Watches.confirm", "Holds.approve", "Silences.add",
        "Deliveries.retry", "Answers.mark_as_noise", "Requests.settle", "Meta.set_poll_state", "Meta._give",
    ):  # fmt: skip
        assert said[f"before COMMIT of {verb}"], verb
    for step in ("a mail", "a webhook", "a request", "a question to the registry", "removing a file"):
        assert said[f"after {step}"], step


def test_the_story_is_rich_enough_to_be_worth_it(theatre: Theatre) -> None:
    last = theatre.expected[-1].content
    forms = {row[2] for row in last["delivery"]}
    assert {"alert", "digest", "batch", "escalation", "notice"} <= forms
    assert {row[1] for row in last["study"]} >= {"listed", "gone", "merged", "absent"}
    for table in ("silence", "hold", "malformed", "clock", "watch", "request"):
        assert last[table], table
    assert all(not after.content["requests left"] for after in theatre.expected)


def test_wherever_a_process_dies_everything_arrives_once_and_the_database_is_as_if_it_had_not(theatre: Theatre) -> None:
    places = list(moments(theatre))
    trials = [trial(theatre, stage, (step,)) for stage, step in places]
    again = sum(doubled for _, doubled in trials)
    print(f"died at {len(places)} of {sum(map(len, theatre.steps))} steps; {again} messages arrived again")
    assert not [wrong for wrongs, _ in trials for wrong in wrongs]
    assert again


def test_dying_twice_in_a_row_loses_and_doubles_no_more_than_dying_twice(theatre: Theatre) -> None:
    trials = [trial(theatre, stage, deaths) for stage, deaths in pairs(theatre)]
    assert not [wrong for wrongs, _ in trials for wrong in wrongs]


@pytest.mark.parametrize("stage", range(len(STAGES)))
def test_a_stage_that_is_run_again_sends_nothing(theatre: Theatre, stage: int) -> None:
    once, _ = theatre.play(stage, ())
    assert theatre.once_more(stage).sent == once.sent
