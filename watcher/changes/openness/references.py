"""Publications and links of a record: what was cited, what reports results, and what was retracted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain

from watcher.changes.fields.members import Item, both_at, matched
from watcher.changes.language.excerpts import differing
from watcher.changes.language.likeness import in_order
from watcher.changes.language.normal import normal
from watcher.changes.language.words import clipped, label, quoted
from watcher.changes.reading import Finding, Pair, Row, Verb
from watcher.record import canonical

REFERENCES = "protocolSection.referencesModule.references"
LINKS = "protocolSection.referencesModule.seeAlsoLinks"
# The share of words from which two citations without a PubMed number are one paper.
_ALIKE = 0.6


class References:
    """The list of publications, each known by its PubMed number or else its citation, and the list of links."""

    verbs: Mapping[str, Verb] = {
        "added": Verb("a publication cited as background, or linked by the registry itself", "{what}: {new}"),
        "result_added": Verb("a publication of results", "Publication of results listed: {new}"),
        "retracted": Verb("a cited paper was retracted", "Retracted: {new}"),
        "changed": Verb("citation text, removed references, errata, links", "{told}"),
    }

    def findings(self, row: Row, pair: Pair) -> Iterator[Finding]:
        """One finding for each publication, one for the links."""
        publications = (replace(finding, claims=(REFERENCES,)) for finding in _publications(pair))
        return chain(publications, _links(pair))


def _publications(pair: Pair) -> Iterator[Finding]:
    if (sides := both_at(pair, REFERENCES)) is None:
        return
    found = matched(*sides, _number_and_type, _number, _citation).joined(_likeness, _ALIKE)
    for before, after in found.same:
        if before.text != after.text:
            yield _moved(before, after)
    for new in found.new:
        yield _retracted(new) if _retractions(new) else _added(new)
    for gone in found.gone:
        yield Finding(
            "changed",
            (gone.path,),
            _name(gone),
            _told(gone),
            "not listed",
            {"told": f"Reference removed: {_told(gone)}"},
        )


def _added(item: Item) -> Finding:
    if item.get("type") == "RESULT":
        return Finding("result_added", (item.path,), _name(item), "not listed", _told(item))
    derived = item.get("type") == "DERIVED"
    what = "Publication linked by the registry" if derived else "Reference added"
    return Finding("added", (item.path,), _name(item), "not listed", _told(item), {"what": what}, registry_side=derived)


def _moved(before: Item, after: Item) -> Finding:
    if _retractions(after) - _retractions(before):
        return _retracted(after)
    if after.get("type") == "RESULT" != before.get("type"):
        return Finding("result_added", (after.path,), _name(after), _told(before), _told(after))
    if before.get("citation") == after.get("citation"):
        old, new = _details(before), _details(after)
        told = f"{old} -> {new}"
    else:
        old, new = differing(before.get("citation"), after.get("citation"))
        told = f"{quoted(old)} -> {quoted(new)}"
    name = _name(after)
    return Finding("changed", (after.path,), name, old, new, {"told": f"Reference changed ({name}): {told}."})


def _retracted(item: Item) -> Finding:
    notices = "; ".join(sorted(filter(None, _retractions(item))))
    told = _told(item) + (f" Notice: {clipped(notices)}." if notices else "")
    return Finding("retracted", (item.path,), _name(item), "no retraction", told)


def _retractions(item: Item) -> set[str]:
    value = item.value.get("retractions")
    notices = value if isinstance(value, list) else []
    return {_notice(notice) for notice in notices if isinstance(notice, dict)}


def _notice(notice: dict[str, object]) -> str:
    pmid, source = (notice.get(key) if isinstance(notice.get(key), str) else "" for key in ("pmid", "source"))
    return ", ".join(filter(None, (f"PMID {pmid}" if pmid else "", str(source))))


def _details(item: Item) -> str:
    parts = (label(item.get("type")), item.get("pmid") and f"PMID {item.get('pmid')}", *sorted(_retractions(item)))
    return ", ".join(filter(None, parts)) or "no type"


def _name(item: Item) -> str:
    return f"PMID {clipped(item.get('pmid'), 20)}" if item.get("pmid") else clipped(item.get("citation"), 80)


def _told(item: Item) -> str:
    number = f"PMID {item.get('pmid')}" if item.get("pmid") else ""
    citation = clipped(item.get("citation"))
    return (", ".join(filter(None, (number, citation))) or "unnamed") + f" ({item.get('type') or 'no type'})."


def _number(item: Item) -> str:
    return item.get("pmid")


def _number_and_type(item: Item) -> str:
    return f"{item.get('pmid')}|{item.get('type')}" if item.get("pmid") else ""


def _likeness(before: Item, after: Item) -> float:
    """How alike two citations are; two PubMed numbers are two papers."""
    if before.get("pmid") and after.get("pmid"):
        return 0
    return in_order(before.get("citation"), after.get("citation"))


def _citation(item: Item) -> str:
    return normal(item.get("citation"))


def _links(pair: Pair) -> Iterator[Finding]:
    if (sides := both_at(pair, LINKS)) is None:
        return
    found = matched(*sides)
    old, new = (", ".join(map(_link, side)) or "none" for side in (found.gone, found.new))
    old, new = clipped(old), clipped(new)
    told = f"See-also links changed: {old} -> {new}."
    yield Finding("changed", (LINKS,), "seeAlsoLinks", old, new, {"told": told})


def _link(item: Item) -> str:
    return item.get("url") or item.get("label") or canonical(item.value)
