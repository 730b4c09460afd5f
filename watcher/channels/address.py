"""The address of a webhook: read strictly, told by its host alone."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qsl, urlsplit

from watcher.channels.masking import scheme_of, secrets_in
from watcher.errors import ConfigError

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_UNFIT = re.compile(r"[^\x21-\x7e]|\\")


@dataclass(frozen=True, slots=True)
class Address:
    """Where to post; `host` is what may be told of it, with its port where the URL has one."""

    url: str = field(repr=False)
    host: str
    secrets: frozenset[str] = field(repr=False)


def address_of(name: str, url: str) -> Address:
    """The address behind webhook:// or webhooks://; ConfigError, without what may be secret in it, if there is none."""
    text = url.strip()
    try:
        return _address(scheme_of(text), text)
    except ValueError as error:
        raise ConfigError((f"channel {name!r}: {error}",)) from None


def _address(scheme: str, text: str) -> Address:
    # urlsplit would drop line breaks and tabs without a word.
    if _UNFIT.search(text):
        raise ValueError(
            "the address holds a space, a line break, a backslash or a letter outside ASCII; write those of a path "
            "percent-encoded, and a host in its xn-- form"
        )
    parts, port = _parts_of(text)
    host = _host_of(parts)
    if scheme == "webhook" and not _is_loopback(host):
        raise ValueError(
            "webhook:// goes out unencrypted and is for this machine only, such as webhook://127.0.0.1:8080/; "
            "use webhooks://"
        )
    shown = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    rest = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(f"{'https' if scheme == 'webhooks' else 'http'}://{shown}{rest}", shown, _secrets_of(host, parts))


def _parts_of(text: str) -> tuple[SplitResult, int | None]:
    """The pieces and the port, if they are what a webhook's address is made of."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError("the address has a host or a port that is none; it looks like webhooks://HOST/PATH") from None
    if "@" in parts.netloc:
        raise ValueError(
            "the address holds a user name or a password, which webhooks do not take: the signature says who sends; "
            "a token can stand in the path"
        )
    if parts.fragment or port == 0:
        raise ValueError("the address has a fragment (#) or the port 0; it looks like webhooks://HOST/PATH")
    return parts, port


def _host_of(parts: SplitResult) -> str:
    """The name or number of a host, in lower case."""
    host = (parts.hostname or "").lower()
    known = _is_number(host) if "[" in parts.netloc else _NAME.fullmatch(host) and len(host) <= 253
    if not known:
        raise ValueError("the address has no host, or one that is none; it looks like webhooks://HOST/PATH")
    return host


def _is_number(host: str) -> bool:
    """Whether this is an IPv6 address as any machine would read it."""
    try:
        return ip_address(host).version == 6 and "%" not in host
    except ValueError:
        return False


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _secrets_of(host: str, parts: SplitResult) -> frozenset[str]:
    """Path and query, whole and in pieces. A word alone (?TOKEN) is a value; the name of a value is not."""
    named = parse_qsl(parts.query, keep_blank_values=True)
    values = {str(number): value or key for number, (key, value) in enumerate(named)}
    return secrets_in({"host": host, "fullpath": parts.path, "qsd": values, "user": parts.query})
