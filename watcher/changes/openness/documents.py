"""Documents that stand with a record: protocol, statistical analysis plan, informed consent form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from watcher.changes.fields.members import Item, both_at, matched
from watcher.changes.language.normal import normal
from watcher.changes.reading import Finding, Pair, Row, Verb
from watcher.record import canonical

DOCUMENTS = "documentSection.largeDocumentModule.largeDocs"
_PARTS = (
    ("prot", "hasProtocol", "study protocol"),
    ("sap", "hasSap", "statistical analysis plan"),
    ("icf", "hasIcf", "informed consent form"),
)


class Documents:
    """The list of documents, each known by what it is."""

    verbs: Mapping[str, Verb] = {
        "added": Verb("protocol, analysis plan or consent form posted", "{subject}{new_day} posted."),
        "replaced": Verb("the same document with another date or file", "{subject} replaced: {old} -> {new}."),
        "removed": Verb("a document gone from the record", "{subject}{old_day} removed."),
    }

    def findings(self, row: Row, pair: Pair) -> Iterator[Finding]:
        """One finding for each document; the day of upload alone is nothing."""
        if (sides := both_at(pair, row.paths[0])) is None:
            return
        found = matched(*sides, _file, _kind_and_day, _kind_and_label, _kind)
        for before, after in found.same:
            if any(_stated(before, key) != _stated(after, key) for key in _FILE):
                yield Finding("replaced", (after.path,), _name(after), *_both(before, after))
        for gone in found.gone:
            yield Finding("removed", (gone.path,), _name(gone), _day(gone), words={"old_day": _bracketed(gone)})
        for new in found.new:
            yield Finding("added", (new.path,), _name(new), None, _day(new), {"new_day": _bracketed(new)})


_FILE = ("date", "filename", "size")


def _stated(item: Item, key: str) -> str:
    return normal(item.get(key)) or canonical(item.value.get(key))


def _parts(item: Item) -> list[str]:
    codes = item.get("typeAbbrev").casefold().split("_")
    known = [name for code, _, name in _PARTS if code in codes]
    return known or [name for _, flag, name in _PARTS if item.value.get(flag) is True]


def _name(item: Item) -> str:
    *first, last = _parts(item) or [item.get("label") or item.get("typeAbbrev") or "document"]
    name = f"{', '.join(first)} and {last}" if first else last
    return name[:1].upper() + name[1:300]


def _day(item: Item) -> str:
    return item.get("date") or "no date"


def _bracketed(item: Item) -> str:
    return f" ({item.get('date')})" if item.get("date") else ""


def _both(before: Item, after: Item) -> tuple[str, str]:
    if _day(before) != _day(after):
        return _day(before), _day(after)
    shown = [f"{_day(item)}, {item.get('filename') or 'no file'}" for item in (before, after)]
    if shown[0] == shown[1]:
        shown = [f"{text}, {_size(item)}" for text, item in zip(shown, (before, after), strict=True)]
    return shown[0], shown[1]


def _size(item: Item) -> str:
    size = item.value.get("size")
    return f"{size} bytes" if isinstance(size, int) else "no size"


def _kind(item: Item) -> str:
    return _name(item)


def _kind_and_label(item: Item) -> str:
    return f"{_name(item)}|{item.get('label')}"


def _kind_and_day(item: Item) -> str:
    return f"{_name(item)}|{item.get('date')}"


def _file(item: Item) -> str:
    return "|".join((_name(item), *(_stated(item, key) for key in _FILE)))
