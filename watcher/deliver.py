"""One pass over the outbox: claim, render, send, settle. "Delivered" is written after success, never before."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from watcher.alerts.messages.voice import to_page
from watcher.alerts.pace import EVERY_CHANNEL, Lane
from watcher.alerts.render import BUILT_IN, Parcel, Templates, rendered
from watcher.alerts.schedule import Attempt, DeliveryStatus, Settlement, settled
from watcher.channels import Channel
from watcher.clock import Clock
from watcher.errors import DeliveryError
from watcher.logs import ids
from watcher.model import Message, Notice, Target
from watcher.store.contracts import StoreContract
from watcher.store.values import Claimed, PollState

log = logging.getLogger(__name__)

# Longer than the slowest channel takes for a whole claim; a process that dies lets go of it at its next start.
LEASE = timedelta(minutes=10)
CLAIM = 10


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What one pass did."""

    delivered: int = 0
    postponed: int = 0
    dead: int = 0

    def with_one(self, status: DeliveryStatus) -> DeliveryReport:
        """The report with one more settled delivery."""
        return DeliveryReport(
            self.delivered + (status == DeliveryStatus.DELIVERED),
            self.postponed + (status == DeliveryStatus.PENDING),
            self.dead + (status == DeliveryStatus.DEAD),
        )


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A delivery that was tried and whose outcome could not be recorded yet."""

    delivery: Claimed
    settlement: Settlement


Debts = dict[int, Unsettled]


class Deliverer:
    """Sends what the outbox owes.

    `page`: the address of the page that messages link to, "" for none.
    `debts`: what was sent while the database took nothing. As long as one lasts, its lane sends nothing more, so that a
    full disk does not have the same message sent again and again.
    """

    def __init__(
        self,
        store: StoreContract,
        channels: Mapping[str, Channel],
        clock: Clock,
        *,
        operator: Sequence[Target] = (),
        templates: Templates = BUILT_IN,
        page: str = "",
        debts: Debts | None = None,
        told: Callable[[str, DeliveryStatus, bool], None] = lambda channel, status, failed: None,
    ) -> None:
        self._store = store
        self._channels = channels
        self._clock = clock
        self._operator = operator
        self._templates = templates
        self._page = page
        self._told = told
        self.debts: Debts = {} if debts is None else debts
        self._paces = {name: channel.pace for name, channel in channels.items()}

    def deliver(self, stop: Callable[[], bool] = lambda: False, lane: Lane = EVERY_CHANNEL) -> DeliveryReport:
        """Send everything that is due in a lane; what is left at a stop is sent by the next pass."""
        report = DeliveryReport()
        self._pay(lane)
        while claimed := self._claim(lane):
            while claimed:
                if stop():
                    self._store.outbox.release(claimed)
                    return report
                delivery = claimed.popleft()
                settlement = self._settle(delivery, self._attempt(delivery))
                report = report.with_one(settlement.status)
                if settlement.outage is not None and not delivery.stuck:
                    claimed = self._put_off(delivery.target, claimed)
        return report

    def _pay(self, lane: Lane) -> None:
        """Record what could not be recorded before."""
        for owed in [owed for owed in list(self.debts.values()) if owed.delivery.target.channel in lane]:
            self._record(owed.delivery, owed.settlement)

    def _claim(self, lane: Lane) -> deque[Claimed]:
        return deque(self._store.outbox.claim_deliveries(self._clock.now(), LEASE, CLAIM, self._paces, lane))

    def _put_off(self, target: Target, claimed: deque[Claimed]) -> deque[Claimed]:
        """What is left of a claim when a target has failed: the rest of what is due there waits."""
        self._store.outbox.release([delivery for delivery in claimed if delivery.target == target])
        return deque(delivery for delivery in claimed if delivery.target != target)

    def _attempt(self, delivery: Claimed) -> DeliveryError | None:
        try:
            self._channel(delivery.target).send(delivery.target, self._message(delivery))
        except DeliveryError as error:
            return error
        except Exception as error:
            # One message that trips our own code or a plugin must not hold up everybody else's.
            log.exception("delivery %s to %s failed unexpectedly", delivery.id, delivery.target.key)
            return DeliveryError(f"unexpected {type(error).__name__}, see the log")
        return None

    def _channel(self, target: Target) -> Channel:
        channel = self._channels.get(target.channel)
        if channel is None:
            raise DeliveryError(f'the channel "{target.channel}" is no longer configured', permanent=True)
        return channel

    def _message(self, delivery: Claimed) -> Message:
        rehearsal = bool(self._store.meta.rehearsal)
        parcel = _parcel(delivery, self._store.meta.poll_state(), self._page, rehearsal=rehearsal)
        made = rendered(parcel, self._templates)
        for failure in made.failures:
            log.warning("%s", failure)
        return made.message

    def _settle(self, delivery: Claimed, error: DeliveryError | None) -> Settlement:
        now = self._clock.now()
        attempt = Attempt(
            key=delivery.key,
            target=delivery.target.key,
            number=delivery.attempts,
            since=delivery.retried_at or delivery.first_due_at,
            outage=self._store.outbox.outage(delivery.target),
            stuck=delivery.stuck,
        )
        settlement = settled(attempt, error, now)
        _log(delivery, settlement)
        self._told(delivery.target.channel, settlement.status, error is not None)
        self.debts[delivery.id] = Unsettled(delivery, settlement)
        self._record(delivery, settlement)
        return settlement

    def _record(self, delivery: Claimed, settlement: Settlement) -> None:
        self._store.outbox.settle(delivery.id, settlement, self._clock.now())
        # Where a configuration was replaced meanwhile, two lanes may have recorded it: twice is as good as once.
        self.debts.pop(delivery.id, None)
        if delivery.notice is None:
            self._tell_operator(delivery.target, settlement)

    def _tell_operator(self, target: Target, settlement: Settlement) -> None:
        """A target that refuses for good is told once; that it takes messages again, too."""
        key, now = f"dead:{target.key}", self._clock.now()
        if settlement.status == DeliveryStatus.DEAD:
            self._store.notices.tell(_dead_letter(key, target, settlement), self._operator, now)
        elif settlement.status == DeliveryStatus.DELIVERED:
            over = Notice(f"{key}.over", f"Messages to {target.key} arrive again", "New messages are delivered again.")
            self._store.notices.resolve(key, over, self._operator, now)


def _log(delivery: Claimed, settlement: Settlement) -> None:
    """A line that joins the delivery to its alerts, and through study and occasion to their changes and versions."""
    alerts = delivery.alerts
    said = ids(
        delivery=delivery.id,
        message_id=delivery.message_id,
        channel=delivery.target.channel,
        attempt=delivery.attempts,
        route=delivery.route,
        alert=tuple(alert.id for alert in alerts),
        nct_id=tuple(dict.fromkeys(alert.nct_id for alert in alerts)),
        occasion=tuple(dict.fromkeys(alert.occasion for alert in alerts)),
        notice=delivery.notice.key if delivery.notice else None,
    )
    words = f"{settlement.status} {settlement.error}".rstrip()
    level = logging.INFO if settlement.status == DeliveryStatus.DELIVERED else logging.WARNING
    log.log(level, "delivery %s to %s: %s", delivery.id, delivery.target.key, words, extra=said)


def _parcel(delivery: Claimed, polls: PollState, page: str, *, rehearsal: bool) -> Parcel:
    """What a delivery carries, for the message."""
    return Parcel(
        id=delivery.message_id,
        alerts=delivery.alerts,
        form=delivery.form,
        route=delivery.route,
        window=delivery.window,
        rehearsal=rehearsal,
        notice=delivery.notice,
        links=to_page(page, delivery.alerts) if page else {},
        silenced=delivery.silenced,
        looked_at=polls.last_success_at,
        blind=bool(polls.failures),
    )


def _dead_letter(key: str, target: Target, settlement: Settlement) -> Notice:
    """Told once for each target: a refused address refuses everything that follows, too."""
    return Notice(
        key=key,
        subject=f"Messages to {target.key} cannot be delivered",
        body=f"{target.key}: {settlement.error}.\n\nThe message is kept as a dead letter, and so is every further one "
        "that is refused for good or cannot be sent for three days. You are told again when messages arrive again.\n\n"
        "Correct the channel in the configuration, or the service's own settings; then choose what becomes of them:\n\n"
        f"watcher deliveries list --status dead --channel {target.channel}\n"
        f"watcher deliveries retry --dead --channel {target.channel}    send them all again\n"
        f"watcher deliveries drop --dead --channel {target.channel}     send none of them\n\n"
        "Both also take single numbers from the list. A recipient that was taken out of the configuration, or got "
        "another name, gets nothing more.",
    )
