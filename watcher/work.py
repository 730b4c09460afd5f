"""What the jobs of the service do, under the configuration that holds now."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from watcher.alerts.messages.engine import prepare
from watcher.alerts.pace import Lane
from watcher.assembly import Watcher, reassembled
from watcher.changes.language.words import counted
from watcher.config import Config
from watcher.distress import Distress
from watcher.errors import ConfigError, RegistryError, StoreDamaged, StoreError, UsageError
from watcher.garbage import give_back
from watcher.heartbeat import Heartbeat
from watcher.jobs import Job, Jobs
from watcher.metrics import Tally
from watcher.model import Notice
from watcher.poll import PollReport
from watcher.store.figures import read_figures
from watcher.systemd import notify

log = logging.getLogger(__name__)

ANSWER_TICK = timedelta(seconds=1)
VIGIL_TICK = timedelta(minutes=1)
VIGIL = "vigil"
# The registry's own pause is no trouble of ours: while it lasts, whoever waits for our heartbeat shall hear it.
_HARMLESS = "condition:stale"
_RELOAD = "configuration"

Reread = Callable[[], Config]


class Work:
    """The jobs, and the watcher that they work with, which another configuration may replace at any moment."""

    def __init__(
        self, watcher: Watcher, jobs: Jobs, stop: threading.Event, *, tick: timedelta, reread: Reread | None = None
    ) -> None:
        self.watcher = watcher
        self.halted = False
        """Whether the database is damaged, so that nothing more is done with it."""
        self.polls: list[PollReport] = []
        self._jobs = jobs
        self._stop = stop
        self._tick = tick
        self._reread = reread
        self._reload_wanted = False
        self._hurt: set[str] = set()
        self._poll_failed_at: datetime | None = None
        self._distress = Distress(watcher.store.path, watcher.channels, watcher.audience.operator)
        self._heartbeat = Heartbeat(watcher.config.heartbeat)
        self._standing: Sequence[Notice] = ()
        self.tally.expect(jobs={job.name.partition(":")[0] for job in self.planned()})

    @property
    def tally(self) -> Tally:
        """What is counted."""
        return self.watcher.tally

    def planned(self) -> list[Job]:
        """The jobs. Each channel is served by itself; what is owed to channels that are gone has a job, too."""
        names = sorted(self.watcher.channels)
        lanes = {f"deliver:{name}": Lane(frozenset({name})) for name in names}
        lanes["deliver"] = Lane(frozenset(names), others=True)
        return [
            Job("poll", self._tick, self._poll),
            # Somebody waits at a terminal for the answer to a request.
            Job("answer", min(self._tick, ANSWER_TICK), self._answer),
            Job("announce", self._tick, self._announce),
            Job(VIGIL, self._vigil_tick, self._keep_vigil),
            # Once a minute is all it does; asked more often, it is on time.
            Job("heartbeat", self._tick, self._beat),
            *(Job(name, self._tick, self._delivery(name, lane)) for name, lane in lanes.items()),
        ]

    def reload(self) -> None:
        """Have the job that answers requests read the configuration anew: that may take a while."""
        self._reload_wanted = True

    def faults(self) -> list[str]:
        """What keeps this process from its work, as far as only it knows."""
        faults = [f"the job {name} shows no progress" for name in self._jobs.stuck()]
        if self.halted:
            faults.append("the database is damaged: nothing is done until it is restored and this started again")
        elif self._distress.lasts:
            faults.append("the database cannot be written")
        return faults

    def meet(self, job: Job, error: StoreError) -> None:
        """The database does not do as asked. One that is damaged is left alone, so that it gets no worse."""
        if not self._distress.lasts:
            log.error("%s failed: %s", job.name, error)
        if isinstance(error, StoreDamaged):
            log.critical("nothing more is done until %s is restored and this started again", self.watcher.store.path)
            self.halted = True
        self._hurt.add(job.name)
        if job.name == "poll":
            # It has asked the registry in vain, and at every tick would do so again.
            self._poll_failed_at = self.watcher.clock.now()
        self._distress.meet(error, self.watcher.clock.now(), at_once=self.halted)

    def rest(self, job: Job) -> None:
        """A job of a watcher that is halted: the operator may not have been reached yet, everything else is over."""
        if job.name == VIGIL:
            self._distress.remind(self.watcher.clock.now())

    def got_through(self, job: Job) -> None:
        """The database did as this job asked."""
        self._hurt.discard(job.name)

    def is_put_off(self, job: Job) -> bool:
        """Whether a job is to wait."""
        return job.name == "poll" and self._has_just_polled_in_vain()

    def _has_just_polled_in_vain(self) -> bool:
        failed_at = self._poll_failed_at
        # A failure in the future was met under a clock that has been set back since.
        return failed_at is not None and timedelta() <= self.watcher.clock.now() - failed_at < self._vigil_tick

    @property
    def _vigil_tick(self) -> timedelta:
        return min(self._tick * 12, VIGIL_TICK)

    # --- the jobs -----------------------------------------------------------------

    def _poll(self) -> None:
        watcher = self.watcher
        if not watcher.poller.is_due():
            return
        try:
            report = watcher.poller.poll(self._shows_progress("poll"), lambda: self._is_to_leave(watcher))
        except RegistryError as error:
            self.tally.poll_failed(error)
            self._heartbeat.poll_failed()
            raise
        self._polled(report)

    def _polled(self, report: PollReport) -> None:
        self.tally.polled(report)
        if report.complete:
            self._heartbeat.polled()
        if report.asked or report.clocks:
            log.info("polled: %s", report)
        if report.asked:
            give_back()
            self.polls.append(report)

    def _shows_progress(self, name: str) -> Callable[[int, int], None]:
        return lambda done, total: self._jobs.is_alive(name)

    def _answer(self) -> None:
        if self._reload_wanted:
            self._reload_wanted = False
            self._try_to_reload()
        self.watcher.carry_out_requests(self._reloaded)

    def _announce(self) -> None:
        self.watcher.announce_digests()

    def _keep_vigil(self) -> None:
        watcher = self.watcher
        _require_whole(watcher)
        self._standing = watcher.vigil.keep()
        watcher.store.boards.catch_up(lambda: self._is_to_leave(watcher))
        watcher.store.checkpoint()
        if self._distress.lasts and not self._is_hurt():
            self._leave_distress(watcher)
        notify(f"STATUS={_status(watcher, self._standing)}", os.environ)

    def _is_hurt(self) -> bool:
        """Whether a job still waits to get through: a disk that is nearly full takes small things and no poll."""
        return not self._hurt.isdisjoint(job.name for job in self.planned() if job.name != VIGIL)

    def _leave_distress(self, watcher: Watcher) -> None:
        now = watcher.clock.now()
        watcher.store.meta.prove_writable(now)
        # Told first: where that finds no room, the trouble goes on and is not told anew.
        if (over := self._distress.over()) is not None:
            watcher.store.notices.tell(over, watcher.audience.operator, now)
        self._distress.leave()
        log.warning("%s can be written again", watcher.store.path)

    def _beat(self) -> None:
        if not self.faults() and all(notice.key == _HARMLESS for notice in self._standing):
            self._heartbeat.beat()

    def _delivery(self, name: str, lane: Lane) -> Callable[[], None]:
        def deliver() -> None:
            watcher = self.watcher

            def stop() -> bool:
                # Asked before each message: a flood at its pace takes longer than a job may show no progress.
                self._jobs.is_alive(name)
                return self._is_to_leave(watcher)

            watcher.deliverer.deliver(stop, lane)
            self._heartbeat.delivered()

        return deliver

    def _is_to_leave(self, watcher: Watcher) -> bool:
        """Whether what goes on under this watcher is to end: the service stops, or another configuration holds."""
        return self._stop.is_set() or watcher is not self.watcher

    # --- another configuration ----------------------------------------------------

    def _try_to_reload(self) -> None:
        """Reload for a signal, to which nobody can answer: the log and the operator say what came of it."""
        try:
            log.info("%s", self._reloaded())
        except (ConfigError, UsageError) as error:
            log.error("the configuration stays as it was: %s", error)

    def _reloaded(self) -> str:
        """Work under the configuration as its file now is, and say so; ConfigError, and no change, for a bad one."""
        if self._reread is None:
            raise UsageError("this watcher was not started from a configuration file: there is nothing to reload")
        try:
            self._take(self._reread())
        except ConfigError as error:
            self._tell(_refused(error))
            raise
        over = Notice(f"{_RELOAD}.over", "Resolved: the configuration was taken", "The watcher works under it now.")
        watcher = self.watcher
        watcher.store.notices.resolve(_RELOAD, over, watcher.audience.operator, watcher.clock.now())
        return f"reloaded {watcher.config.path}"

    def _take(self, config: Config) -> None:
        watcher = reassembled(self.watcher, config, self._stop.wait)
        prepare(config.templates)
        if config.heartbeat != self.watcher.config.heartbeat:
            self._heartbeat = Heartbeat(config.heartbeat)
        self.watcher = watcher
        self._distress.reach(watcher.channels, watcher.audience.operator)
        self._jobs.replace(self.planned())

    def _tell(self, notice: Notice) -> None:
        watcher = self.watcher
        watcher.store.notices.tell(notice, watcher.audience.operator, watcher.clock.now())


def _require_whole(watcher: Watcher) -> None:
    """StoreDamaged where the file is spoilt: the writer may go on for long from what it has in memory."""
    try:
        read_figures(watcher.store.path, watcher.clock.now())
    except StoreDamaged:
        raise
    except StoreError as error:
        # Whatever else keeps a reader out is told by the jobs that it keeps from their work.
        log.debug("the database cannot be read beside its writer: %s", error)


def _status(watcher: Watcher, standing: Sequence[Notice]) -> str:
    """One line for `systemctl status`."""
    polls, owed = watcher.store.meta.poll_state(), watcher.store.outbox.overdue(watcher.clock.now())
    last = f"{polls.last_success_at:%Y-%m-%d %H:%M} UTC" if polls.last_success_at else "never"
    said = [f"last good poll {last}", f"{counted(owed.messages, 'message')} waiting"]
    return "; ".join([*said, *(notice.subject for notice in standing)])


def _refused(error: ConfigError) -> Notice:
    mistakes = "\n".join(f"  {mistake}" for mistake in error.mistakes)
    return Notice(
        key=_RELOAD,
        subject="The new configuration was not taken",
        body=f"The watcher was asked to reload its configuration and works under the old one still:\n\n{mistakes}\n\n"
        "Correct it, then: watcher config check, and watcher reload",
    )
