"""What may be said of a URL, and how everything else in it is kept out of errors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

MASK = "…"
_SHORTEST_SECRET = 4

_SCHEME = re.compile(r"\s*(?P<scheme>[a-z][a-z0-9+.-]{0,31})://(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
_URL_LIKE = re.compile(r"\b[a-z][a-z0-9+.-]{0,31}://[^\s'\"<>]+", re.IGNORECASE)
# Many services keep a token where the host stands (slack://T1JJ3T3L2/...), so only what cannot be a token is shown.
_HOST = re.compile(r"localhost|(\d{1,3}\.){3}\d{1,3}|\[[0-9a-f:.]+\]|([a-z0-9-]{1,63}\.)+[a-z]{2,24}")


def scheme_of(url: str) -> str:
    """The lower-case scheme, or an empty string."""
    found = _SCHEME.fullmatch(url)
    return found["scheme"].lower() if found else ""


def is_public_host(host: str) -> bool:
    """Whether this is plainly the name or number of a host and not a token in its place."""
    return _HOST.fullmatch(host) is not None


def mask_url(url: str) -> str:
    """Scheme and host of a URL; of anything else not even that."""
    found = _SCHEME.fullmatch(url)
    if not found:
        return f"a text without a scheme ({MASK})"
    return f"{found['scheme'].lower()}://{_shown_host(found['rest'])}{MASK}"


def _shown_host(rest: str) -> str:
    """The host after the scheme, if it is certain that nothing else was mistaken for it."""
    authority, _, path = re.split(r"[?#]", rest, maxsplit=1)[0].partition("/")
    host = authority.rpartition("@")[2]
    # An @ after the first slash may mean that a password held the slash.
    certain = "@" not in path and is_public_host(re.sub(r":\d{1,5}$", "", host))
    return f"{host}/" if certain else ""


def secrets_in(tokens: Mapping[str, Any]) -> frozenset[str]:
    """Every part of a parsed URL that may be a secret: all but its scheme, its port and a plain host name."""
    return _worth_masking(_parts_of(tokens))


def credentials_in(tokens: Mapping[str, Any]) -> frozenset[str]:
    """Password and header values only, for services whose other parts are addresses."""
    return _worth_masking((tokens.get("password"), *(tokens.get("headers") or {}).values()))


def _parts_of(tokens: Mapping[str, Any]) -> Iterator[Any]:
    """The pieces between the separators."""
    yield from (tokens.get("user"), tokens.get("password"), tokens.get("headers"))
    yield from re.split(r"[/\\]+", tokens.get("fullpath") or "")
    for query in ("qsd", "qsd+", "qsd-", "qsd:"):
        yield from (tokens.get(query) or {}).values()
    host = tokens.get("host") or ""
    yield "" if is_public_host(host.lower()) else host


def _worth_masking(parts: Iterable[Any]) -> frozenset[str]:
    """Each part as written and as decoded; very short ones would blot out ordinary words."""
    texts = {part for part in parts if isinstance(part, str)}
    return frozenset(text for text in texts | {unquote(text) for text in texts} if len(text) >= _SHORTEST_SECRET)


def masked(text: str, secrets: Iterable[str]) -> str:
    """The text without these secrets and with nothing but scheme and host of any URL in it."""
    without_urls = _URL_LIKE.sub(lambda found: mask_url(found[0]), text)
    for secret in sorted(secrets, key=len, reverse=True):
        without_urls = without_urls.replace(secret, MASK)
    return without_urls
