"""What a saved search tells of a study: that it entered, or left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from watcher.changes.between import event
from watcher.model import Change, Search


def entered(watch: str, search: Search, nct_id: str, record: Mapping[str, Any]) -> Change:
    """That a study entered the search of a watch."""
    words = {"search": f' "{watch}"', "why": "newly in the registry" if search.is_everything else "it matches now"}
    return replace(event("search.entered", nct_id, words=words), detail={"watch": watch})


def left(watch: str, nct_id: str, why: str) -> Change:
    """That a study left the search of a watch."""
    said = event("search.left", nct_id, words={"search": f' "{watch}"', "why": why})
    return replace(said, detail={"watch": watch})


def why_left(changes: Sequence[Change]) -> str:
    """The reason, from the newest changes of the study."""
    return changes[0].sentence.rstrip(".") if changes else "the registry no longer returns it"
