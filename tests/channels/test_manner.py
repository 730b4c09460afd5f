from __future__ import annotations

import pytest

from tests.channels.examples import message, target_of
from tests.servers import MailServer, WebhookServer
from watcher.assembly import open_channels
from watcher.channels import Wishes, open_channel
from watcher.channels.manner import PHONE_SCHEMES, PROGRAM_SCHEMES, manner_of
from watcher.config import loads


@pytest.mark.parametrize(
    ("url", "per_minute", "batch_from"),
    [
        ("console://", None, 10),
        ("mailto://relay.example.org?from=a@example.org&to=b@example.org", 60, 10),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general", 20, 10),
        ("https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", 20, 10),
        ("json://127.0.0.1/hook", 120, 0),
        ("freemobile://user@password", 6, 10),
    ],
)
def test_a_channel_has_the_pace_that_suits_its_scheme(url: str, per_minute: int | None, batch_from: int) -> None:
    channel = open_channel("team", url)
    assert (channel.pace.per_minute, channel.pace.batch_from) == (per_minute, batch_from)
    asked = open_channel("team", url, Wishes(per_minute=3, batch_from=25))
    assert (asked.pace.per_minute, asked.pace.batch_from) == (3, 25)


def test_never_together_can_be_asked_for() -> None:
    assert open_channel("team", "console://", Wishes(batch_from=0)).pace.batch_from == 0


def test_every_scheme_with_a_pace_is_one_that_apprise_knows() -> None:
    from apprise.plugins import N_MGR

    assert not (PHONE_SCHEMES | PROGRAM_SCHEMES) - set(N_MGR.schemas())


def test_what_the_configuration_asks_reaches_the_channel(tmp_path) -> None:
    text = """
[[watch]]
name = "pipeline"
studies = ["NCT04150497"]
[[channel]]
name = "team"
url = "console://"
per_minute = 7
batch_from = 3
format = "short"
[[route]]
to = ["team"]
"""
    channel = open_channels(loads(text, tmp_path / "config.toml", environ={}))["team"]
    assert (channel.pace.per_minute, channel.pace.batch_from) == (7, 3)


FORMS = {"text": "The long text\n", "short": "The short one", "html": "<p>The long text</p>"}


def test_a_mail_in_the_short_form_is_the_short_text_alone(relay: MailServer) -> None:
    channel = open_channel("gateway", relay.url("491700000000@sms.example.org"), Wishes(format="short"))
    channel.send(target_of(channel), message(**FORMS))
    mail = relay.received[-1]
    assert mail.part("plain") == "The short one\n"
    assert mail.message.get_body(("html",)) is None


def test_a_mail_as_text_has_the_long_text_and_no_html(relay: MailServer) -> None:
    channel = open_channel("plain", relay.url("a@example.org"), Wishes(format="text"))
    channel.send(target_of(channel), message(**FORMS))
    assert relay.received[-1].part("plain") == "The long text\n"
    assert relay.received[-1].message.get_body(("html",)) is None


def test_a_service_and_the_console_take_the_short_form_too(sink: WebhookServer, capsys) -> None:
    for url in (f"json://{sink.host}/hook", "console://"):
        channel = open_channel("team", url, Wishes(format="short"))
        channel.send(target_of(channel), message(**FORMS))
    assert sink.requests[-1].json()["message"] == "The short one"
    assert capsys.readouterr().out == "The short one\n\n"


def test_without_a_short_form_the_text_is_sent(capsys) -> None:
    channel = open_channel("team", "console://", Wishes(format="short"))
    channel.send(target_of(channel), message(text="Only this"))
    assert capsys.readouterr().out == "Only this\n\n"


@pytest.mark.parametrize(("form", "sent"), [("short", "The short one"), ("text", "The long text")])
def test_no_other_form_of_a_message_goes_out_than_the_one_asked_for(form: str, sent: str) -> None:
    manner = manner_of("slack", Wishes(format=form))
    whole = message(**FORMS, slack="*mrkdwn*", chat="For chats")
    formed = manner.formed(whole)
    assert formed.text.strip() == sent
    assert (formed.html, formed.slack, formed.chat) == ("", "", "")
    assert manner_of("slack", Wishes()).formed(whole) == whole
