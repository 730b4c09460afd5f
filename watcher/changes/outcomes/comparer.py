"""What is said of outcome measures: which came, went or moved between the lists, and what differs in the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from watcher.changes.language.excerpts import differing
from watcher.changes.language.words import clipped
from watcher.changes.outcomes.meaning import Weights, difference, meaning
from watcher.changes.outcomes.measures import MODULE, Outcome, Type, outcomes
from watcher.changes.outcomes.pairing import Limits, Matching, match
from watcher.changes.outcomes.timing import Said, Step, timing
from watcher.changes.outcomes.wording import Lexicon
from watcher.changes.reading import Finding, Pair, Row, Verb
from watcher.changes.rules import When

_FIELDS = {"measure": "measure", "description": "description", "time_frame": "timeFrame"}
_ABBREVIATED_UP_TO = 200_000


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Everything that can be said of the lists of primary, secondary and other outcomes."""

    limits: Limits = field(default_factory=Limits)
    weights: Weights = field(default_factory=Weights)

    @property
    def verbs(self) -> Mapping[str, Verb]:
        """Every verb this comparer can say."""
        return _VERBS

    def findings(self, row: Row, pair: Pair) -> Iterator[Finding]:
        """One finding for each outcome and thing that happened to it, whatever the order of the lists."""
        if pair.old.at(MODULE) == pair.new.at(MODULE):
            return
        old, new = outcomes(pair.old), outcomes(pair.new)
        if [(o.type, o.whole) for o in old] == [(o.type, o.whole) for o in new]:
            return
        stage = {
            str(When.BEFORE_START): float(not pair.started),
            str(When.PRIMARY_COMPLETED): float(pair.primary_completed),
        }
        for finding in self._findings(old, new):
            yield replace(finding, measures={**stage, **finding.measures})

    def _findings(self, old: list[Outcome], new: list[Outcome]) -> Iterator[Finding]:
        texts = [text for outcome in (*old, *new) for text in (outcome.measure, outcome.description)]
        lexicon = Lexicon(texts if sum(map(len, texts)) <= _ABBREVIATED_UP_TO else ())
        matching = match(old, new, lexicon, self.limits)
        around = _Around(matching)
        for before, after in matching.pairs:
            if before.type is not after.type:
                yield _moved(before, after)
            elif before.stands != after.stands:
                yield from self._differing(before, after, around, lexicon)
        yield from _parts(matching)
        yield from (_gone(outcome) for outcome in matching.gone if any(outcome.texts))
        yield from (_come(outcome) for outcome in matching.new if any(outcome.texts))

    def _differing(self, old: Outcome, new: Outcome, around: _Around, lexicon: Lexicon) -> Iterator[Finding]:
        """What differs between two versions of one outcome: its time, what it measures, or the words alone."""
        texts = around.texts(old, new)
        when = timing(old, new, *texts, lexicon)
        what = meaning(old, new, difference(old, new, *texts, lexicon), self.weights)
        if old.type is Type.PRIMARY:
            yield from _primary(old, new, when, what)
        elif old.type is Type.SECONDARY:
            # A description filled in under a measure that stands is no other measurement.
            same = when is Step.SAME and what in {Step.SAME, Step.ADDED}
            yield _stayed("secondary_reworded" if same else "secondary_changed", old, new)
        else:
            yield _other(old, new, only_words=when is what is Step.SAME)


class _Around:
    """All that either version says of an outcome, with the outcomes that were split off it or merged into it."""

    def __init__(self, matching: Matching) -> None:
        self._beside: dict[int, Said] = defaultdict(tuple)
        for part, whole in (*matching.merged, *matching.split):
            self._beside[id(whole)] += part.texts

    def texts(self, old: Outcome, new: Outcome) -> tuple[Said, Said]:
        """The texts of both versions: of the older one with what was merged into the newer, and the other way round."""
        return self._joined(old, new), self._joined(new, old)

    def _joined(self, outcome: Outcome, other: Outcome) -> Said:
        return outcome.texts + self._beside.get(id(other), ())


def _primary(old: Outcome, new: Outcome, when: Step, what: Step) -> Iterator[Finding]:
    if when is what is Step.SAME:
        yield _stayed("primary_reworded", old, new)
    if what is Step.CHANGED and old.plain[2] == new.plain[2]:
        when = Step.SAME  # the time is part of the measure, and told with it
    if when is Step.CHANGED:
        yield _stayed("primary_timeframe_changed", old, new, *_timed(old, new))
    if what is Step.CHANGED:
        yield _stayed("primary_measurement_changed", old, new, "measure", "description")
    for step in (Step.ADDED, Step.REMOVED):
        fields = [*(_timed(old, new) if when is step else ()), *(("measure", "description") if what is step else ())]
        if fields:
            yield _stayed(f"primary_detail_{step}", old, new, *fields)


def _timed(old: Outcome, new: Outcome) -> tuple[str, ...]:
    """The fields that say when: the measure, where the time frames agree."""
    return ("time_frame",) if old.plain[2] != new.plain[2] else ("measure", "description")


def _stayed(verb: str, old: Outcome, new: Outcome, *fields: str) -> Finding:
    """A finding about an outcome that stayed, with the fields that differ, of those named if any are."""
    moved = [name for name in fields or _FIELDS if getattr(old, name) != getattr(new, name)]
    before, after = ("; ".join(filter(None, (getattr(side, name) for name in moved))) for side in (old, new))
    before, after = differing(before, after)
    return Finding(
        verb,
        tuple(f"{new.path}.{_FIELDS[name]}" for name in moved) or (new.path,),
        _name(new),
        before or None,
        after or None,
        {"was": _quoted(before), "now": _quoted(after), "type": new.type.capitalize()},
    )


