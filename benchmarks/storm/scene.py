"""The scene of the storm: five readers in five time zones, their mail and their webhooks, and the configuration."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from types import MappingProxyType
from urllib.parse import urlencode

from benchmarks.storm.faults import OF_HOOKS, OF_MAIL, Chance, Fault, Outages
from benchmarks.storm.hooks import Hook
from benchmarks.storm.owed import CRITICAL, Reader
from benchmarks.storm.relay import Relay
from benchmarks.storm.sinks import Arrival, Attempt, Sink
from watcher.model import Severity

# Seconds until a client gives up, and how long a target hangs.
PATIENCE, HANG = 0.5, 1.0
SENDER, OPERATOR = "watcher@example.org", "operator"
# Signed webhooks; the others are apprise's json://. No client of these is more patient than a target hangs, but that
# of the signed ones: it waits for half a minute, so there a hang ends as a cut.
SIGNED = {
    name: f"a secret of {name} that is long enough"
    for name in ("hook-desk", "hook-sites", "hook-patients", "hook-flood")
}
# A channel that many write to: its pace, and from how many alerts on they go together.
KEYS = {"hook-desk": {"per_minute": 20, "batch_from": 8}}

# The registry's day begins at 09:00 UTC: 04:00 in New York, 18:00 in Tokyo, 22:00 in Auckland. On 8 March there is no
# 02:30 in New York. Two readers share a webhook, two a mailbox.
READERS = (
    Reader("rivals", "America/New_York", "daily 02:30", ("mail-rivals", "hook-desk"), "competitive-intelligence",
           escalate=(timedelta(hours=2), ("hook-duty",)), says_nothing=True),
    Reader("sites", "Europe/Berlin", "daily 07:00", ("mail-office", "hook-sites"), "site-operations"),
    Reader("patients", "Asia/Tokyo", "weekly mon 09:00", ("mail-patients", "hook-patients"), "patient",
           quiet=(time(18), time(7), CRITICAL)),
    Reader("duties", "Australia/Sydney", "weekly mon 08:00", ("mail-office", "hook-duties"), "compliance",
           says_nothing=True),
    Reader("holdings", "Pacific/Auckland", "daily 07:00", ("mail-holdings", "hook-desk"), "investor",
           quiet=(time(22), time(7), int(Severity.MAJOR))),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Targets:
    """Everything that is sent to."""

    relay: Relay
    hooks: Mapping[str, Hook]

    @property
    def sinks(self) -> tuple[Sink, ...]:
        """All servers."""
        return (self.relay, *self.hooks.values())

    @property
    def arrivals(self) -> list[Arrival]:
        """All that readers were sent, repeats included."""
        return [each for sink in self.sinks for each in list(sink.arrivals) if not each.target.startswith(OPERATOR)]

    @property
    def attempts(self) -> list[Attempt]:
        """Every attempt at any target, in the order of time."""
        return sorted((each for sink in self.sinks for each in list(sink.attempts)), key=lambda each: each.at)

    @property
    def met(self) -> Counter[Fault]:
        """How often each fault was met."""
        return sum((sink.chance.met for sink in self.sinks), Counter())

    def arrived(self) -> int:
        """How many messages came, repeats included."""
        return sum(len(sink.arrivals) for sink in self.sinks)

    def outages(self, seed: int) -> Outages:
        """Refused connections: servers that go away for a while."""
        return Outages(self.sinks, seed)


@contextlib.contextmanager
def targets(readers: Sequence[Reader], seed: int, *, calm: bool = False, hang: float = HANG) -> Iterator[Targets]:
    """All servers that these readers need, listening; `calm`: they accept everything."""
    names = sorted({name for reader in readers for name in channels_of(reader) if name.startswith("hook")})
    chances = [Chance(OF_MAIL, seed), *(Chance(OF_HOOKS, seed + place) for place in range(1, len(names) + 1))]
    for chance in chances if calm else ():
        chance.calm()
    with contextlib.ExitStack() as stack:
        relay = stack.enter_context(Relay(chances[0], hang))
        pairs = zip(names, chances[1:], strict=True)
        hooks = {name: stack.enter_context(Hook(name, chance, hang, SIGNED.get(name, ""))) for name, chance in pairs}
        yield Targets(relay, hooks)


def channels_of(reader: Reader) -> tuple[str, ...]:
    """Every channel that a reader's alerts may go to."""
    return (*reader.to, *(reader.escalate[1] if reader.escalate else ()))


def address_of(channel: str) -> str:
    """The one address of a mail channel, from which an arrival's channel is told."""
    return f"{channel}@example.org"


# --- the configuration --------------------------------------------------------------


def configuration(
    base_url: str,
    studies: Sequence[str],
    readers: Sequence[Reader],
    to: Targets,
    keys: Mapping[str, Mapping[str, int]] = KEYS,
    registry: Mapping[str, object] = MappingProxyType({}),
    patience: float = PATIENCE,
) -> str:
    """The whole file. `keys` are further keys of some channels, `registry` those of its table."""
    names = sorted({name for reader in readers for name in channels_of(reader)})
    tables = [
        _table("[registry]", base_url=base_url, poll_every="1s", min_interval=0, **registry),
        _table("[store]", path="month.db"),
        _table("[[watch]]", name="month", studies=list(studies)),
        *(
            _table("[[channel]]", name=name, **_address(name, to, patience), **keys.get(name, {}))
            for name in (*names, OPERATOR)
        ),
        *(_table("[[route]]", **_route(reader)) for reader in readers),
        _table("[operator]", channel=OPERATOR),
    ]
    return "\n".join(tables)


def _table(head: str, **keys: object) -> str:
    return "\n".join([head, *(f"{key} = {json.dumps(value)}" for key, value in keys.items()), ""])


def _address(name: str, to: Targets, seconds: float) -> dict[str, str]:
    patience = {"cto": seconds, "rto": seconds}
    if name in SIGNED:
        return {"url": f"webhook://{to.hooks[name].host}/{name}", "secret": SIGNED[name]}
    if name in to.hooks:
        return {"url": f"json://{to.hooks[name].host}/{name}?{urlencode(patience)}"}
    return {"url": f"mailto://{to.relay.host}?{urlencode({'from': SENDER, 'to': address_of(name), **patience})}"}


def _route(reader: Reader) -> dict[str, object]:
    said: dict[str, object] = {"name": reader.name, "to": list(reader.to), "timezone": reader.zone}
    # With a preset, `when` would collect everything; `digest` is when what the preset collects is sent.
    said["digest" if reader.preset else "when"] = reader.when
    if reader.preset:
        said["preset"] = reader.preset
    if reader.quiet:
        said["quiet"] = f"{reader.quiet[0]:%H:%M}-{reader.quiet[1]:%H:%M}"
        said["quiet_bypass"] = Severity(reader.quiet[2]).word
    if reader.escalate:
        said["escalate_after"] = f"{reader.escalate[0] // timedelta(hours=1)}h"
        said["escalate_to"] = list(reader.escalate[1])
    if reader.says_nothing:
        said["say_nothing_changed"] = True
    return said
