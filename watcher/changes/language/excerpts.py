"""The part of two long texts that differs, cut on word boundaries: what a reader needs to see of a change."""

from __future__ import annotations

from watcher.changes.language.spoken import one_line
from watcher.changes.language.words import clipped

# So many words are shown before and after what differs.
_LEAD = 6
# Texts up to so many characters are shown whole; of longer ones, up to so many around what differs.
_WHOLE, _LONGEST = 160, 280


def differing(old: str, new: str, longest: int = _LONGEST) -> tuple[str, str]:
    """Both texts from a few words before their first difference to a few words after their last, "…" where cut."""
    before, after = one_line(old).split(" "), one_line(new).split(" ")
    if max(len(" ".join(before)), len(" ".join(after))) <= min(_WHOLE, longest):
        return one_line(old), one_line(new)
    same = min(len(before), len(after))
    first = next((i for i in range(same) if before[i] != after[i]), same)
    last = next((i for i in range(same - first) if before[-1 - i] != after[-1 - i]), same - first)
    start, spare = max(first - _LEAD, 0), max(last - _LEAD, 0)
    return _cut(before, start, spare, longest), _cut(after, start, spare, longest)


def _cut(words: list[str], start: int, spare: int, longest: int) -> str:
    shown = " ".join(words[start : len(words) - spare])
    end = " …" if spare else ""
    return ("… " if start else "") + (clipped(shown, longest) if len(shown) > longest else shown + end)


def shared_ends(old: str, new: str) -> tuple[int, int]:
    """How many characters two texts share at their beginning, and of the rest at their end."""
    head = _shared(old, new)
    return head, _shared(old[head:][::-1], new[head:][::-1])


def _shared(a: str, b: str) -> int:
    pairs = enumerate(zip(a, b, strict=False))
    return next((place for place, (x, y) in pairs if x != y), min(len(a), len(b)))
