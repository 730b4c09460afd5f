"""Databases in which studies have lived: their records are observed and recorded as a poll does it, day by day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from tests.builders import record, site
from watcher.audience import Audience
from watcher.model import Route
from watcher.observe import Answers, observe
from watcher.record import snapshot_of
from watcher.store import Store, opened
from watcher.store.values import PollState

NOBODY = Audience((), (), {})
FIRST = datetime(2024, 1, 8, 9, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
STATUSES = ("NOT_YET_RECRUITING", "RECRUITING", "ACTIVE_NOT_RECRUITING", "COMPLETED", "WITHDRAWN")

__all__ = ["FIRST", "NOBODY", "Route", "big_study", "live", "say_not_found", "see"]


def see(store: Store, said: dict[str, Any] | bytes, at: datetime) -> None:
    """One answer of the registry about one study."""
    snapshot = snapshot_of(said, seen_at=at)
    _record(store, Answers(snapshots=(snapshot,)), snapshot.nct_id, at)


def say_not_found(store: Store, nct_id: str, at: datetime) -> None:
    """The registry has no such record, on this day."""
    _record(store, Answers(not_found=(nct_id,)), nct_id, at)


def say_merged(store: Store, nct_id: str, into: str, at: datetime) -> None:
    """The registry answers with another number."""
    _record(store, Answers(merged={nct_id: into}), nct_id, at)


def live(database: Path, records: Iterable[dict[str, Any] | bytes]) -> None:
    """A database in which these records were seen, one a week."""
    with opened(database) as store:
        at = FIRST
        for number, said in enumerate(records):
            at = FIRST + number * WEEK
            see(store, said, at)
        store.meta.set_poll_state(PollState(last_success_at=at, data_timestamp=at.date().isoformat()))


def big_study(nct_id: str, versions: int = 60, sites: int = 300) -> Iterator[dict[str, Any]]:
    """A long study with many sites: each version moves a date, some sites, an outcome now and then, and much text."""
    chance = Random(7)  # noqa: S311 - reproducible, not secret
    words = [f"word{number}" for number in range(400)]
    rows = [_row(number, words, chance) for number in range(sites)]
    text = " ".join(chance.choices(words, k=6_000))
    outcomes = [{"measure": f"Measure {n} of survival", "timeFrame": f"{n} months"} for n in range(1, 30)]
    for number in range(versions):
        for row in chance.sample(rows, 12):
            row["status"] = STATUSES[min(STATUSES.index(row["status"]) + 1, len(STATUSES) - 1)]
        if number % 6 == 5:
            outcomes = [{**outcomes[0], "timeFrame": f"{number} months"}, *outcomes[1:]]
        yield record(
            nct_id=nct_id,
            primary_completion=f"{2026 + number // 24}-{number // 2 % 12 + 1:02}",
            enrollment=500 + 10 * (number // 7),
            sites=[dict(row) for row in rows],
            primary_outcomes=outcomes[:3],
            secondary_outcomes=outcomes[3:],
            description=f"{text} Amendment {number}.",
            submitted=(FIRST + number * WEEK).date().isoformat(),
        )


def _row(number: int, words: list[str], chance: Random) -> dict[str, Any]:
    contact = {"name": f"Person {number}", "phone": f"+49 30 {number:07}", "email": f"site{number}@example.org"}
    return site(
        f"{' '.join(chance.choices(words, k=4))} Hospital {number}".title(),
        f"City {number % 90}",
        f"Country {number % 25}",
        status="NOT_YET_RECRUITING",
        zip=f"{number:05}",
        contacts=[{**contact, "role": "CONTACT"}],
        geoPoint={"lat": round(chance.uniform(-60, 60), 5), "lon": round(chance.uniform(-170, 170), 5)},
    )


def _record(store: Store, answers: Answers, nct_id: str, at: datetime) -> None:
    known = store.observing.latest([nct_id])
    stamp = at.isoformat()[:19]
    store.observing.commit(observe(answers, known, store.observing, NOBODY, now=at, data_timestamp=stamp))
