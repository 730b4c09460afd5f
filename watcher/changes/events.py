"""What happens to a record as a whole: most of it is learned from the registry's answers, not from two versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from watcher.changes.reading import Finding, Pair, Row, Verb

ALIASES = "protocolSection.identificationModule.nctIdAliases"


class LifeCycle:
    """First sight, merges, disappearance and return; and the residual that no other row claims."""

    verbs: Mapping[str, Verb] = {
        "discovered": Verb("first sight: a baseline, never an alert about its fields", "First seen: {title}."),
        "touched": Verb("filed again, nothing else moved", "Filed again, nothing else moved: {old} -> {new}."),
        "changed": Verb("any difference that no row claims, with its paths", "Other differences: {where}."),
        "merged": Verb("the number became an alias of another record, or another number of this one", "{told}."),
        "not_found": Verb(
            "the registry's own 'not found', confirmed on a later data refresh",
            "The registry no longer has this record: it answered 'not found' on {first} and again on {second}.",
        ),
        "restored": Verb("back after record.not_found", "The record is back in the registry."),
    }

    def findings(self, row: Row, pair: Pair) -> Iterator[Finding]:
        """One finding for each number that became an alias of this record."""
        before, after = (_texts(side.at(ALIASES)) for side in (pair.old, pair.new))
        own = pair.new.text("protocolSection.identificationModule.nctId")
        for alias in sorted(after - before):
            told = f"{alias} was merged into {own}"
            yield Finding("merged", (ALIASES,), alias, "a record of its own", f"an alias of {own}", {"told": told})


class SearchEvents:
    """Studies that come to a saved search, or leave it: learned from its sweeps, not from two versions."""

    verbs: Mapping[str, Verb] = {
        "entered": Verb("a study that the search did not return before", "Entered your search{search}: {why}."),
        "left": Verb(
            "a study that the search no longer returns, concluded only from a complete sweep",
            "Left your search{search}: {why}.",
        ),
    }

    def findings(self, row: Row, pair: Pair) -> tuple[Finding, ...]:
        """Two versions of a study say nothing about a search."""
        return ()


def _texts(value: object) -> set[str]:
    return {item for item in value if isinstance(item, str)} if isinstance(value, list) else set()
