"""`watcher templates`: the built-in ones to take away, and any alert in any format."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.test_cli import polled, watcher  # noqa: F401 - polled is a fixture
from watcher.alerts.messages.engine import built_in_names, built_in_source
from watcher.cli.samples import sample_alerts
from watcher.demo import FOLDER

FORMATS = ("message.html", "message.json", "message.short.txt", "message.slack.txt", "message.txt")


def with_templates(config: Path, folder: Path, **templates: str) -> Path:
    """A copy of the configuration, for the same database, with templates of its own."""
    (folder / "mine").mkdir()
    for name, source in templates.items():
        (folder / "mine" / f"{name.replace('_', '.')}.j2").write_text(source)
    said = config.read_text().replace('path = "watcher.db"', f'path = "{config.parent / "watcher.db"}"')
    (folder / "config.toml").write_text(f'{said}\n[templates]\nfolder = "mine"\n')
    return folder / "config.toml"


def test_export_writes_every_template_and_never_over_one_that_is_there(tmp_path: Path) -> None:
    watcher("templates", "export", tmp_path / "t")
    assert sorted(path.name for path in (tmp_path / "t").iterdir()) == list(built_in_names())
    (tmp_path / "t" / "alert.txt.j2").write_text("mine")
    (tmp_path / "t" / "alert.html.j2").unlink()
    done = watcher("templates", "export", tmp_path / "t", expect=2)
    assert "alert.txt.j2" in done.stderr
    assert "--force" in done.stderr
    assert (tmp_path / "t" / "alert.txt.j2").read_text() == "mine"
    assert not (tmp_path / "t" / "alert.html.j2").exists()
    watcher("templates", "export", tmp_path / "t", "--force")
    assert (tmp_path / "t" / "alert.txt.j2").read_text() == built_in_source("alert.txt.j2")


def test_the_newest_alert_is_shown_as_it_is_sent(polled: Path) -> None:  # noqa: F811
    shown = watcher("templates", "preview", "--config", polled).stdout
    assert shown.startswith("Subject: REHEARSAL [CRITICAL] NCT00000001 EX-1: Study suspended")
    assert "Alert 1. What you can do:" in shown


def test_an_alert_is_shown_by_its_number_in_every_format(polled: Path, tmp_path: Path) -> None:  # noqa: F811
    done = watcher("templates", "preview", "1", "--format", "all", "--out", tmp_path / "out", "--config", polled)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == list(FORMATS)
    assert len(done.stdout.splitlines()) == len(FORMATS)
    event = json.loads((tmp_path / "out" / "message.json").read_text())
    assert (event["type"], event["alerts"][0]["id"], event["rehearsal"]) == ("alert", 1, True)
    assert (tmp_path / "out" / "message.html").read_text().startswith("<!DOCTYPE html>")


def test_an_alert_that_is_not_there_is_a_clear_error(polled: Path) -> None:  # noqa: F811
    assert "there is no alert 999" in watcher("templates", "preview", "999", "--config", polled, expect=2).stderr


@pytest.mark.parametrize("form", ["alert", "digest", "escalation"])
def test_the_sample_needs_neither_database_nor_configuration(form: str) -> None:
    shown = watcher("templates", "preview", "--sample", "--as", form, "--format", "json").stdout
    event = json.loads(shown)
    assert (event["type"], event["rehearsal"]) == (form, True)
    assert {alert["nct_id"] for alert in event["alerts"]} == {"NCT04150497"}


def test_a_sample_digest_comes_with_its_table(tmp_path: Path) -> None:
    watcher("templates", "preview", "--sample", "--as", "digest", "--out", tmp_path)
    assert len(list(tmp_path.glob("changes-*.csv"))) == 1


def test_ones_own_template_is_used(polled: Path, tmp_path: Path) -> None:  # noqa: F811
    config = with_templates(polled, tmp_path, alert_short="Look at {{ alert.head.nct_id }}")
    shown = watcher("templates", "preview", "--format", "short", "--config", config).stdout
    assert shown == "Look at NCT00000001\n"


def test_ones_own_template_that_fails_is_named_and_the_built_in_one_shown(polled: Path, tmp_path: Path) -> None:  # noqa: F811
    config = with_templates(polled, tmp_path, alert_short="{{ alert.nothing }}")
    done = watcher("templates", "preview", "--format", "short", "--config", config, expect=1)
    assert "CRITICAL NCT00000001 EX-1: Study suspended" in done.stdout
    assert "template alert.short.j2 failed, the built-in one was used: UndefinedError" in done.stderr


def test_the_samples_are_found_beside_what_python_itself_leaves_there() -> None:
    (FOLDER / "__pycache__").mkdir(exist_ok=True)
    assert len(sample_alerts()) > 1
