"""How the watcher is: its verdict with reasons, polls, what waits for the operator, the program and its database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from starlette.responses import Response

from watcher.changes.language.words import size_text
from watcher.model import Searched
from watcher.store import Store
from watcher.store.figures import free_bytes
from watcher.store.library import caveat, sqlite_version
from watcher.store.lock import holder
from watcher.views.health import data_age, next_digests
from watcher.views.searches import doubt, progress
from watcher.web.frame import shown
from watcher.web.health import Status
from watcher.web.visit import Show, Visit

VERDICTS: Mapping[Status, str] = {
    Status.OK: "All is well",
    Status.DEGRADED: "It works, but not all is as it should be",
    Status.FAILING: "It does not do what it is there for",
}
# More than these are read from `watcher status`.
MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class SearchRow:
    """How a saved search stands."""

    watch: str
    members: int | None
    swept: str
    completed: datetime | None
    state: str


@dataclass(frozen=True, slots=True)
class Machine:
    """The program, its database, and the room that is left for it."""

    process: str
    sqlite: str
    caveat: str
    size: str
    free: str


def health(visit: Visit) -> Response:
    """Everything the operator looks at, one section each."""
    store, verdict = visit.store, visit.site.health()
    report = store.reports.health()
    return shown(
        visit,
        "health.html.j2",
        "Health",
        verdict=verdict,
        verdict_text=VERDICTS[verdict.status],
        report=report,
        data_age=data_age(report.poll.data_timestamp, visit.now),
        notices=store.notices.open(),
        silences=store.silences.active(visit.now),
        searches=_searches(visit),
        digests=next_digests(visit.config.routes, store.deliveries.collecting(), visit.now),
        noise=store.answers.noise()[:MOST_SHOWN],
        most=MOST_SHOWN,
        machine=_machine(store.path),
        database=str(store.path),
    )


def _searches(visit: Visit) -> list[SearchRow]:
    stands = {state.watch: state for state in visit.store.searches.all()}
    names = [watch.name for watch in visit.config.watches if watch.search is not None]
    return [_search(visit.store, name, stands.get(name)) for name in names]


def _search(store: Store, name: str, state: Searched | None) -> SearchRow:
    if state is None:
        return SearchRow(name, None, "", None, "not asked yet")
    said = doubt(state) or progress(store.searches.under_way(name)) or "no sweep is under way"
    return SearchRow(name, state.members, state.swept, state.completed_at, said)


def _machine(database: Path) -> Machine:
    free = free_bytes(database)
    return Machine(
        process=holder(database),
        sqlite=sqlite_version(),
        caveat=caveat() or "",
        size=size_text(_size(database)),
        free=size_text(free) if free is not None else "not known",
    )


def _size(database: Path) -> int:
    """The bytes of the database with its log."""
    files = (database, database.with_name(f"{database.name}-wal"))
    return sum(file.stat().st_size for file in files if file.exists())


PAGES: Mapping[str, Show] = {"/health": health}
