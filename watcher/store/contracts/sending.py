"""What deliveries, and notices to the operator, ask of a store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from watcher.alerts.pace import EVERY_CHANNEL, Lane, Pace
from watcher.alerts.schedule import DeliveryStatus, Outage, Settlement
from watcher.model import Notice, Target
from watcher.store.shown import Collecting, DeliveryInfo, OpenNotice, ToldAlert
from watcher.store.values import Claimed, Overdue


@dataclass(frozen=True, slots=True)
class Family:
    """Notices that stand and fall together: how their keys begin, and from key and subject what is said at the end."""

    prefix: str
    over: Callable[[str, str], Notice]


class OutboxVerbs(Protocol):
    """Deliveries are claimed under a lease, sent, and settled."""

    def claim_deliveries(
        self,
        now: datetime,
        lease: timedelta,
        limit: int,
        paces: Mapping[str, Pace] | None = None,
        lane: Lane = EVERY_CHANNEL,
    ) -> tuple[Claimed, ...]:
        """Claim what goes next of a lane, in the order in which it is to be sent, for nobody else until the lease ends.

        The news of a study reach a target in their order; else the worst goes first, then the oldest. A claim counts as
        an attempt. What is too much for a pace is folded, what has nothing left to tell dropped, with the claim.
        """

    def outage(self, target: Target) -> Outage | None:
        """How a target stands that failed last time; None where it did not."""

    def settle(self, delivery_id: int, settlement: Settlement, now: datetime) -> None:
        """Record what became of an attempt, and what that says about its target; twice is as good as once."""

    def overdue(self, now: datetime) -> Overdue:
        """What readers should have had by now and have not; what the operator is told does not count."""

    def release(self, deliveries: Iterable[Claimed]) -> None:
        """Give back what was claimed and not attempted: due at once, and no attempt. What is settled stays so."""

    def release_claims(self) -> int:
        """Give back every claim of a process that died, under its old message id; how many."""


class DeliveriesVerbs(Protocol):
    """Deliveries as the operator sees them."""

    def listed(
        self,
        statuses: Sequence[DeliveryStatus] = ...,
        *,
        channel: str = "",
        before: int = ...,
        limit: int = 50,
    ) -> tuple[DeliveryInfo, ...]:
        """Deliveries in these states, newest first, older than the number `before`; else those that need somebody."""

    def get(self, number: int) -> DeliveryInfo:
        """One delivery; UsageError where there is none."""

    def some(self, numbers: Sequence[int]) -> tuple[DeliveryInfo, ...]:
        """These deliveries, as they are asked for; UsageError where there is one of them not."""

    def counts(self) -> tuple[tuple[str, str, int], ...]:
        """How many deliveries there are, by channel and status."""

    def collecting(self) -> tuple[Collecting, ...]:
        """The digests that are collected at present, with what is in each, in the order in which they close."""

    def outages(self) -> Mapping[Target, Outage]:
        """The targets that failed last time."""

    def alerts(self, number: int) -> tuple[ToldAlert, ...]:
        """The alerts that a delivery tells, oldest first."""

    def dead(self, channel: str = "") -> tuple[int, ...]:
        """The numbers of the dead letters, oldest first."""

    def retry(self, numbers: Sequence[int], now: datetime) -> tuple[int, ...]:
        """Have these sent again at once, all or none; UsageError where one of them cannot be."""

    def drop(self, numbers: Sequence[int], now: datetime) -> tuple[int, ...]:
        """Have these never sent, all or none; UsageError where one is under way or over."""


class NoticesVerbs(Protocol):
    """A condition is told when it opens and when it is over; of one key one notice is open at most."""

    def open(self) -> tuple[OpenNotice, ...]:
        """What the operator was told and is not over, oldest first."""

    def tell(self, notice: Notice, to: Sequence[Target], now: datetime) -> bool:
        """Open a notice and owe it to these targets; False, and nothing, where it is open, or an event was told."""

    def resolve(self, key: str, over: Notice, to: Sequence[Target], now: datetime) -> bool:
        """Close the open notice `key` and owe that it is over; False, and nothing, where it was not open."""

    def stand(self, standing: Sequence[Notice], family: Family, to: Sequence[Target], now: datetime) -> None:
        """Bring a family to what is standing: owe what is new, and what is over; twice is as good as once."""
