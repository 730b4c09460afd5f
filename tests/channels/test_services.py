from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.channels.examples import MESSAGE, everything_logged, message, names, refusal, target_of
from tests.servers import ReceivedRequest, WebhookServer, free_port
from watcher.channels import Channel, open_channel
from watcher.errors import ConfigError
from watcher.model import Severity, Target

TOKENS = "T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7VQ"
HOSTILE = "p < 0.05 & <!everyone> <@U123> <http://evil.example|click> [click](http://evil.example) @channel a@x.org"

Slack = Callable[..., Channel]


def hook(sink: WebhookServer, *, user: str = "", path: str = "/hook", query: str = "", scheme: str = "json") -> Channel:
    return open_channel("hook", f"{scheme}://{user}{sink.host}{path}" + (f"?{query}" if query else ""))


def posted(sink: WebhookServer, channel: Channel, **changes: Any) -> ReceivedRequest:
    channel.send(target_of(channel), message(**changes))
    return sink.requests[-1]


@pytest.fixture
def slack(sink: WebhookServer, monkeypatch: pytest.MonkeyPatch) -> Slack:
    """Opens Slack channels that post to the sink, as fast as they like."""

    def opened(targets: str = "", query: str = "", *, gap: float = 0.0) -> Channel:
        channel = open_channel("chat", f"slack://{TOKENS}/{targets}" + (f"?{query}" if query else ""))
        from apprise.plugins.slack import NotifySlack

        monkeypatch.setattr(NotifySlack, "webhook_url", f"http://{sink.host}/services")
        monkeypatch.setattr(NotifySlack, "request_rate_per_sec", gap)
        return channel

    return opened


def slack_text(request: ReceivedRequest) -> str:
    return str(request.json()["attachments"][0]["text"])


# --- webhooks ---------------------------------------------------------------------


def test_a_json_webhook_gets_subject_text_and_headers(sink: WebhookServer) -> None:
    request = posted(sink, hook(sink))
    assert (request.method, request.path) == ("POST", "/hook")
    assert (request.json()["title"], request.json()["message"]) == (MESSAGE.subject, MESSAGE.text.rstrip())
    assert (request.header("Idempotency-Key"), request.header("X-Severity")) == (MESSAGE.id, "major")


def test_an_idempotency_key_is_the_same_for_each_attempt_and_for_one_message_only(sink: WebhookServer) -> None:
    channel = hook(sink, query="%2BX-Team=oncology")
    keys = [posted(sink, channel, id=each).header("Idempotency-Key") for each in ("one", "one", "two")]
    assert keys == ["one", "one", "two"]
    assert {request.header("X-Team") for request in sink.requests} == {"oncology"}


def test_headers_do_not_mix_between_threads(sink: WebhookServer) -> None:
    channel = hook(sink)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: channel.send(target_of(channel), message(id=f"n{n}", subject=f"n{n}")), range(24)))
    assert len(sink.requests) == 24
    assert all(request.header("Idempotency-Key") == request.json()["title"] for request in sink.requests)


@pytest.mark.parametrize("scheme", ["xml", "form"])
def test_xml_and_form_webhooks_carry_the_headers_too(sink: WebhookServer, scheme: str) -> None:
    request = posted(sink, hook(sink, scheme=scheme), subject="a & <b>")
    assert request.header("Idempotency-Key") == MESSAGE.id
    assert (b"a &amp; &lt;b&gt;" if scheme == "xml" else b"a+%26+%3Cb%3E") in request.body


def test_a_webhook_gets_the_text_as_it_is_and_in_one_piece(sink: WebhookServer) -> None:
    body = f"{HOSTILE}\n" * 500
    received = posted(sink, hook(sink), text=body).json()["message"]
    assert len(sink.requests) == 1
    assert received.startswith(HOSTILE)
    assert len(received) <= 32_768
    assert received.endswith(" more characters left out]")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_refusal_for_good_is_permanent(sink: WebhookServer, status: int) -> None:
    sink.answer(status)
    error = refusal(hook(sink))
    assert error.permanent
    assert f"error={status}" in str(error)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
def test_any_other_refusal_is_transient(sink: WebhookServer, status: int) -> None:
    sink.answer(status)
    assert not refusal(hook(sink)).permanent


