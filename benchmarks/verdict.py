"""The month's figures: what was expected against what is stored and what arrived."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.messages import TARGETS, Evidence, Told, matched, once
from benchmarks.play import Played
from benchmarks.truth import Gold, Month, Step
from watcher.changes.table import KINDS
from watcher.model import Severity

RELABELLED = ("site.renamed", "site.address_corrected", "site.possibly_replaced", "site.geo_changed")

# A webhook target is named for its host and port, and the port is another one in every run.
_PORT = re.compile(r":[0-9]+$")


@dataclass(frozen=True)
class Held:
    """What a database holds of the month, in an order and without the clock."""

    versions: tuple[tuple[Any, ...], ...]
    changes: tuple[tuple[Any, ...], ...]
    alerts: tuple[str, ...]
    deliveries: tuple[str, ...]

    def beyond(self, other: Held) -> list[Any]:
        """The rows of any kind that this one has and the other has not."""
        pairs = zip(self._parts(), other._parts(), strict=True)
        return [row for mine, theirs in pairs for row in (Counter(mine) - Counter(theirs)).elements()]

    def per_study(self) -> Counter[str]:
        """How many versions each study has."""
        return Counter(str(row[0]) for row in self.versions)

    def _parts(self) -> tuple[tuple[Any, ...], ...]:
        return self.versions, self.changes, self.alerts, self.deliveries


def held(database: Path) -> Held:
    """What this database holds; the daemon on it has ended."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return Held(
            _rows(connection, "SELECT nct_id, version, substr(seen_at, 1, 10), content_digest FROM snapshot"),
            _rows(
                connection,
                "SELECT nct_id, occasion, since, version, number, kind, severity, json_extract(body, '$.subject') "
                "FROM change",
            ),
            tuple(key for (key,) in _rows(connection, "SELECT key FROM alert")),
            tuple(_PORT.sub("", key) for (key,) in _rows(connection, "SELECT key FROM delivery")),
        )
    finally:
        connection.close()


def _rows(connection: sqlite3.Connection, sql: str) -> tuple[tuple[Any, ...], ...]:
    return tuple(sorted(connection.execute(sql).fetchall(), key=repr))


# --- what readers should have been told -----------------------------------------


@dataclass(frozen=True)
class Count:
    """What became of the alerts and of the changes in them."""

    alerts_expected: int
    alerts_delivered: int
    alerts_lost: tuple[tuple[str, Step], ...]
    changes_expected: int
    changes_lost: tuple[tuple[str, Step, str], ...]
    changes_doubled: int
    relabelled_pairs: int
    relabelled_changes: int
    relabelled_missed: tuple[tuple[str, Step, str], ...]
    beyond_labels: tuple[Step, ...]
    doubled: int
    repeated: int
    false_alerts: int


def counted(alerts: Sequence[Told], golds: Sequence[Gold], month: Month) -> Count:
    """The figures of everything that arrived, repeats included."""
    kept = once(alerts)
    loud = [gold for gold in golds if _loud(gold)]
    plain = [gold for gold in loud if not relabelled(gold)]
    owed = [(target, gold.step) for gold in loud for target in TARGETS]
    arrived = Counter((alert.target, alert.step) for alert in kept)
    lost = tuple(entry for entry in owed if not arrived[entry])
    missing = _missing(plain, kept)
    again = _missing([gold for gold in loud if relabelled(gold)], kept)
    there = len(TARGETS) * sum(len(_loud(gold)) for gold in loud if relabelled(gold))
    return Count(
        alerts_expected=len(owed),
        alerts_delivered=len(kept),
        alerts_lost=lost,
        changes_expected=len(TARGETS) * sum(len(_loud(gold)) for gold in plain),
        changes_lost=tuple(entry for entry in missing if entry[:2] not in lost),
        changes_doubled=_told_twice(plain, kept),
        relabelled_pairs=sum(map(relabelled, loud)),
        relabelled_changes=there,
        relabelled_missed=tuple(again),
        beyond_labels=tuple(sorted({alert.step for alert in kept} - {step for _, step in owed})),
        doubled=sum(number - 1 for number in arrived.values()),
        repeated=len(alerts) - len(kept),
        false_alerts=sum(alert.step not in month.changed for alert in kept),
    )


def relabelled(gold: Gold) -> bool:
    """Whether sites of this pair stand under another name or address, so that readings of it may differ."""
    named = any(change["kind"] in RELABELLED for change in (*gold.changes, *gold.acceptable))
    return named or any(entry["kind"].startswith("site.") for entry in gold.must_not)


def _loud(gold: Gold) -> list[dict[str, Any]]:
    """Its changes that readers must be told."""
    return [change for change in gold.changes if _is_loud(change)]


def _is_loud(change: dict[str, Any]) -> bool:
    read = change["kind"] in KINDS
    return read and Severity.of(change["severity"]) >= Severity.MINOR and not change.get("optional")


def _missing(golds: Iterable[Gold], kept: Iterable[Told]) -> list[tuple[str, Step, str]]:
    """The changes that stand in no message, each with its target."""
    told: dict[tuple[str, Step], list[Evidence]] = {}
    for alert in kept:
        told.setdefault((alert.target, alert.step), []).extend(alert.evidence)
    return [
        (target, gold.step, f"{change['kind']} {change.get('subject') or ''}".strip())
        for gold in golds
        for target in TARGETS
        for change in _unmatched(gold, told.get((target, gold.step), []))
    ]


def _unmatched(gold: Gold, lines: Sequence[Evidence]) -> list[dict[str, Any]]:
    wanted = _loud(gold)
    found = matched(wanted, lines)
    return [change for number, change in enumerate(wanted) if number not in found]


def _told_twice(golds: Iterable[Gold], kept: Sequence[Told]) -> int:
    """How many changes stand in more than one message at a target."""
    number = 0
    for gold in golds:
        for target in TARGETS:
            alike = [alert for alert in kept if (alert.target, alert.step) == (target, gold.step)]
            hits = Counter(hit for alert in alike for hit in matched(_loud(gold), alert.evidence))
            number += sum(times - 1 for times in hits.values())
    return number


# --- the figures ----------------------------------------------------------------


def figures(
    killed: Played, before: Held, after: Held, clean: Held, count: Count, month: Month, late_alerts: int
) -> dict[str, Any]:
    """What the last line says, but for time and memory."""
    return {
        "polls": killed.polls,
        "requests": killed.requests,
        "versions": len(before.versions),
        "versions_expected": sum(month.versions.values()),
        "changes": len(before.changes),
        "alerts_expected": count.alerts_expected,
        "alerts_delivered": count.alerts_delivered,
        "clock_alerts": sum("|clock:" in key for key in before.alerts),
        "lost": len(count.alerts_lost) + len(count.changes_lost),
        "doubled": count.doubled,
        "repeated": count.repeated,
        "false_alerts": count.false_alerts,
        "kills": len(killed.kills),
        "relabelled_pairs": count.relabelled_pairs,
        "second_run_added": len(after.beyond(before)) + late_alerts,
        "same_as_without_kills": before == clean,
    }
