"""Deliveries in words: how each stands, why it waits, what may be done about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from watcher.alerts.schedule import QUIET, DeliveryStatus, Outage
from watcher.changes.language.words import counted
from watcher.model import Form, Target
from watcher.store.shown import DeliveryInfo

Status = DeliveryStatus

STATES: Mapping[str, str] = {
    Status.PENDING: "waits",
    Status.CLAIMED: "is being sent",
    Status.DEAD: "could not be delivered",
    Status.DELIVERED: "delivered",
    Status.DROPPED: "dropped",
    Status.BATCHED: "told in a batch",
}
"""How a delivery stands, for people."""

FORMS: Mapping[str, str] = {
    Form.ALERT: "alert",
    Form.DIGEST: "digest",
    Form.BATCH: "several alerts in one",
    Form.ESCALATION: "repeated alert",
    Form.NOTICE: "notice to the operator",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A delivery with what is said of it; `next_at` is when it is tried at the earliest, None where it is over."""

    info: DeliveryInfo
    state: str
    form: str
    about: str
    why: str
    next_at: datetime | None

    @property
    def can_be_retried(self) -> bool:
        """Whether it may be sent again, or at once."""
        waits_again = self.info.status == Status.PENDING and self.info.attempts > 0
        return self.info.status == Status.DEAD or waits_again

    @property
    def can_be_dropped(self) -> bool:
        """Whether it may be given up."""
        return self.info.status in {Status.PENDING, Status.DEAD}


@dataclass(frozen=True, slots=True)
class Failing:
    """A target that failed last time, and since when it has."""

    target: Target
    outage: Outage
    waiting: bool


@dataclass(frozen=True, slots=True)
class Channel:
    """How many deliveries of a channel wait, are dead or arrived."""

    name: str
    waiting: int
    dead: int
    delivered: int


def entry(info: DeliveryInfo, outages: Mapping[Target, Outage], now: datetime) -> Entry:
    """A delivery as the page shows it."""
    outage = outages.get(Target(info.channel, info.target))
    return Entry(
        info=info,
        state=STATES.get(info.status, info.status),
        form=FORMS.get(info.form, info.form),
        about=_about(info),
        why=_why(info, outage if outage and outage.retry_at > now else None, now),
        next_at=datetime.fromisoformat(info.next_at) if info.next_at else None,
    )


def _about(info: DeliveryInfo) -> str:
    more = info.study_count - len(info.studies)
    named = ", ".join(info.studies) + (f" and {more} more" if more else "")
    return info.subject or named or "nothing changed"


def _why(info: DeliveryInfo, outage: Outage | None, now: datetime) -> str:
    """Why a delivery stands as it does, in a sentence; "" where there is nothing to say."""
    match info.status:
        case Status.PENDING if outage:
            return f"Its target does not answer: {counted(outage.failures, 'attempt')} in a row failed."
        case Status.PENDING if info.attempts:
            return "It was tried and is tried again by itself."
        case Status.PENDING:
            return _first_wait(info, now)
        case Status.BATCHED:
            return f"Told, with others, in delivery {info.batch_id}."
        case Status.DEAD:
            return "It is not tried again unless you ask for it."
    return ""


def _first_wait(info: DeliveryInfo, now: datetime) -> str:
    """What a delivery that was not tried yet waits for."""
    if info.next_at is None or datetime.fromisoformat(info.next_at) <= now:
        return "It goes next."
    if info.window.startswith(QUIET):
        return "Collected until the quiet hours end."
    if info.form == Form.DIGEST:
        return "Collected until the digest is due."
    if info.form == Form.ESCALATION:
        return "Sent unless somebody acknowledges the alert before."
    return "It is not due yet."


def failing(outages: Mapping[Target, Outage], now: datetime) -> tuple[Failing, ...]:
    """The targets that failed last time, those first that fail for longest."""
    found = (Failing(target, outage, outage.retry_at > now) for target, outage in outages.items())
    return tuple(sorted(found, key=lambda one: (one.outage.since, one.target.key)))


def by_channel(counts: Iterable[tuple[str, str, int]], configured: Sequence[str]) -> tuple[Channel, ...]:
    """Every channel that is configured or still has deliveries, in the order of the configuration."""
    found: dict[str, dict[str, int]] = {name: {} for name in configured}
    for channel, status, number in counts:
        found.setdefault(channel, {})[status] = number
    return tuple(_channel(name, said) for name, said in found.items())


def _channel(name: str, said: Mapping[str, int]) -> Channel:
    waiting = said.get(Status.PENDING, 0) + said.get(Status.CLAIMED, 0)
    return Channel(name, waiting, said.get(Status.DEAD, 0), said.get(Status.DELIVERED, 0))


def filters() -> tuple[tuple[str, str], ...]:
    """What a list of deliveries may be asked for, with its words; "" is what is unfinished."""
    return (("", "unfinished"), *((status.value, STATES[status]) for status in Status), ("all", "all"))
