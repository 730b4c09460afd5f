"""Bodies: records compressed for keeping, and verified when they are read back."""

from __future__ import annotations

import sys

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_LEVEL = 6


def packed(raw: bytes) -> bytes:
    """The bytes compressed."""
    return zstd.compress(raw, level=_LEVEL)


def unpacked(body: bytes) -> bytes:
    """The bytes as they were; ValueError where the stored ones are damaged."""
    try:
        return zstd.decompress(body)
    except zstd.ZstdError as error:
        raise ValueError("a stored body is damaged") from error
