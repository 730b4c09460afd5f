"""The pages: fresh where they are generated, without dead links, and true where they promise something."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from tests import generated_docs
from watcher.alerts.presets import PRESETS
from watcher.cli.app import app
from watcher.config.loading import load, loads

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

_GUIDE = (ROOT / "docs" / "routes.md").read_text(encoding="utf-8")
_ROUTES = re.findall(r"^```toml\n(.*?)^```", _GUIDE, re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.DOTALL | re.MULTILINE)


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def links(page: Path) -> list[str]:
    """The targets of the links of a page, but for those in code."""
    return _LINK.findall(_CODE.sub("", page.read_text(encoding="utf-8")))


def anchor_of(heading: str) -> str:
    """The anchor that GitHub gives to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors(page: Path) -> set[str]:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    return {anchor_of(heading) for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}


def test_the_generated_pages_say_what_the_code_says():
    late = generated_docs.stale()
    assert not late, f"{', '.join(late)}: run `make docs` and commit what it writes"


def test_a_stale_page_is_named_with_its_remedy(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(generated_docs, "DOCS", tmp_path / "docs")
    assert generated_docs.main(["--check"]) == 1
    said = capsys.readouterr().err
    assert "docs/kinds.md" in said
    assert "docs/cli.md" in said
    assert "make docs" in said
    assert generated_docs.main(["--write"]) == 0
    assert generated_docs.main(["--check"]) == 0
    page = tmp_path / "docs" / "cli.md"
    page.write_text(page.read_text(encoding="utf-8") + "by hand", encoding="utf-8")
    assert generated_docs.stale() == ["docs/cli.md"]


def test_generating_twice_gives_the_same_whatever_the_terminal(monkeypatch):
    first = generated_docs.pages()
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert generated_docs.pages() == first


@pytest.mark.parametrize("arguments", [[], ["--wrong"], ["--write", "--check"]])
def test_the_generator_says_how_it_is_used(arguments, capsys):
    assert generated_docs.main(arguments) == 2
    assert "--write | --check" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["make demo", "make test", "make run"])
def test_the_readme_names_the_three_commands_early(command):
    readme = ROOT / "README.md"
    if not readme.is_file():
        pytest.skip("there is no README")
    assert command in "\n".join(readme.read_text(encoding="utf-8").splitlines()[:40])


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_to_a_local_file_leads_somewhere(page):
    dead = []
    for link in links(page):
        if re.match(r"[a-z][a-z0-9+.-]*:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        known = target.exists() and (not anchor or target.suffix != ".md" or anchor in anchors(target))
        dead += [] if known else [link]
    assert not dead, f"{name_of(page)} links to what is not there: {', '.join(dead)}"


def test_every_command_has_its_place_in_the_page_of_commands():
    headings = re.findall(r"^#+ (.+)$", generated_docs.cli_page(), re.MULTILINE)
    for name, command in generated_docs.subcommands(get_command(app)).items():
        assert command.hidden or f"watcher {name}" in headings, name
        for child in generated_docs.subcommands(command):
            assert f"watcher {name} {child}" in headings, child


def test_every_kind_has_its_line_in_the_page_of_kinds():
    page = generated_docs.kinds_page()
    for name in generated_docs.KINDS:
        assert page.count(f"| `{name}` |") == 1, name


def test_the_tables_of_the_presets_say_all_of_every_row():
    for name, preset in PRESETS.items():
        table = _GUIDE.partition(f"### {name}\n")[2].partition("\n#")[0]
        assert table.count("\n| ") == 2 + len(preset.rows) + len(preset.local), name
        assert preset.when in table
    assert "| stops | `status.suspended`, `status.terminated`" in _GUIDE


_WATCHES = ("rivals", "ours", "cohort", "holdings")


@pytest.mark.parametrize("text", _ROUTES, ids=lambda text: text.splitlines()[1])
def test_every_route_of_the_guide_loads(text):
    watches = "".join(f'[[watch]]\nname = "{name}"\nstudies = ["NCT04150497"]\n' for name in _WATCHES)
    channels = "".join(f'[[channel]]\nname = "{name}"\nurl = "console://"\n' for name in ("team", "phone"))
    (route,) = loads(f"{watches}{channels}{text}", ROOT / "config.toml", environ={}).routes
    assert route.to == ("team",)


def test_the_guide_has_a_route_for_each_preset():
    assert {preset for preset in PRESETS if any(f'preset = "{preset}"' in text for text in _ROUTES)} == set(PRESETS)


def test_the_example_of_a_configuration_loads():
    example = ROOT / "config.example.toml"
    # A secret may be named there by its variable; here each of them has a value.
    named = re.findall(r"\b[A-Z][A-Z0-9_]{3,}\b", example.read_text(encoding="utf-8"))
    assert load(example, environ=dict.fromkeys(named, "x")).routes
