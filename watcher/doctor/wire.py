"""How far a connection comes: the name, the port, the certificate."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

PATIENCE = 10.0
_PORTS = {"http": 80, "https": 443}


class Unreached(Exception):
    """A connection that does not come about: where it ends, and what to do."""

    def __init__(self, found: str, remedy: str) -> None:
        self.found = found
        self.remedy = remedy
        super().__init__(found)


@dataclass(frozen=True, slots=True)
class End:
    """Who is to be reached."""

    host: str
    port: int
    encrypted: bool

    @classmethod
    def of(cls, url: str) -> End:
        """The host and port of a web address."""
        parts = urlsplit(url)
        return cls(parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 443), parts.scheme == "https")

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def proxy_for(url: str) -> End | None:
    """The proxy that the environment names for this address, as the registry's client reads it."""
    parts = urlsplit(url)
    proxies = getproxies()
    named = proxies.get(parts.scheme) or proxies.get("all")
    if not named or proxy_bypass(parts.hostname or ""):
        return None
    return End.of(named if "://" in named else f"http://{named}")


def proxy_variables(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Which variables about proxies are set; never their values, which may hold a password."""
    known = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
    return tuple(sorted(name for name in environ if name.lower() in known and environ[name].strip()))


def reach(end: End, trust: ssl.SSLContext | None = None) -> str:
    """Greet the other end, and say how far that went; Unreached where it did not go through."""
    with closing(_connected(end, _resolved(end))) as connection:
        if trust is None:
            return f"{end} answers"
        try:
            with trust.wrap_socket(connection, server_hostname=end.host) as greeted:
                return f"{end} answers with {greeted.version()}"
        except ssl.SSLCertVerificationError as error:
            raise Unreached(f"the certificate of {end} is not accepted: {error.verify_message}", _TRUST) from None
        except OSError as error:
            raise Unreached(f"{end} does not speak TLS with us: {_said(error)}", _HANDSHAKE) from None


_TRUST = "is the clock right? A proxy that looks into TLS needs its authority in SSL_CERT_FILE"
_HANDSHAKE = "look for a proxy or firewall in between, and check the port"


def _resolved(end: End) -> str:
    try:
        found = socket.getaddrinfo(end.host, end.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        remedy = "check the name, and the DNS of this machine (`getent hosts NAME`)"
        raise Unreached(f"{end.host} has no address: {_said(error)}", remedy) from None
    return str(found[0][4][0])


def _connected(end: End, address: str) -> socket.socket:
    try:
        return socket.create_connection((end.host, end.port), timeout=PATIENCE)
    except OSError as error:
        remedy = "check the port, the firewall of this machine and the way out (a proxy: HTTPS_PROXY)"
        raise Unreached(f"{end} ({address}) takes no connection: {_said(error)}", remedy) from None


def _said(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error) or type(error).__name__
