"""What a configuration would do, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from watcher.alerts.conditions import Limits
from watcher.changes.language.words import counted, size_text
from watcher.channels.inbox import SCHEME as INBOX
from watcher.channels.masking import mask_url
from watcher.config.itineraries import route_text
from watcher.config.texts import duration_text
from watcher.config.values import ChannelSettings, Config, RegistrySettings, WebSettings
from watcher.model import Search, Watch, WatchedStudy

_SHOWN_STUDIES = 5
_FORMATS = {"text": "as plain text", "short": "in the short form for telephones"}


def describe(config: Config) -> str:
    """One sentence per watch, route and channel, then everything that looks odd."""
    return "\n".join(_sentences(config))


def _sentences(config: Config) -> Iterator[str]:
    yield from (_watch_text(watch) for watch in config.watches)
    yield _registry_text(config.registry)
    if any(watch.search for watch in config.watches):
        every = duration_text(config.registry.complete_every).removeprefix("1 ")
        yield f"Searches: a large one is swept whole every {every}, and asked for what was updated lately between."
    yield from (route_text(route) for route in config.routes)
    yield from (_channel_text(channel) for channel in config.channels)
    yield _operator_text(config.operator, config.limits)
    if config.heartbeat:
        where = mask_url(config.heartbeat.reveal())
        yield f"Heartbeat: {where} is asked for after each good cycle, at most once a minute."
    yield _web_text(config.web) if config.web else "Web: no page is served."
    if config.templates.own:
        yield f"Messages: {', '.join(name for name, _ in config.templates.own)} are your own, the rest is built in."
    yield f"Database: {config.store}."
    yield from (f"Warning: {warning}." for warning in config.warnings)


def _watch_text(watch: Watch) -> str:
    until = f", until {watch.until}" if watch.until else ""
    return f'Watch "{watch.name}": {search_text(watch.search) if watch.search else _studies_text(watch)}{until}.'


def search_text(search: Search) -> str:
    """What is searched for, by the registry's labels."""
    if search.is_everything:
        return "the whole registry"
    asked: dict[str, list[str]] = {}
    for term in search.terms:
        asked.setdefault(term.area, []).append(f'"{term.text}"')
    parts = [f"{_small(label)} {' or '.join(texts)}" for label, texts in asked.items()]
    return f"the search {' and '.join(parts)}"


def _small(label: str) -> str:
    return label[0].lower() + label[1:]


def _studies_text(watch: Watch) -> str:
    shown = ", ".join(_study_text(study) for study in watch.studies[:_SHOWN_STUDIES])
    more = len(watch.studies) - _SHOWN_STUDIES
    rest = f" and {more} more" if more > 0 else ""
    return f"{counted(len(watch.studies), 'study', 'studies')} ({shown}{rest})"


def _study_text(study: WatchedStudy) -> str:
    return f"{study.nct_id} {study.label}".rstrip()


def _registry_text(registry: RegistrySettings) -> str:
    every = duration_text(registry.poll_every).removeprefix("1 ")
    details = [f"{_rate_text(registry.min_interval)}", f"an answer may take {duration_text(registry.timeout)}"]
    if registry.contact:
        details.append(f"introduced with {registry.contact}")
    if registry.tls_max:
        details.append(f"with TLS {registry.tls_max} at most")
    return f"Checked every {every} at {registry.base_url}, {'; '.join(details)}."


def _rate_text(interval: timedelta) -> str:
    seconds = interval.total_seconds()
    if seconds == 1:
        return "at most 1 request a second"
    if seconds == 0:
        return "without a pause between requests"
    return f"at most 1 request in {seconds:g} seconds"


def _channel_text(channel: ChannelSettings) -> str:
    """The scheme is all that is shown of an address."""
    return f'Channel "{channel.name}": {", ".join(_channel_parts(channel))}.'


def _channel_parts(channel: ChannelSettings) -> Iterator[str]:
    yield "the page of this watcher" if channel.scheme == INBOX else channel.scheme
    if channel.secrets:
        yield f"signed with {counted(len(channel.secrets), 'secret')}"
    if channel.per_minute is not None:
        yield f"at most {counted(channel.per_minute, 'message')} a minute"
    if channel.batch_from is not None:
        yield _batch_text(channel.batch_from)
    if channel.format is not None:
        yield _FORMATS[channel.format]


def _batch_text(batch_from: int) -> str:
    return f"{batch_from} or more messages due at once as one" if batch_from else "every message by itself"


def _operator_text(operator: str | None, limits: Limits) -> str:
    if operator is None:
        return "Operator: nobody; trouble with the registry or a channel shows in the log and in `watcher status` only."
    disk = f", or less than {size_text(limits.free_disk)} are free on the disk" if limits.free_disk else ""
    return (
        f'Operator: hears of trouble with the registry or a channel on channel "{operator}", and when '
        f"{counted(limits.missed_refreshes, 'data refresh', 'data refreshes')} passed without a good poll, a message "
        f"has waited for {duration_text(limits.outbox_age)}{disk}."
    )


def _web_text(web: WebSettings) -> str:
    port = "a free port" if web.address.port == 0 else str(web.address)
    reach = "reached from this machine only" if web.address.is_loopback else "reached from other machines"
    shown = "with a token; /healthz without one says only how it is" if web.token else "without a token"
    linked = f" Messages link to it at {web.url}." if web.url else ""
    return f"Web: the page, its feeds, /healthz and /metrics at {port}, {reach}, {shown}.{linked}"
