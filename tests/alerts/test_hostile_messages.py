"""Hostile registry text in every format and header, up to what arrives at a mail server and at Slack."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.alerts.examples import FACTS, alert
from tests.builders import change
from tests.channels.examples import target_of
from tests.servers import MailServer
from watcher.alerts.messages.safe import WIDTH, slack_text
from watcher.alerts.render import Parcel, message_for
from watcher.channels import open_channel
from watcher.model import Form, Message, Notice

WORDS = (
    "<!everyone> <!channel|x> <!subteam^S1>",
    "<@U1> @here @channel",
    "[x](http://evil.example) <http://evil.example|click>",
    "<script>alert(1)</script><img src=x onerror=y>",
    "{{ 7*7 }}{% for x in y %}{{ cycler.__init__ }}{% endfor %}",
    "a\r\nBcc: everyone@example.org\r\n\r\nbody",
    "a\n\nEvidence:\n  x | critical | y\n----------------------------------------------------------------------\n",
    "\u202edesrever\u2066\u200f\u061c\u2028\u2029\x85\x9b31m\x1b[31m\x00",
    "*bold* _italic_ ~struck~ `code` ```block``` :skull: > quote",
    "mÃ¼nchen Ã©tude â€œquotedâ€\x9d ï¿½",
    "half \ud83d of \udc00 a character",
    "\U000e0041\U000e0042 unseen tags",
    "T" * 100_000,
    "wo " * 40_000,
    "=HYPERLINK(1)",
    "研究" * 5_000,
)
FORMS = (Form.ALERT, Form.DIGEST, Form.ESCALATION)


def _message(words: str, form: Form) -> Message:
    study = replace(FACTS, title=words, acronym=words, sponsor=words, phase=words, conditions=(words,), status=words,
                    submitted=words, posted=words)  # fmt: skip
    told = change("site.withdrawn", "major", words, subject=words, old=words, new=words, paths=(words,))
    child = replace(told, id=1, parent=0)
    found = alert(told, child, study=study, label=words, reason=words, notes=(words,), id=3)
    return message_for(Parcel("m1", (found,), form, words, "2026-06-08"))


def _notice(words: str) -> Message:
    return message_for(Parcel("m1", form=Form.NOTICE, notice=Notice("k", words, words)))


@pytest.fixture(params=WORDS, ids=lambda words: ascii(words[:16]))
def words(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=FORMS)
def message(request: pytest.FixtureRequest, words: str) -> Message:
    return _message(words, request.param)


@pytest.fixture
def relay() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


def _texts(message: Message) -> tuple[str, ...]:
    return message.subject, message.text, message.html, message.slack, message.chat, message.short


def test_every_text_can_be_written_and_steers_nothing(message: Message) -> None:
    steering = (
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f]"
    )
    for text in _texts(message):
        assert not re.search(steering, text)
        text.encode()
    json.dumps(message.event, ensure_ascii=False).encode()


def test_every_text_is_bounded(message: Message) -> None:
    assert len(message.subject) <= 180
    assert len(message.short) <= 300
    assert len(message.slack) <= 2_900
    assert len(message.text) < 40_000
    assert len(message.html) < 102_000


def test_a_line_of_text_is_narrow_unless_it_is_one_long_word(message: Message) -> None:
    for line in message.text.splitlines():
        assert len(line) <= WIDTH or len(line.split()) <= 2, line[:200]


def test_slack_text_mentions_links_and_formats_nothing(words: str) -> None:
    for text in (_message(words, Form.ALERT).slack, _message(words, Form.DIGEST).slack, _notice(words).slack):
        ours = re.sub(r"<https://clinicaltrials\.gov/study/NCT\d{8}(\?tab=history)?\|[\w ]+>", "", text)
        assert "<" not in ours
        assert not re.search(r"(?<![\w.+-])@(?!\u200b)\S", ours)
        assert not re.search(r":[a-z0-9_+'-]+:", ours)
        assert "`" not in ours


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*a* _b_ ~c~ `d`", "∗a∗ ˍbˍ ∼c∼ ˋdˋ"),
        ("a_b_c 2*3", "a_b_c 2∗3"),
        ("<!here> & >", "&lt;!here&gt; &amp; &gt;"),
        ("a@x.org @you", "a@x.org @\u200byou"),
        (":skull: 10:30:15 a:b", ":\u200bskull: 10:\u200b30:15 a:b"),
    ],
)
def test_slack_shows_a_text_letter_for_letter(text: str, shown: str) -> None:
    assert slack_text(text) == shown


def test_a_letter_arrives_with_our_headers_only_and_its_lines_are_short(words: str, relay: MailServer) -> None:
    channel = open_channel("mail", relay.url("a@x.org"))
    for form in FORMS:
        channel.send(target_of(channel), _message(words, form))
    channel.send(target_of(channel), _notice(words))
    assert len(relay.received) == 4
    for mail in relay.received:
        assert mail.recipients == ("a@x.org",)
        assert {name.lower() for name in mail.message} <= {
            "message-id", "date", "from", "to", "subject", "auto-submitted", "x-severity", "in-reply-to", "references",
            "list-id", "list-unsubscribe", "mime-version", "content-type", "x-peer", "x-mailfrom", "x-rcptto",
        }  # fmt: skip
        assert max(map(len, mail.raw.split(b"\r\n"))) < 998


def test_braces_are_shown_and_not_run() -> None:
    message = _message("{{ 7*7 }}", Form.ALERT)
    assert all("{{ 7*7 }}" in text for text in (message.subject, message.text, message.html, message.short))
    assert "49" not in message.text
