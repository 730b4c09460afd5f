"""Telling systemd how we are: the sd_notify protocol, a datagram to $NOTIFY_SOCKET (man 3 sd_notify)."""

from __future__ import annotations

import socket
from collections.abc import Mapping


def notify(state: str, environ: Mapping[str, str]) -> bool:
    """Send `state` ("READY=1", "WATCHDOG=1", "STOPPING=1"); False where nobody listens."""
    address = environ.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    # A leading @ stands for the zero byte of an abstract socket.
    path = f"\0{address[1:]}" if address.startswith("@") else address
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            channel.sendto(state.encode(), path)
    except OSError:
        return False
    return True


def watchdog_seconds(environ: Mapping[str, str]) -> float | None:
    """How often systemd wants to hear WATCHDOG=1 (half its limit); None where it does not watch."""
    said = environ.get("WATCHDOG_USEC", "")
    return int(said) / 2_000_000 if said.isdigit() and int(said) > 0 else None
