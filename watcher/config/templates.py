"""Templates of the user's own, read from their folder: whatever would fail later is a mistake of the configuration."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from watcher.alerts.messages.sources import BUILT_IN, Templates
from watcher.config.mistakes import Report, unknown
from watcher.config.schema import TemplatesTable

_KEY = ("templates", "folder")


def templates_of(table: TemplatesTable, base: Path, report: Report) -> Templates:
    """The templates that take the place of built-in ones; every one must bear the name of one, and compile."""
    if not table.folder:
        return BUILT_IN
    folder = base / table.folder
    try:
        files = sorted(path for path in folder.iterdir() if path.name.endswith(".j2"))
    except OSError as error:
        remedy = f"`watcher templates export {table.folder}` writes one to begin with"
        report.add(_KEY, f"{folder} cannot be read: {error.strerror or error}; {remedy}")
        return BUILT_IN
    return Templates(tuple(_read(files, report)))


def _read(files: list[Path], report: Report) -> Iterator[tuple[str, str]]:
    # Loaded with the first template: most configurations have none of their own.
    from watcher.alerts.messages.engine import built_in_names, flaw_in

    for file in files:
        if file.name not in built_in_names():
            report.add_elsewhere(_KEY, str(file), 1, unknown("template", file.name, built_in_names()))
            continue
        try:
            source = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            report.add_elsewhere(_KEY, str(file), 1, f"cannot be read: {error}")
            continue
        if (flaw := flaw_in(file.name, source)) is not None:
            report.add_elsewhere(_KEY, str(file), flaw[0], f"not a template: {flaw[1]}")
        yield file.name, source