def test_a_refused_connection_is_transient() -> None:
    error = refusal(open_channel("hook", f"json://127.0.0.1:{free_port()}/"))
    assert not error.permanent
    assert "onnection error" in str(error)


def test_a_silent_server_is_transient(sink: WebhookServer) -> None:
    sink.answer(200, delay=1.0)
    assert not refusal(hook(sink, query="rto=0.2")).permanent


def test_the_time_limit_of_a_service_is_transient(sink: WebhookServer, monkeypatch: pytest.MonkeyPatch) -> None:
    sink.answer(200, delay=1.0)
    channel = hook(sink)
    from watcher.channels import upstream

    monkeypatch.setattr(upstream.asset(), "_service_timeout", 0.1)
    error = refusal(channel)
    assert not error.permanent
    assert "may still have arrived" in str(error)


@pytest.mark.parametrize("query", ["", "redirect=yes"])
def test_a_redirect_is_not_followed(sink: WebhookServer, query: str) -> None:
    with WebhookServer() as elsewhere:
        sink.answer(307, Location=f"http://{elsewhere.host}/stolen")
        assert not refusal(hook(sink, query=query)).permanent
        assert elsewhere.requests == []


def test_a_failure_is_heard_of_once_even_if_the_url_asks_for_retries_or_calls_it_optional(sink: WebhookServer) -> None:
    sink.answer(500)
    refusal(hook(sink, query="retry=3&optional=yes"))
    assert len(sink.requests) == 1


# --- secrets ----------------------------------------------------------------------


def test_no_part_of_the_url_that_may_be_a_secret_is_in_an_error(sink: WebhookServer) -> None:
    sink.answer(500)
    secrets = ["robot-user", "pass-word", "path-token", "query-token", "header-token"]
    query = "%2BX-Key=header-token&-key=query-token"
    with everything_logged() as lines:
        error = refusal(hook(sink, user="robot-user:pass-word@", path="/path-token/x", query=query))
    assert "JSON" in str(error)
    assert not [secret for secret in secrets if secret in "".join([str(error), *lines])]


def test_whatever_apprise_logs_is_masked() -> None:
    from apprise.logger import NotifyLogEntry
    from apprise.result import AppriseResult, AppriseResultStatus

    from watcher.channels.masking import secrets_in
    from watcher.channels.services import failure

    tokens = {
        "host": "T1JJ3T3L2",
        "fullpath": "/A1BRTD4JD/with%20blank/",
        "password": "pa$$",
        "headers": {},
        "qsd+": {"X-Key": "h34d3r"},
    }
    said = "no: https://hooks.slack.com/services/A1/B2?x=1 T1JJ3T3L2 A1BRTD4JD 'with blank' with%20blank pa$$ h34d3r"
    logs = [NotifyLogEntry("WARNING", said), NotifyLogEntry("WARNING", "bad, error=404.")]
    error = failure("Slack (#a)", AppriseResult(AppriseResultStatus.FAILURE, [], 0.0, logs), secrets_in(tokens))
    assert error.permanent
    assert str(error) == "Slack (#a): no: https://hooks.slack.com/… … … '…' … … …; bad, error=404."


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("foo://T0KEN/other/token", "foo://…"),
        ("mailtos://user:pass@word@mail.example.org?x=secret@y", "mailtos://mail.example.org/…"),
        ("mailtos://user:pass/word@mail.example.org", "mailtos://…"),
        ("slakc://xoxb-1234/#general", "slakc://…"),
        ("jsons://eyJhbGciOi.eyJzdWIiO.SflKxwRJ/x", "jsons://…"),
        ("jsons://user:pw@[::1]:8080/x", "jsons://[::1]:8080/…"),
        ("just-a-token", "a text without a scheme (…)"),
    ],
)
def test_of_a_url_scheme_and_host_are_shown_at_most(url: str, shown: str) -> None:
    from watcher.channels.masking import mask_url

    assert mask_url(url) == shown


# --- chats ------------------------------------------------------------------------


def test_slack_text_is_escaped_exactly_once_and_cannot_mention_or_link(sink: WebhookServer, slack: Slack) -> None:
    text = slack_text(posted(sink, slack(), text=HOSTILE, subject="<!channel> & co"))
    visible = text.replace("\u200b", "")
    assert visible == HOSTILE.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert "<" not in text
    assert "@channel" not in text
    assert "](http" not in text
    assert "a@x.org" in text
    assert sink.requests[-1].json()["attachments"][0]["title"].replace("\u200b", "") == "&lt;!channel&gt; &amp; co"


