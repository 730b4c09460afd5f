"""Small cases of site identity: two lists of sites, and the kinds that are told of them, noise included."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.semantics.material import said
from benchmarks.truth import shared
from watcher.examples.plain import record
from watcher.record import folded


def failures() -> tuple[int, list[str]]:
    """How many cases there are, and what was told in those that fail."""
    cases = json.loads(shared("site_cases_dev.json").read_text(encoding="utf-8"))
    return len(cases), [failure for case in cases for failure in _failures_of(case)]


def _failures_of(case: Mapping[str, Any]) -> Iterator[str]:
    heard = said(*(record(sites=[_row(site) for site in case[side]]) for side in ("before", "after")))
    got = [change.kind for change in heard]
    if Counter(got) != Counter(case["expect"]) and not (not got and _spelling_alone(case)):
        yield f"{case['id']}: {', '.join(sorted(got)) or 'nothing'} instead of {', '.join(case['expect']) or 'nothing'}"


def _row(site: Mapping[str, Any]) -> dict[str, Any]:
    """A row as the registry writes it: the cases say `contact` for the e-mail of its only contact."""
    row = {key: value for key, value in site.items() if key != "contact"}
    return row | ({"contacts": [{"role": "CONTACT", "email": site["contact"]}]} if "contact" in site else {})


def _spelling_alone(case: Mapping[str, Any]) -> bool:
    """A renamed site whose spelling alone moved may also be silent."""
    names = [sorted(folded(site.get("facility", "")) for site in case[side]) for side in ("before", "after")]
    return case["expect"] == ["site.renamed"] and names[0] == names[1]
