"""A receiver of webhooks that fails in every way: retried or a dead letter, never lost, twice only under one id."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.office import MAJOR
from tests.servers import MailServer, WebhookServer
from tests.test_deliver import Post
from watcher.channels import Wishes, open_channel
from watcher.channels.signing import fresh_secret, key_of
from watcher.channels.webhook import Limits
from watcher.deliver import DeliveryReport

Trouble = Callable[[WebhookServer], object]

LATER: dict[str, Trouble] = {
    "500": lambda sink: sink.answer(500),
    "502": lambda sink: sink.answer(502),
    "408": lambda sink: sink.answer(408),
    "429": lambda sink: sink.answer(429),
    "429 with nonsense": lambda sink: sink.answer(429, Retry_After="soon"),
    "a reset after the body": lambda sink: sink.drop(),
    "a hang": lambda sink: sink.answer(200, delay=1.0),
    "a head that drips": lambda sink: sink.drip(0.1),
}
FOR_GOOD: dict[str, Trouble] = {
    "400": lambda sink: sink.answer(400),
    "401": lambda sink: sink.answer(401),
    "404": lambda sink: sink.answer(404),
    "410": lambda sink: sink.answer(410),
    "a redirect": lambda sink: sink.answer(302, Location="http://192.0.2.1/"),
}


@pytest.fixture
def sink() -> Iterator[WebhookServer]:
    with WebhookServer() as server:
        yield server


@pytest.fixture
def operators() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def post(tmp_path: Path, sink: WebhookServer, operators: MailServer) -> Post:
    hook = open_channel("team", f"webhook://{sink.host}/hook", Wishes(keys=(key_of(fresh_secret()),)))
    hook._limits = Limits(connect=0.3, whole=0.3)  # type: ignore[attr-defined]
    channels = {"team": hook, "ops": open_channel("ops", operators.url("ops@example.org"))}
    return Post(tmp_path / "watcher.db", operators, channels)


def ids(sink: WebhookServer) -> set[str | None]:
    return {request.header("webhook-id") for request in sink.requests}


@pytest.mark.parametrize("trouble", LATER)
def test_a_receiver_that_may_get_better_gets_the_same_message_under_the_same_id(
    post: Post, sink: WebhookServer, trouble: str
) -> None:
    LATER[trouble](sink)
    post.owe(severity=MAJOR)
    assert post.deliver() == DeliveryReport(postponed=1)
    sink.answer(200)
    post.clock.moment += timedelta(minutes=2)
    assert post.deliver() == DeliveryReport(delivered=1)
    assert len(ids(sink)) == 1
    assert len({request.body for request in sink.requests}) == 1


@pytest.mark.parametrize("trouble", FOR_GOOD)
def test_a_receiver_that_cannot_get_better_is_a_dead_letter_that_the_operator_hears_of_once(
    post: Post, sink: WebhookServer, operators: MailServer, trouble: str
) -> None:
    FOR_GOOD[trouble](sink)
    for _ in range(2):
        post.owe(severity=MAJOR)
        post.deliver()
    assert post.statuses()["dead"] == 2
    assert len(sink.requests) == 2
    (told,) = operators.received
    assert "cannot be delivered" in str(told.message["Subject"])


@pytest.mark.parametrize(
    ("asked", "early", "late"),
    [
        ("7200", timedelta(minutes=115), timedelta(minutes=125)),
        ("99999999999", timedelta(hours=23), timedelta(hours=25)),
    ],
)
def test_a_receiver_that_asks_for_time_gets_it_up_to_a_day(
    post: Post, sink: WebhookServer, asked: str, early: timedelta, late: timedelta
) -> None:
    sink.answer(429, Retry_After=asked)
    post.owe(severity=MAJOR)
    post.deliver()
    start = post.clock.moment
    sink.answer(200)
    post.clock.moment = start + early
    assert post.deliver() == DeliveryReport()
    post.clock.moment = start + late
    assert post.deliver() == DeliveryReport(delivered=1)
