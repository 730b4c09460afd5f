"""What somebody asks for when a silence is added: read and checked alike for the command and for the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time

from watcher.audience import Audience, knowing, of_today
from watcher.config.kinds import kinds_matching, known_kinds, spellings
from watcher.config.mistakes import unknown
from watcher.config.texts import duration
from watcher.config.values import Config
from watcher.errors import UsageError
from watcher.requests import Request, request
from watcher.store import Store

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """A silence as somebody wrote it down: empty `studies`, `kind` and `route` mean any.

    `mark` stands before the name of a part in what is said about it: the command has "--".
    """

    until: str
    reason: str
    studies: tuple[str, ...] = ()
    kind: str = ""
    route: str = ""
    everything: bool = False
    mark: str = ""

    def require_sense(self) -> None:
        """UsageError where it does not say what is silenced, or why, as far as can be told without the database."""
        mark = self.mark
        if not (self.studies or self.kind or self.route or self.everything):
            raise UsageError(
                f"say what is silenced: {mark}study, {mark}kind or {mark}route; for all there is, {mark}everything"
            )
        if not self.reason.strip():
            raise UsageError(f"{mark}reason is empty: say why, so that others understand what they do not hear")
        if len(self.reason) > LONGEST_REASON:
            raise UsageError(f"{mark}reason is longer than {LONGEST_REASON} characters: one sentence is enough")


def silencing(asked: Asked, config: Config, store: Store, now: datetime) -> tuple[Request, ...]:
    """The requests that add what is asked for, one for each study; UsageError for what nothing has or is over."""
    asked.require_sense()
    _require_known(asked, config)
    numbers = [_watched(number, config, store, now) for number in asked.studies] or [""]
    until = until_of(asked.until, now, asked.mark).isoformat()
    about = {"kinds": asked.kind, "route": asked.route, "reason": asked.reason.strip(), "until": until}
    return tuple(request("silence", **about, study=number) for number in dict.fromkeys(numbers))


def _require_known(asked: Asked, config: Config) -> None:
    """UsageError, with the nearest right spelling, for a kind or route that nothing has."""
    names = tuple(one.name for one in config.routes)
    if asked.route and asked.route not in names:
        raise UsageError(unknown("route", asked.route, names))
    if asked.kind and not kinds_matching((asked.kind,)):
        raise UsageError(unknown("kind", asked.kind, tuple(spellings(known_kinds()))))


def _watched(given: str, config: Config, store: Store, now: datetime) -> str:
    """The number in its one spelling; UsageError for one that nobody watches."""
    number = given.strip().upper()
    today = of_today(Audience(config.watches, config.routes, {}), store, now)
    if all(watch.label_of(number) is None for watch in knowing(today, store, [number]).watches):
        raise UsageError(f"{unknown('study', number, today.numbers)}: no watch has it")
    return number


def until_of(given: str, now: datetime, mark: str = "") -> datetime:
    """The end of a day, a moment, or so long from now; UsageError for what is none of these, or over."""
    until = _moment(given.strip(), now, mark)
    if until <= now:
        raise UsageError(f"{mark}until {given} is over already: it is {now:%Y-%m-%d %H:%M} UTC")
    return until


def _moment(given: str, now: datetime, mark: str) -> datetime:
    try:
        if len(given) > len("2026-12-24"):
            moment = datetime.fromisoformat(given)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        if given.count("-") == 2:
            return datetime.combine(datetime.fromisoformat(given), time.max, UTC)
        return now + duration(given)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"{mark}until {given!r}: expected a day such as 2026-12-24, or how long: 14d, 2h") from error
