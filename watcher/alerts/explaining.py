"""What became of an alert, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby

from watcher.alerts.accounts import Account, Handover
from watcher.alerts.counting import counted_kind
from watcher.alerts.messages.lines import FOLD_FROM
from watcher.alerts.schedule import QUIET, DeliveryStatus
from watcher.changes.language.words import counted
from watcher.model import Change, Form, Route, Severity


def lines_of(changes: Sequence[Change]) -> tuple[str, ...]:
    """A line for each change, severest first; four of one kind and severity or more are one line."""
    ranked = sorted(changes, key=lambda change: (-change.severity, change.kind))
    return tuple(line for _, alike in groupby(ranked, key=_alike) for line in _lines(list(alike)))


def _alike(change: Change) -> tuple[Severity, str]:
    return change.severity, change.kind


def _lines(alike: Sequence[Change]) -> Iterator[str]:
    if len(alike) >= FOLD_FROM:
        yield f"{counted_kind(alike)}."
    else:
        yield from (change.sentence for change in alike)


def first_line(changes: Sequence[Change]) -> str:
    """What an alert says first: its severest change, causes before what folds under them."""
    present = {change.id for change in changes}
    causes = [change for change in changes if change.parent not in present]
    worst = max((change.severity for change in causes), default=Severity.NOISE)
    return next(iter(lines_of([change for change in causes if change.severity == worst])), "")


def when(moment: datetime) -> str:
    """A moment as people read it."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"


# --- one alert ----------------------------------------------------------------------


def outcome_of(account: Account, beside: Iterable[Account] = ()) -> str:
    """What became of an alert as a whole, in a few words; `beside` are the other alerts of its step."""
    if not account.alert.changes:
        return "silenced"
    fates = dict.fromkeys(_short(handover) for handover in account.deliveries if handover.form is not Form.ESCALATION)
    if fates:
        return ", ".join(fates)
    others = [_named(other) for other in beside if other.deliveries and _holds_any(account, other)]
    return f"told by {' and '.join(others)}" if others else "told by another route, or to nobody"


def _short(handover: Handover) -> str:
    match handover.status:
        case DeliveryStatus.BATCHED:
            return f"batched in delivery {handover.batch.id}" if handover.batch else "batched"
        case DeliveryStatus.PENDING if handover.attempts:
            return f"failed, tried again {when(handover.due_at)}"
        case DeliveryStatus.PENDING:
            return _waiting(handover)
        case DeliveryStatus.CLAIMED:
            return "being sent"
    return handover.status.value


def _waiting(handover: Handover) -> str:
    if handover.window.startswith(QUIET):
        return f"waits in quiet hours until {when(handover.due_at)}"
    if handover.form is Form.DIGEST:
        return f"waits for the digest of {handover.window}, which closes {when(handover.due_at)}"
    return f"due {when(handover.due_at)}"


def fate(handover: Handover) -> str:
    """What became of one delivery, as a sentence without its subject."""
    match handover.status:
        case DeliveryStatus.DELIVERED:
            return _delivered(handover)
        case DeliveryStatus.DEAD:
            return f"given up after {_attempts(handover)}: {handover.error or 'no reason is recorded'}"
        case DeliveryStatus.DROPPED:
            return "dropped: taken out by hand, or nothing in it was left to tell"
        case DeliveryStatus.BATCHED:
            return f"told with others that were due at once, {_batch(handover.batch)}"
        case DeliveryStatus.CLAIMED:
            return f"being sent, attempt {handover.attempts}"
    if handover.attempts:
        return f"not accepted in {_attempts(handover)}, tried again at {when(handover.due_at)}: {handover.error}"
    return _waiting(handover)


def _delivered(handover: Handover) -> str:
    at = f" on {when(handover.settled_at)}" if handover.settled_at else ""
    digest = f" in {_digest(handover)}" if handover.form is Form.DIGEST else ""
    return f"told{at}{digest}, at attempt {handover.attempts}, message {handover.message_id}"


def _digest(handover: Handover) -> str:
    if handover.window.startswith(QUIET):
        return f"what the quiet hours until {handover.window.removeprefix(QUIET)} kept"
    return f"the digest of {handover.window}"


def _batch(batch: Handover | None) -> str:
    return f"in delivery {batch.id}: {fate(batch)}" if batch else "in a delivery that is not known any more"


def _attempts(handover: Handover) -> str:
    return counted(handover.attempts, "attempt")


def fates(account: Account, beside: Iterable[Account], route: Route | None) -> Iterator[tuple[str, str]]:
    """Each target with what became of the alert there; also those that another route told all of it.

    `route` is the alert's route as it is configured today, if it still is.
    """
    others = tuple(beside)
    for handover in account.deliveries:
        repeated = "repeated unless somebody acknowledges it before: " if handover.form is Form.ESCALATION else ""
        shared = _told_elsewhere(handover, others) if handover.without else ""
        yield handover.target, f"{repeated}{fate(handover)}{shared}"
    reached = {handover.target for handover in account.deliveries if handover.form is not Form.ESCALATION}
    for other, handover in ((one, delivery) for one in others for delivery in one.deliveries):
        mine = route is not None and handover.target.partition("/")[0] in route.to
        if account.alert.changes and mine and handover.target not in reached and _holds_any(account, other):
            reached.add(handover.target)
            yield handover.target, f"told by {_named(other)}: {fate(handover)}"


def _told_elsewhere(handover: Handover, others: Sequence[Account]) -> str:
    """Which of the alert's changes this target is told by which other route."""
    told = [
        _named(other)
        for other in others
        if any(delivery.target == handover.target for delivery in other.deliveries)
        and set(handover.without) & {change.id for change in other.alert.changes}
    ]
    number = len(handover.without)
    by = " and ".join(told) or "another route"
    return f"; {number} of its changes {'is' if number == 1 else 'are'} told there by {by}"


def _holds_any(account: Account, other: Account) -> bool:
    return bool({change.id for change in account.alert.changes} & {change.id for change in other.alert.changes})


def _named(account: Account) -> str:
    return f'route "{account.alert.route}" (alert {account.alert.id})'
