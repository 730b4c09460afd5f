"""People: overall officials and central contacts, each followed by name through degrees, initials and order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from watcher.changes.fields.members import Item, both_at, matched
from watcher.changes.language.normal import normal
from watcher.changes.language.words import clipped, label
from watcher.changes.people.organisations import same_organisation
from watcher.changes.reading import Finding, Pair, Row, Verb
from watcher.changes.rules import When
from watcher.record import canonical

_DEGREES = frozenset(
    ("md", "phd", "mph", "msc", "mbbs", "mbchb", "frcp", "frcpc", "frcs", "facp", "facs", "fracp", "mrcp", "mba", "bsc",
     "dds", "dmd", "pharmd", "scd", "dsc", "mhs", "mhsc", "dphil", "drph", "aprn", "crnp", "cnm", "dr", "prof",
     "professor", "mr", "mrs", "ph", "pharm")
)  # fmt: skip
# Names of their own elsewhere ("Jun Ma", "Do Young"): degrees only behind a comma.
_DEGREES_BEHIND_A_COMMA = _DEGREES | {"ma", "ms", "ba", "bs", "do", "np", "pa", "rn", "sc", "med", "miss", "sir"}
_CONTACT_FIELDS = ("name", "role", "phone", "phoneExt", "email")
_DOTTED = re.compile(r"(?<=\w)\.(?=\w)")


def bare_name(name: str) -> str:
    """A person's name without degrees, titles and single initials; the order of its words is nothing."""
    words = _spoken(name)
    return " ".join(sorted([word for word in words if len(word) > 1] or words))


def same_person(a: str, b: str) -> bool:
    """Whether two names are one person's: degrees, order, or a first name that one side abbreviates."""
    if bare_name(a) == bare_name(b):
        return True
    left, right = _spoken(a), _spoken(b)
    if not left or not right or left[-1] != right[-1]:
        return False
    return left[0][0] == right[0][0] and 1 in (len(left[0]), len(right[0]))


def _spoken(name: str) -> list[str]:
    """The words of a name without degrees and titles; a surname that stands first, before a comma, comes last."""
    first, *behind = _DOTTED.sub("", name).split(",")
    words = [word for word in normal(first).split() if word not in _DEGREES]
    more = [w for part in behind for w in normal(part).split() if w not in _DEGREES_BEHIND_A_COMMA]
    return [*more, *words] if len(words) == 1 else [*words, *more]


def _surname(item: Item) -> str:
    words = _spoken(item.get("name"))
    return words[-1] if words else ""


def _name(item: Item) -> str:
    return bare_name(item.get("name"))


def _full(item: Item) -> str:
    return "|".join((_name(item), normal(item.get("affiliation")), item.get("role")))


def _role(item: Item) -> str:
    return item.get("role") or "none"


class Investigators:
    """The overall officials of a study."""

    verbs: Mapping[str, Verb] = {
        "changed": Verb("an overall official came, went, was replaced, or has another role or affiliation", "{told}"),
    }

    def findings(self, row: Row, pair: Pair) -> Iterator[Finding]:
        """One finding for each official; one who takes over another's role is told with that one."""
        if (sides := both_at(pair, row.paths[0])) is None:
            return
        found = matched(*sides, _full, _name_and_role, _name, _surname_and_role, _role)
        for before, after in found.same:
            if _moved(before, after):
                yield _official(before, after)
        for gone in found.gone:
            yield _official(gone, None)
        for new in found.new:
            yield _official(None, new)


def _name_and_role(item: Item) -> str:
    return f"{_name(item)}|{item.get('role')}"


def _surname_and_role(item: Item) -> str:
    return f"{_surname(item)}|{item.get('role')}"


def _moved(before: Item, after: Item) -> bool:
    old, new = before.get("affiliation"), after.get("affiliation")
    same_place = old == new or (bool(old and new) and same_organisation(old, new))
    same = same_person(before.get("name"), after.get("name"))
    return not same or _role(before) != _role(after) or not same_place


def _official(before: Item | None, after: Item | None) -> Finding:
    subject = next(item for item in (after, before) if item)
    roles = {item.get("role") for item in (before, after) if item}
    old, new = (_told(item) if item else None for item in (before, after))
    if before and after:
        told = f"Overall official changed: {old} -> {new}."
    else:
        told = f"Overall official {'added' if after else 'removed'}: {new or old}."
    measures: dict[str, float] = {When.PRINCIPAL_INVESTIGATOR: float("PRINCIPAL_INVESTIGATOR" in roles)}
    name = clipped(subject.get("name")) or label(subject.get("role"))
    return Finding("changed", (subject.path,), name, old, new, {"told": told}, measures)


def _told(item: Item) -> str:
    parts = (item.get("name"), label(item.get("role")), item.get("affiliation"))
    return clipped(", ".join(part for part in parts if part)) or "unnamed"


class Contacts:
    """The central contacts of a study."""

    verbs: Mapping[str, Verb] = {"changed": Verb("a central contact came, went or was changed", "{told}")}

    def findings(self, row: Row, pair: Pair) -> Iterator[Finding]:
        """One finding for each contact."""
        if (sides := both_at(pair, row.paths[0])) is None:
            return
        found = matched(*sides, _name, _mail, _phone, _role)
        for before, after in found.same:
            if before.text != after.text:
                yield _contact(before, after)
        for gone in found.gone:
            yield _contact(gone, None)
        for new in found.new:
            yield _contact(None, new)


def _mail(item: Item) -> str:
    return item.get("email").casefold()


def _phone(item: Item) -> str:
    return normal(item.get("phone"))


def _contact(before: Item | None, after: Item | None) -> Finding:
    subject = next(item for item in (after, before) if item)
    moved = [key for key in _CONTACT_FIELDS if not (before and after) or _value(before, key) != _value(after, key)]
    old, new = (_shown(item, moved) for item in (before, after))
    name = clipped(subject.get("name") or subject.get("email") or "unnamed")
    told = f"Central contact {name} changed: {old or 'not listed'} -> {new or 'not listed'}."
    return Finding("changed", (subject.path,), name, old, new, {"told": told})


def _value(item: Item, key: str) -> str:
    return canonical(item.value.get(key))


def _shown(item: Item | None, keys: list[str]) -> str | None:
    return (clipped(", ".join(filter(None, map(item.get, keys)))) or None) if item else None
