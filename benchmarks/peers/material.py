"""Studies with invented numbers made from real records, and how each of them looks in each build of the data."""

from __future__ import annotations

import random
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson

Record = dict[str, Any]

# What a study may be next: from one of them to another is what sponsors file.
_STATUSES = (
    "NOT_YET_RECRUITING", "RECRUITING", "ENROLLING_BY_INVITATION", "ACTIVE_NOT_RECRUITING", "SUSPENDED", "TERMINATED",
    "COMPLETED",
)  # fmt: skip
_LISTS = (
    ("contactsLocationsModule", "locations"),
    ("outcomesModule", "primaryOutcomes"),
    ("outcomesModule", "secondaryOutcomes"),
    ("outcomesModule", "otherOutcomes"),
    ("armsInterventionsModule", "armGroups"),
    ("armsInterventionsModule", "interventions"),
)
_DATES = ("primaryCompletionDateStruct", "completionDateStruct", "startDateStruct")
_FIRST_NEW_DATE = date(2030, 1, 1)
_NEW_DATES = 700


@dataclass(frozen=True, slots=True)
class Build:
    """One build of the registry's data: on which day, since when every record is changed, and whether reordered."""

    day: date
    changed_on: date | None = None
    reordered: bool = False

    @property
    def timestamp(self) -> str:
        """Its dataTimestamp."""
        return f"{self.day}T09:00:05"


def number_of(place: int) -> str:
    """The invented number of the study at this place; the registry has given none above NCT08000000."""
    return f"NCT{90000000 + place}"


def bases(folder: Path, number: int) -> list[Record]:
    """So many studies from the records of this folder, each of which can change and be reordered."""
    real = [record for path in sorted(folder.glob("*.json")) if _is_fit(record := orjson.loads(path.read_bytes()))]
    return [_renamed(real[place % len(real)], number_of(place)) for place in range(number)]


def shown(base: Record, place: int, build: Build) -> bytes:
    """The study at this place as this build shows it."""
    record = deepcopy(base)
    record.setdefault("derivedSection", {}).setdefault("miscInfoModule", {})["versionHolder"] = str(build.day)
    if build.changed_on:
        _change(record["protocolSection"]["statusModule"], place, build.changed_on)
    if build.reordered:
        _reorder(record["protocolSection"], random.Random(place))  # noqa: S311 - reproducible, not secret
    return orjson.dumps(record)


def _is_fit(record: Record) -> bool:
    status = record["protocolSection"]["statusModule"]
    has_date = any(name in status for name in _DATES)
    return status.get("overallStatus") in _STATUSES and has_date and bool(list(_to_reorder(record["protocolSection"])))


def _renamed(record: Record, nct_id: str) -> Record:
    protocol = record["protocolSection"]
    identification = {**protocol["identificationModule"], "nctId": nct_id}
    identification.pop("nctIdAliases", None)
    return {**record, "protocolSection": {**protocol, "identificationModule": identification}}


def _change(status: Record, place: int, day: date) -> None:
    """What a filing changes: the status, a date, and the dates of the filing itself.

    What and to what differs from study to study: the same in all of them would be the registry's doing.
    """
    step = 1 + place % (len(_STATUSES) - 1)
    status["overallStatus"] = _STATUSES[(_STATUSES.index(status["overallStatus"]) + step) % len(_STATUSES)]
    name = next(name for name in _DATES if name in status)
    status[name] = {"date": str(_FIRST_NEW_DATE + timedelta(days=place % _NEW_DATES)), "type": "ESTIMATED"}
    status["lastUpdateSubmitDate"] = str(day - timedelta(days=1))
    status["lastUpdatePostDateStruct"] = {"date": str(day), "type": "ACTUAL"}


def _reorder(protocol: Record, chance: random.Random) -> None:
    for module, name in list(_to_reorder(protocol)):
        items = protocol[module][name]
        mixed = chance.sample(items, len(items))
        protocol[module][name] = mixed if mixed != items else items[1:] + items[:1]


def _to_reorder(protocol: Record) -> Iterator[tuple[str, str]]:
    """The lists that look otherwise in another order."""
    for module, name in _LISTS:
        items = protocol.get(module, {}).get(name, ())
        if any(item != items[0] for item in items):
            yield module, name
