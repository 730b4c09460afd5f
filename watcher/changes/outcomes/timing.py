"""How the time of an outcome differs: time frames as sets of points in time, wherever in the outcome they are said."""

from __future__ import annotations

from enum import StrEnum

from watcher.changes.outcomes.measures import Outcome
from watcher.changes.outcomes.moments import moments, within
from watcher.changes.outcomes.vocabulary import TIMING
from watcher.changes.outcomes.wording import Abbreviations, content, numbers, stems
from watcher.record import folded


class Step(StrEnum):
    """What became of one side of an outcome: its time, or what it measures."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


_TIMING = stems(TIMING)
_SAME_EVENTS = 0.5


def timing(old: Outcome, new: Outcome, old_text: str, new_text: str, short: Abbreviations) -> Step:
    """What became of the time of an outcome.

    `old_text`, `new_text` are all that either version says of it, parts in other outcomes included: a time that moved
    from the measure into its own field is the same time. "up to 24 months" is "24 months"; baseline is no time.
    """
    framed = _of_frames(old, new, old_text, new_text, short)
    if framed is not Step.SAME:
        return framed
    gained = not within(moments(new.measure), moments(old_text))
    lost = not within(moments(old.measure), moments(new_text)) and (gained or not moments(new.time_frame))
    return Step.CHANGED if lost and gained else Step.REMOVED if lost else Step.ADDED if gained else Step.SAME


def _of_frames(old: Outcome, new: Outcome, old_text: str, new_text: str, short: Abbreviations) -> Step:
    if folded(old.time_frame) == folded(new.time_frame):
        return Step.SAME
    before, after = moments(old.time_frame), moments(new.time_frame)
    if not old.time_frame:
        return Step.SAME if _said(new.time_frame, after, old_text, short) else Step.ADDED
    if not new.time_frame:
        return Step.SAME if _said(old.time_frame, before, new_text, short) else Step.REMOVED
    if within(after, moments(old_text)) and within(before, moments(new_text)):
        return Step.SAME if before or after or _same_events(old, new, short) else Step.CHANGED
    return Step.ADDED if not before else Step.REMOVED if not after else Step.CHANGED


def _said(frame: str, days: tuple[float, ...], text: str, short: Abbreviations) -> bool:
    """Whether a time frame that came or went stands in the rest of the other version's text."""
    if days:
        return within(days, moments(text))
    events = _events(frame, short)
    return bool(events) and events <= content(text, short)


def _same_events(old: Outcome, new: Outcome, short: Abbreviations) -> bool:
    """Whether two time frames without numbers name the same visits or events."""
    before, after = _events(old.time_frame, short), _events(new.time_frame, short)
    return len(before & after) >= _SAME_EVENTS * len(before | after)


def _events(frame: str, short: Abbreviations) -> frozenset[str]:
    words = content(frame, short)
    return words - _TIMING - numbers(words)
