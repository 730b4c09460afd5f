"""Outcome measures: what a trial set out to measure, and how that differs between two versions of its record.

After COMPare (Goldacre et al. 2019, Trials 20:118) and Holst et al. 2023 (PLoS Med 20:e1004306): a primary outcome
that is added, dropped, promoted or demoted is another matter than one whose time or measurement changed, and that is
another matter than one told in other words.
"""

from __future__ import annotations

from watcher.changes.outcomes.comparer import Outcomes
from watcher.changes.outcomes.meaning import Weights
from watcher.changes.outcomes.pairing import Limits

__all__ = ["Limits", "Outcomes", "Weights"]
