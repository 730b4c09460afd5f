"""What the month really holds, computed from the captures and the hand-made labels without the product's reading."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.realdata import unpack

SHARED = Path(__file__).resolve().parents[1].parent / "shared" / "data"

# What the registry's machinery moves by itself: it is no content.
MASKED = (
    ("derivedSection", "miscInfoModule", "versionHolder"),
    ("derivedSection", "miscInfoModule", "modelPredictions"),
    ("derivedSection", "conditionBrowseModule"),
    ("derivedSection", "interventionBrowseModule"),
)

Step = tuple[str, datetime.date]


class NoData(Exception):
    """The shared captures or labels are not at hand."""


@dataclass(frozen=True)
class Gold:
    """The hand-made labels of one pair of captures."""

    nct_id: str
    start: datetime.date
    day: datetime.date
    changes: tuple[dict[str, Any], ...]
    acceptable: tuple[dict[str, Any], ...]
    must_not: tuple[dict[str, Any], ...]

    @property
    def step(self) -> Step:
        """The study, and the day on which the registry first showed this."""
        return self.nct_id, self.day


@dataclass(frozen=True)
class Month:
    """The real contents: how many versions each study has, and on which days it changed."""

    versions: Mapping[str, int]
    changed: frozenset[Step]


def shared(name: str) -> Path:
    """A file of the shared data; NoData where it is absent."""
    place = SHARED / name
    if not place.is_file():
        raise NoData(f"../shared/data/{name} is not here: this needs the data that stand beside the project")
    return place


def unpacked(folder: Path, name: str = "captures") -> Path:
    """The captures (or another archive), unpacked below this folder."""
    unpack(shared(f"{name}.tar.xz"), folder)
    return folder / name


def labels() -> tuple[Gold, ...]:
    """Every labelled pair."""
    said = json.loads(shared("gold_dev.json").read_text(encoding="utf-8"))
    return tuple(_gold(entry) for entry in said)


def within(golds: Iterable[Gold], captures: Path) -> tuple[Gold, ...]:
    """The labels of pairs whose both captures are in this folder."""
    return tuple(gold for gold in golds if all(_has(captures, gold.nct_id, day) for day in (gold.start, gold.day)))


def selected(captures: Path, into: Path, golds: Iterable[Gold], days: int, studies: int) -> Path:
    """A folder of the `days` days and `studies` studies with the most labelled pairs; 0 means all."""
    steps = [gold.step for gold in golds]
    kept_days = _busiest_days(captures, steps, days)
    names = sorted(path.name for path in captures.iterdir())
    kept = sorted(names, key=lambda name: -sum(step[0] == name and step[1] in kept_days for step in steps))
    for name in kept[: studies or None]:
        found = [path for path in sorted((captures / name).iterdir()) if day_of(path) in kept_days]
        (into / name).mkdir(parents=True)
        for path in found:
            (into / name / path.name).symlink_to(path)
    return into


def month_of(captures: Path) -> Month:
    """The distinct consecutive contents of every study."""
    series = {study.name: list(_contents(study)) for study in sorted(captures.iterdir())}
    changed = {
        (nct_id, day)
        for nct_id, contents in series.items()
        for (_, before), (day, after) in pairwise(contents)
        if before != after
    }
    versions = {
        nct_id: 1 + sum(study == nct_id for study, _ in changed) for nct_id, contents in series.items() if contents
    }
    return Month(versions, frozenset(changed))


def day_of(path: Path) -> datetime.date:
    """The day a capture is named for."""
    return datetime.date.fromisoformat(path.name[:10])


def _gold(entry: Mapping[str, Any]) -> Gold:
    start, day = (datetime.date.fromisoformat(entry[side][:10]) for side in ("from", "to"))
    parts = (tuple(entry.get(name, ())) for name in ("changes", "acceptable", "must_not"))
    return Gold(entry["nct"], start, day, *parts)


def _has(captures: Path, nct_id: str, day: datetime.date) -> bool:
    return any((captures / nct_id).glob(f"{day}*.json"))


def _busiest_days(captures: Path, steps: Iterable[Step], number: int) -> set[datetime.date]:
    """So many days in a row, with the most labelled pairs after their first."""
    days = sorted({day_of(path) for path in captures.glob("*/*.json")})
    size = number or len(days)
    runs = [days[start : start + size] for start in range(max(len(days) - size, 0) + 1)]
    labelled = [day for _, day in steps]
    best = max(runs, key=lambda run: sum(labelled.count(day) for day in run[1:]))
    return set(best)


def _contents(study: Path) -> Iterator[tuple[datetime.date, str]]:
    """The content a registry shows at the end of each day with a capture."""
    newest = {day_of(path): path for path in sorted(study.iterdir(), key=lambda path: path.stem)}
    for day, path in sorted(newest.items()):
        yield day, _content(json.loads(path.read_bytes()))


def _content(record: dict[str, Any]) -> str:
    for *above, last in MASKED:
        place: Any = record
        for key in above:
            place = place.get(key, {}) if isinstance(place, dict) else {}
        if isinstance(place, dict):
            place.pop(last, None)
    return json.dumps(record, sort_keys=True)
