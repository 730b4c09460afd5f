"""Building the parts of a watcher from its configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from watcher.alerts.owing import announced
from watcher.audience import Audience
from watcher.channels import Channel, Wishes, open_channel
from watcher.channels.signing import key_of
from watcher.clock import Clock
from watcher.config import Config
from watcher.config.values import ChannelSettings
from watcher.deliver import Deliverer
from watcher.errors import ConfigError
from watcher.model import Target
from watcher.poll import Poller
from watcher.registry.client import Registry
from watcher.registry.transport import Transport
from watcher.requests import Desk, carry_out_all
from watcher.store import Store
from watcher.store.lock import single_instance


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

    def desk(self) -> Desk:
        """What carrying out a request needs, while this process holds the database."""
        return Desk(self.store, self.audience, self.clock.now())

    def carry_out_requests(self) -> None:
        """Carry out what commands left to be done."""
        carry_out_all(self.desk())

    def announce_digests(self) -> None:
        """Open the digests that are to say also that nothing changed."""
        if self.store.meta.rehearsal is None:
            # Before the first poll nobody knows whose days these are: the registry's or a rehearsal's.
            return
        now = self.clock.now()
        self.store.observing.announce(announced(self.audience.routes, self.audience.targets, now))


@contextmanager
def assembled(config: Config, clock: Clock, sleep: Callable[[float], object]) -> Iterator[Watcher]:
    """The watcher of `config`; AlreadyRunning where another process holds its database."""
    channels = open_channels(config)
    with single_instance(config.store):
        store = Store(config.store)
        registry = open_registry(config, sleep)
        try:
            # Nobody else can be sending: what was claimed belongs to a process that died.
            store.outbox.release_claims()
            _resume_rehearsal(store, clock)
            watcher = _watcher(config, store, registry, channels, clock)
            watcher.carry_out_requests()
            yield watcher
        finally:
            registry.close()
            store.close()


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


def _watcher(
    config: Config, store: Store, registry: Registry, channels: Mapping[str, Channel], clock: Clock
) -> Watcher:
    targets = {name: channel.targets() for name, channel in channels.items()}
    operator: tuple[Target, ...] = targets[config.operator] if config.operator else ()
    audience = Audience(config.watches, config.routes, targets, operator)
    return Watcher(
        config=config,
        store=store,
        registry=registry,
        poller=Poller(registry, store, audience, clock, every=config.registry.poll_every),
        deliverer=Deliverer(store, channels, clock, operator=operator, templates=config.templates),
        channels=channels,
        audience=audience,
        clock=clock,
    )


def _resume_rehearsal(store: Store, clock: Clock) -> None:
    """A rehearsal goes on from its last poll, also in a process that has not asked the registry yet."""
    last = store.meta.poll_state().last_success_at
    if store.meta.rehearsal and last is not None:
        clock.follow(last)
