"""Made records of made words: many studies that are about as long as real ones, and one with 300 sites."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import orjson

from watcher.examples.plain import LOCATIONS, record, site

SITES, VERSIONS = 300, 60
_WORDS, _SPOKEN = 4_000, (300, 700)
_TEXTS = 300
_STATUSES = ("RECRUITING", "RECRUITING", "NOT_YET_RECRUITING", "ACTIVE_NOT_RECRUITING", "COMPLETED", "TERMINATED")
_PHASES = (["PHASE1"], ["PHASE1", "PHASE2"], ["PHASE2"], ["PHASE3"], ["PHASE4"], ["NA"])
_CONDITIONS = ("Asthma", "Breast Cancer", "Lung Cancer", "Type 2 Diabetes", "Depression", "Psoriasis", "Sepsis")
_SITE_STATUSES = ("NOT_YET_RECRUITING", "RECRUITING", "ACTIVE_NOT_RECRUITING", "COMPLETED")
_COUNTRIES = ("Germany", "France", "United States", "Japan", "Spain", "Canada", "Brazil", "Poland")
FIRST = date(2023, 6, 1)


def nct(number: int) -> str:
    """The number of the n-th study."""
    return f"NCT{number:08}"


class Studies:
    """The records of studies by their place; a later edition has moved on."""

    def __init__(self, seed: int = 7) -> None:
        chance = random.Random(seed)  # noqa: S311 - made words
        words = ["".join(chance.choices("etaoinshrdlu", k=chance.randint(3, 11))) for _ in range(_WORDS)]
        self._texts = [" ".join(chance.choices(words, k=chance.randint(*_SPOKEN))) for _ in range(_TEXTS)]

    def record(self, number: int, edition: int = 0) -> bytes:
        """The record of one study as it was filed for the n-th time: each time later, and larger."""
        chance = random.Random(number)  # noqa: S311 - made records
        start = FIRST + timedelta(days=chance.randint(-2_000, 1_000))
        ends = start + timedelta(days=chance.randint(200, 2_500) + 90 * edition)
        text = self._texts[number % _TEXTS]
        condition = chance.choice(_CONDITIONS)
        said: dict[str, Any] = {
            "nct_id": nct(number),
            "title": f"{text[:50].title()} in {condition}",
            "sponsor": f"{text[60:74].title()} Pharma",
            "conditions": [condition],
            "phases": chance.choice(_PHASES),
            "status": chance.choice(_STATUSES) if not edition else "ACTIVE_NOT_RECRUITING",
            "start": f"{start} actual",
            "primary_completion": str(ends),
            "completion": str(ends + timedelta(days=180)),
            "enrollment": chance.randint(12, 900) + 5 * edition,
            "description": text,
            "fda_drug": number % 3 == 0,
            "filed": str(FIRST + timedelta(days=60 * edition)),
        }
        return orjson.dumps(record(**said))

    def large(self, number: int) -> Iterator[bytes]:
        """One study of many sites, as it was filed again and again: sites open and close, dates slip, it grows."""
        sites = [
            site(f"{self._texts[n % _TEXTS][:24].title()} Hospital {n}", f"City {n}", _COUNTRIES[n % len(_COUNTRIES)])
            for n in range(SITES)
        ]
        for each in sites:
            each["status"] = _SITE_STATUSES[0]
        for edition in range(VERSIONS):
            for n in range(8):
                moved = sites[(edition * 8 + n) % SITES]
                moved["status"] = _SITE_STATUSES[(edition * 8 + n) // SITES + 1]
            made = orjson.loads(self.record(number, edition))
            made["protocolSection"][LOCATIONS.split(".")[1]]["locations"] = sites
            yield orjson.dumps(made)
