"""What a configuration would do, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from watcher.config.mistakes import quoted
from watcher.config.texts import WEEKDAYS
from watcher.config.values import ChannelSettings, Config, RegistrySettings
from watcher.model import Route, Severity, Watch, WatchedStudy

_SHOWN_STUDIES = 5
_UNITS = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))
_FROM_SEVERITY = {
    Severity.NOISE: "changes of every severity, even noise",
    Severity.MINOR: "minor changes or worse",
    Severity.MAJOR: "major changes or worse",
    Severity.CRITICAL: "critical changes only",
}
_FORMATS = {"text": "as plain text", "short": "in the short form for telephones"}


def describe(config: Config) -> str:
    """One sentence per watch, route and channel, then everything that looks odd."""
    return "\n".join(_sentences(config))


def _sentences(config: Config) -> Iterator[str]:
    yield from (_watch_text(watch) for watch in config.watches)
    yield _registry_text(config.registry)
    yield from (_route_text(route) for route in config.routes)
    yield from (_channel_text(channel) for channel in config.channels)
    yield _operator_text(config.operator)
    yield f"Database: {config.store}."
    yield from (f"Warning: {warning}." for warning in config.warnings)


def _watch_text(watch: Watch) -> str:
    shown = ", ".join(_study_text(study) for study in watch.studies[:_SHOWN_STUDIES])
    more = len(watch.studies) - _SHOWN_STUDIES
    rest = f" and {more} more" if more > 0 else ""
    return f'Watch "{watch.name}": {_counted(len(watch.studies), "study", "studies")} ({shown}{rest}).'


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


def duration_text(span: timedelta) -> str:
    """`1 hour 30 minutes`."""
    left, parts = int(span.total_seconds()), []
    for unit, size in _UNITS:
        number, left = divmod(left, size)
        if number:
            parts.append(_counted(number, unit, f"{unit}s"))
    return " ".join(parts)


def _route_text(route: Route) -> str:
    kinds = f"of the kinds {', '.join(route.kinds)}" if route.kinds else "of every kind"
    watches = f"from {_named('watch', 'watches', route.watches)}" if route.watches else "from every watch"
    to = _named("channel", "channels", route.to)
    what = f"{_FROM_SEVERITY[route.min_severity]}, {kinds}, {watches}"
    return f'Route "{route.name}": {what} -> {to}, {_when_text(route)}.'


def _when_text(route: Route) -> str:
    match route.when.split():
        case ["daily", clock]:
            return f"collected, every day at {clock} ({route.timezone})"
        case ["weekly", short, clock]:
            day = next(name for name in WEEKDAYS if name.startswith(short)).capitalize()
            return f"collected, every {day} at {clock} ({route.timezone})"
    return "at once"


def _channel_text(channel: ChannelSettings) -> str:
    """The scheme is all that is shown of an address."""
    return f'Channel "{channel.name}": {", ".join(_channel_parts(channel))}.'


def _channel_parts(channel: ChannelSettings) -> Iterator[str]:
    yield channel.url.reveal().partition(":")[0].lower()
    if channel.secrets:
        yield f"signed with {_counted(len(channel.secrets), 'secret', 'secrets')}"
    if channel.per_minute is not None:
        yield f"at most {_counted(channel.per_minute, 'message', 'messages')} a minute"
    if channel.batch_from is not None:
        yield _batch_text(channel.batch_from)
    if channel.format is not None:
        yield _FORMATS[channel.format]


def _batch_text(batch_from: int) -> str:
    return f"{batch_from} or more messages due at once as one" if batch_from else "every message by itself"


def _operator_text(operator: str | None) -> str:
    if operator is None:
        return "Operator: nobody; trouble with the registry or a channel shows in the log and in `watcher status` only."
    return f'Operator: hears of trouble with the registry or a channel on channel "{operator}".'


def _named(one: str, many: str, names: tuple[str, ...]) -> str:
    return f"{one if len(names) == 1 else many} {', '.join(quoted(name) for name in names)}"


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
