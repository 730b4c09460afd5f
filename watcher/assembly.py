"""Building the parts of a watcher from its configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, replace

from watcher.alerts.owing import announced
from watcher.audience import Audience
from watcher.channels import Channel, Wishes, open_channel
from watcher.channels.signing import key_of
from watcher.clock import Clock
from watcher.config import Config
from watcher.config.values import ChannelSettings
from watcher.deliver import Debts, Deliverer
from watcher.errors import ConfigError, StoreError
from watcher.late import LateChannels, LateTargets
from watcher.metrics import Tally
from watcher.model import Target
from watcher.poll import Poller
from watcher.registry.client import Registry
from watcher.registry.transport import Transport
from watcher.requests import Desk, Reload, carry_out_all, nothing_to_reload
from watcher.store import Store, opened
from watcher.store.lock import single_instance
from watcher.vigil import Vigil


@dataclass(frozen=True, slots=True)
class Watcher:
    """A configured watcher, holding its database for itself."""

    config: Config
    store: Store
    registry: Registry
    poller: Poller
    deliverer: Deliverer
    channels: Mapping[str, Channel]
    audience: Audience
    clock: Clock
    vigil: Vigil
    tally: Tally
    resources: ExitStack
    """What is closed when the process ends."""

    def desk(self, reload: Reload = nothing_to_reload) -> Desk:
        """What carrying out a request needs, while this process holds the database."""
        return Desk(self.store, self.audience, self.clock.now(), reload)

    def carry_out_requests(self, reload: Reload = nothing_to_reload) -> None:
        """Carry out what commands left to be done."""
        carry_out_all(self.desk(reload))

    def announce_digests(self) -> None:
        """Open the digests that are to say also that nothing changed."""
        if self.store.meta.rehearsal is None:
            # Before the first poll nobody knows whose days these are: the registry's or a rehearsal's.
            return
        now = self.clock.now()
        self.store.observing.announce(announced(self.audience.routes, self.audience.targets, now))


@contextmanager
def assembled(
    config: Config, clock: Clock, sleep: Callable[[float], object], *, sends: bool = True
) -> Iterator[Watcher]:
    """The watcher of `config`; AlreadyRunning where another process holds its database.

    One that sends nothing (`sends`) opens a channel only for the names of its recipients, and only when one of them is
    owed a message; a mistake in its address is told then.
    """
    channels = open_channels(config) if sends else _late_channels(config)
    with ExitStack() as resources:
        resources.enter_context(single_instance(config.store))
        store = resources.enter_context(opened(config.store))
        registry = resources.enter_context(closing(open_registry(config, sleep)))
        # Nobody else can be sending: what was claimed belongs to a process that died.
        store.outbox.release_claims()
        _resume_rehearsal(store, clock)
        watcher = _watcher(config, _Parts(store, registry, channels, clock, resources, Tally()))
        # A database that takes nothing just now is met by what is done next: who works on it tells the operator.
        with suppress(StoreError):
            watcher.carry_out_requests()
        yield watcher


def reassembled(before: Watcher, config: Config, sleep: Callable[[float], object]) -> Watcher:
    """The watcher as `config` would have it, on the same database.

    Raises ConfigError where the configuration cannot be used, or where it changes what only a restart can.
    """
    _require_same_process(before.config, config)
    channels = open_channels(config)
    registry = before.registry
    if config.registry != before.config.registry:
        # The old connection may be in use for one more request, so it is closed at the end like the new one.
        registry = before.resources.enter_context(closing(open_registry(config, sleep)))
    parts = _Parts(
        before.store, registry, channels, before.clock, before.resources, before.tally, before.deliverer.debts
    )
    return _watcher(config, parts)


def _require_same_process(before: Config, now: Config) -> None:
    """What a running process cannot change."""
    fixed = {
        "[store] path": (before.store, now.store),
        "[web]": (before.web, now.web),
        # A database never holds both a rehearsal's data and the registry's.
        "[registry] base_url": (before.registry.base_url, now.registry.base_url),
    }
    changed = (name for name, (old, new) in fixed.items() if old != new)
    if told := tuple(f"{now.path}: {name} has changed, which only a restart can take" for name in changed):
        raise ConfigError(told)


def open_channels(config: Config) -> dict[str, Channel]:
    """Every channel by name; ConfigError with all that cannot be opened."""
    opened: dict[str, Channel] = {}
    mistakes: list[str] = []
    for channel in config.channels:
        try:
            opened[channel.name] = open_channel(channel.name, channel.url.reveal(), _wishes(channel))
        except ConfigError as error:
            mistakes += (f"{config.path}: channel {channel.name!r}: {mistake}" for mistake in error.mistakes)
    if mistakes:
        raise ConfigError(tuple(mistakes))
    return opened


def _late_channels(config: Config) -> LateChannels:
    """Every channel by name, opened when it is needed."""
    settings = {channel.name: channel for channel in config.channels}
    return LateChannels(tuple(settings), lambda name: open_channels(replace(config, channels=(settings[name],)))[name])


def _wishes(channel: ChannelSettings) -> Wishes:
    keys = tuple(key_of(secret.reveal()) for secret in channel.secrets)
    return Wishes(channel.per_minute, channel.batch_from, channel.format, keys)


def open_registry(config: Config, sleep: Callable[[float], object]) -> Registry:
    """The client of the configured registry."""
    settings = config.registry
    return Registry(
        Transport(
            settings.base_url,
            min_interval=settings.min_interval,
            timeout=settings.timeout,
            contact=settings.contact,
            tls_max=settings.tls_max,
            sleep=sleep,
        )
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a watcher is made of, besides its configuration."""

    store: Store
    registry: Registry
    channels: Mapping[str, Channel]
    clock: Clock
    resources: ExitStack
    tally: Tally
    debts: Debts | None = None


def _watcher(config: Config, parts: _Parts) -> Watcher:
    store, registry, channels, clock = parts.store, parts.registry, parts.channels, parts.clock
    parts.tally.expect(channels)
    targets = {name: LateTargets(channels, name) for name in channels}
    operator: Sequence[Target] = targets[config.operator] if config.operator else ()
    audience = Audience(config.watches, config.routes, targets, operator)
    return Watcher(
        config=config,
        store=store,
        registry=registry,
        poller=Poller(
            registry,
            store,
            audience,
            clock,
            every=config.registry.poll_every,
            complete_every=config.registry.complete_every,
            found=parts.tally.found,
        ),
        deliverer=Deliverer(
            store,
            channels,
            clock,
            operator=operator,
            templates=config.templates,
            page=config.web.url if config.web else "",
            debts=parts.debts,
            told=parts.tally.settled,
        ),
        channels=channels,
        audience=audience,
        clock=clock,
        vigil=Vigil(store, audience, clock, config.limits),
        tally=parts.tally,
        resources=parts.resources,
    )


def _resume_rehearsal(store: Store, clock: Clock) -> None:
    """A rehearsal goes on from its last poll, also in a process that has not asked the registry yet."""
    last = store.meta.poll_state().last_success_at
    if store.meta.rehearsal and last is not None:
        clock.follow(last)
