"""Single texts: the reason for stopping, the titles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from watcher.changes.reading import Finding, Pair, Row, Verb
from watcher.changes.reasons import OTHER, reasons
from watcher.changes.words import clipped
from watcher.record import tidy


class Statement:
    """The sponsor's reason for stopping: verbatim, with a tag of what it is about; layout alone is nothing."""

    verbs: Mapping[str, Verb] = {
        "added": Verb("a reason for stopping appeared", 'Sponsor\'s reason: "{new}"{tag}'),
        "changed": Verb(
            "the reason was reworded beyond formatting", 'Sponsor\'s reason reworded: "{old}" -> "{new}"{tag}'
        ),
        "removed": Verb("the reason disappeared", 'Sponsor\'s reason removed; it was: "{old}"'),
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


class Titles:
    """The titles of a study, told as one change whichever of them moved."""

    verbs: Mapping[str, Verb] = {
        "changed": Verb("brief title, official title or acronym; one change, whichever moved", "{told}"),
    }
    _labels: Mapping[str, str] = {
        "briefTitle": "Brief title",
        "officialTitle": "Official title",
        "acronym": "Acronym",
    }

    def findings(self, row: Row, pair: Pair) -> Iterator[Finding]:
        """At most one finding, whose subject names the titles that moved."""
        moved = [path for path in row.paths if tidy(pair.old.text(path)) != tidy(pair.new.text(path))]
        if not moved:
            return
        names = [path.rpartition(".")[2] for path in moved]
        told = (self._told(name, *pair.texts(path)) for name, path in zip(names, moved, strict=True))
        yield Finding(
            "changed",
            tuple(moved),
            subject=", ".join(names),
            old="; ".join(pair.old.text(path) for path in moved),
            new="; ".join(pair.new.text(path) for path in moved),
            words={"told": " ".join(told)},
        )

    def _told(self, name: str, old: str, new: str) -> str:
        def quoted(text: str) -> str:
            return f'"{clipped(text)}"' if text else "none"

        return f"{self._labels[name]} changed: {quoted(old)} -> {quoted(new)}."
