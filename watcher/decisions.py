"""What the operator decides of mass changes: carried out by the one process that writes to the database.

Where a daemon runs, a command leaves its decision as an empty file beside the database, and the daemon carries it out
at its next tick. A file that is found again after a crash decides nothing twice.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from watcher.errors import StoreError, UsageError
from watcher.observe import Audience, followed
from watcher.store import Store

log = logging.getLogger(__name__)

APPROVE, DISMISS = "approve", "dismiss"
_LEFT = re.compile(r"\.(approve|dismiss)-([0-9a-f]{8})")


def decide(store: Store, audience: Audience, decision: str, hold_id: str, now: datetime) -> int:
    """Carry out a decision in one transaction; how many alerts it made. Harmless where it was carried out before.

    Raises UsageError for an unknown hold, and where what it held is sent and shall be dismissed.
    """
    if decision == DISMISS:
        store.holds.dismiss(hold_id, now)
        return 0
    numbers = [study.nct_id for watch in audience.watches for study in watch.studies]
    today = replace(audience, watches=followed(audience.watches, store.observing.latest(numbers)))
    return store.holds.approve(hold_id, today.routed, now)


def leave(database: Path, decision: str, hold_id: str) -> None:
    """Leave a decision for the process that holds the database."""
    path = database.with_name(f"{database.name}.{decision}-{hold_id}")
    try:
        path.touch()
    except OSError as error:
        raise StoreError(f"the decision cannot be left for the running watcher at {path}") from error


def carry_out(store: Store, audience: Audience, now: datetime) -> None:
    """Carry out every decision that was left beside the database."""
    for path, decision, hold_id in _left(store.path):
        try:
            made = decide(store, audience, decision, hold_id, now)
            log.info("mass change %s: %s, %s alerts", hold_id, decision, made)
        except UsageError as error:
            log.warning("mass change %s: %s", hold_id, error)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            # It decides nothing twice, so what cannot be removed does no harm.
            log.warning("%s cannot be removed: %s", path, error)


def _left(database: Path) -> Iterator[tuple[Path, str, str]]:
    for path in sorted(database.parent.glob(f"{database.name}.*-*")):
        shape = _LEFT.fullmatch(path.name.removeprefix(database.name))
        if shape:
            yield path, shape[1], shape[2]
