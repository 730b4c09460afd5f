"""What a severity rule asks about single fields that moved: whether the study had started, which way a yes went.

Before the start a design is a plan; a change after it is a departure from one.
"""

from __future__ import annotations

from collections.abc import Sequence

from watcher.changes.fields.single import Moved
from watcher.changes.reading import Pair
from watcher.changes.rules import Measures, When

_ROLES = {"NONE": 0, "SINGLE": 1, "DOUBLE": 2, "TRIPLE": 3, "QUADRUPLE": 4}


def once_started(pair: Pair, moved: Sequence[Moved]) -> Measures:
    """Whether a coded value that was stated became another in a study that has started."""
    return {When.STARTED: float(pair.started and any(one.field.coded and one.restated for one in moved))}


def of_masking(pair: Pair, moved: Sequence[Moved]) -> Measures:
    """Likewise; a recode to the number of roles that were masked all along is a matter of form."""
    by_name = {one.field.name: one for one in moved}
    masking = by_name.get("masking")
    if masking and masking.restated and pair.started and masking.new == ("NONE",):
        return {When.OPENED_AFTER_START: 1}
    if masking and "whoMasked" not in by_name and _recoded(pair, masking):
        return {}
    return once_started(pair, moved)


def _recoded(pair: Pair, masking: Moved) -> bool:
    """Older records say "double" whoever was masked; the word of today counts the roles (data element Masking)."""
    roles = pair.new.at("protocolSection.designModule.designInfo.maskingInfo.whoMasked")
    told = len(roles) if isinstance(roles, list) else 0
    counts = [_ROLES.get(value) for value in (*masking.old, *masking.new)]
    return bool(told) and len(counts) == 2 and counts[0] != told == counts[1]


def yes_to_no_once_started(pair: Pair, moved: Sequence[Moved]) -> Measures:
    """Whether a yes became a no in a study that has started."""
    lost = any(one.old == ("YES",) and one.new == ("NO",) for one in moved)
    return {When.YES_TO_NO_AFTER_START: float(lost and pair.started)}


def sharing_withdrawn(pair: Pair, moved: Sequence[Moved]) -> Measures:
    """Whether a yes became a no or undecided."""
    lost = any(one.old == ("YES",) and one.new in {("NO",), ("UNDECIDED",)} for one in moved)
    return {When.SHARING_WITHDRAWN: float(lost)}
