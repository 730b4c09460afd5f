from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.channels.examples import MESSAGE, everything_logged, message, names, refusal, target_of
from tests.servers import MailServer, ReceivedMail, free_port
from watcher.channels import open_channel
from watcher.errors import ConfigError
from watcher.model import Message, Target


def sent(relay: MailServer, letter: Message, **parameters: str) -> ReceivedMail:
    channel = open_channel("mail", relay.url("a@x.org", **parameters))
    channel.send(target_of(channel), letter)
    return relay.received[-1]


# --- one recipient at a time ------------------------------------------------------


def test_each_of_to_cc_and_bcc_is_a_target_once_by_its_lower_case_address(relay: MailServer) -> None:
    url = relay.url("Ann@X.org", "b@x.org", cc="z@x.org,c@x.org", bcc="Dan <d@x.org>,ann@x.org")
    assert names(open_channel("mail", url)) == ["ann@x.org", "b@x.org", "c@x.org", "z@x.org", "d@x.org"]


def test_a_letter_reaches_exactly_one_recipient_and_names_no_other(relay: MailServer) -> None:
    channel = open_channel("mail", relay.url("a@x.org", cc="c@x.org", bcc="Dan <d@x.org>"))
    for target in channel.targets():
        channel.send(target, MESSAGE)
    assert [mail.recipients for mail in relay.received] == [("a@x.org",), ("c@x.org",), ("d@x.org",)]
    assert [mail.message["To"] for mail in relay.received] == ["a@x.org", "c@x.org", "Dan <d@x.org>"]
    assert not any(mail.message["Cc"] or mail.message["Bcc"] for mail in relay.received)


def test_one_refused_recipient_does_not_repeat_the_other(relay: MailServer) -> None:
    channel = open_channel("mail", relay.url("gone@x.org", "here@x.org"))
    gone, here = channel.targets()
    relay.refuse("gone@x.org")
    channel.send(here, MESSAGE)
    assert refusal(channel, gone).permanent
    assert refusal(channel, gone).permanent
    assert len(relay.mails_to("here@x.org")) == 1
    assert relay.asked == ["here@x.org", "gone@x.org", "gone@x.org"]


def test_an_address_that_left_the_configuration_is_given_up(relay: MailServer) -> None:
    error = refusal(open_channel("mail", relay.url("a@x.org")), Target("mail", "former@x.org"))
    assert error.permanent
    assert "former@x.org" in str(error)


# --- what the relay says ----------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "permanent"),
    [
        ("550 5.1.1 no such user", True),
        ("554 5.7.1 policy", True),
        ("451 4.7.1 greylisted", False),
        ("452 4.2.2 mailbox full", False),
        ("530 5.7.0 authentication required", False),
    ],
)
def test_a_refused_recipient_is_permanent_for_5xx_unless_it_is_about_our_login(
    relay: MailServer, reply: str, permanent: bool
) -> None:
    relay.refuse("a@x.org", reply)
    error = refusal(open_channel("mail", relay.url("a@x.org")))
    assert (error.permanent, str(error)) == (permanent, f"mail to a@x.org: {reply}")


@pytest.mark.parametrize(("reply", "permanent"), [("552 too big", True), ("421 busy", False)])
def test_refused_content_is_judged_by_its_code_too(relay: MailServer, reply: str, permanent: bool) -> None:
    relay.refuse_content(reply)
    assert refusal(open_channel("mail", relay.url("a@x.org"))).permanent is permanent


def test_a_dropped_connection_is_transient(relay: MailServer) -> None:
    relay.drop("a@x.org")
    assert not refusal(open_channel("mail", relay.url("a@x.org"))).permanent


def test_a_relay_that_does_not_answer_in_time_is_transient(relay: MailServer) -> None:
    relay.hang("a@x.org", 0.6)
    error = refusal(open_channel("mail", relay.url("a@x.org", cto="0.2")))
    assert not error.permanent
    assert "timed out" in str(error)


