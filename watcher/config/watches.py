"""From `[[watch]]` tables to watches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from watcher.config.lines import KeyPath
from watcher.config.mistakes import Report
from watcher.config.schema import StudyTable, WatchTable
from watcher.config.searches import search_of
from watcher.config.studies import Listed, UnusableFile, entry_mistake, nct_mistake, read_list, studied
from watcher.model import EVERYTHING, Search, Watch, WatchedStudy

_SOURCES = ("studies", "studies_file", "search", "everything")


def watches_of(tables: list[WatchTable], folder: Path, report: Report) -> tuple[Watch, ...]:
    """Every watch, as far as it can be understood."""
    if not tables:
        report.add_missing(("watch",), "no [[watch]]: nothing would be watched; name at least one study")
    return tuple(_watch(table, ("watch", index), folder, report) for index, table in enumerate(tables))


def _watch(table: WatchTable, where: KeyPath, folder: Path, report: Report) -> Watch:
    if table.name is None:
        report.add_missing((*where, "name"), 'a watch needs a name, such as name = "pipeline"')
    _check_one_source(table, where, report)
    seen: dict[str, str] = {}
    studies = [
        *_inline(table.studies, (*where, "studies"), report, seen),
        *_from_file(table.studies_file, (*where, "studies_file"), folder, report, seen),
    ]
    return Watch(table.name or "", tuple(studies), table.until, _search(table, where, report))


def _search(table: WatchTable, where: KeyPath, report: Report) -> Search | None:
    if table.search is not None:
        return search_of(table.search, (*where, "search"), report)
    return EVERYTHING if table.everything else None


def _check_one_source(table: WatchTable, where: KeyPath, report: Report) -> None:
    """A watch has its studies either from lists, or from a search, or it has all there are."""
    given = [key for key in _SOURCES if getattr(table, key)]
    others = [key for key in given if key not in ("studies", "studies_file")]
    if not given:
        _tell_empty(where, report)
    elif others and len(given) > 1:
        report.add(
            (*where, given[-1]), f"a watch has either {given[0]} or {given[-1]}; give each a [[watch]] of its own"
        )


def _tell_empty(where: KeyPath, report: Report) -> None:
    if not any(report.is_doubtful((*where, key)) for key in _SOURCES):
        report.add_missing(
            (*where, "studies"),
            "a watch needs studies = [...] or a studies_file, with one study at least, or a search",
        )


def _inline(tables: list[StudyTable], where: KeyPath, report: Report, seen: dict[str, str]) -> Iterator[WatchedStudy]:
    """The studies that stand in the configuration itself."""
    for index, table in enumerate(tables):
        path = (*where, index)
        wrong = nct_mistake(table.nct_id) or _repeated(table.nct_id, seen)
        if wrong:
            report.add(path, wrong)
        else:
            seen[table.nct_id] = report.place(path)
            yield WatchedStudy(table.nct_id, table.label)


def _from_file(
    name: str | None, where: KeyPath, folder: Path, report: Report, seen: dict[str, str]
) -> Iterator[WatchedStudy]:
    """The studies of the studies file; its mistakes carry its own name and lines."""
    if name is None:
        return
    path = folder / name
    for entry in _entries(path, where, report):
        wrong = entry_mistake(entry) or _repeated(entry.nct_id, seen)
        if wrong:
            report.add_elsewhere(where, str(path), entry.line, wrong)
        else:
            seen[entry.nct_id] = f"{path}:{entry.line}"
            yield studied(entry)


def _entries(path: Path, where: KeyPath, report: Report) -> list[Listed]:
    """What the file lists; a file that cannot be used is told at the key that names it, or at its own line."""
    try:
        entries = read_list(path)
    except UnusableFile as error:
        if error.line:
            report.add_elsewhere(where, str(path), error.line, str(error))
        else:
            report.add(where, f"{path} {error}")
        return []
    if not entries:
        report.add(where, f"{path} lists no study")
    return entries


def _repeated(nct_id: str, seen: dict[str, str]) -> str | None:
    return f"{nct_id} stands twice in this watch, first at {seen[nct_id]}; keep one" if nct_id in seen else None
