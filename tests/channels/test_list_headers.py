from __future__ import annotations

import re
from email import message_from_bytes, policy
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from tests.channels.examples import message, target_of
from tests.servers import MailServer, ReceivedMail
from watcher.channels import open_channel
from watcher.model import Attachment, Message

TABLE = Attachment("changes-müde.csv", "text/csv", "\ufeffa,b\r\n1,é\r\n".encode())


def sent(relay: MailServer, letter: Message, **parameters: str) -> ReceivedMail:
    channel = open_channel("mail", relay.url("a@x.org", **parameters))
    channel.send(target_of(channel), letter)
    return relay.received[-1]


def header_lines(mail: ReceivedMail) -> list[str]:
    return mail.raw.split(b"\r\n\r\n")[0].decode("ascii").split("\r\n")


@pytest.mark.parametrize(
    "route",
    [
        "Monday digest",
        "Überblick",
        "研究" * 40,
        "a>, <https://evil.example",
        "x\r\nBcc: e@x.org",
        "r" * 500,
        "%20&body=x",
    ],
)
def test_one_may_leave_a_route_by_writing_to_the_sender(relay: MailServer, route: str) -> None:
    mail = sent(relay, message(route=route))
    (line,) = [line for line in header_lines(mail) if line.startswith("List-Unsubscribe:")]
    found = re.fullmatch(r"List-Unsubscribe: <(mailto:[!-;=?-~]+)>", line)
    assert found, line
    assert len(line) < 998
    parts = urlsplit(found[1])
    assert unquote(parts.path) == "watcher@example.org"
    asked = parse_qs(parts.query, strict_parsing=True)
    assert list(asked) == ["subject"]
    assert asked["subject"] == [f"Unsubscribe route {' '.join(route.split())[:60]}"]
    assert mail.message["Bcc"] is None


@pytest.mark.parametrize("route", ["Monday digest", "Überblick", "研究" * 40, "r" * 500])
def test_a_route_is_a_list_that_mail_programs_can_sort_by(relay: MailServer, route: str) -> None:
    first, again = (sent(relay, message(route=route)).message["List-ID"] for _ in range(2))
    assert first == again
    assert re.fullmatch(r"<[a-z0-9-]{1,80}\.nct-watcher\.example\.org>", first)


def test_two_routes_are_two_lists_also_where_their_names_differ_in_foreign_letters_only(relay: MailServer) -> None:
    names = {
        sent(relay, message(route=route)).message["List-ID"]
        for route in ("Öl", "Äl", "l", "研究", "研究所", "a b", "a.b")
    }
    assert len(names) == 7


def test_whoever_answers_for_the_sender_is_asked(relay: MailServer) -> None:
    mail = sent(relay, message(route="desk"), reply="desk@example.org")
    assert mail.message["List-Unsubscribe"].startswith("<mailto:desk@example.org?")


def test_a_header_of_the_users_own_takes_the_place_of_ours(relay: MailServer) -> None:
    mail = sent(relay, message(route="desk"), **{"+List-Unsubscribe": "<https://example.org/leave>"})
    assert mail.message.get_all("List-Unsubscribe") == ["<https://example.org/leave>"]


def test_a_notice_is_of_no_list(relay: MailServer) -> None:
    mail = sent(relay, message(route=""))
    assert mail.message["List-ID"] is None
    assert mail.message["List-Unsubscribe"] is None


def test_what_goes_with_a_message_arrives_byte_by_byte_beside_its_text(relay: MailServer) -> None:
    mail = message_from_bytes(sent(relay, message(attachments=(TABLE,))).raw, policy=policy.default)
    (part,) = mail.iter_attachments()
    assert part.get_content_type() == "text/csv"
    assert part.get_filename() == TABLE.name
    assert part.get_payload(decode=True) == TABLE.content
    assert "Site 12" in mail.get_body(("plain",)).get_content()
    assert "<b>" in mail.get_body(("html",)).get_content()


def test_a_message_without_files_is_no_parcel(relay: MailServer) -> None:
    assert sent(relay, message()).message.get_content_type() == "multipart/alternative"


def test_no_line_of_a_letter_is_longer_than_a_relay_takes(relay: MailServer) -> None:
    mail = sent(
        relay, message(route="研究" * 100, text="x" * 5_000, html=f"<p>{'y' * 5_000}</p>", attachments=(TABLE,))
    )
    assert max(map(len, mail.raw.split(b"\r\n"))) < 998