def test_the_time_limit_of_a_letter_is_transient(relay: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    relay.hang("a@x.org", 0.5)
    channel = open_channel("mail", relay.url("a@x.org"))
    from watcher.channels import upstream

    monkeypatch.setattr(upstream.asset(), "_service_timeout", 0.1)
    error = refusal(channel)
    assert not error.permanent
    assert "may still have arrived" in str(error)


def test_a_relay_without_the_encryption_that_the_url_asks_for_gets_nothing(relay: MailServer) -> None:
    error = refusal(open_channel("mail", relay.url("a@x.org", mode="starttls")))
    assert not error.permanent
    assert "STARTTLS" in str(error)
    assert relay.asked == []


def test_a_refused_connection_is_transient() -> None:
    channel = open_channel("mail", f"mailto://127.0.0.1:{free_port()}?from=w@example.org&to=a@x.org")
    error = refusal(channel)
    assert not error.permanent
    assert "refused" in str(error)


def test_a_recipient_is_accepted_again_once_the_relay_accepts_it(relay: MailServer) -> None:
    channel = open_channel("mail", relay.url("a@x.org"))
    relay.refuse("a@x.org", "451 later")
    refusal(channel)
    relay.accept("a@x.org")
    channel.send(target_of(channel), MESSAGE)
    assert len(relay.received) == 1


@pytest.fixture
def guarded() -> Iterator[MailServer]:
    with MailServer(login=("robot", "correct-horse")) as server:
        yield server


def guarded_url(server: MailServer, password: str) -> str:
    return f"mailto://robot:{password}@127.0.0.1:{server.port}?from=w@example.org&to=a@x.org"


def test_a_refused_login_is_transient_because_a_password_can_be_repaired(guarded: MailServer) -> None:
    error = refusal(open_channel("mail", guarded_url(guarded, "battery-staple")))
    assert not error.permanent
    assert "refused the login: 535" in str(error)
    assert "battery-staple" not in str(error)


def test_the_login_of_the_url_is_used(guarded: MailServer) -> None:
    channel = open_channel("mail", guarded_url(guarded, "correct-horse"))
    channel.send(target_of(channel), MESSAGE)
    assert len(guarded.received) == 1


def test_a_password_that_the_relay_repeats_is_masked(relay: MailServer) -> None:
    relay.refuse("a@x.org", "550 I saw battery-staple and https://x.org/t?k=battery-staple")
    url = f"mailto://127.0.0.1:{relay.port}?from=w@example.org&to=a@x.org&%2BX-Key=battery-staple"
    assert "battery-staple" not in str(refusal(open_channel("mail", url)))


# --- the letter -------------------------------------------------------------------


def test_both_parts_are_ours_and_unicode_survives(relay: MailServer) -> None:
    letter = message(subject="Phase 2 → 3: “Zürich” ≥ 40 \U0001f9ea", text="ΔFEV₁ — 患者\n", html="<p>ΔFEV₁ — 患者</p>")
    mail = sent(relay, letter)
    assert mail.message.get_content_type() == "multipart/alternative"
    assert (mail.part("plain"), mail.part("html")) == ("ΔFEV₁ — 患者\n", "<p>ΔFEV₁ — 患者</p>\n")
    assert mail.message["Subject"] == letter.subject
    assert mail.raw.isascii()


def test_a_message_without_html_is_a_plain_letter(relay: MailServer) -> None:
    assert sent(relay, message(html="")).message.get_content_type() == "text/plain"


def test_the_message_id_is_one_and_the_same_over_attempts_recipients_and_processes(relay: MailServer) -> None:
    channel = open_channel("mail", relay.url("a@x.org", "b@x.org"))
    first, second = channel.targets()
    for target in (first, first, second):
        channel.send(target, MESSAGE)
    reopened = open_channel("mail", relay.url("a@x.org"))
    reopened.send(first, MESSAGE)
    assert [mail.message.get_all("Message-ID") for mail in relay.received] == [["<20261124.7f3a@example.org>"]] * 4


def test_an_id_that_is_no_message_id_becomes_a_stable_digest(relay: MailServer) -> None:
    ids = [sent(relay, message(id="route one/NCT1>\r\nBcc: x")).message["Message-ID"] for _ in range(2)]
    assert ids[0] == ids[1]
    assert ids[0].endswith("@example.org>")
    assert "route" not in ids[0]


def test_letters_about_one_study_hang_under_its_first(relay: MailServer) -> None:
    opening, reply = sent(relay, message(thread=MESSAGE.id)), sent(relay, message(id="other", thread=MESSAGE.id))
    assert opening.message["In-Reply-To"] is None
    assert reply.message["In-Reply-To"] == reply.message["References"] == opening.message["Message-ID"]


def test_a_letter_says_who_sends_it_and_that_no_person_did(relay: MailServer) -> None:
    mail = sent(relay, MESSAGE, reply="Team <team@example.org>", **{"from": "Watch <watch@example.org>"}).message
    assert (mail["From"], mail["Reply-To"]) == ("Watch <watch@example.org>", "Team <team@example.org>")
    assert (mail["Auto-Submitted"], mail["X-Severity"]) == ("auto-generated", "major")
    assert mail["Date"].datetime.tzinfo is not None


def test_headers_of_the_url_are_added(relay: MailServer) -> None:
    assert sent(relay, MESSAGE, **{"+X-Team": "oncology"}).message["X-Team"] == "oncology"


@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r", "\u2028", "\x85", "\x0b"])
def test_a_hostile_subject_stays_one_subject(relay: MailServer, line_end: str) -> None:
    mail = sent(relay, message(subject=f"Harmless{line_end}Bcc: victim@x.org{line_end}{line_end}<b>body</b>"))
    assert mail.message["Bcc"] is None
    assert mail.message["Subject"].startswith("Harmless")
    assert "\r" not in mail.message["Subject"]
    assert mail.recipients == ("a@x.org",)
    assert mail.part("plain") == MESSAGE.text


def test_unencodable_text_is_sent_with_a_mark(relay: MailServer) -> None:
    assert sent(relay, message(text="lone \ud800 surrogate\x00\x1b[2J")).part("plain") == "lone \ufffd surrogate[2J\n"


def test_options_that_would_change_what_arrives_are_ignored(relay: MailServer) -> None:
    letter = message(text="x" * 100_000)
    mail = sent(relay, letter, overflow="split", format="html", retry="3", optional="yes", emojis="yes")
    assert len(relay.received) == 1
    assert mail.part("plain").strip() == letter.text


def test_a_failure_is_heard_of_even_if_the_url_calls_the_channel_optional(relay: MailServer) -> None:
    relay.refuse("a@x.org", "451 later")
    refusal(open_channel("mail", relay.url("a@x.org", optional="yes", retry="2")))
    assert relay.asked == ["a@x.org"]


def test_a_run_of_letters_is_not_slowed_down_and_stays_out_of_the_log(relay: MailServer) -> None:
    channel = open_channel("mail", relay.url("a@x.org"))
    with everything_logged() as lines:
        for number in range(20):
            channel.send(target_of(channel), message(id=f"n{number}"))
    assert len(relay.received) == 20
    assert [line for line in lines if not line.startswith(("mail.log", "asyncio"))] == []  # the relay's own


# --- the configuration ------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ("from=w@example.org&to=a@x.org,nobody", "'nobody' is not an e-mail address"),
        ("from=w@example.org&to=a@x.org&%2BBcc=b@x.org", "the header 'Bcc' cannot be set"),
        ("from=w@example.org&to=a@x.org&%2BMessage-ID=1", "the header 'Message-ID' cannot be set"),
        ("from=w@example.org&to=a@x.org&pgp=encrypt", "PGP is not supported"),
        ("to=a@x.org", "is there a from="),
    ],
)
def test_what_apprise_would_drop_silently_is_a_mistake(parameters: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said.replace("+", r"\+")) as caught:
        open_channel("mail", f"mailto://127.0.0.1:2525?{parameters}")
    assert caught.value.mistakes[0].startswith("channel 'mail': ")


def test_the_channels_can_be_imported_without_apprise() -> None:
    probe = "import sys, watcher.channels; sys.exit('apprise' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", probe], check=False).returncode == 0
