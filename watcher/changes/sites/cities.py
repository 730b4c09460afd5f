"""Cities under one name, whatever the language they are written in."""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz import fuzz

from watcher.changes.sites.plain import plain

_OF_A_CITY = frozenset(("city", "shi", "si", "gun", "ku", "do", "cedex", "metropolitan", "municipality", "greater"))
# One city = its names in other languages.
_CITIES = """
athens athina athinai; basel bale basle; beijing peking; belgrade beograd; bern berne; bruges brugge; brussels
bruxelles brussel; bucharest bucuresti; cologne koln; copenhagen kobenhavn; cracow krakow; dnipro dnipropetrovsk;
florence firenze; geneva geneve genf; genoa genova; ghent gent gand; gothenburg goteborg; guangzhou canton; the_hague
den_haag hague; ho_chi_minh saigon; kharkiv kharkov; kyiv kiev; leuven louvain; liege luttich luik; lisbon lisboa;
lodz lodz; lviv lvov; mexico mexico_df ciudad_de_mexico; milan milano; moscow moskva; mumbai bombay; munich munchen;
naples napoli; new_york new_york_ny manhattan; nuremberg nurnberg; odesa odessa; padua padova; porto oporto; prague
praha; rome roma; saint_petersburg sankt_petersburg st_petersburg; seville sevilla; sofia sofiya; turin torino; venice
venezia; vienna wien; warsaw warszawa; zaragoza saragossa; zurich zurych; bengaluru bangalore; chennai madras; kolkata
calcutta; antwerp antwerpen anvers; wroclaw breslau; yangon rangoon; izmir smyrna; a_coruna la_coruna; washington
washington_dc
"""
_CITY_NAMES = {
    name.replace("_", " "): names.split()[0].replace("_", " ") for names in _CITIES.split(";") for name in names.split()
}


@lru_cache(maxsize=8192)
def city_of(text: str) -> str:
    """A city in one language and spelling, without what only says that it is one ("Kawasaki-shi")."""
    said = plain(text)
    if said in _CITY_NAMES:
        return _CITY_NAMES[said]
    words = ["saint" if word in {"st", "ste", "sankt"} else word for word in said.split() if word not in _OF_A_CITY]
    bare = " ".join(word for word in words if not word.isdecimal()) or said
    return _CITY_NAMES.get(bare, bare)


@lru_cache(maxsize=8192)
def same_city(a: str, b: str) -> bool:
    """Whether two cities in normal form are one, a mistyped letter or two aside."""
    if a == b:
        return True
    return min(len(a), len(b)) >= 4 and (fuzz.ratio(a, b) >= 80 or a.replace(" ", "") == b.replace(" ", ""))
