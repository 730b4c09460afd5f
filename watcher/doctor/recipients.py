"""The checks of where messages go: each channel, the heartbeat, the page."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime

from watcher.alerts.identity import message_id
from watcher.alerts.render import notice_message
from watcher.assembly import open_channels
from watcher.channels import Channel
from watcher.channels.contract import Knocking
from watcher.config.values import ChannelSettings
from watcher.doctor.finding import Finding, failure, ok, skipped, warning
from watcher.doctor.patient import Patient
from watcher.doctor.wire import End, Unreached, reach
from watcher.errors import ConfigError, DeliveryError
from watcher.model import Notice, Target
from watcher.store.lock import holder


def channels(patient: Patient, *, offline: bool = False) -> Iterator[Finding]:
    """Each channel opens, and its host answers; with --send, a test message arrives."""
    for settings in patient.config.channels:
        opened = _opened(patient, settings)
        if isinstance(opened, Finding):
            yield opened
            continue
        if _is_unverified(settings):
            yield warning(_named(settings), "verify=no: any certificate is accepted", "name the authority instead")
        if offline:
            yield ok(_named(settings), _targets(opened))
        else:
            yield _knocked(opened, settings)
            yield from _sent(opened, patient) if patient.send else ()


def _named(settings: ChannelSettings) -> str:
    return f'channel "{settings.name}"'


def _targets(channel: Channel) -> str:
    return f"opens, with {', '.join(target.name for target in channel.targets())}"


def _opened(patient: Patient, settings: ChannelSettings) -> Channel | Finding:
    try:
        return open_channels(replace(patient.config, channels=(settings,)))[settings.name]
    except ConfigError as error:
        place = f"{patient.config.path}: channel {settings.name!r}: "
        said = (mistake.removeprefix(place).removeprefix(f"channel {settings.name!r}: ") for mistake in error.mistakes)
        return failure(_named(settings), "; ".join(said), "correct its address; docs/channels.md lists what is allowed")


def _is_unverified(settings: ChannelSettings) -> bool:
    query = settings.url.reveal().partition("?")[2].lower()
    return any(part in {"verify=no", "verify=false", "verify=0"} for part in query.split("&"))


def _knocked(channel: Channel, settings: ChannelSettings) -> Finding:
    """How far a connection comes without a message."""
    if not isinstance(channel, Knocking):
        return ok(_named(settings), f"{_targets(channel)}; nothing to reach")
    try:
        said = channel.knock()
    except DeliveryError as error:
        remedy = "check host, port and password of its address; `watcher channels test NAME` sends a message"
        return failure(_named(settings), str(error), remedy)
    return ok(_named(settings), f"{_targets(channel)}; {said}")


def _sent(channel: Channel, patient: Patient) -> Iterator[Finding]:
    for target, error in send_test(channel, patient.now()):
        check = f'channel "{channel.name}"'
        if error is None:
            yield ok(check, f"{target.name} took a test message")
        else:
            yield failure(check, f"{target.name} refuses a test message: {error}", "correct the channel's address")


def send_test(channel: Channel, now: datetime) -> Iterator[tuple[Target, DeliveryError | None]]:
    """Send one test message to every recipient, and say what became of each."""
    notice = Notice("test", "Test message", "This is a test of the channel. If you can read it, alerts will reach you.")
    for target in channel.targets():
        message = notice_message(notice, id=message_id(f"test|{target.key}|{now.isoformat()}", ""))
        try:
            channel.send(target, message)
        except DeliveryError as error:
            yield target, error
        else:
            yield target, None


def heartbeat(patient: Patient) -> Iterator[Finding]:
    """The host of the heartbeat answers; it is not pinged, since that would say that all is well."""
    url = patient.config.heartbeat
    if url is None:
        yield skipped("heartbeat", "there is none: nobody notices when this machine is off")
        return
    end = End.of(url.reveal())
    try:
        yield ok("heartbeat", f"{reach(end)}; it was not pinged")
    except Unreached as unreached:
        yield failure("heartbeat", unreached.found, unreached.remedy)


def web(patient: Patient) -> Iterator[Finding]:
    """The address of the page is free, or held by the watcher that runs."""
    settings = patient.config.web
    if settings is None:
        yield skipped("web", 'listen = "off" in [web]: no page is served')
        return
    address, running = settings.address, holder(patient.config.store)
    if not address.is_loopback and settings.token is None:
        yield warning(
            "web", f"{address} can be reached from outside, by everybody", '[web] token_file = "..." asks for one'
        )
    taken = _is_taken(address.host, address.port)
    if taken and not running:
        # An address that nobody chose is done without; one that was chosen keeps the watcher from starting.
        tell = failure if settings.chosen else warning
        yield tell("web", f"another program listens on {address}", 'another [web] listen gets a page, or "off" none')
    else:
        yield ok("web", f"{address} is {'served' if taken else 'free'}")


def _is_taken(host: str, port: int) -> bool:
    with closing(socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)) as probe:
        probe.settimeout(2)
        return probe.connect_ex((host, port)) == 0
