"""`changes_between`: two snapshots of one study, read with today's table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from watcher.changes.folding import parents_of
from watcher.changes.language.words import clipped, one_stop
from watcher.changes.reading import Finding, History, Pair, Row, Verb, Version
from watcher.changes.residual import unclaimed_paths
from watcher.changes.reversals import with_reversals
from watcher.changes.table import KINDS, ROWS
from watcher.model import Change
from watcher.record import Snapshot

# Moved by every filing and every refresh: beside anything else they are not worth a word.
_FILING = (
    "protocolSection.statusModule.statusVerifiedDate",
    "protocolSection.statusModule.lastUpdateSubmitDate",
    "protocolSection.statusModule.lastUpdatePostDateStruct",
)
# What follows from other fields: told there, or nowhere.
_UNTOLD = (
    "protocolSection.armsInterventionsModule.interventions[].armGroupLabels",
    "protocolSection.eligibilityModule.stdAges",
)
_RECORD = next(row for row in ROWS if row.name == "record" and "changed" in row.rules)


def changes_between(
    old: Snapshot, new: Snapshot, *, today: date | None = None, history: History | None = None
) -> tuple[Change, ...]:
    """The typed changes from `old` to `new`, severest first, consequences naming their cause in `parent`.

    Equal content gives (). `today` is the day of `new.seen_at` unless given; `history` holds what two versions
    cannot know, and clauses built on it are left out without it. Raises MalformedRecord where a side cannot be read.
    """
    if old.raw_digest == new.raw_digest or old.content_digest == new.content_digest:
        return ()
    pair = Pair(Version(old.content), Version(new.content), today or new.seen_at.date(), history or History())
    found = [(row, finding) for row in ROWS for finding in row.compare.findings(row, pair)]
    found += [(_RECORD, finding) for finding in _rest(pair, found)]
    changes = (told(row, finding, new.nct_id) for row, finding in found if finding.verb)
    return with_reversals(_ordered(changes), pair.history.earlier)


def told(row: Row, finding: Finding, nct_id: str) -> Change:
    """The change that a finding of `row` stands for, with its severity and sentence."""
    kind = KINDS[f"{row.name}.{finding.verb}"]
    return Change(
        kind=kind.name,
        severity=kind.rule.severity(finding.measures),
        nct_id=nct_id,
        sentence=_sentence(row.compare.verbs[finding.verb], row.label, finding),
        subject=clipped(finding.subject),
        old=finding.old,
        new=finding.new,
        detail=finding.detail,
        paths=finding.paths,
        registry_side=finding.registry_side,
    )


def event(kind: str, nct_id: str, *, words: Mapping[str, str] | None = None) -> Change:
    """A change that is learned from the registry's answers, not from two versions: record.not_found, search.left."""
    row = next(row for row in ROWS for verb in row.rules if f"{row.name}.{verb}" == kind)
    return told(row, Finding(kind.rpartition(".")[2], (), words=words or {}), nct_id)


def _sentence(verb: Verb, label: str, finding: Finding) -> str:
    known = {"label": label, "subject": finding.subject, "old": finding.old or "", "new": finding.new or ""}
    return one_stop(verb.sentence.format_map({**known, **finding.words}))


def _rest(pair: Pair, found: Sequence[tuple[Row, Finding]]) -> Iterator[Finding]:
    """What no row claims: the residual, or, where nothing but the filing dates moved, that it was filed again."""
    claims = {path for row, finding in found for path in _answered(row, finding)}
    old, new = dict(pair.old.record), dict(pair.new.record)
    paths = unclaimed_paths(old, new, claims | {*_FILING, *_UNTOLD})
    if not paths and not any(finding.verb for _, finding in found):
        if _filed(pair.old) != _filed(pair.new):
            yield Finding("touched", _FILING, old=_filed(pair.old), new=_filed(pair.new))
            return
        if any(pair.old.at(path) != pair.new.at(path) for path in _FILING):
            paths = unclaimed_paths(old, new, claims | set(_UNTOLD))
    if paths:
        yield Finding("changed", paths, words={"where": _summary(paths)}, detail={"paths": len(paths)})


def _answered(row: Row, finding: Finding) -> tuple[str, ...]:
    return (*(() if row.each else row.paths), *finding.paths, *finding.claims)


def _summary(paths: tuple[str, ...]) -> str:
    shown = ", ".join(path.removeprefix("protocolSection.") for path in paths[:5])
    more = f" and {len(paths) - 5} more" if len(paths) > 5 else ""
    return clipped(shown) + more


def _filed(side: Version) -> str:
    module = "protocolSection.statusModule"
    submitted, verified = side.text(f"{module}.lastUpdateSubmitDate"), side.text(f"{module}.statusVerifiedDate")
    posted = side.text(f"{module}.lastUpdatePostDateStruct.date")
    return f"submitted {submitted or 'unknown'}, posted {posted or 'unknown'}, verified {verified or 'unknown'}"


def _ordered(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Severest first, then by kind and subject, numbered from 0, with parents by number."""
    ranked = sorted(changes, key=lambda change: (-change.severity, change.kind, change.subject, change.paths))
    parents = parents_of(ranked)
    return tuple(replace(change, id=number, parent=parents.get(number)) for number, change in enumerate(ranked))
