"""Writes what is derived from the code: api, channels, kinds, cli and messages.md whole, the presets in routes.md.

Run `python -m tests.generated_docs --write` (`make docs`) after a change, `--check` to learn whether one is due.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.api_page import api_page
from tests.channels_page import channels_page
from tests.commands_page import commands_page, subcommands, table
from tests.messages_page import messages_page
from watcher.alerts.presets import GROUPS, PRESETS, Preset
from watcher.changes.reading import Row
from watcher.changes.table import KINDS, ROWS
from watcher.examples import EVENTS, EXAMPLES, RINGS
from watcher.model import Severity

__all__ = ["KINDS", "main", "pages", "stale", "subcommands"]

DOCS = Path(__file__).resolve().parents[1] / "docs"
ROUTES = DOCS / "routes.md"
WRITTEN_BY = "<!-- Written by `make docs`; edits by hand are lost. -->"


def pages() -> dict[str, str]:
    """Every generated page by its file name in docs/."""
    return {
        "api.md": api_page(WRITTEN_BY),
        "channels.md": channels_page(WRITTEN_BY),
        "kinds.md": kinds_page(),
        "cli.md": cli_page(),
        "messages.md": messages_page(WRITTEN_BY),
        "routes.md": routes_page(),
    }


def stale() -> list[str]:
    """The generated pages that are missing or not what the code says, by their paths in the repository."""
    return [f"docs/{name}" for name, text in pages().items() if _stored(DOCS / name) != text]


def _stored(page: Path) -> str | None:
    return page.read_text(encoding="utf-8") if page.is_file() else None


def cli_page() -> str:
    """Every command as a manual has it."""
    return commands_page(WRITTEN_BY)


# --- kinds ------------------------------------------------------------------------


def kinds_page() -> str:
    """What the watcher can say: every kind, by the part of the record."""
    parts = [
        "# Kinds of change",
        WRITTEN_BY,
        "Every change has a kind, `noun.verb`, and a severity: noise is recorded, and sent only where a route asks for "
        "it; minor, major and critical reach the routes that ask for them. The first severity below is the default; "
        "what follows takes its place where it applies, the severest of several. Routes name kinds, or globs over "
        "them such as `date.*` (see `kinds` in config.example.toml).",
        f"There are {len(KINDS)} kinds. `watcher kinds KIND` explains one of them with its examples.",
        *(part for row in ROWS for part in _noun(row)),
    ]
    return "\n\n".join(parts) + "\n"


def _noun(row: Row) -> Iterator[str]:
    yield f"## {row.label}"
    if row.paths:
        yield "In the record: " + ", ".join(f"`{path}`" for path in row.paths)
    kinds = (KINDS[f"{row.name}.{verb}"] for verb in row.rules)
    sentences = first_sentences()
    lines = ((f"`{kind.name}`", str(kind.rule), kind.meaning, sentences[kind.name]) for kind in kinds)
    yield table(("kind", "severity", "meaning", "example"), lines)


def first_sentences() -> Mapping[str, str]:
    """The sentence of the first example of each kind."""
    told = [(example.kind, example.sentence) for example in EXAMPLES]
    told += [(kind, sentence) for kind, _, _, sentence in EVENTS]
    told += [(rings.kind, rings.sentence) for rings in RINGS]
    return dict(reversed(told))


# --- presets ----------------------------------------------------------------------

_PRESETS_BEGIN, _PRESETS_END = (
    "<!-- presets: written by `make docs`; edits by hand are lost. -->",
    "<!-- end of presets -->",
)


def routes_page() -> str:
    """The guide to routes, which is written by hand, with the tables of the presets in their place."""
    before, _, rest = ROUTES.read_text(encoding="utf-8").partition(_PRESETS_BEGIN)
    _, _, after = rest.partition(_PRESETS_END)
    tables = (part for name, preset in PRESETS.items() for part in _preset(name, preset))
    return before + "\n\n".join([_PRESETS_BEGIN, *tables, _PRESETS_END]) + after


def _preset(name: str, preset: Preset) -> Iterator[str]:
    yield f"### {name}"
    yield f"{preset.meaning[:1].upper()}{preset.meaning[1:]}. Collected: `{preset.when}`."
    local = ((f"{row} (of a route that names a place)", row, cells) for row, cells in preset.local.items())
    rows = [*local, *((row, row, cells) for row, cells in preset.rows.items())]
    lines = (
        (label, ", ".join(f"`{kind}`" for kind in GROUPS[row]), *map(_severity, cells)) for label, row, cells in rows
    )
    yield table(("about", "kinds", "at once from", "collected from"), lines)


def _severity(severity: Severity | None) -> str:
    return severity.word if severity is not None else "-"


# --- the command --------------------------------------------------------------------


def main(arguments: list[str]) -> int:
    """Write the pages, or check them; 1 where a page is stale."""
    if arguments == ["--write"]:
        DOCS.mkdir(exist_ok=True)
        for name, text in pages().items():
            (DOCS / name).write_text(text, encoding="utf-8")
        return 0
    if arguments != ["--check"]:
        print("usage: python -m tests.generated_docs --write | --check", file=sys.stderr)
        return 2
    if late := stale():
        print(f"stale: {', '.join(late)}; run `make docs` and commit what it writes", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
