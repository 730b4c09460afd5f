"""The flood: thousands of studies change while every channel is down for a day; then the channels come back."""

from __future__ import annotations

import datetime
import json
import sys
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.stage import CountingRegistry, Daemon, memory_kb, wait_for
from benchmarks.storm.arrived import Told, outbox, owed_still, queued, target_of, told
from benchmarks.storm.owed import Reader, expected, facts_in
from benchmarks.storm.scene import OPERATOR, Targets, configuration, targets
from benchmarks.storm.sinks import Sink
from benchmarks.storm.verdict import Verdict, Violation, judged
from watcher.clock import SPEED
from watcher.examples.plain import record
from watcher.registry.rehearsal import Captures
from watcher.registry.rehearsal.answers import Answer

# A minute of a rehearsal passes in six seconds: more messages could be made in it than the pace allows.
FASTER = 10
PACE = 20
FLAT_MB = 30.0
# Between a message's arrival and its being written down as delivered, in seconds.
SLACK = 0.1
LIMIT = 240.0

READERS = (
    Reader("pager", "UTC", "now", ("hook-flood",)),
    Reader("office", "UTC", "now", ("mail-flood",)),
)
KEYS = {name: {"per_minute": PACE, "batch_from": 10} for reader in READERS for name in reader.to}

FIRST = datetime.date(2026, 3, 2)
SECOND, THIRD = FIRST + timedelta(days=1), FIRST + timedelta(days=2)
# The day without channels, from nine to nine; the second half of the studies changes at its end.
OUTAGE = ((SECOND, 9), (SECOND, 15), (SECOND, 21), (THIRD, 3), (THIRD, 9))
# The longest back-off is over by then.
RECOVERY = (THIRD, 17)


class HourlyRegistry(CountingRegistry):
    """A rehearsal registry whose data are refreshed at other hours than nine, too."""

    hour = 9

    def answer(self, method: str, target: str, body: bytes, known_tag: str) -> Answer:
        """The answer to one request; its version names the hour."""
        if not target.endswith("/version"):
            return super().answer(method, target, body, known_tag)
        said = super().answer(method, target, body, "")
        at_nine, now = f"{self.date}T09:00:00", f"{self.date}T{self.hour:02}:00:00"
        return Answer(said.status, said.body.replace(at_nine.encode(), now.encode()), said.content_type, said.headers)


@dataclass
class Flooded:
    """What the flood left behind."""

    studies: int
    queued: int = 0
    alerts: int = 0
    before_kb: int = 0
    drain_kb: int = 0
    peak_kb: int = 0
    drained_in: float = 0.0
    seconds: float = 0.0
    messages: tuple[Told, ...] = ()
    tries: Mapping[str, int] = field(default_factory=dict)
    too_fast: tuple[Violation, ...] = ()
    busiest_minute: int = 0
    verdict: Verdict = field(default_factory=lambda: judged(expected((), (), (), until=datetime.datetime.now(UTC)), ()))

    @property
    def grown_mb(self) -> float:
        """By how much the daemon's memory grew while it drained."""
        return round(max(self.drain_kb - self.before_kb, 0) / 1024, 1)

    @property
    def late_criticals(self) -> tuple[Violation, ...]:
        """Where something else went before a critical alert, or a newer critical alert before an older one."""
        return tuple(disorder(self.messages, self.tries))

    @property
    def figures(self) -> dict[str, Any]:
        """What the last line says of it."""
        return {
            "flood_alerts": self.alerts,
            "flood_queued": self.queued,
            "flood_messages": len(self.messages),
            "flood_tried_in_the_outage": sum(self.tries.get(message.id, 0) > 1 for message in self.messages),
            "flood_drained_seconds": round(self.drained_in, 1),
            "flood_drained_minutes_of_its_clock": round(self.drained_in * FASTER / 60, 1),
            "critical_first": not self.late_criticals,
            "critical_last": len(self.late_criticals),
            "rate_violations": len(self.too_fast),
            "busiest_minute": self.busiest_minute,
            "per_minute": PACE,
            "rss_before_mb": round(self.before_kb / 1024, 1),
            "rss_drain_mb": round(self.drain_kb / 1024, 1),
            "memory_grows": self.grown_mb if self.grown_mb > FLAT_MB else 0,
        }

    def print(self) -> None:
        """The table, and every violation."""
        print(f"--- the flood: {self.studies} studies")
        for name, value in self.figures.items():
            print(f"{name.replace('_', ' '):40} {value}")
        print(f"{'lost, doubled, out of order':40} {self.verdict.counts}")
        for violation in (*self.verdict.violations, *self.late_criticals, *self.too_fast)[:40]:
            print(violation)


