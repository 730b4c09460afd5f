"""One poll: ask the registry about every watched study that its newest data have not yet answered for.

Each batch is committed whole before the next is asked for, and marks its studies as answered, so a poll that stops
anywhere is resumed by the next one where it stopped. Then the days pass, also where there are no new data.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from watcher.alerts import notices
from watcher.alerts.routes import Step
from watcher.alerts.schedule import back_off
from watcher.audience import Audience, knowing, of_today
from watcher.clock import Clock
from watcher.confirm import confirm_watches
from watcher.days import SLIP, pass_days
from watcher.errors import RegistryBlocked, RegistryError, RegistryFault, UsageError
from watcher.gather import gather
from watcher.logs import ids
from watcher.observe import observe
from watcher.registry.client import BATCH, DataVersion, Registry
from watcher.store.contracts import StoreContract
from watcher.store.values import DayBrought, Observation, PollState
from watcher.sweep import Refreshed, Sweeper

log = logging.getLogger(__name__)

FIRST_RETRY = timedelta(minutes=5)
LONGEST_RETRY = timedelta(hours=6)
LONGEST_PAUSE = timedelta(days=8)
# A build that is dated later than this would keep every later one out, so either its date or our clock is wrong.
TIME_AHEAD = timedelta(days=366)

RESTARTS = 3

Progress = Callable[[int, int], None]
Stop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class PollReport:
    """What one poll did."""

    data_timestamp: str
    asked: int = 0
    versions: int = 0
    changes: int = 0
    alerts: int = 0
    malformed: int = 0
    clocks: int = 0
    complete: bool = True

    def with_page(self, asked: int, page: Observation) -> PollReport:
        """The report with one more committed page."""
        return replace(
            self,
            asked=self.asked + asked,
            versions=self.versions + len(page.versions),
            changes=self.changes + sum(len(step.changes) for step in page.steps),
            alerts=self.alerts + len(page.alerts),
            malformed=self.malformed + len(page.malformed),
        )

    def with_days(self, brought: DayBrought) -> PollReport:
        """The report with what the passing of days brought to one more batch."""
        rung = sum(len(step.changes) for step in brought.steps)
        return replace(self, clocks=self.clocks + rung, alerts=self.alerts + len(brought.alerts))


class Poller:
    """Polls the registry for an audience into a store; `found` hears of what is committed, also if the poll fails."""

    def __init__(
        self,
        registry: Registry,
        store: StoreContract,
        audience: Audience,
        clock: Clock,
        *,
        every: timedelta,
        complete_every: timedelta = timedelta(days=7),
        found: Callable[[Iterable[Step], int], None] = lambda steps, alerts: None,
    ) -> None:
        self._registry = registry
        self._store = store
        self._audience = audience
        self._clock = clock
        self._every = every
        self._found = found
        self._sweeper = Sweeper(registry, store, clock, complete_every=complete_every)

    def is_due(self) -> bool:
        """Whether the next poll is due: what the database says, so that a restart changes nothing.

        A rehearsal's day is moved by hand, so a rehearsal is always asked; a date further off than any pause of ours,
        or a success in the future, was written under a clock that has been set back since.
        """
        polls, now = self._store.meta.poll_state(), self._clock.now()
        if polls.due_at is None or self._store.meta.rehearsal:
            return True
        if polls.last_success_at is not None and polls.last_success_at > now + SLIP:
            return True
        return not timedelta() < polls.due_at - now <= max(LONGEST_PAUSE, self._every * 2)

    def poll(self, progress: Progress = lambda done, total: None, stop: Stop = lambda: False) -> PollReport:
        """Poll once. Raises RegistryError, with the operator told and the next poll put off, where it fails."""
        try:
            report, faults = self._poll(progress, stop)
        except RegistryError as error:
            self._failed(error, self._pause(error))
            raise
        if faults:
            # The registry answers, and what it answered was told: the rest is asked again at the usual time.
            self._failed(faults[0], self._every)
            raise faults[0]
        # A poll that was stopped stays due: the next one asks for the rest.
        if report.complete:
            self._succeeded(report)
        return report

    def _poll(self, progress: Progress, stop: Stop) -> tuple[PollReport, list[RegistryFault]]:
        """Poll, and once more where the data were refreshed meanwhile."""
        for _ in range(RESTARTS):
            try:
                return self._poll_once(progress, stop)
            except Refreshed:
                continue
        raise RegistryFault(f"the registry refreshed its data {RESTARTS} times while they were swept")

    def _poll_once(self, progress: Progress, stop: Stop) -> tuple[PollReport, list[RegistryFault]]:
        data = self._registry.data_version()
        self._require_same_kind(data)
        self._require_past(data)
        newest = self._store.meta.poll_state().data_timestamp
        if data.timestamp and data.timestamp < newest:
            log.info("a replica serves data of %s, we have %s: nothing is asked", data.timestamp, newest)
            return PollReport(newest), []
        if data.rehearsal:
            self._clock.follow(datetime.fromisoformat(data.timestamp).replace(tzinfo=UTC))
        self._tell_expired()
        audience = of_today(self._audience, self._store, self._clock.now())
        report, faults = self._ask(audience, data, progress, stop)
        report, unswept = self._sweep(report, audience, data, progress, stop)
        if report.complete:
            self._confirm_watches(audience)
            unanswered = {nct_id for batch, _ in faults for nct_id in batch}
            report = self._pass_days(report, audience, unanswered, progress, stop)
        return report, [fault for _, fault in faults] + unswept

    def _ask(
        self, audience: Audience, data: DataVersion, progress: Progress, stop: Stop
    ) -> tuple[PollReport, list[tuple[Sequence[str], RegistryFault]]]:
        """Ask batch by batch; one that cannot be answered must not keep the others from their readers."""
        pending = self._store.observing.unanswered(audience.numbers, data.timestamp)
        report, faults = PollReport(data.timestamp), []
        for batch in _batches(pending):
            progress(report.asked, len(pending))
            if stop():
                return replace(report, complete=False), []
            try:
                report = self._taken(report, len(batch), self._answer(batch, audience, data))
            except RegistryFault as error:
                faults.append((batch, error))
        progress(report.asked, len(pending))
        return report, faults

    def _sweep(
        self, report: PollReport, audience: Audience, data: DataVersion, progress: Progress, stop: Stop
    ) -> tuple[PollReport, list[RegistryFault]]:
        """Sweep search by search; one that the registry cannot answer must not keep the others from their readers."""
        self._store.searches.give_up([watch.name for watch in self._audience.searches])
        faults: list[RegistryFault] = []
        for watch in audience.searches:
            if not report.complete:
                break
            try:
                for page in self._sweeper.sweep(watch, audience, self._refresh(data), progress, stop):
                    report = self._taken(report, len(page.swept.studies) if page.swept else 0, page)
            except RegistryFault as error:
                # The operator may have to say the search otherwise.
                faults.append(RegistryFault(f'search "{watch.name}": {error}', transient=error.transient))
            report = replace(report, complete=not stop())
        return report, faults

    def _taken(self, report: PollReport, asked: int, page: Observation) -> PollReport:
        """The report with one more page, which is told to those who count."""
        self._found(page.steps, len(page.alerts))
        _log(page)
        return report.with_page(asked, page)

    def _refresh(self, data: DataVersion) -> str:
        """The build that is served; a registry that does not say which is taken to serve a new one every day."""
        return data.timestamp or self._clock.now().date().isoformat()

    def _pass_days(
        self,
        report: PollReport,
        audience: Audience,
        unanswered: Set[str],
        progress: Progress,
        stop: Stop,
    ) -> PollReport:
        """Let the days pass, but for studies whose record may have moved without our knowing."""
        now = self._clock.now
        for brought in pass_days(self._store, audience, now, without=unanswered, stop=stop, progress=progress):
            report = report.with_days(brought)
            self._found(brought.steps, len(brought.alerts))
        return replace(report, complete=not stop())

    def _require_same_kind(self, data: DataVersion) -> None:
        """Never let a rehearsal and the registry share one database."""
        held = self._store.meta.rehearsal
        if held is None:
            self._store.meta.decide_rehearsal(data.rehearsal)
        elif held != data.rehearsal:
            kind, other = ("a rehearsal", "the registry") if held else ("the registry", "a rehearsal")
            raise UsageError(f"{self._store.name} holds data of {kind}, this is {other}: choose another [store] path")

    def _require_past(self, data: DataVersion) -> None:
        """Either the registry's date or this machine's clock is wrong; with either, nothing must be concluded."""
        now = self._clock.now()
        if data.rehearsal or not data.timestamp:
            return
        if datetime.fromisoformat(data.timestamp).replace(tzinfo=UTC) > now + TIME_AHEAD:
            raise RegistryFault(
                f"the registry's data are dated {data.timestamp}, and this machine's clock says {now:%Y-%m-%d %H:%M} "
                "UTC: set the clock, or wait until the registry has corrected its date",
                transient=False,
            )

    def _answer(self, batch: Sequence[str], audience: Audience, data: DataVersion) -> Observation:
        now = self._clock.now()
        past = self._store.observing
        answers = gather(self._registry, batch, past.digests, past.latest, now)
        known = past.latest(answers.to_recall)
        refresh = self._refresh(data)
        decided = self._store.holds.decided(refresh)
        # A study may be in a search, too: the sweep will find it unmoved and tell nothing.
        heard = knowing(audience, self._store, answers.to_recall)
        page = observe(answers, known, past, heard, now=now, data_timestamp=refresh, decided=decided)
        past.commit(page)
        return page

    def _tell_expired(self) -> None:
        """Tell the operator, once, that a watch has ended."""
        now = self._clock.now()
        for watch in self._audience.watches:
            if watch.is_over(now.date()):
                self._store.notices.tell(notices.watch_expired(watch), self._audience.operator, now)

    def _confirm_watches(self, audience: Audience) -> None:
        """Tell the operator what each new or changed watch found, of those whose time is not over."""
        lasting = {watch.name for watch in audience.watches}
        standing = tuple(watch for watch in self._audience.watches if watch.name in lasting)
        confirm_watches(self._store, standing, self._audience.operator, self._clock.now())

    def _succeeded(self, report: PollReport) -> None:
        now = self._clock.now()
        self._store.meta.set_poll_state(
            PollState(due_at=now + self._every, last_success_at=now, data_timestamp=report.data_timestamp)
        )
        self._store.notices.resolve(notices.REGISTRY, notices.REGISTRY_ANSWERS, self._audience.operator, now)

    def _pause(self, error: RegistryError) -> timedelta:
        """How long the registry is left alone after this: longer and longer, or as long as it asks for."""
        failures = self._store.meta.poll_state().failures + 1
        longest = max(LONGEST_RETRY, self._every)
        first = self._every if isinstance(error, RegistryBlocked) else min(FIRST_RETRY, self._every)
        return max(
            back_off(failures, first, longest, seed=self._store.meta.instance),
            getattr(error, "retry_after", None) or timedelta(),
        )

    def _failed(self, error: RegistryError, wait: timedelta) -> None:
        """Keep the last good state, tell the operator once, and put the next poll off."""
        now, before = self._clock.now(), self._store.meta.poll_state()
        failures = before.failures + 1
        log.warning("poll failed (%s in a row), next in %s: %s", failures, wait, error)
        self._store.meta.set_poll_state(replace(before, due_at=now + wait, failures=failures, last_error=str(error)))
        self._store.notices.tell(notices.registry_trouble(error), self._audience.operator, now)


def _log(page: Observation) -> None:
    """A line for each version and event: study and occasion are what deliveries name, too."""
    for step in page.steps:
        said = ids(nct_id=step.nct_id, occasion=step.occasion, version=step.version, changes=len(step.changes))
        # A new watch brings thousands of first versions.
        log.log(logging.DEBUG if step.is_baseline else logging.INFO, "%s changed", step.nct_id, extra=said)
    for alert in page.alerts:
        said = ids(route=alert.route, nct_id=alert.nct_id, occasion=alert.occasion, severity=alert.severity.word)
        log.info("%s alerts route %s", alert.nct_id, alert.route, extra=said)


def _batches(numbers: Sequence[str]) -> Iterator[Sequence[str]]:
    return (numbers[start : start + BATCH] for start in range(0, len(numbers), BATCH))
