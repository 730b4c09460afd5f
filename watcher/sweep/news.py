"""What the sweep of a search tells of a study: that it came, or that it left, and why. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from watcher.alerts.facts import facts_of, places_of
from watcher.model import Change, StudyFacts, Watch
from watcher.observe import News
from watcher.store.values import Known


def came(watch: Watch, nct_id: str, record: Mapping[str, Any], refresh: str) -> News:
    """That a study entered the search of a watch."""
    # Loaded with the first study that comes: most pages bring none.
    from watcher.changes.searches import entered

    search = watch.search
    assert search is not None  # noqa: S101 - only watches with a search are swept
    told = entered(watch.name, search, nct_id, record)
    whole = dict(record)
    return News(_occasion(watch, "entered", refresh), lambda changes: told, facts_of(nct_id, whole), places_of(whole))


def went(watch: Watch, before: Known, refresh: str, why: str = "", earlier: Sequence[Change] = ()) -> News:
    """That a study left the search of a watch: `why`, or what its new version tells, or what its newest one told."""
    from watcher.changes.searches import left, why_left

    def told(changes: Sequence[Change]) -> Change:
        return left(watch.name, before.nct_id, why or why_left(changes or earlier))

    return News(_occasion(watch, "left", refresh), told, before.facts or StudyFacts(before.nct_id))


def _occasion(watch: Watch, verb: str, refresh: str) -> str:
    return f"search:{watch.name}:{verb}:{refresh}"
