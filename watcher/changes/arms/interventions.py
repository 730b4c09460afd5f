"""Interventions: which of two versions is which, by type and name, by other names, or by what else they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from watcher.changes.language.excerpts import differing
from watcher.changes.language.figures import apart, figures, in_pairs
from watcher.changes.language.likeness import in_order, same_but_for_spelling, tokens_but_for_spelling
from watcher.changes.language.spoken import is_number, one_line, tokens
from watcher.changes.language.units import word_set
from watcher.changes.language.words import label
from watcher.changes.pairing.leftovers import likely_pairs
from watcher.changes.reading import Finding, Pair, Row, Verb, Version, distinct
from watcher.changes.rules import When

MODULE = "protocolSection.armsInterventionsModule"

# Words around a name that do not make it another product.
_FORMS = word_set(
    "injection injectable infusion tablet tablets capsule capsules oral solution iv intravenous subcutaneous sc "
    "cream ointment gel spray inhaler drug treatment therapy product vaccine device the a of study hydrochloride "
    "sodium"
)
_NAMED_BY_CODE = word_set("control comparator placebo")
# What is given is known by its name; what is done, by what is said of it.
_SUBSTANCES = frozenset({"DRUG", "BIOLOGICAL", "GENETIC", "DIETARY_SUPPLEMENT", "COMBINATION_PRODUCT"})
# A name comes before one of the other names, these before whatever else is alike; below the least nothing is.
_SURE, _BY_NAME, _LEAST = 3.0, 2.0, 0.6
# So many words of a description say something.
_ENOUGH_WORDS = 5


@dataclass(frozen=True, slots=True)
class Intervention:
    """One intervention as the registry lists it, on one line each."""

    type: str
    name: str
    description: str
    others: tuple[str, ...]
    arms: frozenset[str]

    @property
    def key(self) -> tuple[str, ...]:
        """The name in normal form."""
        return tokens(self.name)

    @property
    def names(self) -> frozenset[tuple[str, ...]]:
        """Every name it goes by, in normal form."""
        return frozenset(filter(None, (self.key, *map(tokens, self.others))))

    @property
    def told(self) -> str:
        """As the registry's page shows it: "Biological: CLLS52 (other name: Alemtuzumab)"."""
        noun = "other name" if len(self.others) == 1 else "other names"
        others = f" ({noun}: {', '.join(self.others)})" if self.others else ""
        return f"{type_label(self.type)}: {self.name or 'no name'}{others}"


def type_label(value: str) -> str:
    """The registry's label of a type of intervention; an unknown one is shown raw."""
    return label(value) or "No type"


def text_of(row: Mapping[str, object], field: str) -> str:
    """The text of a field on one line, "" where there is none or it is of another shape."""
    value = row.get(field)
    return one_line(value) if isinstance(value, str) else ""


def texts_of(row: Mapping[str, object], field: str) -> tuple[str, ...]:
    """The texts of a list, in an order of their own: the registry's means nothing."""
    value = row.get(field)
    found = {one_line(item) for item in value if isinstance(item, str)} if isinstance(value, list) else set()
    return tuple(sorted(found - {""}))


def interventions_of(side: Version) -> list[Intervention]:
    """The interventions of one version, in an order of their own."""
    found = [
        Intervention(
            text_of(row, "type"),
            text_of(row, "name"),
            text_of(row, "description"),
            texts_of(row, "otherNames"),
            frozenset(map(" ".join, map(tokens, texts_of(row, "armGroupLabels")))),
        )
        for row in side.rows(f"{MODULE}.interventions")
    ]
    return sorted(found, key=lambda item: (item.name, item.type, item.description, item.others, sorted(item.arms)))


@dataclass(frozen=True, slots=True)
class Matched:
    """The interventions of both versions: pairs, and those that only one of them has."""

    pairs: tuple[tuple[Intervention, Intervention], ...]
    removed: tuple[Intervention, ...]
    added: tuple[Intervention, ...]


