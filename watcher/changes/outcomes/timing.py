"""How the time of an outcome differs: time frames as sets of points in time, wherever in the outcome they are said."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum

from watcher.changes.outcomes.measures import Outcome
from watcher.changes.outcomes.moments import exchanged, moments, untimed, within
from watcher.changes.outcomes.vocabulary import TIMING
from watcher.changes.outcomes.wording import Lexicon, numbers, same_but_slips, stems, tokens

Said = tuple[str, ...]


class Step(StrEnum):
    """What became of one side of an outcome: its time, or what it measures."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


_TIMING = stems(TIMING)
_SAME_EVENTS = 0.5


def timing(old: Outcome, new: Outcome, old_texts: Said, new_texts: Said, lexicon: Lexicon) -> Step:
    """What became of the time of an outcome.

    `old_texts`, `new_texts` are all that either version says of it, parts in other outcomes included: a time that moved
    from the measure into its own field is the same time; one that merely left its field is taken away. "up to 24
    months" is "24 months"; baseline is no time.
    """
    framed = _of_frames(old, new, old_texts, new_texts, lexicon)
    if framed is not Step.SAME:
        return framed
    gained = not within(moments(new.measure), moments(*old_texts))
    lost = not within(moments(old.measure), moments(*new_texts)) and (gained or not moments(new.time_frame))
    return Step.REMOVED if lost and not gained else Step.ADDED if gained and not lost else Step.SAME


def _of_frames(old: Outcome, new: Outcome, old_texts: Said, new_texts: Said, lexicon: Lexicon) -> Step:
    if same_but_slips(old.time_frame, new.time_frame):
        return Step.SAME
    before, after = moments(old.time_frame), moments(new.time_frame)
    if not old.time_frame:
        moved = old.plain[:2] != new.plain[:2]
        held = old_texts if moved else (old.measure,)
        return Step.SAME if _said(new.time_frame, after, held, lexicon) else Step.ADDED
    if not new.time_frame:
        moved = old.plain[:2] != new.plain[:2] and _said(old.time_frame, before, new_texts, lexicon)
        return Step.SAME if moved else Step.REMOVED
    if exchanged(before, after) or _renumbered(old.time_frame, new.time_frame):
        return Step.CHANGED
    if within(after, moments(*old_texts)) and within(before, moments(*new_texts)):
        return Step.SAME if before or after or _same_events(old, new, lexicon) else Step.CHANGED
    specified = after and not before and not _numbers(old.time_frame)
    return Step.ADDED if specified else Step.CHANGED


def _said(frame: str, days: tuple[float, ...], texts: Said, lexicon: Lexicon) -> bool:
    """Whether a time frame that came or went stands in the rest of the other version's text."""
    if days:
        return within(days, moments(*texts))
    events = _events(frame, lexicon)
    return bool(events) and events <= lexicon.content(*texts)


def _same_events(old: Outcome, new: Outcome, lexicon: Lexicon) -> bool:
    """Whether two time frames without numbers name the same visits or events."""
    before, after = _events(old.time_frame, lexicon), _events(new.time_frame, lexicon)
    return len(before & after) >= _SAME_EVENTS * len(before | after)


def _events(frame: str, lexicon: Lexicon) -> frozenset[str]:
    words = lexicon.content(frame)
    return words - _TIMING - numbers(words)


def _renumbered(old: str, new: str) -> bool:
    """Whether a number without a unit of time stands where another stood: another visit, another year."""
    before, after = (
        Counter(word for word in tokens(untimed(text)) if word[0].isdigit() and word != "0") for text in (old, new)
    )
    return bool(before - after) and bool(after - before)


def _numbers(frame: str) -> list[str]:
    return [word for word in tokens(untimed(frame)) if word[0].isdigit() and word != "0"]
