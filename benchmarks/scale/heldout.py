"""How well records are compressed by a dictionary that has never seen them, and by none.

Made studies repeat their templates, so a dictionary trained on some of them has seen parts of all.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import orjson

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from watcher.store import bodies


def held_out(captures: Path, records: Path) -> dict[str, float]:
    """The dictionary is trained on every second record; the others are compressed with it, and without."""
    newest = [max(study.iterdir(), key=lambda path: path.stem) for study in sorted(captures.iterdir())]
    raws = [orjson.dumps(orjson.loads(path.read_bytes())) for path in (*sorted(records.iterdir()), *newest)]
    trained = bodies.trained(raws[::2])
    return {
        "held_out_records": len(raws[1::2]),
        "held_out_ratio": _ratio(raws[1::2], trained),
        "held_out_ratio_without_dictionary": _ratio(raws[1::2], None),
    }


def _ratio(raws: Sequence[bytes], trained: zstd.ZstdDict | None) -> float:
    return round(sum(map(len, raws)) / sum(len(bodies.packed(raw, trained)) for raw in raws), 2)
