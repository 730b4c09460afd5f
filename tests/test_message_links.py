"""`[web] url`: every message links each of its alerts to the page on which it can be answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.office import CRITICAL, HOURS, MAJOR, Office
from watcher.alerts.messages.voice import to_page
from watcher.config import describe, load
from watcher.deliver import Deliverer
from watcher.errors import ConfigError
from watcher.model import Form, Message, Target

GOOD = '[[watch]]\nname = "x"\nstudies = ["NCT04150497"]\n'
PAGE = "https://watcher.example.org"


class Keeping:
    """A channel that keeps every message whole."""

    def __init__(self, office: Office) -> None:
        self._receiver = office.receiver("team")
        self.name, self.pace, self.targets = "team", self._receiver.pace, self._receiver.targets
        self.messages: list[Message] = []

    def send(self, target: Target, message: Message) -> None:
        self.messages.append(message)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "watcher.db")


def sent(office: Office, channel: Keeping, page: str) -> list[Message]:
    with office.store() as store:
        Deliverer(store, {"team": channel}, office.clock, page=page).deliver()
    return channel.messages


def test_an_alert_is_linked_in_text_page_and_chat(office):
    channel = Keeping(office)
    office.owe(1, CRITICAL)
    (message,) = sent(office, channel, PAGE)
    assert f"Open in your inbox, to acknowledge it: {PAGE}/alerts/1" in message.text
    assert f'href="{PAGE}/alerts/1"' in message.html
    assert f"<{PAGE}/alerts/1|" in message.slack


def test_each_alert_of_a_digest_has_its_own_link(office):
    channel = Keeping(office)
    for study in (1, 2):
        office.owe(study, MAJOR, form=Form.DIGEST, key="digest")
    office.clock.moment += HOURS
    (message,) = sent(office, channel, PAGE)
    for number in (1, 2):
        assert f"{PAGE}/alerts/{number}" in message.text
        assert f'href="{PAGE}/alerts/{number}"' in message.html


def test_without_an_address_nothing_is_linked(office):
    channel = Keeping(office)
    office.owe(1, CRITICAL)
    (message,) = sent(office, channel, "")
    assert "/alerts/1" not in message.text + message.html + message.slack


def test_no_alert_has_no_link():
    assert to_page(PAGE, ()) == {}


def config_with(tmp_path: Path, lines: str) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(f"{GOOD}[web]\n{lines}\n")
    return path


def test_the_address_is_described_and_a_slash_at_its_end_is_no_part_of_it(tmp_path):
    config = load(config_with(tmp_path, 'url = "https://watcher.example.org:8443/"'), environ={})
    assert config.web is not None
    assert config.web.url == "https://watcher.example.org:8443"
    assert "Messages link to it at https://watcher.example.org:8443." in describe(config)


def test_a_page_that_is_not_served_is_not_linked_which_is_told(tmp_path):
    config = load(config_with(tmp_path, f'listen = "off"\nurl = "{PAGE}"'), environ={})
    assert config.web is None
    assert any("messages do not link to it" in said for said in config.warnings)


@pytest.mark.parametrize(
    "url",
    [
        "watcher.example.org",
        "javascript:alert(1)",
        "ftp://watcher.example.org",
        "https://",
        "https://a:b@watcher.example.org",
        "https://watcher.example.org/path",
        "https://watcher.example.org/?a=1",
        "https://watcher.example.org/#a",
        "https://watcher.example.org:99999",
        "https://[1",
        "https://wat cher.example.org",
        "https://watcher.example.org/\\u003e",
    ],
)
def test_what_is_no_address_of_a_page_is_a_mistake(tmp_path, url):
    with pytest.raises(ConfigError, match=r"web\.url: expected"):
        load(config_with(tmp_path, f'url = "{url}"'), environ={})