def run(folder: Path, studies: int) -> Flooded:
    """The flood from the first day to the last message."""
    folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    captures = Captures(written(folder / "captures", studies))
    result, daemon = Flooded(studies), Daemon(folder, environ={SPEED: str(FASTER)})
    with targets(READERS, 1, calm=True) as to, HourlyRegistry(captures, FIRST) as registry:
        daemon.write(configuration(registry.base_url, captures.studies, READERS, to, KEYS))
        daemon.start()
        try:
            _play(result, daemon, registry, to)
        finally:
            daemon.stop()
        _keep(result, daemon, to)
    result.peak_kb, result.seconds = daemon.peak_kb, time.monotonic() - began
    return result


def _play(result: Flooded, daemon: Daemon, registry: HourlyRegistry, to: Targets) -> None:
    _move(registry, daemon, FIRST, 9)
    for sink in to.sinks:
        sink.down()
    for day, hour in OUTAGE:
        _move(registry, daemon, day, hour)
    result.queued = queued(daemon.database)
    _rest(daemon)
    result.before_kb = _now_kb(daemon)
    for sink in to.sinks:
        sink.up()
    registry.set_date(RECOVERY[0])
    registry.hour = RECOVERY[1]
    back = time.monotonic()
    _wait("an empty outbox", lambda: _drained(result, daemon), daemon)
    result.drained_in = time.monotonic() - back


def _move(registry: HourlyRegistry, daemon: Daemon, day: datetime.date, hour: int) -> None:
    registry.hour = hour
    registry.set_date(day)
    _wait(f"a poll at {day} {hour}", lambda: _stands(daemon).startswith(f"{day}T{hour:02}"), daemon)
    print(f"flood    {day} {hour:02}:00 polled", file=sys.stderr, flush=True)


def _wait(what: str, true: Callable[[], bool], daemon: Daemon) -> None:
    def slowly() -> bool:
        time.sleep(0.1)
        return true()

    wait_for(what, slowly, daemon, LIMIT)


def _stands(daemon: Daemon) -> str:
    health = daemon.health()
    return health.poll.data_timestamp if health else ""


def _drained(result: Flooded, daemon: Daemon) -> bool:
    result.drain_kb = max(result.drain_kb, _now_kb(daemon))
    return owed_still(daemon.database, _moment(*RECOVERY)) == 0


def _rest(daemon: Daemon) -> None:
    """Two ticks, so that what the poll needed is given back."""
    time.sleep(10)
    daemon.look()


def _now_kb(daemon: Daemon) -> int:
    return memory_kb(daemon.process.pid, "VmRSS") if daemon.process else 0


def _moment(day: datetime.date, hour: int) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(hour, tzinfo=UTC))


def _keep(result: Flooded, daemon: Daemon, to: Targets) -> None:
    facts, sent = facts_in(daemon.database), outbox(daemon.database)
    result.messages = told(to.arrivals, sent)
    result.tries = {number: known.attempts for number, known in sent.items()}
    owed = expected(facts.steps, READERS, (), until=_moment(*RECOVERY))
    result.alerts = len(owed.dues)
    result.verdict = judged(owed, result.messages)
    times = [found for sink in to.sinks for found in times_of(sink).values()]
    result.busiest_minute = max(busiest_minute(found) for found in times)
    result.too_fast = tuple(violation for sink in to.sinks for violation in too_fast(sink, PACE))


