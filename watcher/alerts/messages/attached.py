"""The table that goes with a digest: every change of it, as CSV that a spreadsheet opens and does not execute."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import UTC

from watcher.alerts.messages.parcel import Parcel
from watcher.alerts.messages.safe import one_line, plain
from watcher.alerts.messages.views import STUDY_PAGE
from watcher.changes.language.words import clipped
from watcher.model import Alert, Attachment, Change

COLUMNS = (
    "observed", "nct_id", "label", "sponsor", "phase", "severity", "kind", "subject", "old", "new", "sentence",
    "record", "alert", "paths",
)  # fmt: skip
# A spreadsheet shows no more of a cell than 32,767 characters, and nobody reads so many.
_LONGEST_CELL = 4_000
# What a spreadsheet takes for a formula, in the wide forms of East Asian keyboards, too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def table_of(alerts: Sequence[Alert], parcel: Parcel) -> Attachment:
    """Every change of these alerts, a row each."""
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for alert in alerts:
        writer.writerows(_rows(alert))
    # The mark at the beginning tells a spreadsheet that this is UTF-8.
    return Attachment(_name(parcel), "text/csv", held.getvalue().encode("utf-8-sig"))


def defused(text: str) -> str:
    """A text on one line that no spreadsheet takes for a formula."""
    shown = plain(text)
    return f"'{one_line(shown)}" if shown.startswith(_FORMULA) else one_line(shown)


def cell(text: str) -> str:
    """The same, no longer than anybody reads."""
    return clipped(defused(text), _LONGEST_CELL)


def _rows(alert: Alert) -> Iterator[list[str]]:
    for change in alert.changes:
        yield [cell(text) for text in _values(alert, change)]


def _values(alert: Alert, change: Change) -> tuple[str, ...]:
    return (
        f"{alert.observed_at.astimezone(UTC):%Y-%m-%d %H:%M}",
        alert.nct_id,
        alert.label,
        alert.study.sponsor,
        alert.study.phase,
        change.severity.word,
        change.kind,
        change.subject,
        change.old or "",
        change.new or "",
        change.sentence,
        f"{STUDY_PAGE}{alert.nct_id}",
        str(alert.id or ""),
        " ".join(change.paths),
    )


def _name(parcel: Parcel) -> str:
    parts = ("changes", parcel.route.lower(), parcel.window)
    slug = re.sub(r"[^a-z0-9]+", "-", " ".join(parts)).strip("-")
    return f"{slug[:80]}.csv"