def test_a_format_in_the_url_does_not_turn_registry_text_into_markup(sink: WebhookServer, slack: Slack) -> None:
    assert "<" not in slack_text(posted(sink, slack(query="format=markdown"), text=HOSTILE))


def test_markdown_services_get_no_live_mention_or_link(sink: WebhookServer) -> None:
    channel = open_channel("chat", f"mmost://{sink.host}/3ccdd113474722377935511fc85d3dd4")
    text = posted(sink, channel, text=HOSTILE).json()["text"]
    assert not [live for live in ("<!", "<@", "<http", "](", "@channel") if live in text]
    assert "p < 0.05 & " in text


def test_slack_has_no_picture_or_footer_unless_the_url_asks(sink: WebhookServer, slack: Slack) -> None:
    plain, asked = posted(sink, slack()).json(), posted(sink, slack(query="image=yes&footer=yes")).json()
    assert "icon_url" not in plain
    assert "footer" not in plain["attachments"][0]
    assert "icon_url" in asked
    assert asked["attachments"][0]["footer"] == "nct-watcher"


def test_a_long_text_is_cut_with_a_line_that_says_how_much_is_missing(sink: WebhookServer, slack: Slack) -> None:
    lines = "".join(f"line {number:05}\n" for number in range(5_000))
    text = slack_text(posted(sink, slack(), text=lines, subject="s" * 5_000))
    kept, _, last = text.rpartition("\n")
    assert len(text) <= 8_000
    assert last == f"[{len(lines) - len(kept):,} more characters left out]"
    assert lines.startswith(f"{kept}\n")
    assert len(sink.requests[-1].json()["attachments"][0]["title"]) == 200


def test_a_service_with_a_small_limit_gets_a_few_pieces(sink: WebhookServer) -> None:
    channel = open_channel("chat", f"mmost://{sink.host}/3ccdd113474722377935511fc85d3dd4")
    from apprise.plugins.mattermost import NotifyMattermost

    assert NotifyMattermost.body_maxlen == 4_000
    posted(sink, channel, text="word " * 10_000)
    assert 2 <= len(sink.requests) <= 4
    assert all(len(request.json()["text"]) <= 4_000 for request in sink.requests)


def test_critical_messages_have_another_colour(sink: WebhookServer, slack: Slack) -> None:
    colours = [
        posted(sink, slack(), severity=severity).json()["attachments"][0]["color"]
        for severity in (Severity.MINOR, Severity.MAJOR, Severity.CRITICAL)
    ]
    assert len(set(colours)) == 3


def test_a_channel_keeps_the_pace_of_its_service_over_all_recipients(sink: WebhookServer, slack: Slack) -> None:
    channel = slack("#a/#b", gap=0.2)
    started = time.monotonic()
    for target in channel.targets():
        channel.send(target, MESSAGE)
    assert 0.18 <= time.monotonic() - started < 2


# --- recipients -------------------------------------------------------------------


def test_each_slack_channel_is_a_target_and_gets_one_post(sink: WebhookServer, slack: Slack) -> None:
    channel = slack("#general/@ann/plain/#general")
    assert sorted(names(channel)) == ["#general", "#plain", "@ann"]
    channel.send(Target("chat", "#general"), MESSAGE)
    assert [request.json()["channel"] for request in sink.requests] == ["#general"]


def test_a_lone_recipient_has_the_name_that_it_keeps_when_others_join(slack: Slack) -> None:
    assert names(slack("#general")) == ["#general"]
    assert names(slack()) == ["slack"]


def test_recipients_that_may_be_private_have_a_digest_that_never_changes() -> None:
    url = "tgram://123456789:abcdefg_hijklmnop/12315544/99/"
    assert sorted(names(open_channel("phone", url))) == ["tgram:b9b5421cbc", "tgram:f31744329d"]


def test_each_topic_is_sent_alone(sink: WebhookServer) -> None:
    channel = open_channel("push", f"ntfy://{sink.host}/one/two")
    assert len(channel.targets()) == 2
    channel.send(channel.targets()[0], MESSAGE)
    assert [request.json()["topic"] for request in sink.requests] == ["one"]