# --- the studies --------------------------------------------------------------------


def written(folder: Path, studies: int) -> Path:
    """Captures of so many invented studies: half of them change on the second day, half on the third."""
    for number in range(studies):
        nct_id = f"NCT{80_000_000 + number}"
        place = folder / nct_id
        place.mkdir(parents=True)
        day = (SECOND, THIRD)[number % 2]
        plain: dict[str, Any] = {"nct_id": nct_id, "title": f"Invented study number {number}", "filed": "2026-01-05"}
        (place / f"{FIRST}.json").write_text(json.dumps(record(**plain)), encoding="utf-8")
        changed = record(**(plain | {"filed": str(day - timedelta(days=1))} | _change(number)))
        (place / f"{day}.json").write_text(json.dumps(changed), encoding="utf-8")
    return folder


def _change(number: int) -> dict[str, Any]:
    """What becomes of a study: no two alike, or it would be held back as a mass."""
    return (
        {"status": "TERMINATED", "why_stopped": f"Reason number {number}"},
        {"primary_completion": f"{2030 + number % 7}-{1 + number % 12:02}"},
        {"official_title": f"Another official title, number {number}"},
    )[number // 2 % 3]


# --- order and pace -----------------------------------------------------------------


def disorder(messages: Iterable[Told], tries: Mapping[str, int]) -> Iterable[Violation]:
    """Where criticals did not come first, the oldest of them first; what was tried before the recovery keeps its place.

    A batch is one message: what stands in the same batch as the last critical alert came with it.
    """
    series: dict[str, list[Told]] = {}
    for message in sorted(messages, key=lambda each: each.at):
        if tries.get(message.id, 0) < 2:
            series.setdefault(message.target, []).append(message)
    for found in series.values():
        yield from _before_the_last_critical(found)
        yield from _newer_first(found)


def _before_the_last_critical(messages: Sequence[Told]) -> Iterable[Violation]:
    last = max((place for place, message in enumerate(messages) if _criticals(message)), default=0)
    for message in messages[:last]:
        for entry in message.entries:
            if entry.severity != "critical":
                yield Violation("before a critical alert", message.target, *entry.step, entry.severity)


def _newer_first(messages: Sequence[Told]) -> Iterable[Violation]:
    seen = [(message, _criticals(message)) for message in messages]
    for (_, one), (message, other) in pairwise((message, found) for message, found in seen if found):
        if min(other) < max(one):
            yield Violation("an older critical alert after a newer one", message.target, "", min(other))


def _criticals(message: Told) -> list[str]:
    """When the critical alerts of a message were seen."""
    return [entry.step[1] for entry in message.entries if entry.severity == "critical"]


def times_of(sink: Sink) -> Mapping[str, list[float]]:
    """When messages came, by channel; the operator's has no pace."""
    found: dict[str, list[float]] = {}
    for arrival in sink.arrivals:
        if not arrival.target.startswith(OPERATOR):
            found.setdefault(target_of(arrival), []).append(arrival.at)
    return found


def busiest_minute(times: Sequence[float]) -> int:
    """The most messages that came in any minute of the daemon's clock."""
    minute = 60 / FASTER - SLACK
    return max((bisect_left(times, at + minute) - place for place, at in enumerate(times)), default=0)


def too_fast(sink: Sink, pace: int) -> Iterable[Violation]:
    """The channels of which more than `pace` messages came in some minute of the daemon's clock."""
    for channel, found in times_of(sink).items():
        if busiest_minute(found) > pace:
            yield Violation("too fast", channel, "", f"{busiest_minute(found)} messages in a minute, not {pace}")
