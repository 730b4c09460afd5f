"""The daemon itself with its page and its heartbeat, as a process of its own."""

from __future__ import annotations

import signal
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from prometheus_client.parser import text_string_to_metric_families

from tests.servers import WebhookServer, free_port
from tests.test_service import configured, registry, running, until
from watcher.registry.rehearsal import RehearsalServer

__all__ = ["registry"]


def test_the_daemon_serves_its_page_counts_its_work_and_tells_that_it_is_well(
    tmp_path: Path, registry: RehearsalServer
) -> None:
    port = free_port()
    with WebhookServer() as ping:
        config = configured(tmp_path, registry, "console://")
        said = config.read_text().replace('listen = "off"', f'listen = "127.0.0.1:{port}"')
        config.write_text(f'{said}heartbeat = "http://{ping.host}/ping/secret-uuid"\n')

        def read(path: str) -> str:
            try:
                with urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                    return str(answer.read().decode())
            except URLError:
                return ""

        def value(name: str, **labels: str) -> float | None:
            samples = (s for family in text_string_to_metric_families(read("/metrics")) for s in family.samples)
            return next((s.value for s in samples if (s.name, s.labels) == (f"nct_watcher_{name}", labels)), None)

        with running(config) as daemon:
            until(lambda: value("polls_total", outcome="nothing_new"))
            until(lambda: value("deliveries_total", channel="team", outcome="delivered"))
            assert value("polls_total", outcome="new_data") == 1
            assert value("changes_total", severity="noise") == 1
            assert (value("registry_requests_total") or 0) >= 3
            assert value("database_up") == 1
            assert '"ok"' in read("/healthz")
            until(lambda: ping.requests)
            assert ping.requests[0].path == "/ping/secret-uuid"
            daemon.send_signal(signal.SIGTERM)
            said, errors = daemon.communicate(timeout=20)
            assert daemon.returncode == 0
            assert "secret-uuid" not in said + errors
        assert len(ping.requests) == 1
