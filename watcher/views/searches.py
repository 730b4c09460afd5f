"""Saved searches in words: how far their sweeps have come, and what is doubted."""

from __future__ import annotations

from watcher.model import Searched, Sweep


def doubt(state: Searched) -> str:
    """What keeps a sweep that has ended from being believed; "" where nothing does."""
    waits = state.suspected and state.suspected == state.swept
    return "too many came or left at once: waits for the next data refresh" if waits else ""


def progress(sweep: Sweep | None) -> str:
    """How far a sweep under way has come; "" where there is none."""
    if sweep is None:
        return ""
    kind = "whole" if sweep.whole else "what was updated lately"
    return f"{kind}: {sweep.found} of {'?' if sweep.total is None else sweep.total}"
