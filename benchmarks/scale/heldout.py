"""How well records are compressed by a dictionary that has never seen them, and by none.

Made studies repeat the records they are made of, so a dictionary trained on some of them has seen parts of all. A real
record counts as often as its parts are taken for made studies, so that the ratios can be compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import orjson

from benchmarks.scale.made import Made
from benchmarks.scale.templates import newest_in, template_of
from watcher.store import bodies

MADE = 2000
Weighted = tuple[bytes, float]


def held_out(captures: Path, records: Path) -> dict[str, float]:
    """The dictionary is trained on every second record; the others are compressed with it, and without."""
    parsed = [orjson.loads(raw) for raw in newest_in(captures, records)]
    templates = [template_of(record) for record in parsed]
    real = [(orjson.dumps(each), template.weight) for each, template in zip(parsed, templates, strict=True)]
    studies = Made(templates, MADE, date(2026, 11, 30))
    made = [(studies.written(index, b"2026-11-30"), 1.0) for index in range(MADE)]
    return {
        "held_out_ratio": _ratio(real[::2], real[1::2]),
        "held_out_ratio_without_dictionary": _ratio((), real[1::2]),
        "made_ratio": _ratio(made[::2], made[1::2]),
        "made_ratio_without_dictionary": _ratio((), made[1::2]),
    }


def _ratio(learnt: Sequence[Weighted], others: Sequence[Weighted]) -> float:
    trained = bodies.trained([raw for raw, _ in learnt]) if learnt else None
    packed = sum(len(bodies.packed(raw, trained)) * weight for raw, weight in others)
    return round(sum(len(raw) * weight for raw, weight in others) / packed, 2)
