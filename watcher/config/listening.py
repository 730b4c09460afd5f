"""How `listen` of `[web]` is written: HOST:PORT, or "off"."""

from __future__ import annotations

import re
from ipaddress import IPv6Address

from watcher.config.values import Address

OFF = None
USUAL = Address("127.0.0.1", 8765)
LISTEN_EXAMPLE = str(USUAL)

_OFF = "off"
_EXPECTED = f'expected an address and a port, such as "{LISTEN_EXAMPLE}", or "off"'
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*", re.IGNORECASE)
_MOST_PORT = 65535


def address(value: object) -> Address | None:
    """The address that is written so; None for "off"."""
    if not isinstance(value, str):
        raise ValueError(_EXPECTED)
    text = value.strip()
    if text == _OFF:
        return OFF
    if "://" in text:
        raise ValueError(f"{_EXPECTED}; without http://")
    host, colon, port = text.rpartition(":")
    if not colon or not re.fullmatch("[0-9]{1,5}", port) or int(port) > _MOST_PORT:
        raise ValueError(_EXPECTED)
    return Address(_host(host), int(port))


def _host(text: str) -> str:
    """The host without its brackets."""
    if not text:
        raise ValueError(f'{_EXPECTED}; "0.0.0.0" stands for every address of this machine')
    if ":" in text:
        return _of_version_6(text)
    if not _NAME.fullmatch(text):
        raise ValueError(_EXPECTED)
    return text.lower()


def _of_version_6(text: str) -> str:
    try:
        host = str(IPv6Address(text.removeprefix("[").removesuffix("]")))
    except ValueError:
        raise ValueError(_EXPECTED) from None
    if not (text.startswith("[") and text.endswith("]")):
        raise ValueError(f'{_EXPECTED}; an address of IPv6 stands in brackets: "[{host}]:8765"')
    return host
