"""How much a channel takes, and from how many alerts on they go together."""

from __future__ import annotations

import pytest

from tests.alerts.test_digests import digest, many
from watcher.alerts.messages.digests import FOR_MAIL
from watcher.alerts.pace import MOST_IN_A_CHAT, MOST_IN_A_MAIL, Pace
from watcher.model import Form


@pytest.mark.parametrize(
    ("limit", "sent", "left"), [(None, 999, None), (60, 0, 60), (60, 59, 1), (60, 60, 0), (60, 61, 0)]
)
def test_what_went_in_the_last_minute_counts_against_the_limit(limit, sent, left):
    assert Pace(per_minute=limit).left(sent) == left


@pytest.mark.parametrize(("batch_from", "due", "folds"), [(0, 500, False), (5, 4, False), (5, 5, True)])
def test_alerts_go_together_from_that_many_on(batch_from, due, folds):
    assert Pace(batch_from=batch_from).folds(due) is folds


def test_a_chat_names_every_study_of_a_batch_and_the_worst_of_each():
    told = digest(*many(MOST_IN_A_CHAT, "major"), form=Form.BATCH, route="", window="")
    for text in (told.slack, told.chat):
        assert [line for line in text.split("\n") if "more stud" in line] == []
        assert all(f"major thing of NCT{number:08}" in text for number in range(100, 100 + MOST_IN_A_CHAT))


def test_a_mail_has_room_for_every_study_of_a_batch():
    assert FOR_MAIL.studies >= MOST_IN_A_MAIL
