"""The page as the daemon serves it: a real database behind a real connection."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.office import Office
from watcher.config import Secret, WebSettings
from watcher.config.values import Address
from watcher.metrics import Tally
from watcher.metrics.gauges import Asked, Gauges
from watcher.store.values import PollState
from watcher.web import page
from watcher.web.health import health_of

TOKEN = "0123456789abcdef"


def test_without_settings_there_is_no_page(tmp_path):
    office = Office(tmp_path / "watcher.db")
    gauges = Gauges(office.database, office.clock.now)
    with page(None, health_of(office.database, office.clock.now), Tally(), gauges) as served:
        assert served is None


def test_the_page_tells_how_the_database_stands_and_goes_on_when_it_is_damaged(tmp_path):
    office = Office(tmp_path / "watcher.db")
    polled_at = datetime(2026, 6, 1, 11, 0, tzinfo=UTC)
    with office.store() as store:
        store.meta.set_poll_state(PollState(last_success_at=polled_at))
    tally = Tally(("team",))
    settings = WebSettings(Address("127.0.0.1", 0), Secret(TOKEN))
    health = health_of(office.database, office.clock.now)
    with page(settings, health, tally, Gauges(office.database, office.clock.now, lambda: Asked(7))) as served:
        assert served is not None

        def read(path: str) -> bytes:
            asked = Request(served.url + path, headers={"Authorization": f"Bearer {TOKEN}"})
            with urlopen(asked, timeout=5) as answer:
                return bytes(answer.read())

        def value(name: str) -> float | None:
            families = text_string_to_metric_families(read("/metrics").decode())
            found = [sample.value for family in families for sample in family.samples if sample.name == name]
            return found[0] if found else None

        assert json.loads(read("/healthz")) == {"status": "ok", "reasons": []}
        assert value("nct_watcher_last_successful_poll_timestamp_seconds") == polled_at.timestamp()
        assert value("nct_watcher_registry_requests_total") == 7
        office.database.write_bytes(b"damaged" * 1000)
        assert value("nct_watcher_database_up") == 0
        with pytest.raises(HTTPError) as failing:
            read("/healthz")
        assert failing.value.code == 503
        assert json.loads(failing.value.read())["status"] == "failing"
        failing.value.close()
