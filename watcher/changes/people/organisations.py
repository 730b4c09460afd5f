"""When two names are one organisation, and what happens to a sponsor's name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from rapidfuzz.distance import Indel

from watcher.changes.language.normal import alike, normal
from watcher.changes.language.words import clipped
from watcher.changes.reading import MISSHAPEN, Finding, Pair, Row, Verb

LEAD = "protocolSection.sponsorCollaboratorsModule.leadSponsor"
ORGANIZATION = "protocolSection.identificationModule.organization"

_LEGAL = frozenset(
    ("the", "and", "of", "for", "inc", "incorporated", "ltd", "limited", "llc", "llp", "lp", "plc", "corp",
     "corporation", "co", "company", "gmbh", "ag", "kg", "kgaa", "sa", "sas", "sarl", "srl", "spa", "bv", "nv", "ab",
     "oy", "oyj", "as", "aps", "a", "s", "pty", "pvt", "private", "pte", "kk", "sl", "sau", "se", "mbh", "ev", "e", "v",
     "h", "c")
)  # fmt: skip
# Words that many organisations share: one of these alone is nobody's name.
_COMMON = frozenset(
    ("university", "hospital", "medical", "center", "centre", "institute", "clinic", "college", "school", "national",
     "research", "foundation", "health", "cancer", "pharma", "pharmaceutical", "pharmaceuticals", "biotech",
     "therapeutics", "group", "sciences")
)  # fmt: skip
# Words of a trade, which a firm puts beside its name and changes with its business.
_TRADE = frozenset(
    ("pharma", "pharmaceutical", "pharmaceuticals", "biopharma", "biopharmaceutical", "biopharmaceuticals", "biotech",
     "biotechnology", "biotechnologies", "bioscience", "biosciences", "sciences", "life", "therapeutics", "oncology",
     "biologics", "bio", "biomedical", "medicine", "medicines", "laboratories", "labs", "healthcare", "technologies",
     "holdings", "international", "group")
)  # fmt: skip
# Words that make another house of the noun after them: the Medical University of a town is not its University.
_HOUSES = frozenset(("university", "hospital", "college", "institute", "center", "centre", "school", "clinic"))
_OTHER_HOUSE = frozenset(
    ("medical", "technical", "state", "national", "catholic", "christian", "central", "general", "normal", "open",
     "veterinary", "agricultural", "pedagogical", "children", "childrens", "women", "womens", "affiliated", "first",
     "second", "third", "peoples", "free", "american", "islamic")
)  # fmt: skip
# How alike, letter by letter, two words of a name must be to be one word spelt twice.
_SPELLED = 0.8
# "National Cancer Institute (NCI)".
_ACRONYM = re.compile(r"(?<=\w)\s*\([A-Z][A-Za-z&-]{1,9}\)\s*$")


@lru_cache(maxsize=2048)
def _core(name: str) -> tuple[str, ...]:
    """The words that make the name: without legal forms, small words and an acronym in brackets."""
    words = tuple(normal(_ACRONYM.sub("", name)).split())
    return tuple(word for word in words if word not in _LEGAL) or words


def same_organisation(a: str, b: str) -> bool:
    """Whether two names are one organisation: another legal form, spelling, or a department with or without its parent.

    A word that stands for another word makes another organisation ("First Affiliated", "Second Affiliated"). Words are
    proper names, so letters alone tell a misspelling; `language.likeness.slip` is for the words of the trade.
    """
    left, right = _core(a), _core(b)
    if left == right or "".join(left) == "".join(right):
        return True
    return _spelled_alike(left, right) or _part_of(left, right) or _part_of(right, left) or _other_trade(left, right)


def _other_trade(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """Whether a firm kept its name and told its trade otherwise: "Acme Therapeutics", "Acme Oncology"."""
    before, after = ([word for word in side if word not in _TRADE] for side in (left, right))
    return before == after and any(len(word) > 3 and word not in _COMMON for word in before)


def _spelled_alike(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    if len(left) != len(right):
        return False
    differing = [(a, b) for a, b in zip(left, right, strict=True) if a != b]
    return len(differing) <= 1 + len(left) // 4 and all(
        not any(map(str.isdigit, a + b)) and Indel.normalized_similarity(a, b) >= _SPELLED for a, b in differing
    )


def _part_of(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    if not set(part) - _COMMON or (len(part) == 1 and len(part[0]) < 4):
        return False
    if whole[-len(part) :] == part and part[0] in _HOUSES and whole[-len(part) - 1] in _OTHER_HOUSE:
        return False
    return part in {whole[: len(part)], whole[-len(part) :]} or (len(part) > 1 and _runs_into(part, whole))


def _runs_into(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    """Likewise where blanks differ: "M.D. Anderson" is a part of "The University of Texas MD Anderson"."""
    short, long = "".join(part), "".join(whole)
    return long.startswith(short) or long.endswith(short)


class Sponsor:
    """The lead sponsor's name, and the name of the organisation that keeps the record."""

    verbs: Mapping[str, Verb] = {
        "changed": Verb("another organisation", "Lead sponsor changed: {was} -> {now}."),
        "renamed": Verb("the same organisation under another name", "{what}: {was} -> {now}.{kept}"),
    }

    def findings(self, row: Row, pair: Pair) -> Iterator[Finding]:
        """At most one finding: the organisation usually moves along with the sponsor."""
        if any(side.value(path, str) is MISSHAPEN for side in (pair.old, pair.new) for path in row.paths):
            return
        lead, keeper = (pair.texts(path) for path in row.paths)
        moved = tuple(path for path, (old, new) in zip(row.paths, (lead, keeper), strict=True) if not alike(old, new))
        if row.paths[0] in moved:
            yield _sponsor(pair, moved, lead, keeper)
        elif moved:
            kept = f" The lead sponsor is named {clipped(lead[1])}." if lead[1] else ""
            yield _named("renamed", moved, "organization.fullName", keeper, _KEEPER, kept)


_KEEPER = "The organisation that keeps the record is named differently"


def _sponsor(pair: Pair, moved: tuple[str, ...], lead: tuple[str, str], keeper: tuple[str, str]) -> Finding:
    before, after = (side.text(f"{LEAD}.class") for side in (pair.old, pair.new))
    # The organisation that keeps the record bore the name already: the sponsor's name follows it.
    follows = alike(lead[1], keeper[1]) and alike(*keeper)
    same = all(lead) and before == after and (follows or same_organisation(*lead))
    return _named("renamed" if same else "changed", moved, "", lead, "Lead sponsor renamed")


def _named(
    verb: str, moved: tuple[str, ...], subject: str, names: tuple[str, str], what: str, kept: str = ""
) -> Finding:
    old, new = map(clipped, names)
    words = {"what": what, "was": old or "none", "now": new or "none", "kept": kept}
    return Finding(verb, moved, subject, old or None, new or None, words)


def organisation_key(name: str) -> str:
    """The same for names that differ in legal form, case and punctuation."""
    return " ".join(_core(name))