def matched_interventions(pair: Pair) -> Matched:
    """Which intervention of the newer version is which of the older one."""
    olds, news = interventions_of(pair.old), interventions_of(pair.new)
    pairs: list[tuple[Intervention, Intervention]] = []
    for old in list(olds):
        if old in news:
            news.remove(old)
            olds.remove(old)
            pairs.append((old, old))
    pairs += likely_pairs(olds, news, (_words, _words), _likeness, _LEAST)
    rest_old, rest_new = list(olds), list(news)
    for a, b in pairs:
        if a is not b:
            rest_old.remove(a)
            rest_new.remove(b)
    return Matched(tuple(pairs), tuple(rest_old), tuple(rest_new))


def _words(one: Intervention) -> list[str]:
    return [*tokens(one.description), *(word for name in one.names for word in name)]


def _likeness(old: Intervention, new: Intervention) -> float:
    """How surely both are one: the same name, a name among the other's other names, or the same text about it."""
    if not old.key or not new.key:
        return _LEAST if old.key == new.key else 0.0
    extra = 0.2 * (old.type == new.type) + 0.1 * in_order(old.description, new.description)
    extra += 0.05 * (old.arms == new.arms) + 0.05 * (old.others == new.others)
    if old.key == new.key:
        return _SURE + extra
    if old.key in new.names or new.key in old.names:
        return _BY_NAME + extra
    if _names_alike(old, new) or (_same_text(old, new) and old.type == new.type and not _other_substance(old, new)):
        return _LEAST + extra
    return _LEAST + extra / 2 if (old.names & new.names) - {(name,) for name in _NAMED_BY_CODE} else 0.0


def _names_alike(old: Intervention, new: Intervention) -> bool:
    """Whether one name is the other misspelt, with a form ("injection") more, or with another amount."""
    left, right = ([word for word in side.key if word not in _FORMS] for side in (old, new))
    if not left or not right:
        return False
    if left == right or tokens_but_for_spelling(tuple(left), tuple(right)):
        return True
    return bool(figures(old.name)) and _without_amounts(left) == _without_amounts(right) and len(left) > 2


def _other_form(old: Intervention, new: Intervention) -> bool:
    """Whether both names say how it is given, and not the same way: tablets became an infusion."""
    left, right = (_FORMS & set(side.key) for side in (old, new))
    return bool(left and right) and not (left <= right or right <= left)


def _without_amounts(words: list[str]) -> list[str]:
    return ["#" if is_number(word) else word for word in words]


def _same_text(old: Intervention, new: Intervention) -> bool:
    """Whether the same arms get it with the same description, long enough to say something, but for its name."""
    left, right = (
        tuple(word for word in tokens(side.description) if word not in {*old.key, *new.key}) for side in (old, new)
    )
    return left == right and len(left) >= _ENOUGH_WORDS and old.arms == new.arms and bool(old.arms)


def _other_substance(old: Intervention, new: Intervention) -> bool:
    """Whether both names are of substances, and nothing but what is said of them ties one to the other.

    A description may stand while the drug is exchanged. A code may have become a name, and a name that stands in the
    description of the other is the same substance.
    """
    if old.type not in _SUBSTANCES or _is_code(old) != _is_code(new):
        return False
    if _said(old, new) or _said(new, old):
        return False
    left, right = ([word for word in side.key if word not in _FORMS | _NAMED_BY_CODE] for side in (old, new))
    return not set(left) & set(right)


def _is_code(one: Intervention) -> bool:
    return any(character.isdigit() for character in one.name)


def _said(named: Intervention, by: Intervention) -> bool:
    return f" {' '.join(named.key)} " in f" {' '.join(tokens(by.description))} "


class Interventions:
    """The list of interventions: what came and went, and what is said otherwise of those that stayed."""

    verbs: Mapping[str, Verb] = {
        "added": Verb("new intervention", "New intervention: {new}."),
        "removed": Verb("intervention gone", "Intervention no longer listed: {old}."),
        "renamed": Verb("same intervention, other name (code -> INN) or synonyms changed", "{told}"),
        "type_changed": Verb("e.g. drug -> biological", "Type of intervention {subject} changed: {old} -> {new}."),
        "description_changed": Verb(
            "its description, or an amount or form in its name",
            "{told}",
        ),
    }

    def findings(self, row: Row, pair: Pair) -> Iterator[Finding]:
        """One finding per intervention and thing that changed; which arms get it is told with the arms."""
        return distinct(_found(row, pair))


