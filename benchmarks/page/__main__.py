"""How long the page takes to its first byte, at 100,000 studies.

The database is made of made records by the program's own reading and commit, and kept for the next time. For each page
a process of its own serves it (`watcher page`): the first answer has to load everything, the others are of a process
that is warm. Goal: the board of a watch of 2,000 studies, and what is shown of a study with 300 sites and 60 versions,
under 300 ms, also in the worst of 20 answers.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.page.asked import Timed, addresses, missing, size_mb, timed
from benchmarks.page.built import Built, built
from benchmarks.page.made import SITES, VERSIONS
from benchmarks.page.written import figures, write
from benchmarks.performing import parser, performed


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the database, ask for each page, print the figures, and return the exit code."""
    options = _options(arguments)
    return performed("page", lambda _folder: _measured(options))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    options = parser("page", __doc__, "Exit 1: a page that is judged misses its goal, or cannot be shown.")
    options.add_argument("--studies", type=int, default=100_000, help="how many (default %(default)s)")
    options.add_argument("--watched", type=int, default=2_000, help="on the watch (default %(default)s)")
    options.add_argument("--times", type=int, default=20, help="answers of a warm process (default %(default)s)")
    options.add_argument("--cache", type=Path, help="folder for the database, kept for the next time")
    options.add_argument("--only", default="", help="pages whose names begin so (default: all)")
    options.add_argument("--write-docs", action="store_true", help="put the table into docs/performance.md")
    return options.parse_args(arguments)


def _measured(options: argparse.Namespace) -> int:
    began, load = time.monotonic(), _load()
    made = built(options.cache or Path(tempfile.gettempdir()) / "nct-watcher-page", options.studies, options.watched)
    found = [
        _told(timed(made, asked, options.times)) for asked in addresses(made) if asked.name.startswith(options.only)
    ]
    said = _surroundings(made, options) | {"load_before": load, "load_after": _load()} | figures(found)
    said["seconds"] = round(time.monotonic() - began, 1)
    broken = [each.asked.name for each in found if each.status >= 400 and each.status != 404]
    if absent := missing(found):
        print(f"not there yet, and not measured: {', '.join(absent)}")
    if options.write_docs:
        write(said)
    print(json.dumps(said | {"broken": broken}))
    return 1 if said["missed"] or broken else 0


def _told(found: Timed) -> Timed:
    """The line of one page, as soon as it is known."""
    took = f"{found.first:9.1f} {found.median:9.1f} {found.worst:9.1f} {found.processor:9.1f} ms"
    print(f"{found.asked.name:26} {found.status} {took} {found.kilobytes:9.1f} KB", flush=True)
    return found


def _surroundings(made: Built, options: argparse.Namespace) -> dict[str, Any]:
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "studies": made.studies,
        "watched": made.watched,
        "sites": SITES,
        "versions": VERSIONS,
        "database_mb": round(size_mb(made.database), 1),
        "times": options.times,
    }


def _load() -> float:
    return round(os.getloadavg()[0], 1)


if __name__ == "__main__":
    sys.exit(main())
