"""From `[web]`, and the heartbeat of `[operator]`, to settings: how others see that we are well."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

from watcher.config.destinations import given_keys, read_sources
from watcher.config.lines import KeyPath
from watcher.config.mistakes import Report
from watcher.config.schema import OperatorTable, Table, WebTable
from watcher.config.sources import Sources, Unusable
from watcher.config.values import Secret, WebSettings

SHORTEST_TOKEN = 16
TOKEN_REMEDY = "`watcher channels secret` prints one that will do"  # noqa: S105 - a sentence
_TOKEN_KEYS = ("token", "token_env", "token_file")
_HEARTBEAT_KEYS = ("heartbeat", "heartbeat_env", "heartbeat_file")
# What may stand behind "Authorization: Bearer" (RFC 6750).
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")


def web_of(table: WebTable, folder: Path, environ: Mapping[str, str], report: Report) -> WebSettings | None:
    """Where the page is served; None where it is not."""
    given = given_keys(table, _TOKEN_KEYS, ("web",), report)
    sources = Sources(folder, environ)
    token = read_sources(given, ("web",), report, lambda key: _token(_text(key, table, sources)))
    if table.listen is None:
        if table.url:
            report.warn(("web", "url"), "no page is served, so messages do not link to it")
        return None
    doubtful = any(report.is_doubtful(("web", key)) for key in _TOKEN_KEYS)
    if not given and not doubtful and not table.listen.is_loopback:
        report.add(
            ("web", "listen"),
            "others than this machine can reach this address, so it needs a token: one of token, token_env or "
            f'token_file; or listen on "127.0.0.1:{table.listen.port}"',
        )
    chosen = "listen" in table.model_fields_set
    return WebSettings(table.listen, Secret(token) if token else None, chosen, table.url)


def heartbeat_of(table: OperatorTable, folder: Path, environ: Mapping[str, str], report: Report) -> Secret | None:
    """The address that hears of every good cycle; whoever knows it could speak for us, so it is a secret."""
    where: KeyPath = ("operator",)
    given = given_keys(table, _HEARTBEAT_KEYS, where, report)
    sources = Sources(folder, environ)
    url = read_sources(given, where, report, lambda key: _url(_text(key, table, sources)))
    return Secret(url) if url else None


def _text(key: str, table: Table, sources: Sources) -> str:
    """What stands under KEY, in the variable that KEY_env names, or in the file that KEY_file names."""
    given: str = getattr(table, key)
    name, _, kind = key.partition("_")
    instead = f"the {name} itself goes into {name}"
    match kind:
        case "env":
            return sources.from_environment(given, f"WATCHER_{name.upper()}", instead)
        case "file" if "://" in given:
            raise Unusable(f"expected the name of a file; {instead}")
        case "file":
            return sources.from_file(given)
    return given


def _token(text: str) -> str:
    if not _TOKEN.fullmatch(text):
        raise Unusable(f"expected letters, digits and . _ ~ + / - only (not shown here); {TOKEN_REMEDY}")
    if len(text) < SHORTEST_TOKEN:
        raise Unusable(f"too short: it has {len(text)} characters and needs {SHORTEST_TOKEN} at least; {TOKEN_REMEDY}")
    return text


def _url(text: str) -> str:
    """The address, if it is one; it is never repeated."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        _refuse()
    if parts.scheme not in ("http", "https") or not host or port == 0 or not re.fullmatch(r"[!-~]+", text):
        _refuse()
    return text


def _refuse() -> NoReturn:
    raise Unusable("expected one address, such as https://example.org/ping/... (not shown here)")
