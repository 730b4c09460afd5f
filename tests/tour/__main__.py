"""The tour as a command: `python -m tests.tour`, see --help."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser

from tests.tour.browser import CHROMIUM, browser
from tests.tour.deeds import DEEDS, all_done
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
        tour = Tour(chromium, report, deeds=options.deeds)
        tour.over(options.only or SCENES, Path(folder))
    for failure in report.failures:
        report.line(f"WRONG {failure}")
    print(report.figures())
    return 1 if report.failures else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.tour", description=sys.modules["tests.tour"].__doc__)
    parser.add_argument("--deeds", metavar="WORDS", help="only what is done, not what is looked at, and so called")
    parser.add_argument("--only", action="append", choices=SCENES, help="only this database; may be given again")
    return parser.parse_args(arguments)


@dataclass(frozen=True)
class Tour:
    """A browser on its way, and what it finds."""

    chromium: Browser
    report: Report
    deeds: str | None

    def over(self, names: Sequence[str], folder: Path) -> None:
        """Go over these databases; that of the month is made while the others are looked at."""
        with ExitStack() as stack:
            month = self._month(folder, stack) if "month" in names else None
            if "demo" in names:
                with served("demo", rehearsed(rehearsing(folder / "demo"), folder / "demo")) as scene:
                    self._go(scene)
            if "troubled" in names:
                with troubled(folder / "troubled") as scene:
                    self._go(scene)
            if month is not None:
                with served("month", rehearsed(month, folder / "month")) as scene:
                    self._go(scene)

    def _month(self, folder: Path, stack: ExitStack) -> subprocess.Popen[bytes] | None:
        if not has_month():
            self.report.line("skip month: ../shared/data/captures.tar.xz is not here")
            return None
        month = rehearsing(folder / "month", month_in(folder))
        stack.callback(month.kill)
        return month

    def _go(self, scene: Scene) -> None:
        if self.deeds is None:
            found = all_places(scene, self.report, KINDS if scene.name == "troubled" else ())
            # The daemon in trouble has most to show; of the others, the largest page of each kind is enough.
            looked_at(self.chromium, scene, chosen(found, 2 if scene.name == "troubled" else 1), self.report)
        some = [deed for deed in DEEDS if (self.deeds or "") in deed.name]
        all_done(self.chromium, scene, self.report, some)


if __name__ == "__main__":
    sys.exit(main())
