"""Single texts and flags: the reason for stopping, whether results are posted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from watcher.changes.reading import Finding, Pair, Row, Verb, Version
from watcher.record import tidy

RESULTS_DATES = "protocolSection.statusModule.resultsFirstPostDateStruct"


class Statement:
    """A text of the sponsor's own that appears, is reworded, or disappears; layout alone is nothing."""

    verbs: Mapping[str, Verb] = {
        "added": Verb("a reason for stopping appeared", 'Sponsor\'s reason: "{new}"'),
        "changed": Verb("the reason was reworded beyond formatting", 'Sponsor\'s reason reworded: "{old}" -> "{new}"'),
        "removed": Verb("the reason disappeared", 'Sponsor\'s reason removed; it was: "{old}"'),
    }

    def findings(self, row: Row, pair: Pair) -> Iterator[Finding]:
        """At most one finding, with both texts verbatim."""
        old, new = pair.texts(row.paths[0])
        if tidy(old).casefold() == tidy(new).casefold():
            return
        verb = "added" if not old else "removed" if not new else "changed"
        yield Finding(verb, row.paths, old=old or None, new=new or None)


class Results:
    """Whether results are public; what stands in them is read by rows of their own."""

    verbs: Mapping[str, Verb] = {
        "posted": Verb("results are public", "Results posted{on}."),
        "removed": Verb("results gone", "Results removed from the public record."),
    }

    def findings(self, row: Row, pair: Pair) -> Iterator[Finding]:
        """At most one finding; it answers for the whole results section, first seen or last seen with it."""
        old, new = _posted(pair.old), _posted(pair.new)
        if old == new:
            return
        day = pair.new.text(f"{RESULTS_DATES}.date")
        yield Finding(
            "posted" if new else "removed",
            row.paths,
            old="posted" if old else "no results",
            new="posted" if new else "no results",
            words={"on": f" on {day}" if day else ""},
            detail={"posted_on": day or None},
            claims=("resultsSection",),
        )


def _posted(side: Version) -> bool:
    return side.at("hasResults") is True or bool(side.text(f"{RESULTS_DATES}.date"))
