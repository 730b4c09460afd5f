"""Whether two leftover rows are one site: a judge for each way in which a row changes its label or its address.

A judge gives a score above 0 where it says yes; the best pairing of all those scores decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from watcher.changes.sites.cities import same_city
from watcher.changes.sites.likeness import Resemblance, Surroundings, resemblance
from watcher.changes.sites.moves import ENDED
from watcher.changes.sites.site import Site
from watcher.changes.status.moves import OPEN

SAME, POSSIBLE = 0.60, 0.45
# Names alone must be this much alike, unless a contact or the postcode speaks for them.
_LIKE, _LIKE_SIBLING = 0.5, 0.7
_WAITING = "NOT_YET_RECRUITING"


class Towns:
    """How many rows are left over in each town."""

    def __init__(self, old: Iterable[Site], new: Iterable[Site]) -> None:
        self._old, self._new = (Counter((site.country, site.city) for site in side) for side in (old, new))

    def alone(self, old: Site, new: Site) -> bool:
        """Whether one row left this town and one came to it, and no more."""
        if not same_city(old.city, new.city):
            return False
        towns = {(site.country, site.city) for site in (old, new)}
        return sum(self._old[town] for town in towns) == 1 == sum(self._new[town] for town in towns)

    def balanced(self, old: Site, new: Site) -> bool:
        """Whether as many rows came to a town as left it."""
        town = (old.country, old.city)
        return old.city == new.city and self._old[town] == self._new[town]


def renamed(old: Site, new: Site, around: Surroundings, towns: Towns) -> float:
    """Two named rows that are the same facility under another name."""
    if old.label.generic or new.label.generic:
        return 0.0
    found, alone = resemblance(old, new, around), towns.alone(old, new)
    if _elsewhere(old, new) and not found.contact:
        return 0.0
    least = _LIKE_SIBLING if found.siblings and not found.zip else _LIKE
    enough = found.name >= least or found.contact or (found.zip and alone and not found.siblings)
    if found.score >= SAME and enough:
        return min(found.score, 0.95)
    return SAME if alone and _short_for(found) else 0.0


def _elsewhere(old: Site, new: Site) -> bool:
    """Whether both the city and the region of the postcode are others."""
    return not same_city(old.city, new.city) and bool(old.zip and new.zip) and old.zip[:3] != new.zip[:3]


def _short_for(found: Resemblance) -> bool:
    """Whether one name is short for the other: it says which house, or the longer one names no house inside it."""
    if not found.contained or found.siblings:
        return False
    return (found.telling and found.score >= POSSIBLE) or found.common


def identified(old: Site, new: Site, around: Surroundings, towns: Towns) -> float:
    """A label that names nobody and a name, at one place: the same postcode, or the one row of the town."""
    if old.label.generic == new.label.generic or not same_city(old.city, new.city):
        return 0.0
    close = 0.02 * (old.text("status") == new.text("status")) + 0.05 * around.share_contact(old, new)
    if old.zip and new.zip:
        return 0.85 + close if old.zip == new.zip else 0.0
    if towns.alone(old, new):
        return 0.7 + close
    return SAME + close if towns.balanced(old, new) and old.zip == new.zip else 0.0


def recounted(old: Site, new: Site, around: Surroundings, towns: Towns) -> float:
    """Two labels that name nobody, in one town: as many as before, at a corrected postcode."""
    if not (old.label.generic and new.label.generic):
        return 0.0
    close = 0.02 * (old.text("status") == new.text("status")) + 0.05 * around.share_contact(old, new)
    if old.zip and old.zip == new.zip:
        return 0.85 + close
    if not same_city(old.city, new.city) or _steps_back(old, new):
        return 0.0
    if not (old.zip and new.zip):
        return 0.75 + close
    if old.zip[:3] == new.zip[:3]:
        return 0.7 + close
    return 0.65 if towns.alone(old, new) and old.text("status") == new.text("status") else 0.0


def possibly_replaced(old: Site, new: Site, around: Surroundings, towns: Towns) -> float:
    """One row gone, one come to the same town, and something that speaks for a rename, if not enough."""
    if old.label.generic and new.label.generic:
        return 0.5 * (same_city(old.city, new.city) and not _steps_back(old, new))
    if old.label.generic or new.label.generic or not same_city(old.city, new.city):
        return 0.0
    if old.name in around.lasting or new.name in around.lasting:
        return 0.0  # a facility that is listed before and after was not renamed
    found, alone = resemblance(old, new, around), towns.alone(old, new)
    hint = found.telling or found.contained or found.contact or (found.anonymous and found.zip)
    if (found.score >= POSSIBLE and (found.telling or found.contained)) or (alone and hint):
        return min(max(found.score, POSSIBLE), SAME - 0.01)
    return 0.0


def _steps_back(old: Site, new: Site) -> bool:
    """Whether the newer row would have to be a site that went back to waiting, or rose again: likely it is another."""
    # The one rule with a direction: read backwards, a stand-in that went forward is a site gone and a new one.
    before, after = old.text("status"), new.text("status")
    return (after == _WAITING and before in OPEN | ENDED) or (before in ENDED and after in OPEN)
