"""The jobs under a database that is damaged: nothing is done any more, and the operator hears of it."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

from tests.office import Clock
from tests.servers import WebhookServer
from tests.test_service import configured, registry  # noqa: F401 - a fixture
from watcher.assembly import assembled
from watcher.config import load
from watcher.distress import RETRY
from watcher.errors import StoreDamaged
from watcher.jobs import Jobs
from watcher.registry.rehearsal import RehearsalServer
from watcher.work import Work


def test_an_operator_who_could_not_be_reached_is_told_of_damage_though_nothing_is_done_any_more(
    tmp_path: Path,
    registry: RehearsalServer,  # noqa: F811
) -> None:
    clock, stop = Clock(), threading.Event()
    with WebhookServer() as sink:
        config = load(configured(tmp_path, registry, f"json://{sink.host}/hook"), environ={})
        with assembled(config, clock, stop.wait) as watcher:
            work = Work(watcher, Jobs(lambda job: None), stop, tick=timedelta(seconds=1))
            jobs = {job.name: job for job in work.planned()}
            sink.answer(503)
            work.meet(jobs["poll"], StoreDamaged("it is damaged"))
            assert work.halted
            sink.answer(200)
            clock.moment += RETRY
            asked = len(sink.requests)
            for job in jobs.values():
                work.rest(job)
            assert len(sink.requests) == asked + 1
            assert "it is damaged" in sink.requests[-1].body.decode()
            clock.moment += RETRY
            for job in jobs.values():
                work.rest(job)
            assert len(sink.requests) == asked + 1