def test_a_service_without_recipients_is_named_by_scheme_and_host() -> None:
    assert names(open_channel("hook", "json://user:secret@127.0.0.1:8080/token?x=y")) == ["json:127.0.0.1:8080"]
    assert names(open_channel("chat", "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js")) == ["discord"]


def test_a_recipient_that_left_the_configuration_is_given_up(slack: Slack) -> None:
    assert refusal(slack("#general"), Target("chat", "#former")).permanent


# --- the configuration ------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("slack://T1JJ3T3L2/S3CR3TS3CR3T/", "such a URL looks like slack://{token_a}"),
        ("nosuch://S3CR3TS3CR3T/x", "no service has the scheme nosuch://"),
        ("S3CR3TS3CR3T", "is not a URL"),
        ("", "is not a URL"),
        ("https://S3CR3TS3CR3T.example/hook", "no service has the scheme https://"),
    ],
)
def test_a_url_that_is_not_understood_is_a_mistake_without_its_secrets(
    url: str, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with everything_logged() as lines, pytest.raises(ConfigError) as caught:
        open_channel("chat", url)
    (mistake,) = caught.value.mistakes
    assert said in mistake
    assert mistake.startswith("channel 'chat': ")
    assert "S3CR3TS3CR3T" not in "".join([mistake, *lines, *capfd.readouterr()])


def test_the_address_that_a_service_shows_its_users_is_understood() -> None:
    assert names(open_channel("chat", f"https://hooks.slack.com/services/{TOKENS}")) == ["slack"]


def test_copies_are_refused_where_they_would_be_repeated() -> None:
    url = f"mailgun://user@example.com/{'a' * 32}-{'b' * 8}-{'c' * 8}/x@y.org/z@y.org?cc=copy@y.org"
    with pytest.raises(ConfigError, match="takes no cc or bcc"):
        open_channel("post", url)


# --- the format that a service speaks -----------------------------------------------


def test_slack_gets_its_own_text_as_it_stands(sink: WebhookServer, slack: Slack) -> None:
    own = "*CRITICAL  <https://example.org/x?a=1&amp;b=2|NCT00000001>*\n• p &lt; 0.05, \\* [x](y)"
    request = posted(sink, slack(), slack=own, text="not this")
    assert slack_text(request) == own
    assert request.json()["mrkdwn"] is True
    assert request.json()["attachments"][0]["title"] == ""


def test_a_lock_screen_shows_the_subject_of_what_came_by_slack(sink: WebhookServer, slack: Slack) -> None:
    request = posted(sink, slack(), slack="*own*", subject="[MAJOR] NCT00000001: <!here> *x*")
    assert request.json()["attachments"][0]["fallback"] == "[MAJOR] NCT00000001: &lt;!here&gt; ∗x∗"


def test_slack_blocks_hold_it_too(sink: WebhookServer, slack: Slack) -> None:
    own = "*MAJOR  <https://example.org/x|NCT00000001>*"
    (section,) = posted(sink, slack(query="blocks=yes"), slack=own).json()["attachments"][0]["blocks"]
    assert section["text"] == {"type": "mrkdwn", "text": own}


def test_a_phone_gets_the_short_text_and_no_title(sink: WebhookServer) -> None:
    channel = open_channel("phone", f"kavenegar://{'a' * 24}/+15551231234")
    assert channel._template.body_maxlen <= 1_600
    assert channel._worded(message(short="CRITICAL NCT00000001 @all", text="long")) == (
        "",
        "CRITICAL NCT00000001 @\u200ball",
    )


def test_other_chats_get_the_text_without_evidence(sink: WebhookServer) -> None:
    channel = open_channel("chat", f"mmost://{sink.host}/3ccdd113474722377935511fc85d3dd4")
    text = posted(sink, channel, chat="for a chat <!everyone>", text="with evidence", slack="*x*", short="s").json()[
        "text"
    ]
    assert "for a chat <\u200b!everyone>" in text
    assert "evidence" not in text


def test_a_webhook_for_programs_gets_the_whole_text(sink: WebhookServer) -> None:
    request = posted(sink, hook(sink), chat="for a chat", slack="*x*", short="s")
    assert request.json()["message"] == MESSAGE.text.rstrip()