def _found(row: Row, pair: Pair) -> Iterator[Finding]:
    if pair.old.at(f"{MODULE}.interventions") == pair.new.at(f"{MODULE}.interventions"):
        return
    matched = matched_interventions(pair)
    for gone in matched.removed:
        yield Finding("removed", row.paths, subject=gone.name, old=gone.told, new="not listed", claims=_NAMED_IN_ARMS)
    for come in matched.added:
        yield Finding("added", row.paths, subject=come.name, old="not listed", new=come.told, claims=_NAMED_IN_ARMS)
    for old, new in matched.pairs:
        yield from _renamed(row, old, new)
        if old.type != new.type:
            yield Finding(
                "type_changed",
                row.paths,
                subject=new.name,
                old=type_label(old.type),
                new=type_label(new.type),
                claims=_NAMED_IN_ARMS,
            )
        if old.description != new.description:
            yield _redescribed(row, old, new)


_NAMED_IN_ARMS = (f"{MODULE}.armGroups[].interventionNames",)


def _renamed(row: Row, old: Intervention, new: Intervention) -> Iterator[Finding]:
    if old.name == new.name and old.others == new.others:
        return
    gone, come = apart(figures(old.name), figures(new.name))
    known = old.key in new.names or new.key in old.names
    if (gone or come or _other_form(old, new)) and not known and _names_alike(old, new):
        yield _changed_in_name(row, old, new)
        return
    before, after = (old.name, new.name) if old.name != new.name else (old.told, new.told)
    told = f"Intervention renamed: {before} -> {after}."
    if old.name == new.name:
        told = f"Other names of {new.name} changed: {_listed(old.others)} -> {_listed(new.others)}."
    claims = _NAMED_IN_ARMS if old.name != new.name else ()
    yield Finding("renamed", row.paths, subject=new.name, old=before, new=after, words={"told": told}, claims=claims)


def _changed_in_name(row: Row, old: Intervention, new: Intervention) -> Finding:
    return Finding(
        "description_changed",
        row.paths,
        subject=new.name,
        old=old.name,
        new=new.name,
        words={"told": f"Intervention changed in its name: {old.name} -> {new.name}."},
        detail=moved_detail(old.name, new.name),
        claims=_NAMED_IN_ARMS,
    )


def _redescribed(row: Row, old: Intervention, new: Intervention) -> Finding:
    before, after = differing(old.description, new.description)
    spelling = same_but_for_spelling(old.description, new.description)
    return Finding(
        "description_changed",
        row.paths,
        subject=new.name,
        old=before or None,
        new=after or None,
        words={"told": described(f"Description of {new.name or 'an intervention'}", old.description, new.description)},
        measures={When.SPELLING_ONLY: float(spelling)},
        detail=moved_detail(old.description, new.description),
    )


def described(what: str, old: str, new: str) -> str:
    """How a description changed, clipped to what differs, with the numbers that moved where it is clear which."""
    before, after = differing(old, new)
    if not old:
        return f'{what} given: "{after}".'
    if not new:
        return f'{what} removed; it was: "{before}".'
    spelling = " (spelling)" if same_but_for_spelling(old, new) else ""
    moved = moved_detail(old, new).get("moved", ())
    figures_moved = ", ".join(f"{step['from']} -> {step['to']}" for step in moved[:3])
    return f'{what} changed{spelling}: "{before}" -> "{after}"' + (f" ({figures_moved})." if figures_moved else ".")


def moved_detail(old: str, new: str) -> dict[str, list[dict[str, str]]]:
    """The numbers that moved between two texts, where as many went as came."""
    moved = in_pairs(*apart(figures(old), figures(new)))
    return {"moved": moved} if moved else {}


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "none"
