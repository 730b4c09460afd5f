"""The configuration that `watcher init` writes, and the example that we ship."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.config import describe, load, starter, write_starter
from watcher.config.schema import TABLES, StudyTable
from watcher.config.starting import toml_string
from watcher.errors import ConfigError, UsageError
from watcher.model import Route, Watch, WatchedStudy

STUDIES = (WatchedStudy("NCT04150497", 'BALLI "01" \\ Ü {x}'), WatchedStudy("NCT01234567"))
EXAMPLE = Path(__file__).parents[2] / "config.example.toml"


def test_the_starter_loads_without_mistakes_or_warnings(tmp_path):
    path = tmp_path / "config.toml"
    write_starter(path, STUDIES, "json://user:pass%20word@example.org", 'my "watch" {0}')
    config = load(path, environ={})
    assert config.watches == (Watch('my "watch" {0}', STUDIES),)
    assert config.channels[0].url.reveal() == "json://user:pass%20word@example.org"
    assert config.routes == (Route("everything", to=("team",)),)
    assert (config.operator, config.warnings) == ("team", ())


def test_without_an_operator(tmp_path):
    write_starter(tmp_path / "config.toml", STUDIES, "console://", "pipeline", operator=False, channel_name="console")
    config = load(tmp_path / "config.toml", environ={})
    assert (config.operator, config.channels[0].name) == (None, "console")


def test_the_file_is_readable_by_its_owner_only(tmp_path):
    write_starter(tmp_path / "config.toml", STUDIES, "console://", "pipeline")
    assert (tmp_path / "config.toml").stat().st_mode & 0o077 == 0


def test_nothing_is_overwritten(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text("mine")
    with pytest.raises(UsageError, match="exists already"):
        write_starter(path, STUDIES, "console://", "pipeline")
    assert path.read_text() == "mine"


def test_a_missing_folder_is_told(tmp_path):
    with pytest.raises(UsageError, match="cannot be written: No such file or directory"):
        write_starter(tmp_path / "none" / "config.toml", STUDIES, "console://", "pipeline")


def test_answers_that_make_no_configuration_write_no_file(tmp_path):
    path = tmp_path / "config.toml"
    with pytest.raises(ConfigError) as caught:
        write_starter(path, (WatchedStudy("NCT1"),), "TokenA", "")
    assert len(caught.value.mistakes) == 3
    assert not path.exists()


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_survives_as_a_toml_string(text):
    assert tomllib.loads(f"a = {toml_string(text)}") == {"a": text}


def test_the_starter_says_where_every_key_is_explained():
    assert "config.example.toml" in starter(STUDIES, "console://", "pipeline")


def test_the_example_works_as_it_is():
    config = load(EXAMPLE, environ={})
    assert config.warnings == ()
    assert config.watches == (Watch("pipeline", (WatchedStudy("NCT04150497", "BALLI-01"),)),)
    assert config.channels[0].url.reveal() == "console://"
    assert 'Watch "pipeline": 1 study' in describe(config)


@pytest.mark.parametrize(("table", "key"), [(table, key) for table in TABLES for key in TABLES[table].model_fields])
def test_every_key_stands_in_the_example_under_its_table(table, key):
    parts = re.split(r"^\[+(\w+)\]+$", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    sections = [body for name, body in zip(parts[1::2], parts[2::2], strict=True) if name == table]
    assert any(re.search(rf"^(# )?{key} = ", body, flags=re.MULTILINE) for body in sections)


@pytest.mark.parametrize("key", list(StudyTable.model_fields))
def test_every_key_of_a_study_stands_in_the_example(key):
    assert f"{key} = " in EXAMPLE.read_text(encoding="utf-8")


def test_what_the_example_leaves_commented_out_is_right_too(tmp_path):
    text = EXAMPLE.read_text(encoding="utf-8")
    text = re.sub(r"^# (contact|tls_max|studies_file|url_file) = ", r"\1 = ", text, flags=re.MULTILINE)
    text = text.replace('url = "console://"', "")
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    (tmp_path / "pipeline.csv").write_text("NCT Number,label\nNCT01234567,x\n")
    (tmp_path / "team.url").write_text("console://\n")
    assert len(load(tmp_path / "config.toml", environ={}).watches[0].studies) == 2
