"""What a search is asked for next: everything it returns, or what was updated lately. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from watcher.model import Search, Searched, Sweep

OVERLAP = timedelta(days=3)
"""So far before the newest sweep reaches a sweep of what was updated lately: some days are posted late."""

SMALL = 5000
"""A search of so many studies, which is five requests, is swept whole with every data refresh."""

MANY_LEFT, SHARE_LEFT = 20, 0.1
"""More than so many, and than this share of a search, do not leave it at once, nor come to it."""

FEW_LEFT, MOST_LEFT = 3, 0.5
"""Nor more than so many and than half, of a search that is too small for the other rule."""


def next_sweep(state: Searched, search: Search, data_refresh: str, now: datetime, every: timedelta) -> Sweep | None:
    """The sweep that this refresh of the data asks for; None where one has answered for it.

    A large search is swept whole at the pace `every`: a record may move without a new date, and only a whole sweep can
    tell that a study has left.
    """
    if state.swept == data_refresh:
        return None
    if _is_whole_due(state, now, every):
        return Sweep(state.watch, whole=True, asked=dict(search.parameters), data_refresh=data_refresh)
    since = date.fromisoformat(state.swept[:10]) - OVERLAP
    return Sweep(state.watch, whole=False, asked=updated_since(search, since), data_refresh=data_refresh)


def _is_whole_due(state: Searched, now: datetime, every: timedelta) -> bool:
    if not state.begun or state.completed_at is None or state.members <= SMALL or state.suspected:
        return True
    # A clock that was set back must not put it off for ever.
    return not timedelta() <= now - state.completed_at < every


def updated_since(search: Search, since: date) -> Mapping[str, str]:
    """The parameters of a search, for the studies of it that were posted anew on this day or later."""
    asked = dict(search.parameters)
    lately = f"AREA[LastUpdatePostDate]RANGE[{since.isoformat()},MAX]"
    advanced = asked.get("filter.advanced")
    return {**asked, "filter.advanced": f"({advanced}) AND {lately}" if advanced else lately}


def too_many_left(state: Searched, missing: int, data_refresh: str) -> bool:
    """Whether so many studies are missing at once that only another refresh can be believed.

    An answer of the registry that is not whole looks like this, and so does a search engine that is being rebuilt.
    """
    many = missing > max(MANY_LEFT, state.members * SHARE_LEFT) or missing > max(FEW_LEFT, state.members * MOST_LEFT)
    return many and state.suspected in ("", data_refresh)


def too_many_more(state: Searched, sweep: Sweep) -> bool:
    """Whether a whole sweep is about to return so many more studies that only another refresh can be believed.

    Until then nobody is told to have entered, and nobody does. It is judged before the first of them is read, by the
    registry's own total.
    """
    more = (sweep.total or 0) - state.members
    many = sweep.whole and more > max(MANY_LEFT, state.members * SHARE_LEFT)
    return bool(state.begun) and many and state.suspected in ("", sweep.data_refresh)
