"""A real database in front of receivers that keep what they get, in the order in which they get it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.builders import change
from watcher.alerts.owing import Owed
from watcher.alerts.pace import Pace
from watcher.alerts.routes import Step
from watcher.deliver import Deliverer, DeliveryReport
from watcher.errors import DeliveryError
from watcher.model import Alert, Form, Message, Severity, StudyFacts, Target
from watcher.store import Store, opened
from watcher.store.values import LISTED, Observation, Standing

CRITICAL, MAJOR, MINOR = Severity.CRITICAL, Severity.MAJOR, Severity.MINOR
MINUTES, HOURS = timedelta(minutes=1), timedelta(hours=1)


class Crash(BaseException):
    """The process is gone: nothing may catch this."""


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    moment: datetime = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def follow(self, timestamp: datetime) -> None:
        self.moment = timestamp


@dataclass(frozen=True)
class Got:
    """One message as it arrived."""

    target: str
    id: str
    subject: str
    text: str
    at: datetime


@dataclass
class Receiver:
    """A channel whose recipients take everything until `refuse` or `crash` say otherwise of a text or a recipient."""

    name: str
    clock: Clock
    recipients: tuple[str, ...] = ("a",)
    per_minute: int | None = None
    batch_from: int = 0
    got: list[Got] = field(default_factory=list)
    asked: list[Got] = field(default_factory=list)
    _errors: dict[str, BaseException] = field(default_factory=dict)
    _after: dict[str, BaseException] = field(default_factory=dict)
    _moods: Iterator[bool] = field(default_factory=lambda: iter(()))

    @property
    def pace(self) -> Pace:
        return Pace(self.per_minute, self.batch_from)

    def targets(self) -> tuple[Target, ...]:
        return tuple(Target(self.name, recipient) for recipient in self.recipients)

    def send(self, target: Target, message: Message) -> None:
        said = Got(target.name, message.id, message.subject, message.text, self.clock.now())
        self.asked.append(said)
        if next(self._moods, False):
            raise DeliveryError("not now")
        self._raise(self._errors, said)
        self.got.append(said)
        self._raise(self._after, said)

    def fail(self, error: BaseException, of: str = "") -> None:
        """Fail from now on: of everything, or of what has this in recipient or text."""
        self._errors[of] = error

    def fail_after(self, error: BaseException) -> None:
        """Take the message, then fail."""
        self._after[""] = error

    def fail_now_and_then(self, fails: Iterable[bool]) -> None:
        """Fail whenever the next of these says so; then take everything."""
        self._moods = iter(fails)

    def recover(self) -> None:
        """Take everything again."""
        self._errors.clear()
        self._after.clear()

    def _raise(self, errors: dict[str, BaseException], said: Got) -> None:
        for of, error in errors.items():
            if of in f"{said.target}\n{said.text}":
                raise error


@dataclass
class Office:
    """A database, its clock and its channels."""

    database: Path
    clock: Clock = field(default_factory=Clock)
    channels: dict[str, Receiver] = field(default_factory=dict)
    alerts: int = 0

    def receiver(self, name: str = "team", *recipients: str, **more: int) -> Receiver:
        """A new channel."""
        self.channels[name] = Receiver(name, self.clock, recipients or ("a",), **more)
        return self.channels[name]

    @contextmanager
    def store(self) -> Iterator[Store]:
        with opened(self.database) as store:
            yield store

    def owe(
        self,
        study: int,
        severity: Severity = MAJOR,
        *,
        to: str = "team",
        form: Form = Form.ALERT,
        due: timedelta = timedelta(),
        key: str = "",
    ) -> str:
        """Owe an alert about a study to every recipient of a channel; how it is known again in a message."""
        word = f"news {self.alerts + 1} of study {study}."
        with self.store() as store:
            store.observing.commit(self.page([(study, severity, word)], to=to, form=form, due=due, key=key))
        return word

    def page(
        self, news: list[tuple[int, Severity, str]], *, to: str = "team", form: Form = Form.ALERT,
        due: timedelta = timedelta(), key: str = "",
    ) -> Observation:  # fmt: skip
        """Alerts about studies, as one poll commits them."""
        now, made = self.clock.now(), []
        for study, severity, word in news:
            self.alerts += 1
            made.append(self._alert(f"NCT{study:08}", severity, word, now))
        return Observation(
            at=now,
            data_timestamp=now.isoformat(),
            standings=tuple(Standing(alert.nct_id, LISTED) for alert in made),
            events=tuple(Step(alert.nct_id, alert.occasion, now, alert.changes, alert.study) for alert in made),
            alerts=tuple(made),
            owed=tuple(
                Owed(f"{key or alert.key}>{target.key}", target, now + due, alert.key, form, alert.route)
                for alert in made
                for target in self.channels[to].targets()
            ),
        )

    def _alert(self, nct_id: str, severity: Severity, word: str, now: datetime) -> Alert:
        occasion = f"event:{self.alerts}"
        told = (change(severity=severity.word, sentence=word, nct_id=nct_id),)
        facts = StudyFacts(nct_id, title="Examplinib")
        return Alert(f"desk|{nct_id}|{occasion}", "desk", nct_id, occasion, now, severity, told, facts, "because")

    def deliver(self, stop: Callable[[], bool] = lambda: False) -> DeliveryReport:
        """One pass, in the process that is running."""
        with self.store() as store:
            return Deliverer(store, self.channels, self.clock).deliver(stop)

    def restart(self) -> None:
        """Another process has become the only one on this database."""
        with self.store() as store:
            store.outbox.release_claims()

    def wait(self, how_long: timedelta, every: timedelta = MINUTES) -> None:
        """Let time pass, with a delivery pass now and then."""
        end = self.clock.moment + how_long
        while self.clock.moment < end:
            self.clock.moment = min(self.clock.moment + every, end)
            self.deliver()

    def statuses(self) -> dict[str, int]:
        """How many deliveries stand how."""
        with self.store() as store:
            return store.reports.health().deliveries


def order(receiver: Receiver, *words: str) -> list[str]:
    """These pieces of news in the order in which they arrived."""
    text = "\n".join(got.text for got in receiver.got)
    return sorted((word for word in words if word in text), key=text.index)
