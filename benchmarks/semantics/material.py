"""Real records beside the project, and how the engine reads them here."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.truth import unpacked
from watcher.changes import changes_between
from watcher.model import Change, Severity
from watcher.record import snapshot_of

SEEN_AT = datetime(2026, 6, 1, tzinfo=UTC)

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Capture:
    """One record as the registry served it, and the day that it is named for."""

    nct_id: str
    day: str
    raw: bytes

    @property
    def record(self) -> dict[str, Any]:
        """The record, parsed anew."""
        parsed: dict[str, Any] = json.loads(self.raw)
        return parsed


@dataclass(frozen=True)
class Material:
    """All pairs of consecutive captures, and the newest record of every study."""

    captures: Path
    pairs: tuple[tuple[Capture, Capture], ...]
    newest: tuple[Capture, ...]


@dataclass(frozen=True)
class Fault:
    """One thing that the engine said, or did not say, and should have not, or should have."""

    about: str
    nct_id: str
    said: str

    def __str__(self) -> str:
        return f"{self.about}: {self.nct_id} {self.said}"


def material(folder: Path) -> Material:
    """The captures and records, unpacked below this folder."""
    captures, records = unpacked(folder), unpacked(folder, "records")
    series = [[_capture(path) for path in _in_time(study)] for study in sorted(captures.iterdir())]
    single = [Capture(path.stem, "", path.read_bytes()) for path in sorted(records.iterdir())]
    pairs = tuple(pair for captured in series for pair in pairwise(captured))
    return Material(captures, pairs, (*(captured[-1] for captured in series), *single))


def said(old: bytes | dict[str, Any], new: bytes | dict[str, Any], today: date | None = None) -> tuple[Change, ...]:
    """What the engine says between two records."""
    return changes_between(*(snapshot_of(record, seen_at=SEEN_AT) for record in (old, new)), today=today)


def loud(changes: Iterable[Change]) -> list[Change]:
    """The changes that a reader would be told."""
    return [change for change in changes if change.severity > Severity.NOISE]


def in_words(changes: Iterable[Change]) -> str:
    """The changes on one line: kind, severity, subject."""
    words = [f"{change.kind} ({change.severity.word}) {change.subject}".strip()[:100] for change in changes]
    more = f" and {len(words) - 4} more" if len(words) > 4 else ""
    return "; ".join(words[:4]) + more or "nothing"


def _in_time(study: Path) -> Iterator[Path]:
    yield from sorted(study.iterdir(), key=lambda path: path.stem)


def _capture(path: Path) -> Capture:
    return Capture(path.parent.name, path.stem, path.read_bytes())
