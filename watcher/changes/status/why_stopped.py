"""The sponsor's reason for stopping."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from watcher.changes.reading import Finding, Pair, Row, Verb
from watcher.changes.status.reasons import OTHER, reasons
from watcher.record import tidy


class WhyStopped:
    """The sponsor's reason for stopping: verbatim, with a tag of what it is about; layout alone is nothing."""

    verbs: Mapping[str, Verb] = {
        "added": Verb("a reason for stopping appeared", 'Sponsor\'s reason: "{new}"{tag}.'),
        "changed": Verb(
            "the reason was reworded beyond formatting", 'Sponsor\'s reason reworded: "{old}" -> "{new}"{tag}.'
        ),
        "removed": Verb("the reason disappeared", 'Sponsor\'s reason removed; it was: "{old}".'),
    }

    def findings(self, row: Row, pair: Pair) -> Iterator[Finding]:
        """At most one finding, with both texts verbatim."""
        old, new = pair.texts(row.paths[0])
        if tidy(old).casefold() == tidy(new).casefold():
            return
        verb = "added" if not old else "removed" if not new else "changed"
        tags = reasons(new)
        tag = "" if tags[:1] in ((), (OTHER,)) else f" [{tags[0]}]"
        yield Finding(
            verb, row.paths, old=old or None, new=new or None, words={"tag": tag}, detail={"reasons": [*tags]}
        )
