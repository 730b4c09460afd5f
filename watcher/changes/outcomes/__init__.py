"""Outcome measures: what a trial set out to measure, and how that differs between two versions of its record.

After COMPare (Goldacre et al. 2019, Trials 20:118) and Holst et al. 2023 (PLoS Med 20:e1004306): a primary outcome that
is added, dropped, promoted or demoted is another matter than one whose time or measurement changed, and that is another
matter than one told in other words.

Read `comparer` first (what is told), then `pairing` (which outcome is which), `timing` and `meaning` (what became of
its time, and of what it measures). Beneath them: `measures` (an outcome as it is compared), `moments` (points in time),
`edits`, `wording` (texts as sets of stems), `vocabulary`.
"""

from __future__ import annotations

from watcher.changes.outcomes.comparer import Outcomes
from watcher.changes.outcomes.meaning import Weights
from watcher.changes.outcomes.pairing import Limits

__all__ = ["Limits", "Outcomes", "Weights"]