def _other(old: Outcome, new: Outcome, *, only_words: bool) -> Finding:
    found = _stayed("other_changed", old, new)
    told = f"{'reworded' if only_words else 'changed'}: {found.words['was']} -> {found.words['now']}"
    return replace(found, words={**found.words, "told": told}, measures={str(When.ONLY_WORDS): float(only_words)})


def _moved(old: Outcome, new: Outcome) -> Finding:
    """An outcome that stands in another list now."""
    verb = "promoted" if new.type is Type.PRIMARY else "demoted" if old.type is Type.PRIMARY else "other_changed"
    frame = f"; time frame {old.time_frame or 'none'} -> {new.time_frame or 'none'}"
    words = {
        "was": str(old.type),
        "now": str(new.type),
        "told": f"moved from {old.type} to {new.type}",
        "more": clipped(frame) if old.plain[2] != new.plain[2] else "",
        "place": "",
    }
    return Finding(verb, (new.path,), _name(new), f"{old.type}: {_whole(old)}", f"{new.type}: {_whole(new)}", words)


def _parts(matching: Matching) -> Iterator[Finding]:
    """Outcomes that became a part of another one, or were told apart from it."""
    for part, whole in matching.merged:
        yield _reworded("now told within another", part, whole, part.path, whole.path)
    for part, whole in matching.split:
        yield _reworded("now told on its own", whole, part, part.path)
    for part, whole in matching.joined:
        words = {"was": str(part.type), "now": "primary", "more": "", "place": f", within {_quoted(_name(whole))}"}
        yield Finding(
            "promoted", (part.path, whole.path), _name(part), f"{part.type}: {_whole(part)}", _whole(whole), words
        )
    for part, whole in matching.parted:
        words = {"was": "primary", "now": str(part.type), "more": "", "place": f", was within {_quoted(_name(whole))}"}
        yield Finding("demoted", (part.path,), _name(part), _whole(whole), f"{part.type}: {_whole(part)}", words)


def _reworded(told: str, old: Outcome, new: Outcome, *paths: str) -> Finding:
    before, after = differing(_whole(old), _whole(new))
    words = {"was": f"{_quoted(before)} ({told})", "now": _quoted(after), "told": f"reworded ({told})"}
    if new.type is Type.OTHER:
        return Finding("other_changed", paths, _name(new), before, after, words, {str(When.ONLY_WORDS): 1})
    return Finding(f"{new.type}_reworded", paths, _name(new), before, after, words)


def _gone(outcome: Outcome) -> Finding:
    whole = _whole(outcome)
    if outcome.type is Type.OTHER:
        return Finding("other_changed", (outcome.path,), _name(outcome), whole, None, {"told": "removed"})
    words = {"frame": _frame(outcome)}
    return Finding(f"{outcome.type}_removed", (outcome.path,), _name(outcome), whole, None, words)


def _come(outcome: Outcome) -> Finding:
    whole = _whole(outcome)
    if outcome.type is Type.OTHER:
        return Finding("other_changed", (outcome.path,), _name(outcome), None, whole, {"told": "added"})
    words = {"frame": _frame(outcome)}
    return Finding(f"{outcome.type}_added", (outcome.path,), _name(outcome), None, whole, words)


def _name(outcome: Outcome) -> str:
    return clipped(outcome.measure or outcome.description or outcome.time_frame)


def _whole(outcome: Outcome) -> str:
    return f"{_name(outcome)}{_frame(outcome)}"


def _frame(outcome: Outcome) -> str:
    return f" [time frame: {clipped(outcome.time_frame, 120)}]" if outcome.time_frame else ""


def _quoted(text: str) -> str:
    return f'"{text}"' if text else "none"


_VERBS: Mapping[str, Verb] = {
    "primary_added": Verb(
        "a primary outcome that no earlier outcome matches", "Primary outcome added: {subject}{frame}."
    ),
    "primary_removed": Verb("a primary outcome gone from every list", "Primary outcome removed: {subject}{frame}."),
    "promoted": Verb(
        "secondary or other -> primary, alone or as a part of a primary outcome",
        "Now a primary outcome{place} (was {was}): {subject}{more}.",
    ),
    "demoted": Verb(
        "primary -> secondary or other, alone or as a part of a primary outcome",
        "No longer a primary outcome{place} (now {now}): {subject}{more}.",
    ),
    "primary_timeframe_changed": Verb(
        "another time span or point in time, in days",
        "Time frame of primary outcome {subject} changed: {was} -> {now}.",
    ),
    "primary_measurement_changed": Verb(
        "another quantity, unit, scale, threshold, aggregation, judge or population",
        "Primary outcome {subject} changed: {was} -> {now}.",
    ),
    "primary_detail_added": Verb(
        "specification filled in where there was none", "Primary outcome {subject} specified: {was} -> {now}."
    ),
    "primary_detail_removed": Verb(
        "specification taken away", "Specification of primary outcome {subject} taken away: {was} -> {now}."
    ),
    "primary_reworded": Verb("same meaning, other words", "Primary outcome {subject} reworded: {was} -> {now}."),
    "secondary_added": Verb(
        "a secondary outcome that no earlier outcome matches", "Secondary outcome added: {subject}{frame}."
    ),
    "secondary_removed": Verb(
        "a secondary outcome gone from every list", "Secondary outcome removed: {subject}{frame}."
    ),
    "secondary_changed": Verb(
        "time frame, measurement or the arms it is measured in changed",
        "Secondary outcome {subject} changed: {was} -> {now}.",
    ),
    "secondary_reworded": Verb("same meaning, other words", "Secondary outcome {subject} reworded: {was} -> {now}."),
    "other_changed": Verb(
        "added, removed, changed, or moved between secondary and other", "Other outcome {told}: {subject}."
    ),
}
