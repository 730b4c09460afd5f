"""The stable id of a delivery's message, by which a receiver knows a repetition."""

from __future__ import annotations

from hashlib import blake2b


def message_id(key: str, instance: str) -> str:
    """The stable id of a delivery's message: the same for every attempt, another for every installation."""
    return blake2b(f"{instance}|{key}".encode(), digest_size=16).hexdigest()
