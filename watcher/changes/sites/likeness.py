"""How surely two rows are the same site, from 0 to 1: names, contacts and address, each as far as both rows have it.

The weights, and the thresholds of the matching, were set on cases of renamed, re-coded, rebranded and replaced sites.
A name that contains the other is weak evidence alone: of names of one institution, parents and children do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from watcher.changes.sites.cities import same_city
from watcher.changes.sites.plain import plain
from watcher.changes.sites.site import Site, kilometres
from watcher.changes.sites.vocabulary import COMMON, ORDINALS, SPECIALTIES, words_of

NAME, CONTACT, ZIP, CITY = 0.55, 0.20, 0.15, 0.10
# A word that says what a facility is, or where, tells less than one that says which.
_WEAK, _SPECIAL = 0.3, 0.5
# Two houses of one institution: alike, and not the same.
_SIBLINGS = 0.4
_MISTYPED, _SURELY_MISTYPED = 0.9, 0.95
NEAR_KM, FAR_KM = 25, 50
# Longer lists of odd words are compared word by word only.
_FEW = 12


@dataclass(frozen=True, slots=True)
class Resemblance:
    """What two rows have in common."""

    score: float
    name: float
    contact: bool
    zip: bool
    telling: bool  # a shared word that says which facility it is
    contained: bool  # one name is part of the other
    common: bool  # they differ in words alone that do not say which facility it is
    siblings: bool  # their specialties or numbers differ
    anonymous: bool  # one name has no word that says which facility it is


@dataclass(frozen=True)
class Surroundings:
    """What is common to many rows of the two versions, and therefore tells nothing about one."""

    contacts: Counter[str] = field(default_factory=Counter)
    names: frozenset[str] = frozenset()
    lasting: frozenset[str] = frozenset()

    @classmethod
    def of(cls, old: Iterable[Site], new: Iterable[Site]) -> Surroundings:
        """Count the contacts, and note the names that stand in several cities, or in both versions."""
        contacts: Counter[str] = Counter()
        chains: set[str] = set()
        before, after = list(old), list(new)
        for sites in (before, after):
            cities = {(site.name, site.city) for site in sites}
            chains |= {name for name, count in Counter(name for name, _ in cities).items() if count > 1}
            counted = Counter(said for site in sites for said in site.contacts)
            contacts |= counted
        lasting = {site.name for site in before} & {site.name for site in after}
        return cls(contacts, frozenset(chains), frozenset(lasting))

    def share_contact(self, a: Site, b: Site) -> bool:
        """Whether both have a contact that no other row has."""
        return any(self.contacts[said] == 1 for said in a.contacts & b.contacts)


def resemblance(old: Site, new: Site, around: Surroundings) -> Resemblance:
    """Compare two rows of one country; fields that one of them lacks leave their weight to the others."""
    local = old.local | new.local
    shared, only_old, only_new = _words_apart(old, new, local)
    name = _name_likeness(old, new, local, (shared, only_old, only_new))
    contact = around.share_contact(old, new)
    zip_ = _zip_likeness(old.zip, new.zip)
    parts = [(NAME, name)]
    if old.contacts and new.contacts:
        parts.append((CONTACT, float(contact)))
    if old.zip and new.zip:
        parts.append((ZIP, zip_))
    if old.city and new.city:
        parts.append((CITY, float(same_city(old.city, new.city))))
    score = sum(weight * value for weight, value in parts) / sum(weight for weight, _ in parts)
    return Resemblance(
        score=score,
        name=name,
        contact=contact,
        zip=bool(old.zip) and old.zip == new.zip,
        telling=any(_weight(word, local) == 1 for word in shared),
        contained=bool(shared) and not (only_old and only_new),
        common=bool(shared) and all(_weight(word, local) < 1 for word in (*only_old, *only_new)),
        siblings=name < 1 and _are_siblings(old, new),
        anonymous=any(all(_weight(word, local) < 1 for word in site.label.bag) for site in (old, new)),
    )


def _name_likeness(old: Site, new: Site, local: frozenset[str], words: tuple[list[str], list[str], list[str]]) -> float:
    if old.label.joined == new.label.joined or _garbled_alike(old, new):
        return 1.0
    shared, only_old, only_new = (sum(_weight(word, local) for word in part) for part in words)
    likeness = shared / max(shared + only_old + only_new, 0.01)
    mine, theirs = old.label.specialties, new.label.specialties
    if (mine and theirs and not mine & theirs) or _counted_on_one_side(old, new):
        return min(likeness, _SIBLINGS)
    return max(likeness, _spelling(old.label.plain, new.label.plain, _MISTYPED if mine == theirs else _SURELY_MISTYPED))


def _spelling(a: str, b: str, least: float) -> float:
    """The likeness of two names letter by letter, where it is high enough to be one name mistyped, else 0."""
    a, b = a.replace(" ", ""), b.replace(" ", "")
    likeness = fuzz.ratio(a, b) / 100
    return likeness if a == b or (likeness >= least and min(len(a), len(b)) >= 8) else 0.0


def spelt_alike(old: Site, new: Site) -> bool:
    """Whether a stand-in is only spelt otherwise: with a letter missing, or with words that name nobody added to it."""
    if any("site" in site.label.bag and site.label.bag <= COMMON for site in (old, new)):
        return True
    before, after = sorted((plain(site.text("facility")[:500]) for site in (old, new)), key=len)
    more = words_of(after.removeprefix(before)) if before and after.startswith(before) else ("",)
    return set(more) <= COMMON or _spelling(before, after, _MISTYPED) > 0


def numbered_apart(old: Site, new: Site) -> bool:
    """Whether both names count their house, and differently: "Hospital No. 4" is not "Hospital No. 7"."""
    mine, theirs = old.label.designators, new.label.designators
    return bool(mine and theirs) and not mine & theirs


def _are_siblings(old: Site, new: Site) -> bool:
    """Whether one name has a specialty, or a number, that the other has not; oncology is what most sites add."""
    return bool((old.label.specialties ^ new.label.specialties) - {"cancer"}) or _counted_on_one_side(old, new)


def _counted_on_one_side(old: Site, new: Site) -> bool:
    """Whether one name alone counts its house: "Second Xiangya Hospital" is not "Xiangya Hospital"."""
    return bool(old.label.bag & ORDINALS.keys()) != bool(new.label.bag & ORDINALS.keys())


def _garbled_alike(old: Site, new: Site) -> bool:
    """Whether one name is the other in a broken encoding: the letters that survived it are the same, or nearly."""
    if not (old.broken or new.broken):
        return False
    a, b = old.skeleton, new.skeleton
    return min(len(a), len(b)) >= 4 and fuzz.ratio(a, b) >= 88


def _words_apart(old: Site, new: Site, local: frozenset[str]) -> tuple[list[str], list[str], list[str]]:
    """The words that both names have, a mistyped letter aside, and those that one has."""
    shared = sorted(old.label.bag & new.label.bag)
    only_old, only_new = sorted(old.label.bag - new.label.bag), sorted(new.label.bag - old.label.bag)
    if len(only_old) <= _FEW and len(only_new) <= _FEW:
        for word in list(only_old):
            twin = next((other for other in only_new if word not in local and _mistyped(word, other)), None)
            if twin is not None:
                only_old.remove(word)
                only_new.remove(twin)
                shared.append(min(word, twin))
    return shared, only_old, only_new


def _mistyped(a: str, b: str) -> bool:
    return min(len(a), len(b)) >= 4 and abs(len(a) - len(b)) <= 3 and fuzz.ratio(a, b) >= 80


def _weight(word: str, local: frozenset[str]) -> float:
    if word in local:
        return _WEAK
    if word in SPECIALTIES:
        return _SPECIAL
    return _WEAK if word in COMMON else 1.0


def _zip_likeness(a: str, b: str) -> float:
    return 1.0 if a == b else 0.5 if a[:3] == b[:3] else 0.0


def near(old: Site, new: Site) -> bool:
    """Whether two rows of one country may be one site: the same city or postcode, or at most 25 km apart."""
    if same_city(old.city, new.city) or (old.zip and old.zip == new.zip):
        return True
    distance = kilometres(old.point, new.point)
    return distance is not None and distance <= NEAR_KM


def apart(old: Site, new: Site, around: Surroundings) -> bool:
    """Whether two rows cannot be one site: another code, number, state or far town, or a chain's other house."""
    if old.label.codes and new.label.codes:
        return not old.label.codes & new.label.codes
    if numbered_apart(old, new):
        return True
    distance = kilometres(old.point, new.point)
    far = distance is not None and distance > FAR_KM
    if old.city != new.city and not same_city(old.city, new.city):
        elsewhere = not (old.zip and old.zip == new.zip)
        return far or (elsewhere and old.name == new.name and old.name in around.names)
    return _other_state(old, new) and (far or _other_region(old, new, distance))


def _other_state(old: Site, new: Site) -> bool:
    return bool(old.state and new.state) and old.state != new.state


def _other_region(old: Site, new: Site, distance: float | None) -> bool:
    """Whether the postcodes, or without them two full names of states, put one city's name into two states."""
    if old.zip and new.zip:
        return old.zip[:3] != new.zip[:3]
    spelt_out = min(len(old.state), len(new.state)) > 3 and old.state[0] != new.state[0]
    return spelt_out and distance is None
