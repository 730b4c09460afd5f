"""When the database cannot be written, nothing can be owed: then the operator is told directly, once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from watcher.alerts.identity import message_id
from watcher.alerts.render import Parcel, rendered
from watcher.channels import Channel
from watcher.errors import DeliveryError, StoreDamaged, StoreError
from watcher.model import Form, Notice, Target

log = logging.getLogger(__name__)

# A short trouble (another program copies the file) passes before anybody could do anything about it.
PATIENCE = timedelta(minutes=2)
RETRY = timedelta(minutes=10)


class Distress:
    """The trouble that the database is in, as far as the operator knows of it."""

    def __init__(self, database: Path, channels: Mapping[str, Channel], operator: Sequence[Target]) -> None:
        self._database = database
        self._channels = channels
        self._operator = operator
        self._lock = threading.Lock()
        self._since: datetime | None = None
        self._error: StoreError | None = None
        self._told: set[Target] = set()
        self._next_at = datetime.max.replace(tzinfo=UTC)

    @property
    def lasts(self) -> bool:
        """Whether there is trouble now."""
        return self._since is not None

    def reach(self, channels: Mapping[str, Channel], operator: Sequence[Target]) -> None:
        """From now on, these are the channels and the operator."""
        with self._lock:
            self._channels, self._operator = channels, operator

    def meet(self, error: StoreError, now: datetime, *, at_once: bool = False) -> None:
        """There is trouble: tell the operator once it has lasted, at every recipient once."""
        with self._lock:
            if isinstance(error, StoreDamaged) and not isinstance(self._error, StoreDamaged):
                # What heals by itself has become what does not: that is told, whatever was told before.
                self._since = None
            self._error = error
            if self._since is None:
                self._since, self._told = now, set()
                self._next_at = now + PATIENCE
            if at_once:
                self._next_at = min(self._next_at, now)
            self._remind(now)

    def remind(self, now: datetime) -> None:
        """The trouble goes on, and nobody works who could meet it again: tell whoever was not reached so far."""
        with self._lock:
            self._remind(now)

    def over(self) -> Notice | None:
        """What the operator is to be told when it is over; None where nobody has heard of it."""
        with self._lock:
            return _over(self._database, self._since) if self._told and self._since is not None else None

    def leave(self) -> None:
        """The trouble is over."""
        with self._lock:
            self._since = None

    def _remind(self, now: datetime) -> None:
        untold = [target for target in self._operator if target not in self._told]
        if self._since is None or self._error is None or not untold or now < self._next_at:
            return
        self._next_at = now + RETRY
        notice = _trouble(self._database, self._error, self._since)
        self._told.update(target for target in untold if self._arrives(target, notice))

    def _arrives(self, target: Target, notice: Notice) -> bool:
        key = f"{notice.key}>{target.key}"
        message = rendered(Parcel(id=message_id(key, str(self._database)), notice=notice, form=Form.NOTICE)).message
        try:
            self._channels[target.channel].send(target, message)
        except DeliveryError as error:
            log.warning("the operator cannot be told at %s: %s", target.key, error)
            return False
        return True


def _trouble(database: Path, error: StoreError, since: datetime) -> Notice:
    return Notice(
        key=f"database:{type(error).__name__}:{since.isoformat()}",
        subject="The database cannot be used: nothing is watched",
        body=f"Since {since:%Y-%m-%d %H:%M} UTC: {error}.\n\nWhat is recorded in {database} stays as it is. Nothing "
        "new is asked for or sent until this is mended; then everything is made up for, and you are told. This message "
        "could not be recorded, so it came directly and may come again after a restart.",
    )


def _over(database: Path, since: datetime) -> Notice:
    return Notice(
        key=f"database:{since.isoformat()}.over",
        subject="Resolved: the database can be used again",
        body=f"{database} can be written again. What changed meanwhile is found at the next poll.",
        event=True,
    )
