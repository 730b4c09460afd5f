"""The tour as a command: `python -m tests.tour`, see --help."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser

from tests.tour.browser import CHROMIUM, browser
from tests.tour.deeds import all_done
from tests.tour.pages import all_places, chosen, looked_at
from tests.tour.places import KINDS
from tests.tour.report import Report
from tests.tour.scenes import Scene, has_month, month_in, rehearsed, rehearsing, troubled
from tests.tour.scenes import looked_at as served

SCENES = ("demo", "troubled", "month")


def main(arguments: Sequence[str] | None = None) -> int:
    """Go everywhere and do everything; 1 where something is not as it should be, 2 without a browser."""
    options = _options(arguments)
    if CHROMIUM is None:
        print("no chromium: `make browser` installs it where it may", file=sys.stderr)
        return 2
    report = Report()
    with tempfile.TemporaryDirectory(prefix="nct-watcher-tour-") as folder, browser() as chromium:
        _scenes(options.only or SCENES, Path(folder), chromium, report)
    for failure in report.failures:
        report.line(f"WRONG {failure}")
    print(report.figures())
    return 1 if report.failures else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.tour", description=sys.modules["tests.tour"].__doc__)
    parser.add_argument("--only", action="append", choices=SCENES, help="only this database; may be given again")
    return parser.parse_args(arguments)


def _scenes(names: Sequence[str], folder: Path, chromium: Browser, report: Report) -> None:
    """The month is made while the others are looked at."""
    with ExitStack() as stack:
        month = None
        if "month" in names and has_month():
            month = rehearsing(folder / "month", month_in(folder))
            stack.callback(month.kill)
        elif "month" in names:
            report.line("skip month: ../shared/data/captures.tar.xz is not here")
        if "demo" in names:
            config = rehearsed(rehearsing(folder / "demo"), folder / "demo")
            with served("demo", config) as scene:
                _tour(chromium, scene, report)
        if "troubled" in names:
            (folder / "troubled").mkdir()
            with troubled(folder / "troubled") as scene:
                _tour(chromium, scene, report)
        if month is not None:
            with served("month", rehearsed(month, folder / "month")) as scene:
                _tour(chromium, scene, report)


def _tour(chromium: Browser, scene: Scene, report: Report) -> None:
    found = all_places(scene, report, set(KINDS) if scene.name == "troubled" else ())
    looked_at(chromium, scene, chosen(found), report)
    all_done(chromium, scene, report)


if __name__ == "__main__":
    sys.exit(main())
