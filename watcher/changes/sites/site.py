"""One row of `locations[]`: its fields as they are compared, and as readers know them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from watcher.changes.language.encoding import broken
from watcher.changes.language.words import clipped
from watcher.changes.sites.cities import city_of
from watcher.changes.sites.countries import country_key, country_name
from watcher.changes.sites.labels import Label, label_of
from watcher.changes.sites.plain import plain, skeleton
from watcher.record import canonical

Point = tuple[float, float]

_DIGITS = re.compile(r"\D+")


@dataclass(frozen=True)
class Site:
    """One row, with its place in the list of its own version."""

    index: int
    row: dict[str, Any]

    def text(self, key: str) -> str:
        """A field of the row, "" where absent or of another shape."""
        value = self.row.get(key)
        return value.strip() if isinstance(value, str) else ""

    @property
    def written(self) -> bytes:
        """The row to the letter, for the quick test of equality."""
        return orjson.dumps(self.row, option=orjson.OPT_SORT_KEYS)

    @property
    def standing(self) -> bytes:
        """The row to the letter but for what moves while the site stays: its status and its contacts."""
        rest = {key: value for key, value in self.row.items() if key not in {"status", "contacts"}}
        return orjson.dumps(rest, option=orjson.OPT_SORT_KEYS)

    @cached_property
    def canonical(self) -> str:
        """The whole row: equal rows are the same wherever they stand."""
        return canonical(self.row)

    @cached_property
    def label(self) -> Label:
        """The facility's label, read."""
        return label_of(self.text("facility"))

    @cached_property
    def code(self) -> str:
        """The sponsor's code of the site, "" where the label has none."""
        return "+".join(sorted(self.label.codes))

    @cached_property
    def country(self) -> str:
        """The country, whatever the vocabulary."""
        return country_key(self.text("country"))

    @cached_property
    def country_name(self) -> str:
        """The country under its name of today."""
        return country_name(self.text("country"))

    @cached_property
    def city(self) -> str:
        """The city in one language and spelling."""
        return city_of(self.text("city"))

    @cached_property
    def state(self) -> str:
        """The state or province in normal form."""
        return plain(self.text("state"))

    @cached_property
    def zip(self) -> str:
        """The postcode without blanks and dashes; in the United States the first five digits."""
        code = plain(self.text("zip")).replace(" ", "")
        return code[:5] if code.isdecimal() and self.country == "united states" else code

    @cached_property
    def name(self) -> str:
        """What tells the facility at its address: its words, or "*" for every label that names nobody."""
        return "*" if self.label.generic else " ".join(self.label.words)

    @cached_property
    def local(self) -> frozenset[str]:
        """Words of the address: in a facility's name they say where, not which."""
        parts = (self.text("city"), self.text("state"), self.text("country"))
        words = [plain(part) for part in parts]
        return frozenset(word for part in words for word in (*part.split(), part.replace(" ", ""))) | {self.city}

    @cached_property
    def point(self) -> Point | None:
        """Latitude and longitude, None where they are absent or out of range."""
        point = self.row.get("geoPoint")
        values = [point.get(key) for key in ("lat", "lon")] if isinstance(point, dict) else []
        numbers = [float(value) for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
        if len(numbers) != 2 or not (abs(numbers[0]) <= 90 and abs(numbers[1]) <= 180):
            return None
        return numbers[0], numbers[1]

    @cached_property
    def contacts(self) -> frozenset[str]:
        """E-mail addresses and telephone numbers, as they are compared."""
        rows = self.row.get("contacts")
        people = [person for person in rows if isinstance(person, dict)] if isinstance(rows, list) else []
        mails = (person["email"].strip().casefold() for person in people if isinstance(person.get("email"), str))
        phones = (_DIGITS.sub("", person["phone"]) for person in people if isinstance(person.get("phone"), str))
        return frozenset(filter(None, (*mails, *(phone for phone in phones if len(phone) > 6))))

    @cached_property
    def broken(self) -> bool:
        """Whether the label shows a broken encoding."""
        return broken(self.text("facility")[:500])

    @property
    def skeleton(self) -> str:
        """The letters of the label that a broken encoding leaves untouched."""
        return skeleton(self.text("facility")[:500])

    @property
    def named(self) -> tuple[str, ...]:
        """Facility, city and country, as filed."""
        return self.text("facility"), self.text("city"), self.text("country")

    @property
    def title(self) -> str:
        """The row as readers know it: facility, city, country."""
        return _listed(self.named)

    @property
    def full_title(self) -> str:
        """The title with the postcode, for studies that list the same title more than once."""
        return _listed(self.text(key) for key in ("facility", "city", "zip", "country"))


def _listed(parts: Iterable[str]) -> str:
    return ", ".join(clipped(part, 200) for part in parts if part) or "unnamed"


def kilometres(a: Point | None, b: Point | None) -> float | None:
    """The distance between two points on the earth (haversine), None where one is unknown."""
    if a is None or b is None:
        return None
    lat_a, lon_a, lat_b, lon_b = map(math.radians, (*a, *b))
    arc = math.sin((lat_b - lat_a) / 2) ** 2
    arc += math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * 6371 * math.asin(min(1.0, math.sqrt(arc)))
