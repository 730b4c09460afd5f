"""The long texts: how much of them moved, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from watcher.changes.language.excerpts import differing
from watcher.changes.language.likeness import in_order
from watcher.changes.language.normal import alike
from watcher.changes.reading import MISSHAPEN, Finding, Pair, Row, Verb
from watcher.changes.rules import When

_LABELS = {"briefSummary": "Brief summary", "detailedDescription": "Detailed description"}
# From this share of the words on, a reader may want to read it again.
_MUCH = 0.2


class Descriptions:
    """Brief summary and detailed description, each for itself; layout, case and punctuation are nothing."""

    verbs: Mapping[str, Verb] = {
        "changed": Verb(
            "brief summary or detailed description, one change each; the share of words that moved counts", "{told}"
        ),
    }

    def findings(self, row: Row, pair: Pair) -> Iterator[Finding]:
        """One finding for each text that moved."""
        for path in row.paths:
            old, new = pair.texts(path)
            misshapen = any(side.value(path, str) is MISSHAPEN for side in (pair.old, pair.new))
            if not misshapen and not alike(old, new):
                yield _told(path, old, new)


def _told(path: str, old: str, new: str) -> Finding:
    name, share = path.rpartition(".")[2], 1 - in_order(old, new)
    before, after = differing(old, new)
    return Finding(
        "changed",
        (path,),
        name,
        before or None,
        after or None,
        {"told": f"{_LABELS[name]} {_how(before, after, share)}."},
        {When.FEW_WORDS: float(share < _MUCH)},
        {"percent": round(share * 100)},
    )


def _how(before: str, after: str, share: float) -> str:
    if not before:
        return f'given: "{after}"'
    if not after:
        return f'removed; it was: "{before}"'
    return f'changed ({max(round(share * 100), 1)} % of the words): "{before}" -> "{after}"'
