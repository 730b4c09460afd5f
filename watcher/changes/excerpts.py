"""Long texts cut to the part that differs."""

from __future__ import annotations

from watcher.changes.spoken import one_line

SHOWN = 220
_BEFORE = 60


def differing(old: str, new: str) -> tuple[str, str]:
    """Both texts on one line, clipped around their differences where they are long."""
    before, after = one_line(old), one_line(new)
    if max(len(before), len(after)) <= SHOWN:
        return before, after
    head, tail = shared_ends(before, after)
    return _around(before, head, tail), _around(after, head, tail)


def shared_ends(old: str, new: str) -> tuple[int, int]:
    """How many characters two texts share at their beginning, and of the rest at their end."""
    head = _shared(old, new)
    return head, _shared(old[head:][::-1], new[head:][::-1])


def _shared(a: str, b: str) -> int:
    pairs = enumerate(zip(a, b, strict=False))
    return next((place for place, (x, y) in pairs if x != y), min(len(a), len(b)))


def _around(text: str, head: int, tail: int) -> str:
    start, end = max(head - _BEFORE, 0), min(len(text) - tail + _BEFORE, len(text))
    while 0 < start < head and text[start - 1] != " ":
        start += 1
    end = min(end, start + SHOWN)
    while end < len(text) and end > len(text) - tail and text[end] != " ":
        end -= 1
    return ("… " if start else "") + text[start:end].strip() + (" …" if end < len(text) else "")
