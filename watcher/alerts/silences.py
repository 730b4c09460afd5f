"""Silences: what nobody is to hear for a while. What one keeps back is recorded on the alert, and told to nobody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from watcher.alerts.rules import matches
from watcher.model import Change, Silence


def silenced(nct_id: str, route: str, changes: Sequence[Change], silences: Iterable[Silence]) -> Mapping[int, int]:
    """The ids of the changes that are kept from the readers of `route`, each with the silence that does it.

    What folds under a silenced change is silenced with it: alone it would seem to have no cause.
    """
    relevant = [silence for silence in silences if silence.nct_id in ("", nct_id) and silence.route in ("", route)]
    kept: dict[int, int] = {}
    for silence in relevant:
        kept |= {change.id: silence.id for change in changes if change.id not in kept and _is_about(silence, change)}
    return kept | {c.id: kept[c.parent] for c in changes if c.id not in kept and c.parent in kept}


def _is_about(silence: Silence, change: Change) -> bool:
    return matches((silence.kinds,) if silence.kinds else (), change.kind)
