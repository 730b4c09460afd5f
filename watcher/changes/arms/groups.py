"""Arms: which of two versions is which, by label, or by what is given and said; and what changed in each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from watcher.changes.arms.interventions import (
    MODULE,
    Intervention,
    Matched,
    described,
    matched_interventions,
    text_of,
    texts_of,
)
from watcher.changes.language.excerpts import differing
from watcher.changes.language.figures import Figure, doses_apart
from watcher.changes.language.likeness import in_order, same_but_for_spelling
from watcher.changes.language.spoken import tokens
from watcher.changes.language.words import clipped, counted, label
from watcher.changes.pairing.leftovers import likely_pairs
from watcher.changes.reading import Finding, Pair, Row, Verb, Version, distinct
from watcher.changes.rules import When

# Two arms are one from this likeness on; the same label comes before any likeness.
_LEAST, _SURE = 0.6, 2.0
# What label, description and interventions count in it, and what another type takes away.
_LABEL, _TEXT, _GIVEN, _OTHER_TYPE = 0.4, 0.35, 0.25, 0.1

Names = Mapping[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm or group as the registry lists it; `given` are the names of its interventions."""

    label: str
    type: str
    description: str
    given: tuple[str, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """The label in normal form."""
        return tokens(self.label)

    @property
    def told(self) -> str:
        """The label with the type, where there is one."""
        return (self.label or "no label") + (f" ({type_label(self.type)})" if self.type else "")


def type_label(value: str) -> str:
    """The registry's label of a type of arm; an unknown one is shown raw."""
    return label(value) or "no type"


def arms_of(side: Version) -> list[Arm]:
    """The arms of one version, in an order of their own."""
    found = [
        Arm(
            text_of(row, "label"), text_of(row, "type"), text_of(row, "description"), texts_of(row, "interventionNames")
        )
        for row in side.rows(f"{MODULE}.armGroups")
    ]
    return sorted(found, key=lambda arm: (arm.label, arm.type, arm.description, arm.given))


class Arms:
    """The arms or groups of a study: what came and went, and what is said otherwise of those that stayed."""

    verbs: Mapping[str, Verb] = {
        "added": Verb("new arm", "New arm: {new}; {count} now."),
        "removed": Verb("arm gone", "Arm no longer listed: {old}; {count} now."),
        "type_changed": Verb("e.g. experimental -> no intervention", "Type of arm {subject} changed: {old} -> {new}."),
        "renamed": Verb("same arm, other label", 'Arm relabelled: "{old}" -> "{new}".'),
        "dose_changed": Verb(
            "a number with a dose unit, or how often it is given, changed in the description",
            'Dose changed in arm {arm}: {doses}; "{old}" -> "{new}".',
        ),
        "description_changed": Verb(
            "any other change of its text or of what is given",
            "{told}",
        ),
    }

    def findings(self, row: Row, pair: Pair) -> Iterator[Finding]:
        """One finding per arm and thing that changed."""
        return distinct(_found(row, pair))


def _found(row: Row, pair: Pair) -> Iterator[Finding]:
    if pair.old.at(f"{MODULE}.armGroups") == pair.new.at(f"{MODULE}.armGroups"):
        return
    olds, news = arms_of(pair.old), arms_of(pair.new)
    interventions = matched_interventions(pair)
    names = _newer_names(interventions)
    olds, news, pairs = _paired(olds, news, names)
    count = {"count": counted(len(pair.new.rows(f"{MODULE}.armGroups")), "arm")}
    for gone in _without(olds, [old for old, _ in pairs]):
        yield Finding("removed", row.paths, subject=gone.label, old=gone.told, new="not listed", words=count)
    for come in _without(news, [new for _, new in pairs]):
        yield Finding("added", row.paths, subject=come.label, old="not listed", new=come.told, words=count)
    telling = _Telling(row.paths, names, _named_elsewhere(interventions), _products(interventions))
    for old, new in pairs:
        yield from telling.told(old, new)


def _named_elsewhere(interventions: Matched) -> frozenset[tuple[str, ...]]:
    """The interventions that came or went for the study as a whole, as the arms name them: told there."""
    return frozenset(_as_arms_name(one) for one in (*interventions.removed, *interventions.added))


def _products(interventions: Matched) -> tuple[frozenset[tuple[str, ...]], ...]:
    """Every intervention of either version, by all of its names."""
    kept = (old.names | new.names for old, new in interventions.pairs)
    return (*kept, *(one.names for one in (*interventions.removed, *interventions.added)))


def _without(arms: list[Arm], taken: list[Arm]) -> list[Arm]:
    rest = Counter(arms) - Counter(taken)
    return sorted(rest.elements(), key=lambda arm: (arm.label, arm.type, arm.description, arm.given))


def _paired(olds: list[Arm], news: list[Arm], names: Names) -> tuple[list[Arm], list[Arm], list[tuple[Arm, Arm]]]:
    """The arms that are not word for word on both sides, and the pairs among them."""
    same = Counter(olds) & Counter(news)
    rest_old, rest_new = (_without(side, list(same.elements())) for side in (olds, news))

    def score(old: Arm, new: Arm) -> float:
        return _likeness(old, new, names)

    return rest_old, rest_new, likely_pairs(rest_old, rest_new, (_words, _words), score, _LEAST)


def _words(arm: Arm) -> tuple[str, ...]:
    return (*arm.key, *tokens(arm.description))


def _likeness(old: Arm, new: Arm, names: Names) -> float:
    """How surely both are one arm: by label, else by label, description and what is given, as far as they say."""
    parts = [(_LABEL, in_order(old.label, new.label))]
    if old.description and new.description:
        parts.append((_TEXT, in_order(old.description, new.description)))
    if old.given and new.given:
        left, right = {_renewed(name, names) for name in old.given}, set(map(tokens, new.given))
        parts.append((_GIVEN, len(left & right) / len(left | right)))
    score = sum(weight * value for weight, value in parts) / sum(weight for weight, _ in parts)
    if old.key and old.key == new.key:
        return _SURE + score
    return score - _OTHER_TYPE * (old.type != new.type)


def _newer_names(interventions: Matched) -> Names:
    """For each intervention as the older arms name it ("Drug: MK-3475"), how the newer ones do."""
    return {_as_arms_name(old): _as_arms_name(new) for old, new in interventions.pairs if old.name}


def _as_arms_name(one: Intervention) -> tuple[str, ...]:
    return tokens(f"{one.type.replace('_', ' ')} {one.name}")


def _renewed(name: str, names: Names) -> tuple[str, ...]:
    return names.get(tokens(name), tokens(name))


@dataclass(frozen=True, slots=True)
class _Telling:
    """How the differences between two versions of one arm are told."""

    paths: tuple[str, ...]
    names: Names
    told_elsewhere: frozenset[tuple[str, ...]]
    products: tuple[frozenset[tuple[str, ...]], ...]

    def told(self, old: Arm, new: Arm) -> Iterator[Finding]:
        """Label, type, description with what is given: one finding each."""
        if old.label != new.label:
            other = self._names_other_treatment(old, new)
            yield Finding(
                "renamed",
                self.paths,
                subject=new.label,
                old=old.label,
                new=new.label,
                measures={When.OTHER_TREATMENT: float(other)},
            )
        if old.type != new.type:
            before, after = type_label(old.type), type_label(new.type)
            yield Finding("type_changed", self.paths, subject=new.label, old=before, new=after)
        yield from self._texts(old, new)

    def _texts(self, old: Arm, new: Arm) -> Iterator[Finding]:
        """The dose, or else the description, together with what the arm is given."""
        respelt = same_but_for_spelling(old.description, new.description)
        gone, come = ([], []) if respelt else doses_apart(old.description, new.description)
        reassigned = self._reassigned(old, new)
        if gone or come:
            yield self._dosed(old, new, gone, come)
            if reassigned:
                yield self._redescribed(old, new, reassigned, text_too=False)
        elif old.description != new.description or reassigned:
            yield self._redescribed(old, new, reassigned, text_too=old.description != new.description)

    def _dosed(self, old: Arm, new: Arm, gone: list[Figure], come: list[Figure]) -> Finding:
        before, after = differing(old.description, new.description)
        words = f"{_shown(gone)} -> {_shown(come)}"
        detail = {"gone": [figure.shown for figure in gone], "come": [figure.shown for figure in come]}
        return Finding(
            "dose_changed",
            self.paths,
            subject=new.label,
            old=before,
            new=after,
            words={"doses": words, "arm": clipped(new.label, 90)},
            detail=detail,
        )

    def _redescribed(self, old: Arm, new: Arm, reassigned: str, *, text_too: bool) -> Finding:
        before, after = differing(old.description, new.description) if text_too else _given(old, new)
        told = (
            [described(f"Description of arm {clipped(new.label, 90)}", old.description, new.description)]
            if text_too
            else []
        )
        spelling = not reassigned and same_but_for_spelling(old.description, new.description)
        return Finding(
            "description_changed",
            self.paths,
            subject=new.label,
            old=before or None,
            new=after or None,
            words={"told": " ".join([*told, reassigned] if reassigned else told)},
            measures={When.SPELLING_ONLY: float(spelling)},
        )

    def _reassigned(self, old: Arm, new: Arm) -> str:
        """Which interventions this arm gained or lost, beyond those that the study as a whole gained or lost."""
        before, after = ({tokens(name): name for name in arm.given} for arm in (old, new))
        if before.keys() == after.keys():
            return ""
        renewed = {self.names.get(key, key) for key in before}
        told = self.told_elsewhere
        lost = [name for key, name in before.items() if not {key, self.names.get(key, key)} & (after.keys() | told)]
        gained = [name for key, name in after.items() if key not in renewed | before.keys() | told]
        if not lost and not gained:
            return ""
        parts = [f"no longer {', '.join(sorted(lost))}"] if lost else []
        parts += [f"now also {', '.join(sorted(gained))}"] if gained else []
        return f"Interventions of arm {clipped(new.label, 90)}: {'; '.join(parts)}."

    def _names_other_treatment(self, old: Arm, new: Arm) -> bool:
        """Whether both labels name a dose or interventions, and not the same."""
        if any(doses_apart(old.label, new.label)):
            return True
        before, after = ([_named(names, label) for names in self.products] for label in (old.label, new.label))
        return any(before) and any(after) and before != after


def _named(names: frozenset[tuple[str, ...]], label: str) -> bool:
    padded = f" {' '.join(tokens(label))} "
    return any(f" {' '.join(name)} " in padded for name in names)


def _given(old: Arm, new: Arm) -> tuple[str, str]:
    return ", ".join(old.given), ", ".join(new.given)


def _shown(found: list[Figure]) -> str:
    return ", ".join(figure.shown for figure in found) or "none"
