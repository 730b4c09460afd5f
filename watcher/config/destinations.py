"""From `[[channel]]` tables to channels. An address may hold a password, so no message ever repeats one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from watcher.config.lines import KeyPath
from watcher.config.mistakes import Report, quoted
from watcher.config.schema import ChannelTable
from watcher.config.values import ChannelSettings, Secret

SOURCES = ("url", "url_env", "url_file")

_URL = re.compile(r"[a-z][a-z0-9+.-]*://\S*", re.IGNORECASE)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Unusable(Exception):
    """A source that gives no address; says why, without the address."""


def channels_of(
    tables: list[ChannelTable], folder: Path, environ: Mapping[str, str], report: Report
) -> tuple[ChannelSettings, ...]:
    """Every channel, as far as it can be understood."""
    if not tables:
        report.add_missing(("channel",), "no [[channel]]: alerts would reach nobody")
    return tuple(_channel(table, ("channel", index), folder, environ, report) for index, table in enumerate(tables))


def _channel(
    table: ChannelTable, where: KeyPath, folder: Path, environ: Mapping[str, str], report: Report
) -> ChannelSettings:
    if table.name is None:
        report.add_missing((*where, "name"), 'a channel needs a name, such as name = "team"')
    given = [source for source in SOURCES if getattr(table, source) is not None]
    if len(given) > 1:
        report.add((*where, given[1]), f"expected only one of url, url_env and url_file, found {' and '.join(given)}")
    if not given and not any(report.is_doubtful((*where, source)) for source in SOURCES):
        report.add((*where, "url"), "a channel needs an address: one of url, url_env or url_file")
    return ChannelSettings(
        name=table.name or "",
        url=_url(table, given, where, folder, environ, report),
        per_minute=table.per_minute,
        batch_from=table.batch_from,
        format=table.format,
    )


def _url(
    table: ChannelTable, given: list[str], where: KeyPath, folder: Path, environ: Mapping[str, str], report: Report
) -> Secret:
    """The address from each source that is given; more than one was told before."""
    url = ""
    for source in given:
        try:
            url = _checked(_read(source, getattr(table, source), folder, environ))
        except Unusable as error:
            report.add((*where, source), str(error))
    return Secret(url)


def _read(source: str, value: str, folder: Path, environ: Mapping[str, str]) -> str:
    match source:
        case "url_env":
            return _from_environment(value, environ)
        case "url_file":
            return _from_file(value, folder)
    return value


def _from_environment(variable: str, environ: Mapping[str, str]) -> str:
    if not _VARIABLE.fullmatch(variable):
        raise Unusable("expected the name of an environment variable, such as TEAM_URL; an address goes into url")
    if not environ.get(variable, "").strip():
        raise Unusable(f"the environment variable {quoted(variable)} is not set")
    return environ[variable].strip()


def _from_file(name: str, folder: Path) -> str:
    if "://" in name:
        raise Unusable("expected the name of a file that holds the address; an address goes into url")
    path = folder / name
    try:
        return path.read_text(encoding="utf-8-sig").strip()
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise Unusable(f"{path} is not UTF-8 text") from None


def _checked(url: str) -> str:
    if not _URL.fullmatch(url):
        raise Unusable("expected one address with a scheme, such as mailtos://... or console:// (not shown here)")
    return url
