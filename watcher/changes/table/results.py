"""Results: submission, quality control, posting, numbers."""

from __future__ import annotations

from watcher.changes.reading import Row
from watcher.changes.rules import rule
from watcher.changes.texts import RESULTS_DATES, Results
from watcher.model import Severity

NOISE, MINOR, MAJOR, CRITICAL = Severity

_STATUS_MODULE = "protocolSection.statusModule"

ROWS: tuple[Row, ...] = (
    Row(
        name="results",
        label="Study results",
        paths=(
            "hasResults",
            RESULTS_DATES,
            f"{_STATUS_MODULE}.resultsFirstSubmitDate",
            f"{_STATUS_MODULE}.resultsFirstSubmitQcDate",
        ),
        compare=Results(),
        rules={"posted": rule(CRITICAL), "removed": rule(CRITICAL)},
    ),
)
