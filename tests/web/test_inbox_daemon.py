"""The smallest configuration that is of use: `watcher run` on it serves an inbox in which the first alert stands."""

from __future__ import annotations

import re
import signal
from datetime import date
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from typer.testing import CliRunner

from tests.builders import NCT
from tests.servers import free_port
from tests.test_service import registry, running, until
from watcher.cli.app import app
from watcher.registry.rehearsal import RehearsalServer

__all__ = ["registry"]


def read(url: str) -> str:
    try:
        with urlopen(url, timeout=10) as answer:
            return str(answer.read().decode())
    except URLError:
        return ""


def test_a_watch_is_enough_to_see_what_changed_and_to_answer_it(tmp_path: Path, registry: RehearsalServer) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    config = tmp_path / "config.toml"
    config.write_text(
        f'[registry]\nbase_url = "{registry.base_url}"\npoll_every = "1s"\nmin_interval = 0.0\n'
        f'[[watch]]\nname = "x"\nstudies = ["{NCT}"]\n[web]\nlisten = "{url.removeprefix("http://")}"\n'
    )
    with running(config) as daemon:
        until(lambda: "Nothing changed yet" in read(f"{url}/"))
        registry.set_date(date(2026, 2, 6))
        until(lambda: "of route “inbox”: delivered" in re.sub("<[^>]*>", "", read(f"{url}/")))
        page = read(f"{url}/")
        assert "<ins>Suspended</ins>" in page
        token = re.findall(r'name="token" value="([^"]+)"', page)[0]
        form = urlencode({"token": token, "alert": "1", "back": "/"}).encode()
        with urlopen(Request(f"{url}/alerts/acknowledge", form, {"Origin": url}), timeout=20) as answer:
            assert "Acknowledged 1." in answer.read().decode()
        assert "<h1>Inbox</h1>" in read(f"{url}/")
        daemon.send_signal(signal.SIGTERM)
        _, said = daemon.communicate(timeout=20)
        assert daemon.returncode == 0
        assert f"the page is served at {url}" in said


@pytest.mark.parametrize("answer", ["", "inbox://"])
def test_init_offers_the_page_and_enter_takes_it(tmp_path: Path, answer: str) -> None:
    path = tmp_path / "config.toml"
    done = CliRunner().invoke(app, ["init", "--config", str(path), "--study", NCT], input=f"{answer}\n")
    assert done.exit_code == 0, done.output
    assert "[inbox://]" in done.output
    assert "\n[[channel]]" not in path.read_text()
