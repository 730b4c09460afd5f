"""A folder of captures, `DIR/NCT########/YYYY-MM-DD*.json`, read as what a registry served on a given day."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

import orjson

from watcher.errors import UsageError, WatcherError
from watcher.registry.rehearsal.criteria import EVERYTHING, Criterion, holds
from watcher.registry.rehearsal.searched import Fields, coded_in, texts_in

EXPECTED = "expected DIR/NCT########/YYYY-MM-DD.json, such as DIR/NCT04150497/2022-09-27.json"
KEPT_BODIES, KEPT_SEARCHES = 256, 16

_STUDY_FOLDER = re.compile(r"NCT[0-9]{8}")
_CAPTURE_FILE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}).*\.json")
_NCT_ID = re.compile(r"[Nn][Cc][Tt]0*([1-9][0-9]{0,7})")
_ALIASES = "protocolSection.identificationModule.nctIdAliases"


class UnreadableCapture(WatcherError):
    """A file of the folder is not a record: it cannot be opened, or holds no JSON object."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a registry must know of a record in order to find and sort it."""

    aliases: tuple[str, ...]
    fields: Fields


@dataclass(frozen=True, slots=True)
class Served:
    """What is on show on one day: the capture of each study, and which ids now lead to another study."""

    paths: Mapping[str, Path]
    aliases: Mapping[str, str]

    def resolve(self, nct_id: str) -> str:
        """The id a study is served under; its own if it is nobody's alias."""
        return self.aliases.get(nct_id, nct_id)

    def listed(self) -> list[str]:
        """Every study that is a record of its own; one that was merged into another is not."""
        return [nct_id for nct_id in self.paths if nct_id not in self.aliases]


class Captures:
    """The captures of a folder. Names are read once, at the start; files when they are asked for."""

    def __init__(self, folder: Path) -> None:
        self._series = _series_in(folder)
        if not self._series:
            raise UsageError(f"No capture in {folder}: {EXPECTED}")
        self._loaded = lru_cache(maxsize=KEPT_BODIES)(self._load)
        self.served = lru_cache(maxsize=8)(self._served)
        # Unlike bodies these are small, and finding aliases asks for all of them.
        self.facts = cache(self._facts)
        self._texts = cache(_texts)
        # Every listed study of a day that a criterion holds for: the pages of a search are asked for one by one.
        self.matching = lru_cache(maxsize=KEPT_SEARCHES)(self._matching)

    @property
    def studies(self) -> tuple[str, ...]:
        """Every study that has a capture."""
        return tuple(sorted(self._series))

    @property
    def first_day(self) -> date:
        """The day of the earliest capture."""
        return min(series[0][0] for series in self._series.values())

    @property
    def days(self) -> tuple[date, ...]:
        """Every day with a capture, in order."""
        return tuple(sorted({day for series in self._series.values() for day, _ in series}))

    def body(self, path: Path) -> bytes:
        """The record as the registry would send it, on one line; always the same bytes for the same capture."""
        return self._loaded(path)[0]

    def _facts(self, path: Path) -> Facts:
        return self._loaded(path)[1]

    def _load(self, path: Path) -> tuple[bytes, Facts]:
        record = _record(path)
        fields = Fields(coded_in(record), partial(self._texts, path))
        return orjson.dumps(record), Facts(_aliases_in(record), fields)

    def _served(self, day: date) -> Served:
        newest = ((nct_id, _newest(series, day)) for nct_id, series in self._series.items())
        paths = {nct_id: path for nct_id, path in newest if path}
        return Served(paths, dict(self._aliases_among(paths)))

    def _matching(self, day: date, criterion: Criterion) -> tuple[str, ...]:
        served = self.served(day)
        if criterion == EVERYTHING:
            return tuple(served.listed())
        return tuple(nct_id for nct_id in served.listed() if holds(criterion, self.facts(served.paths[nct_id]).fields))

    def _aliases_among(self, paths: Mapping[str, Path]) -> Iterator[tuple[str, str]]:
        for nct_id, path in paths.items():
            yield from ((alias, nct_id) for alias in self._aliases_of(path) if alias != nct_id)

    def _aliases_of(self, path: Path) -> tuple[str, ...]:
        try:
            return self.facts(path).aliases
        except UnreadableCapture:
            return ()  # whoever asks for this very study is told; the others are not disturbed


def canonical_id(said: str) -> str | None:
    """NCT######## for any accepted spelling (any case, zeros optional); None if it is no NCT number."""
    found = _NCT_ID.fullmatch(said)
    return f"NCT{found[1]:0>8}" if found else None


def _series_in(folder: Path) -> dict[str, list[tuple[date, Path]]]:
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder: {EXPECTED}")
    studies = (entry for entry in sorted(folder.iterdir()) if _STUDY_FOLDER.fullmatch(entry.name) and entry.is_dir())
    found = {study.name: _captures_of(study) for study in studies}
    return {nct_id: series for nct_id, series in found.items() if series}


def _captures_of(study: Path) -> list[tuple[date, Path]]:
    # By stem: 2026-02-05 comes before 2026-02-05T0930Z, so the newest of a day is its last.
    named = sorted((path.stem, path) for path in study.iterdir() if _CAPTURE_FILE.fullmatch(path.name))
    return [(_day_of(path), path) for _, path in named]


def _day_of(path: Path) -> date:
    try:
        return date.fromisoformat(path.name[:10])
    except ValueError as reason:
        raise UsageError(f"{path} is not named for a day: {EXPECTED}") from reason


def _newest(series: list[tuple[date, Path]], day: date) -> Path | None:
    upto = bisect_right(series, day, key=lambda capture: capture[0])
    return series[upto - 1][1] if upto else None


def _record(path: Path) -> dict[str, Any]:
    try:
        record = orjson.loads(path.read_bytes())
    except (OSError, ValueError) as reason:
        raise UnreadableCapture(f"The capture {path} cannot be read") from reason
    if not isinstance(record, dict):
        raise UnreadableCapture(f"The capture {path} cannot be read: it holds no JSON object")
    return record


def _texts(path: Path) -> dict[str, str]:
    return texts_in(_record(path))


def _aliases_in(record: dict[str, Any]) -> tuple[str, ...]:
    """Aliases in a record of any shape: a malformed one is served too, so that the watcher can meet it."""
    aliases = _at(record, _ALIASES)
    spelled = [canonical_id(alias) for alias in aliases if isinstance(alias, str)] if isinstance(aliases, list) else []
    return tuple(alias for alias in spelled if alias)


def _at(record: Any, path: str) -> Any:
    for key in path.split("."):
        if not isinstance(record, dict):
            return None
        record = record.get(key)
    return record
