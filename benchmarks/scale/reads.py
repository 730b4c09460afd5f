"""How long each reading verb takes on a database as large as the whole registry.

`python -m benchmarks.scale.reads [--share 0.1] [--keep FILE]` makes the database, prints a table of verbs with the
median and the 99th percentile in milliseconds, and one line of JSON at the end.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.scale.filled import NOW, Size, fill, nct
from watcher.alerts.accounts import Asked
from watcher.alerts.schedule import DeliveryStatus
from watcher.model import Severity
from watcher.store import Store, opened
from watcher.store.connection import open_reader
from watcher.store.exports import Part
from watcher.store.figures import read_figures
from watcher.store.history import Span
from watcher.store.picking import picked

LIMIT = 5.0
TIMES = 200
_YESTERDAY = NOW - timedelta(days=1)
_REASONS = {
    "observing.latest, 1000 in a row": "a thousand studies at once, each with its facts",
    "observing.latest, 1000 anywhere": "a thousand studies at once, each with its facts",
    "searches.unseen, of a small search": "walks through all members, once in a whole sweep",
    "searches.members, of everything": "as many numbers as the registry has",
    "export studies": "every row of the table, read in batches that each take a moment",
    "export changes": "every row of the table, read in batches that each take a moment",
    "history.extent": "counts what a replay would read",
    "answers.noise": "compares all alerts of the routes that have noise",
    "pruning.planned": "counts everything that would go",
    "boards.glances, 1000 anywhere": "a thousand studies at once, each with its facts and its plan",
    "boards.members, of a small search": "walks through all members, once for a board",
    "boards.newest, far down": "steps over so many entries of an index",
    "boards.naming": "looks through ten thousand titles while somebody waits",
}


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb as it is asked, anew each time; `times`: how often it is timed."""

    name: str
    ask: Callable[[], Any]
    times: int = TIMES


