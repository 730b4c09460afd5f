"""Results: submission, quality control, posting, numbers."""

from __future__ import annotations

from watcher.changes.reading import Row
from watcher.changes.results import RESULTS_DATES, TRACKED, Posting, Tracking
from watcher.changes.rules import When, rule, where
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
        compare=Posting(),
        rules={
            "posted": rule(CRITICAL),
            "updated": rule(MAJOR, minor=where(When.ONLY_TEXT)),
            "removed": rule(CRITICAL),
        },
    ),
    Row(
        name="results",
        label="Results not yet public",
        paths=TRACKED,
        compare=Tracking(),
        rules={
            "submitted": rule(MAJOR),
            "returned": rule(MINOR),
            "cancelled": rule(MAJOR),
            "delayed": rule(MAJOR),
            "waived": rule(MAJOR),
        },
    ),
)
