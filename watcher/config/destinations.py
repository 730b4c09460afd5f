"""From `[[channel]]` tables to channels. An address may hold a password, so no message ever repeats one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from watcher.channels.manner import SIGNED_SCHEMES
from watcher.channels.signing import PREFIX, UNSIGNED, key_of
from watcher.config.lines import KeyPath
from watcher.config.mistakes import Report
from watcher.config.schema import ChannelTable, Table
from watcher.config.sources import Sources, Unusable
from watcher.config.values import ChannelSettings, Secret

SOURCES = ("url", "url_env", "url_file")
SECRET_SOURCES = ("secret", "secret_env", "secret_file")

_URL = re.compile(r"[a-z][a-z0-9+.-]*://\S*", re.IGNORECASE)
_MOST_SECRETS = 2
T = TypeVar("T")


def channels_of(
    tables: list[ChannelTable], folder: Path, environ: Mapping[str, str], report: Report
) -> tuple[ChannelSettings, ...]:
    """Every channel, as far as it can be understood."""
    sources = Sources(folder, environ)
    return tuple(_channel(table, ("channel", index), sources, report) for index, table in enumerate(tables))


def _channel(table: ChannelTable, where: KeyPath, sources: Sources, report: Report) -> ChannelSettings:
    if table.name is None:
        report.add_missing((*where, "name"), 'a channel needs a name, such as name = "team"')
    given = given_keys(table, SOURCES, where, report)
    if not given and not any(report.is_doubtful((*where, source)) for source in SOURCES):
        report.add((*where, "url"), "a channel needs an address: one of url, url_env or url_file")
    url = read_sources(given, where, report, lambda source: _url_from(source, table, sources)) or ""
    _check_signed(table, url, where, report)
    return ChannelSettings(
        name=table.name or "",
        url=Secret(url),
        per_minute=table.per_minute,
        batch_from=table.batch_from,
        format=table.format,
        secrets=_secrets(table, where, sources, report),
    )


def given_keys(table: Table, keys: tuple[str, ...], where: KeyPath, report: Report) -> list[str]:
    """Which of these keys are there; more than one is a mistake."""
    given = [key for key in keys if getattr(table, key) is not None]
    if len(given) > 1:
        one_of = f"{', '.join(keys[:-1])} and {keys[-1]}"
        report.add((*where, given[1]), f"expected only one of {one_of}, found {' and '.join(given)}")
    return given


def read_sources(given: list[str], where: KeyPath, report: Report, read: Callable[[str], T]) -> T | None:
    """What the sources give; more than one was told before."""
    found = None
    for source in given:
        try:
            found = read(source)
        except Unusable as error:
            report.add((*where, source), str(error))
    return found


def _url_from(source: str, table: ChannelTable, sources: Sources) -> str:
    given: str = getattr(table, source)
    instead = "an address goes into url"
    match source:
        case "url_env":
            return _checked(sources.from_environment(given, "TEAM_URL", instead))
        case "url_file" if "://" in given:
            raise Unusable(f"expected the name of a file that holds the address; {instead}")
        case "url_file":
            return _checked(sources.from_file(given))
    return _checked(given)


def _checked(url: str) -> str:
    if not _URL.fullmatch(url):
        raise Unusable("expected one address with a scheme, such as mailtos://... or inbox:// (not shown here)")
    return url


def _secrets(table: ChannelTable, where: KeyPath, sources: Sources, report: Report) -> tuple[Secret, ...]:
    given = given_keys(table, SECRET_SOURCES, where, report)
    texts = read_sources(given, where, report, lambda source: _secrets_from(source, table, sources)) or ()
    return tuple(Secret(text) for text in texts)


def _secrets_from(source: str, table: ChannelTable, sources: Sources) -> tuple[str, ...]:
    """The secrets of one source, each of them fit to sign with."""
    texts = table.secret or ()
    if source != "secret":
        texts = _apart(_secret_text(source, getattr(table, source), sources))
    if not 1 <= len(texts) <= _MOST_SECRETS:
        raise Unusable("expected one secret, or two while it is exchanged for another")
    for text in texts:
        try:
            key_of(text)
        except ValueError as error:
            raise Unusable(str(error)) from None
    return texts


def _secret_text(source: str, given: str, sources: Sources) -> str:
    instead = "a secret goes into secret"
    if given.startswith(PREFIX):
        # Told before it is looked for, since what cannot be found is repeated.
        raise Unusable(f"expected a name, found a secret; {instead}")
    if source == "secret_env":
        return sources.from_environment(given, "TEAM_SECRET", instead)
    return sources.from_file(given)


def _apart(text: str) -> tuple[str, ...]:
    """One secret, or two with a comma or a line break between them."""
    return tuple(part.strip() for part in re.split(r"[,\n]", text) if part.strip())


def _check_signed(table: ChannelTable, url: str, where: KeyPath, report: Report) -> None:
    """A webhook is signed, and nothing else is."""
    scheme = url.partition(":")[0].lower()
    given = [key for key in SECRET_SOURCES if getattr(table, key) is not None]
    doubtful = any(report.is_doubtful((*where, key)) for key in SECRET_SOURCES)
    if scheme in SIGNED_SCHEMES:
        if not given and not doubtful:
            report.add((*where, "secret"), UNSIGNED)
        if table.format is not None:
            report.add((*where, "format"), "a webhook is sent JSON, which has both texts in it; leave format out")
    elif given and url:
        report.add((*where, given[0]), "only webhooks are signed, whose address begins with webhooks://; leave it out")
