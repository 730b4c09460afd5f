"""What a criterion is about, and what came between two wordings of one: what its severity hangs on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from watcher.changes.eligibility.criteria import Criterion
from watcher.changes.eligibility.headings import EXCLUSION
from watcher.changes.eligibility.wording import alternative_moved, reversed_sense, same_meaning
from watcher.changes.language.excerpts import shared_ends
from watcher.changes.language.figures import Figure, apart, figures
from watcher.changes.language.spoken import spoken
from watcher.changes.rules import When

_THERAPY = (
    r"(?:therap|treat|chemo|radio|immuno|surg|transplant|drug|medic|agent|inhibitor|antibod|vaccin|infus|steroid|"
    r"corticoster|biologic|dose|regimen|lines?\b)"
)
_ABOUT: tuple[tuple[When, re.Pattern[str]], ...] = tuple(
    (when, re.compile(pattern, re.I))
    for when, pattern in (
        (
            When.ON_PRIOR_THERAPY,
            rf"\b(?:prior|previous|past|earlier|received|concurrent|concomitant|history of)\b.{{0,60}}\b{_THERAPY}"
            rf"|\b{_THERAPY}\w*.{{0,60}}\b(?:within|prior to|before|previous|in the past|last)\b"
            r"|(?:treatment|therapy|drug)[- ]na[iï]ve|pre-?treated|\brefractory\b|\bwash-?out\b",
        ),
        (When.ON_PERFORMANCE, r"\b(?:ECOG|Karnofsky|Lansky|KPS|Zubrod|performance (?:status|score|scale))\b"),
        (
            When.ON_ORGAN_FUNCTION,
            r"\b(?:organ|hepatic|liver|renal|kidney|cardiac|heart|(?:bone )?marrow|ha?ematologic\w*|pulmonary|lung"
            r"|thyroid)\b.{0,25}\b(?:functions?|failure|impair\w*|insufficienc\w*|dysfunction|disease|reserve)\b"
            r"|\b(?:creatinine|bilirubin|ALT|AST|transaminases?|neutrophils?|ANC|platelets?|ha?emoglobin"
            r"|ejection fraction|LVEF|eGFR|GFR|INR)\b",
        ),
        (
            When.ON_PREGNANCY,
            r"pregnan|breast[- ]?feed|lactat|contracep|child-?bearing|\bnursing (?:women|mothers?|females?)",
        ),
    )
)
_BOILERPLATE = re.compile(r"\bother\b.{0,40}\b(?:inclusion|exclusion|eligibility)\b.{0,60}\bappl(?:y|ies|ied)\b", re.I)
_EGFR_GENE = re.compile(r"EGFR[- ](?:mut|activ|express|inhibit|positiv|TKI|gene|exon)", re.I)

_COUPLED = re.compile(r"(\d+(?:\.\d+)?)(?=\s?(?:to|-|or|and|,|, or)\s?(\d+(?:\.\d+)?))")
# Texts of more characters are judged by what differs, with so many characters on either side of it.
_LONG, _MARGIN = 600, 80


@dataclass(frozen=True, slots=True)
class Judgement:
    """How two wordings of one criterion differ: the verb, what its severity hangs on, the figures that moved."""

    verb: str
    circumstances: frozenset[When]
    gone: tuple[Figure, ...] = ()
    come: tuple[Figure, ...] = ()


def circumstances_of(criterion: Criterion) -> frozenset[When]:
    """What makes a criterion weigh more than another when it appears or disappears."""
    if criterion.heading or _BOILERPLATE.search(criterion.text):
        return frozenset()
    text = _EGFR_GENE.sub(" ", criterion.text)
    found = {when for when, pattern in _ABOUT if pattern.search(text)}
    if any(figure.unit or figure.sign for figure in figures(criterion.text)):
        found.add(When.HAS_THRESHOLD)
    if criterion.section == EXCLUSION:
        found.add(When.AN_EXCLUSION)
    return frozenset(found)


def judged(old: str, new: str) -> Judgement:
    """Whether two wordings of a criterion mean the same, and if not, what moved."""
    old, new = _core(old, new)
    gone, come = apart(figures(old), figures(new))
    if not gone and not come and same_meaning(old, new):
        return Judgement("criterion_reworded", frozenset())
    found: set[When] = set()
    if (gone and come) or any(figure.unit or figure.sign for figure in (*gone, *come)) or _ranged(old, gone, new, come):
        found.add(When.NUMBER_MOVED)
    if reversed_sense(old, new):
        found.add(When.SENSE_REVERSED)
    if alternative_moved(old, new):
        found.add(When.ALTERNATIVE_MOVED)
    return Judgement("criterion_changed", frozenset(found), tuple(gone), tuple(come))


def _ranged(old: str, gone: Iterable[Figure], new: str, come: Iterable[Figure]) -> bool:
    """Whether a number came to another one, or left it, as its range or alternative: "grade 3", "grade 2 to 3"."""
    return any(
        {float(number) for couple in _COUPLED.findall(spoken(text)) for number in couple} & {one.value for one in lone}
        for text, lone in ((old, gone), (new, come))
    )


def _core(old: str, new: str) -> tuple[str, str]:
    """Long texts without what they share at both ends, but for the words beside the difference."""
    if min(len(old), len(new)) <= _LONG:
        return old, new
    head, tail = shared_ends(old, new)
    start = old.rfind(" ", 0, max(head - _MARGIN, 0)) + 1
    return old[start : _end(old, tail)], new[start : _end(new, tail)]


def _end(text: str, tail: int) -> int:
    place = text.find(" ", len(text) - tail + _MARGIN) if tail > _MARGIN else -1
    return place if place > 0 else len(text)
