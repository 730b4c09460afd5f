from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers import MailServer, WebhookServer


@pytest.fixture
def relay() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def sink() -> Iterator[WebhookServer]:
    with WebhookServer() as server:
        yield server
