from __future__ import annotations

from pathlib import Path

import pytest

from watcher.alerts.messages.engine import built_in_names
from watcher.config import describe, loads
from watcher.errors import ConfigError

CONFIG = """
[[watch]]
name = "w"
studies = ["NCT04150497"]

[[channel]]
name = "c"
url = "console://"

[[route]]
name = "r"
to = ["c"]

[templates]
folder = "mine"
"""


def loaded(folder: Path, **templates: str):
    (folder / "mine").mkdir(exist_ok=True)
    for name, source in templates.items():
        (folder / "mine" / f"{name.replace('_', '.')}.j2").write_text(source, encoding="utf-8")
    return loads(CONFIG, folder / "config.toml", environ={})


def mistakes(folder: Path, **templates: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        loaded(folder, **templates)
    return caught.value.mistakes


def test_the_templates_of_a_folder_beside_the_file_are_read(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("{% not a template")
    config = loaded(tmp_path, alert_txt="mine", style_css="a {}")
    assert config.templates.own == (("alert.txt.j2", "mine"), ("style.css.j2", "a {}"))
    assert "Messages: alert.txt.j2, style.css.j2 are your own, the rest is built in." in describe(config)


def test_an_empty_folder_changes_nothing(tmp_path: Path) -> None:
    assert loaded(tmp_path).templates.own == ()
    assert "Messages:" not in describe(loaded(tmp_path))


def test_a_folder_that_is_not_there_is_a_mistake_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        loads(CONFIG, tmp_path / "config.toml", environ={})
    (said,) = caught.value.mistakes
    assert "config.toml:15: templates.folder: " in said
    assert "No such file or directory; `watcher templates export mine` writes one" in said


def test_every_template_that_does_not_compile_is_named_with_its_line(tmp_path: Path) -> None:
    said = mistakes(tmp_path, alert_txt="fine\n\n{% if %}", digest_html="{{ x | nofilter }}")
    assert [each.partition("mine/")[2][:36] for each in said] == [
        "alert.txt.j2:3: not a template: Expe", "digest.html.j2:1: not a template: No",
    ]  # fmt: skip


def test_a_name_that_no_template_has_is_a_mistake_with_a_suggestion(tmp_path: Path) -> None:
    (said,) = mistakes(tmp_path, alert_text="x")
    assert said.endswith('unknown template "alert.text.j2"; did you mean "alert.txt.j2"?')


def test_a_file_that_is_no_text_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "alert.txt.j2").write_bytes(b"\xff\xfe")
    (said,) = mistakes(tmp_path)
    assert "alert.txt.j2:1: cannot be read" in said


def test_a_key_that_is_misspelt_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match='did you mean "folder"'):
        loads(CONFIG.replace("folder =", "foldr ="), tmp_path / "config.toml", environ={})


def test_what_export_writes_is_accepted_as_it_is(tmp_path: Path) -> None:
    from watcher.cli.templates import export

    export(tmp_path / "mine")
    config = loads(CONFIG, tmp_path / "config.toml", environ={})
    assert tuple(name for name, _ in config.templates.own) == built_in_names()
