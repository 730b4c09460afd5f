"""The checks that need more than one key: the registry's limits, names used twice, parts that do nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from watcher.config.kinds import kinds_matching, known_kinds
from watcher.config.mistakes import Report, quoted
from watcher.config.routes import route_name
from watcher.config.schema import FileTable, RegistryTable, StoreTable
from watcher.config.texts import is_loopback
from watcher.config.values import Config, RegistrySettings
from watcher.model import Route, Severity

SHORTEST_POLL = timedelta(minutes=5)
SHORTEST_COMPLETE = timedelta(days=1)
SHORTEST_INTERVAL = 1.0


def registry_of(table: RegistryTable, report: Report) -> RegistrySettings:
    """The registry's settings; only a registry on this machine may be asked faster."""
    if not is_loopback(table.base_url) and not report.is_doubtful(("registry", "base_url")):
        _check_polite(table, report)
    return RegistrySettings(
        base_url=table.base_url,
        poll_every=table.poll_every,
        complete_every=table.complete_every,
        min_interval=timedelta(seconds=table.min_interval),
        timeout=table.timeout,
        contact=table.contact,
        tls_max=table.tls_max,
    )


def _check_polite(table: RegistryTable, report: Report) -> None:
    if table.poll_every < SHORTEST_POLL:
        report.add(("registry", "poll_every"), 'expected at least "5m": the registry refreshes once a working day')
    if table.complete_every < SHORTEST_COMPLETE:
        report.add(("registry", "complete_every"), 'expected at least "1d": the registry refreshes once a working day')
    if table.min_interval < SHORTEST_INTERVAL:
        report.add(("registry", "min_interval"), "expected at least 1.0: never more than one request a second")


def store_of(table: StoreTable, folder: Path, report: Report) -> Path:
    """The absolute path of the database."""
    path = folder / table.path
    if not table.path or _is_folder(path):
        report.add(("store", "path"), "expected the name of a file for the database, found a folder")
    return _followed(path)


def _followed(path: Path) -> Path:
    """The file itself where a link stands: the lock and the log lie beside that one, whatever name is used."""
    try:
        return path.resolve() if path.is_symlink() else path
    except (OSError, RuntimeError):  # not ours to look at, or a link to itself: opening the database will say why
        return path


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # not ours to look at: opening the database will say why
        return False


def tell_repeated_names(file: FileTable, report: Report) -> None:
    """Names must tell watches, channels and routes apart."""
    _tell_repeated("watch", [table.name for table in file.watch], report)
    _tell_repeated("channel", [table.name for table in file.channel], report)
    _tell_repeated("route", [route_name(table, index) for index, table in enumerate(file.route)], report)


def _tell_repeated(noun: str, names: list[str | None], report: Report) -> None:
    first: dict[str, int] = {}
    for index, name in enumerate(names):
        if name in first:
            place = report.place((noun, first[name], "name"))
            report.add((noun, index, "name"), f"another {noun} is called {quoted(name)} already, at {place}")
        elif name:
            first[name] = index


def warn_of_idle(config: Config, report: Report) -> None:
    """Channels that nobody uses, watches that no route covers, routes that hear next to nothing."""
    awake = [route for route in config.routes if route.enabled]
    used = {name for route in awake for name in _channels_of(route)} | {config.operator}
    for index, channel in enumerate(config.channels):
        if channel.name not in used:
            report.warn(("channel", index), f"no route sends to {quoted(channel.name)}")
    for index, watch in enumerate(config.watches):
        if not any(watch.name in (route.watches or (watch.name,)) for route in awake):
            report.warn(("watch", index), f"no route covers {quoted(watch.name)}; nobody hears of it")
    for index, route in enumerate(config.routes):
        deaf = _why_deaf(route)
        if deaf:
            report.warn(("route", index, "kinds"), f"{deaf}: {', '.join(route.kinds) or 'all'}")


def _channels_of(route: Route) -> tuple[str, ...]:
    return (*route.to, *(route.escalation.to if route.escalation else ()))


def _why_deaf(route: Route) -> str | None:
    """Why a route hears nothing, or next to nothing, though all its names are right."""
    if not route.kinds:
        return None
    kinds = [known_kinds()[name] for name in kinds_matching(route.kinds)]
    if not kinds:
        return None
    if route.min_severity > max(kind.severity for kind in kinds) == Severity.NOISE:
        return 'these kinds are usually noise, which only min_severity = "noise" lets through'
    return None
