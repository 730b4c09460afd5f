"""Where a study stands: what we know of its record in the registry, in a sentence."""

from __future__ import annotations

from watcher.store.values import ABSENT, GONE, MERGED, MISSING, Known

STATES = {
    ABSENT: "not in the registry",
    MISSING: "not found at the last look",
    GONE: "gone from the registry",
    MERGED: "merged into another",
}
"""The states of a study that is not listed as it should be, in a few words."""


def standing_word(known: Known) -> str:
    """In a few words; "" for what is listed as it should be."""
    return STATES.get(known.state, "")


def standing_told(known: Known) -> str:
    """In a sentence: what that means, and what is to be expected."""
    since = f" since the registry's data of {known.missing_since[:10]}" if known.missing_since else ""
    match known.state:
        case state if state == ABSENT:
            return "The registry has no record under this number: check the number. It is told when one appears."
        case state if state == MISSING:
            return f"The registry answered 'not found' once{since}: that is confirmed or forgotten with its next data."
        case state if state == GONE:
            return f"The registry no longer has this record{since}. What was seen of it stands here."
        case state if state == MERGED:
            return f"This number became an alias of {known.merged_into}, which is watched in its place."
    return ""
