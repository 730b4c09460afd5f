"""Messages on their whole way: made of alerts, sent by a channel, read where they arrive."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from benchmarks.messages import alerts_in
from tests.alerts.examples import NOW, OTHER, alert, family
from tests.builders import NCT
from tests.channels.examples import target_of
from tests.servers import MailServer
from tests.test_deliver import Post
from watcher.alerts.render import Parcel, Templates, message_for
from watcher.channels import open_channel
from watcher.deliver import Deliverer
from watcher.model import Form, Message


@pytest.fixture
def relay() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


def arrived(relay: MailServer, message: Message) -> EmailMessage:
    channel = open_channel("mail", relay.url("a@x.org"))
    channel.send(target_of(channel), message)
    mail = message_from_bytes(relay.received[-1].raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def of(nct_id: str, number: int, days: int = 0):
    return alert(*family(), nct_id=nct_id, key=f"k{number}", id=number, observed_at=NOW + timedelta(days=days))


def test_alerts_of_one_study_form_a_thread_and_a_digest_stands_alone(relay: MailServer) -> None:
    first = arrived(relay, message_for(Parcel("m1", (of(NCT, 1),))))
    again = arrived(relay, message_for(Parcel("m2", (of(NCT, 2),), Form.ESCALATION)))
    other = arrived(relay, message_for(Parcel("m3", (of(OTHER, 3),))))
    digest = arrived(relay, message_for(Parcel("m4", (of(NCT, 1), of(OTHER, 3)), Form.DIGEST, "weekly", "2026-06-08")))
    assert first["In-Reply-To"] == again["In-Reply-To"] == again["References"] == f"<{NCT}@example.org>"
    assert other["In-Reply-To"] == f"<{OTHER}@example.org>"
    assert digest["In-Reply-To"] is None
    assert len({mail["Message-ID"] for mail in (first, again, other, digest)}) == 4


def test_a_digest_arrives_with_both_texts_its_table_and_its_list(relay: MailServer) -> None:
    message = message_for(Parcel("m1", (of(NCT, 1), of(OTHER, 2)), Form.DIGEST, "Monday digest", "2026-06-08"))
    mail = arrived(relay, message)
    text, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text
    assert page
    assert text.get_content().replace("\r\n", "\n") == message.text
    assert "prefers-color-scheme" in page.get_content()
    (table,) = mail.iter_attachments()
    assert table.get_filename() == "changes-monday-digest-2026-06-08.csv"
    assert len(table.get_payload(decode=True).splitlines()) == 1 + 2 * len(family())
    assert mail["List-ID"] == "<monday-digest.nct-watcher.example.org>"
    assert "Unsubscribe%20route%20Monday%20digest" in mail["List-Unsubscribe"]


def test_a_message_is_the_same_at_every_attempt(relay: MailServer) -> None:
    parcel = Parcel("m1", (of(NCT, 1), of(OTHER, 2)), Form.DIGEST, "Monday digest", "2026-06-08")
    assert message_for(parcel) == message_for(parcel)
    first, second = (arrived(relay, message_for(parcel)) for _ in range(2))
    assert first["Message-ID"] == second["Message-ID"]


def test_a_template_that_fails_is_logged_and_the_alert_arrives(
    tmp_path: Path, relay: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    channel = open_channel("team", relay.url("a@example.org"))
    post = Post(tmp_path / "watcher.db", relay, {"team": channel})
    post.owe()
    broken = Templates((("alert.txt.j2", "{{ alert.nothing }}"),))
    with post.store() as store, caplog.at_level(logging.WARNING):
        report = Deliverer(store, post.channels, post.clock, templates=broken).deliver()
    assert report.delivered == 1
    assert "Recruitment was suspended, number 1." in relay.received[-1].part("plain")
    assert "template alert.txt.j2 failed, the built-in one was used: UndefinedError" in caplog.text


def test_the_benchmark_reads_every_alert_of_a_digest() -> None:
    alerts = (of(NCT, 1), of(NCT, 2, days=1), of(OTHER, 3))
    digest = message_for(Parcel("m1", alerts, Form.DIGEST, "weekly", "2026-06-08"))
    told = [each.step for each in alerts_in("a@x.org", "m1", digest.text, "")]
    days = [NOW.date(), NOW.date() + timedelta(days=1)]
    assert sorted(told) == [(NCT, days[0]), (NCT, days[1]), (OTHER, days[0])]


def test_the_benchmark_reads_the_evidence_of_an_alert_however_it_is_wrapped() -> None:
    long = replace(family()[2], subject="A hospital with a very long name in a town with another one, " * 2)
    text = message_for(Parcel("m1", (alert(*family()[:2], long),))).text
    (told,) = alerts_in("a@x.org", "m1", text, "")
    assert [(line.kind, line.severity) for line in told.evidence] == [
        ("status.suspended", "critical"), ("site.suspended", "major"), ("site.withdrawn", "major"),
    ]  # fmt: skip
    assert told.evidence[2].text.startswith(long.subject.strip())
