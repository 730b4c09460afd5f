"""How much a channel takes, and from how many alerts on they go together."""

from __future__ import annotations

import pytest

from watcher.alerts.pace import Pace


@pytest.mark.parametrize(
    ("limit", "sent", "left"), [(None, 999, None), (60, 0, 60), (60, 59, 1), (60, 60, 0), (60, 61, 0)]
)
def test_what_went_in_the_last_minute_counts_against_the_limit(limit, sent, left):
    assert Pace(per_minute=limit).left(sent) == left


@pytest.mark.parametrize(("batch_from", "due", "folds"), [(0, 500, False), (5, 5, False), (5, 6, True), (1, 1, False)])
def test_alerts_go_together_where_more_than_that_many_are_due(batch_from, due, folds):
    assert Pace(batch_from=batch_from).folds(due) is folds
