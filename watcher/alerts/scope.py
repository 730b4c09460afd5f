"""Which studies and sites a route is about: sponsor, phase, condition, and where the sites are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt

from watcher.model import Change, Near, Place, Scope, StudyFacts
from watcher.record import folded

EARTH_KM = 6371.0088
_ABOUT_A_PLACE = ("site.", "country.")


def covers(scope: Scope, study: StudyFacts) -> bool:
    """Whether the study itself is one that the route is about."""
    return (
        _any_of(scope.sponsors, [study.sponsor])
        and _any_of(scope.conditions, study.conditions)
        and (not scope.phases or bool(set(scope.phases) & set(study.phase.split("/"))))
    )


def within(scope: Scope, changes: Sequence[Change], places: Sequence[Place] | None) -> tuple[Change, ...]:
    """The changes that are about this part of the world.

    A change of a site or a country must lie in it; any other passes where the study has a site there, or where its
    sites are not known (`places` None) or not listed yet.
    """
    if not scope.is_local:
        return tuple(changes)
    has_part = not places or any(lies_in(scope, place) for place in places)
    near = {place.country for change in changes if (place := place_of(change)) and lies_in(scope, place)}
    return tuple(change for change in changes if _passes(scope, change, near, has_part=has_part))


def _passes(scope: Scope, change: Change, near: Iterable[str], *, has_part: bool) -> bool:
    if not change.kind.startswith(_ABOUT_A_PLACE):
        return has_part
    place = place_of(change)
    if place is not None:
        return lies_in(scope, place)
    # A country has no point and no facility: it counts where one of its sites that changed with it does.
    country = str(change.detail.get("country", change.subject))
    only_country = not scope.sites and scope.near is None
    return _is_one_of(country, scope.countries) if only_country else country in near


def lies_in(scope: Scope, place: Place) -> bool:
    """Whether a site is in one of the countries, matches one of the texts, and lies in the circle, as far as asked."""
    return (
        (not scope.countries or _is_one_of(place.country, scope.countries))
        and _any_of(scope.sites, [place.text])
        and (scope.near is None or _is_near(place, scope.near))
    )


def place_of(change: Change) -> Place | None:
    """Where the site is that a change is about; None where it is about no site."""
    if not change.kind.startswith("site."):
        return None
    said = change.detail
    point = said.get("point")
    address = [str(said[key]) for key in ("city", "state", "zip", "country") if said.get(key)]
    return Place(
        " ".join([change.subject, *address]),
        str(said.get("country", "")),
        (float(point[0]), float(point[1])) if isinstance(point, list | tuple) and len(point) == 2 else None,
    )


def kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """The great-circle distance between two points in degrees (haversine, mean earth radius)."""
    latitude_a, longitude_a, latitude_b, longitude_b = (radians(degrees) for degrees in (*a, *b))
    half = (
        sin((latitude_b - latitude_a) / 2) ** 2
        + cos(latitude_a) * cos(latitude_b) * sin((longitude_b - longitude_a) / 2) ** 2
    )
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))


def _is_near(place: Place, near: Near) -> bool:
    return place.point is not None and kilometres(place.point, (near.latitude, near.longitude)) <= near.km


def _is_one_of(country: str, countries: Iterable[str]) -> bool:
    # Loaded with the first place: most commands and most routes ask for none.
    from watcher.changes.sites.countries import same_country

    return any(same_country(country, one) for one in countries)


def _any_of(asked: Sequence[str], texts: Iterable[str]) -> bool:
    """Whether any text holds any of the asked words, in their order; "onco*" stands for a word's beginning."""
    said = [f" {folded(text)} " for text in texts] if asked else []
    return not asked or any(fnmatchcase(text, f"* {_pattern(words)} *") for text in said for words in asked)


@lru_cache(maxsize=1024)
def _pattern(words: str) -> str:
    """The words as `folded` has them, with the stars where they stood."""
    return "*".join(folded(part) for part in words.split("*"))
