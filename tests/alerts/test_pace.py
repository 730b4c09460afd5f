"""How much a channel takes, and from how many alerts on they go together."""

from __future__ import annotations

import pytest

from watcher.alerts.messages.digests import FOR_MAIL
from watcher.alerts.pace import MOST_IN_A_BATCH, Pace


@pytest.mark.parametrize(
    ("limit", "sent", "left"), [(None, 999, None), (60, 0, 60), (60, 59, 1), (60, 60, 0), (60, 61, 0)]
)
def test_what_went_in_the_last_minute_counts_against_the_limit(limit, sent, left):
    assert Pace(per_minute=limit).left(sent) == left


@pytest.mark.parametrize(("batch_from", "due", "folds"), [(0, 500, False), (5, 4, False), (5, 5, True)])
def test_alerts_go_together_from_that_many_on(batch_from, due, folds):
    assert Pace(batch_from=batch_from).folds(due) is folds


def test_a_mail_has_room_for_every_study_of_a_batch():
    assert FOR_MAIL.studies >= MOST_IN_A_BATCH