@dataclass(frozen=True, slots=True)
class Timed:
    """How long a verb took, in milliseconds."""

    name: str
    median: float
    p99: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Fill, read, print; 1 where a verb takes longer than it may."""
    options = _options(arguments)
    size = Size().scaled(options.share)
    with tempfile.TemporaryDirectory() as folder:
        path = options.keep or Path(folder) / "watcher.db"
        if not path.exists():
            began = time.monotonic()
            fill(path, size)
            print(f"made {path.stat().st_size / 1e6:.0f} MB in {time.monotonic() - began:.0f} s")
        with (
            opened(path, read_only=True) as store,
            closing(open_reader(path)) as connection,
            connection.reading() as db,
        ):
            found = [_timed(verb) for verb in (*_verbs(store, size), *_sending(db, path))]
    _say(found)
    slow = [timed.name for timed in found if timed.median > LIMIT and timed.name not in _REASONS]
    figures = {timed.name: {"median": round(timed.median, 3), "p99": round(timed.p99, 3)} for timed in found}
    print(json.dumps({"studies": size.studies, "limit": LIMIT, "slow": slow, "milliseconds": figures}))
    return 1 if slow else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="a smaller database, such as 0.01")
    parser.add_argument("--keep", type=Path, help="the database to make, or to read again")
    return parser.parse_args(arguments)


def _timed(verb: Verb) -> Timed:
    verb.ask()
    took = []
    for _ in range(verb.times):
        began = time.perf_counter()
        verb.ask()
        took.append((time.perf_counter() - began) * 1000)
    took.sort()
    return Timed(verb.name, median(took), took[min(int(len(took) * 0.99), len(took) - 1)])


@dataclass(frozen=True, slots=True)
class _Desk:
    """A store with the rows that are asked for, by chance."""

    store: Store
    size: Size
    chance: random.Random

    def study(self) -> str:
        """Any study."""
        return nct(self.chance.randint(1, self.size.studies))

    def changed(self) -> str:
        """One with a second version."""
        return nct(self.chance.randint(1, self.size.second_versions))

    def number(self) -> int:
        """The number of an alert, and of a delivery."""
        return self.chance.randint(1, min(self.size.alerts, self.size.deliveries))

    def spread(self) -> list[str]:
        """A thousand studies, anywhere."""
        return [self.study() for _ in range(1000)]

    def in_a_row(self) -> list[str]:
        """A thousand studies, one after the other."""
        first = self.chance.randint(1, max(self.size.studies - 1000, 1))
        return [nct(number) for number in range(first, first + 1000)]


def _verbs(store: Store, size: Size) -> list[Verb]:
    desk = _Desk(store, size, random.Random(3))  # noqa: S311 - which rows are asked for
    return [*_reports(desk), *_told(desk), *_outgoing(desk), *_searching(desk), *_watching(desk), *_boards(desk)]


def _reports(desk: _Desk) -> list[Verb]:
    reports = desk.store.reports
    return [
        Verb("reports.health", reports.health),
        Verb("reports.studies, first page", reports.studies),
        Verb("reports.studies, any page", lambda: reports.studies(desk.study())),
        Verb("reports.study_count", reports.study_count),
        Verb("reports.study", lambda: reports.study(desk.study())),
        Verb("reports.versions", lambda: reports.versions(desk.changed())),
        Verb("reports.changes", lambda: reports.changes(min_severity=Severity.MINOR)),
        Verb("reports.changes, noise as well", reports.changes),
        Verb("reports.changes, critical", lambda: reports.changes(min_severity=Severity.CRITICAL)),
        Verb("reports.changes, major, since", lambda: reports.changes(since=_YESTERDAY, min_severity=Severity.MAJOR)),
        Verb("reports.changes, of a study", lambda: reports.changes(nct_id=desk.changed())),
        Verb("reports.alert", lambda: reports.alert(desk.number())),
        Verb("reports.newest_alert", reports.newest_alert),
    ]


def _told(desk: _Desk) -> list[Verb]:
    store, accounts = desk.store, desk.store.accounts
    return [
        Verb("accounts.find", lambda: accounts.find(Asked())),
        Verb("accounts.find, of a study", lambda: accounts.find(Asked(nct_id=nct(desk.number())))),
        Verb("accounts.find, rare route", lambda: accounts.find(Asked(route="rare"))),
        Verb("accounts.find, no such route", lambda: accounts.find(Asked(route="nowhere"))),
        Verb("accounts.find, critical", lambda: accounts.find(Asked(min_severity=Severity.CRITICAL))),
        Verb("accounts.find, critical and open", lambda: accounts.find(_open_and_critical())),
        Verb("accounts.find, since", lambda: accounts.find(Asked(since=_YESTERDAY))),
        Verb("accounts.of", lambda: accounts.of(desk.number())),
        Verb("accounts.beside", lambda: accounts.beside(accounts.of(desk.number()))),
        Verb("accounts.noise", accounts.noise),
        Verb("answers.noise", store.answers.noise, 20),
        Verb("answers.unacknowledged", lambda: store.answers.unacknowledged(_YESTERDAY)),
        Verb("history.recorded", lambda: store.history.recorded(desk.changed(), None)),
        Verb("history.extent", lambda: store.history.extent(Span()), 20),
        Verb("history.extent, a month", lambda: store.history.extent(Span(NOW - timedelta(days=30)))),
        Verb("history.steps, first 20", lambda: list(islice(store.history.steps(Span(), as_it_was=False), 20))),
    ]


def _outgoing(desk: _Desk) -> list[Verb]:
    store, deliveries = desk.store, desk.store.deliveries
    return [
        Verb("deliveries.listed", deliveries.listed),
        Verb("deliveries.listed, dead of a channel", lambda: _dead(store)),
        Verb("deliveries.listed, delivered", lambda: deliveries.listed((DeliveryStatus.DELIVERED,))),
        Verb("deliveries.get", lambda: deliveries.get(desk.number())),
        Verb("deliveries.alerts", lambda: deliveries.alerts(desk.number())),
        Verb("deliveries.dead", deliveries.dead),
        Verb("holds.all", store.holds.all),
        Verb("holds.changes", lambda: store.holds.changes("h1", 20)),
        Verb("holds.decided", lambda: store.holds.decided("2025-05-01T09:00:00")),
        Verb("silences.active", lambda: store.silences.active(NOW)),
        Verb("silences.all", store.silences.all),
        Verb("outbox.overdue", lambda: store.outbox.overdue(NOW)),
        Verb("meta.poll_state", store.meta.poll_state),
    ]


def _searching(desk: _Desk) -> list[Verb]:
    searches, spread = desk.store.searches, desk.spread()
    return [
        Verb("searches.all", searches.all),
        Verb("searches.under_way", lambda: searches.under_way("all")),
        Verb("searches.strangers, 1000 in a row", lambda: searches.strangers("all", desk.in_a_row()), 50),
        Verb("searches.strangers, 1000 anywhere", lambda: searches.strangers("all", spread), 50),
        Verb("searches.finders, 100", lambda: searches.finders(spread[:100]), 50),
        Verb("searches.unseen, of a small search", lambda: searches.unseen("some"), 10),
        Verb("searches.members, of everything", lambda: searches.members("all"), 3),
    ]


def _watching(desk: _Desk) -> list[Verb]:
    store, observing, spread = desk.store, desk.store.observing, desk.spread()
    return [
        Verb("observing.latest, 1000 in a row", lambda: observing.latest(desk.in_a_row()), 50),
        Verb("observing.latest, 1000 anywhere", lambda: observing.latest(spread), 50),
        Verb("observing.digests, 1000 in a row", lambda: observing.digests(desk.in_a_row()), 50),
        Verb("observing.digests, 1000 anywhere", lambda: observing.digests(spread), 50),
        Verb("observing.unanswered, 1000", lambda: observing.unanswered(spread, "2026-06-02T09:00:00"), 50),
        Verb("observing.heirs, 1000", lambda: observing.heirs(spread), 50),
        Verb("observing.snapshot", lambda: observing.snapshot(desk.study(), 1)),
        Verb("observing.snapshot, a patch", lambda: observing.snapshot(desk.changed(), 1)),
        Verb("observing.slips", lambda: observing.slips(desk.changed())),
        Verb("observing.earlier", lambda: observing.earlier(desk.changed())),
        Verb("clocks.due", lambda: store.clocks.due(NOW.date() + timedelta(days=1)), 50),
        Verb("clocks.studies, 50", lambda: store.clocks.studies(spread[:50]), 50),
        Verb("pruning.planned", lambda: store.pruning.planned(NOW - timedelta(days=365), NOW), 20),
        Verb("export studies", lambda: sum(1 for _ in store.exports.studies(Part())), 1),
        Verb("export changes", lambda: sum(1 for _ in store.exports.changes(Part())), 1),
    ]


def _boards(desk: _Desk) -> list[Verb]:
    boards, spread = desk.store.boards, desk.spread()
    return [
        Verb("boards.glances, 1000 anywhere", lambda: boards.glances(spread), 50),
        Verb("boards.standings, 100", lambda: boards.standings(spread[:100]), 50),
        Verb("boards.members, of everything", lambda: boards.members("all", 5_000), 50),
        Verb("boards.members, of a small search", lambda: boards.members("some", 5_000), 10),
        Verb("boards.last_change", lambda: boards.last_change("all")),
        Verb("boards.newest", lambda: boards.newest(50)),
        Verb("boards.newest, far down", lambda: boards.newest(50, desk.size.studies - 100), 10),
        Verb("boards.numbered", lambda: boards.numbered("NCT0000", 200), 50),
        Verb("boards.naming", lambda: boards.naming(["example", "none"], spread, 10_000), 10),
        Verb("boards.fill, nothing missing", boards.fill),
    ]


def _sending(db: Any, path: Path) -> list[Verb]:
    return [
        Verb("picking.picked", lambda: picked(db, NOW, 10, {})),
        Verb("figures.read_figures", lambda: read_figures(path, NOW)),
    ]


def _open_and_critical() -> Asked:
    return Asked(min_severity=Severity.CRITICAL, unacknowledged=True)


def _dead(store: Store) -> object:
    return store.deliveries.listed((DeliveryStatus.DEAD,), channel="team1")


def _say(found: Sequence[Timed]) -> None:
    print(f"{'verb':40} {'median ms':>10} {'p99 ms':>10}")
    for timed in found:
        why = _REASONS.get(timed.name, "")
        print(f"{timed.name:40} {timed.median:10.3f} {timed.p99:10.3f}{f'   {why}' if why else ''}")


if __name__ == "__main__":
    raise SystemExit(main())
