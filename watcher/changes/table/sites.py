"""Locations: sites and countries."""

from __future__ import annotations

from watcher.changes.reading import Row
from watcher.changes.rules import When, rule, where
from watcher.changes.sites.nations import Countries
from watcher.changes.sites.telling import Sites
from watcher.changes.status.moves import LOCATIONS
from watcher.model import Severity

NOISE, MINOR, MAJOR, CRITICAL = Severity

ROWS: tuple[Row, ...] = (
    Row(
        name="site",
        label="Locations",
        paths=tuple(
            f"{LOCATIONS}[].{field}"
            for field in (
                "facility",
                "status",
                "city",
                "state",
                "zip",
                "country",
                "contacts",
                "geoPoint",
                "countryCode",
            )
        ),
        compare=Sites(),
        rules={
            "added": rule(MINOR),
            "removed": rule(MINOR, major=where(When.LOSES_OPEN_SITE)),
            "opened": rule(MINOR),
            "closed": rule(MINOR),
            "completed": rule(MINOR),
            "withdrawn": rule(MAJOR),
            "suspended": rule(MAJOR),
            "terminated": rule(MAJOR),
            "reopened": rule(MAJOR),
            "stepped_back": rule(MINOR),
            "possibly_replaced": rule(MINOR),
            "identified": rule(MINOR),
            "anonymised": rule(MINOR),
            "status_shown": rule(NOISE),
            "status_cleared": rule(NOISE),
            "renamed": rule(NOISE),
            "address_corrected": rule(NOISE),
            "duplicate_collapsed": rule(NOISE),
            "contact_changed": rule(NOISE),
            "geo_changed": rule(NOISE),
        },
    ),
    Row(
        name="country",
        label="Countries",
        paths=(f"{LOCATIONS}[].country",),
        compare=Countries(),
        rules={"added": rule(MAJOR), "removed": rule(MAJOR)},
    ),
)
