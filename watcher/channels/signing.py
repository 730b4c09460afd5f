"""Signatures as the Standard Webhooks specification has them: https://www.standardwebhooks.com."""

from __future__ import annotations

import binascii
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable
from hashlib import sha256
from hmac import digest

PREFIX = "whsec_"
SHORTEST_KEY = 24
UNSIGNED = (
    "a webhook needs a secret to sign with: one of secret, secret_env or secret_file; "
    "`watcher channels secret` prints a fresh one"
)
_FRESH_KEY = 32


def fresh_secret() -> str:
    """A secret that nobody has used before."""
    return PREFIX + b64encode(secrets.token_bytes(_FRESH_KEY)).decode()


def key_of(secret: str) -> bytes:
    """The key that a secret stands for; ValueError, which does not repeat it, says what is wrong with it."""
    key = _decoded(secret.removeprefix(PREFIX)) if secret.startswith(PREFIX) else secret.encode()
    if len(key) < SHORTEST_KEY:
        raise ValueError(
            f"too short: it has {len(key)} bytes and needs {SHORTEST_KEY} at least; "
            "`watcher channels secret` prints a fresh one"
        )
    return key


def spellings_of(key: bytes) -> frozenset[str]:
    """Every way to write this key, all of them secret."""
    encoded = b64encode(key).decode()
    return frozenset({encoded, encoded.rstrip("="), key.decode("utf-8", "replace")})


def signatures(keys: Iterable[bytes], id: str, timestamp: int, body: bytes) -> str:
    """The header: one signature for each key, so that a receiver may exchange its secret when it likes."""
    signed = f"{id}.{timestamp}.".encode() + body
    return " ".join(f"v1,{b64encode(digest(key, signed, sha256)).decode()}" for key in keys)


def _decoded(encoded: str) -> bytes:
    """Base64 with or without its padding."""
    try:
        return b64decode(encoded.rstrip("=") + "=" * (-len(encoded.rstrip("=")) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(f"what follows {PREFIX} is not base64; `watcher channels secret` prints a fresh one") from None
