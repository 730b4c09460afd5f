"""The checks in their order. Each is tried, whatever became of those before it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from watcher.doctor import asking, recipients, surroundings
from watcher.doctor.finding import Finding, failure
from watcher.doctor.patient import Patient

log = logging.getLogger(__name__)

Check = Callable[[Patient], Iterable[Finding]]

LOCAL: tuple[tuple[str, Check], ...] = (
    ("configuration", surroundings.configuration),
    ("secrets", surroundings.secrets),
    ("operator", surroundings.operator),
    ("permissions", surroundings.permissions),
    ("disk", surroundings.disk),
    ("database", surroundings.database),
    ("lock", surroundings.lock),
    ("time zones", surroundings.zones),
    ("templates", surroundings.templates),
)
REMOTE: tuple[tuple[str, Check], ...] = (
    ("registry", asking.registry),
    ("channels", recipients.channels),
    ("heartbeat", recipients.heartbeat),
    ("web", recipients.web),
)
OFFLINE: tuple[tuple[str, Check], ...] = (("channels", partial(recipients.channels, offline=True)),)


def examine(patient: Patient, *, offline: bool = False) -> Iterator[Finding]:
    """Every finding, as it is made; `offline` asks nobody but this machine."""
    for name, check in (*LOCAL, *(OFFLINE if offline else REMOTE)):
        yield from _made(name, check, patient)


def _made(name: str, check: Check, patient: Patient) -> Iterator[Finding]:
    try:
        yield from check(patient)
    except Exception as error:
        # A check that trips is a finding, too: the others still tell what they see.
        log.debug("check %s failed", name, exc_info=True)
        yield failure(
            name, f"could not be looked at: {type(error).__name__}", "run with --log-level debug and report it"
        )
