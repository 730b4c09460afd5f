"""The page as the daemon serves it: a real database behind a real connection."""

from __future__ import annotations

import json
import socket
from contextlib import closing
from datetime import UTC, datetime
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.office import Office
from tests.web.conftest import CONFIG
from watcher.config import Secret, WebSettings, loads
from watcher.config.values import Address
from watcher.errors import ConfigError
from watcher.metrics import Tally
from watcher.metrics.exposition import exposition
from watcher.metrics.gauges import Asked, Gauges
from watcher.store.values import PollState
from watcher.web import page
from watcher.web.health import health_of
from watcher.web.site import Site

TOKEN = "0123456789abcdef"


def test_without_settings_there_is_no_page(tmp_path):
    with page(None, lambda: site_of(Office(tmp_path / "watcher.db"))) as served:
        assert served is None


def test_a_port_in_use_is_a_mistake_where_it_was_chosen_and_else_done_without(tmp_path, caplog):
    office = Office(tmp_path / "watcher.db")
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        taken = Address("127.0.0.1", other.getsockname()[1])
        with (
            pytest.raises(ConfigError, match="cannot be listened on"),
            page(WebSettings(taken), lambda: site_of(office)),
        ):
            pass
        with page(WebSettings(taken, chosen=False), lambda: site_of(office)) as served:
            assert served is None
    (warned,) = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert f'no page is served: [web] listen = "{taken}"' in warned


def site_of(office: Office, tally: Tally | None = None, asked: int = 0) -> Site:
    """The pages of an office's database, as the daemon makes them."""
    config = loads(CONFIG, office.database.with_name("config.toml"), environ={})
    gauges = Gauges(office.database, office.clock.now, lambda: Asked(asked))
    return Site(
        database=office.database,
        config=lambda: config,
        now=office.clock.now,
        health=health_of(office.database, office.clock.now),
        figures=exposition(tally or Tally(), gauges),
        ask=lambda wish: None,
    )


def test_the_page_tells_how_the_database_stands_and_goes_on_when_it_is_damaged(tmp_path):
    office = Office(tmp_path / "watcher.db")
    polled_at = datetime(2026, 6, 1, 11, 0, tzinfo=UTC)
    with office.store() as store:
        store.meta.set_poll_state(PollState(last_success_at=polled_at))
    tally = Tally(("team",))
    settings = WebSettings(Address("127.0.0.1", 0), Secret(TOKEN))
    with page(settings, lambda: site_of(office, tally, 7)) as served:
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
