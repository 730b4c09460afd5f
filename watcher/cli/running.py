"""Commands that do the work: run, poll, deliver, rehearse, init."""

from __future__ import annotations

import contextlib
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watcher.cli.options import AsJson, ConfigPath, load_config, progress, say, say_json, start_logging, warn

if TYPE_CHECKING:
    from watcher.config import Config
    from watcher.rehearse import RehearsalReport
    from watcher.service import Service

LogLevel = Annotated[str, typer.Option("--log-level", help="debug, info, warning or error.")]
LogFormat = Annotated[
    str, typer.Option("--log-format", envvar="WATCHER_LOG_FORMAT", help="plain, or json: one object a line.")
]


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command()(run)
    app.command()(reload)
    app.command()(poll)
    app.command()(deliver)
    app.command("rehearse")(rehearse_command)
    app.command()(init)


def run(config: ConfigPath = None, log_level: LogLevel = "info", log_format: LogFormat = "plain") -> None:
    """Poll and deliver until stopped (SIGTERM or Ctrl-C finishes what is under way; SIGHUP reloads the configuration).

    Example: watcher run --config /etc/nct-watcher/config.toml
    """
    # Until the service can take it, SIGHUP would end the process; the configuration is only just being read anyway.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    from watcher.service import Service

    start_logging(log_level, log_format)
    service = Service(load_config(config), reread=lambda: load_config(config))
    with _steered_by_signals(service):
        service.run()


def reload(config: ConfigPath = None, json: AsJson = False) -> None:
    """Have the running watcher read its configuration anew; one with a mistake changes nothing.

    Example: watcher reload --config /etc/nct-watcher/config.toml
    """
    from watcher.cli.asking import ask
    from watcher.requests import request

    told = ask(load_config(config), request("reload"))
    if json:
        say_json({"told": told})
    else:
        say(told)


def poll(
    config: ConfigPath = None,
    json: AsJson = False,
    log_level: LogLevel = "warning",
    log_format: LogFormat = "plain",
) -> None:
    """Poll the registry once, and store what changed; `watcher deliver` sends it.

    Example, hourly in cron: watcher poll; watcher deliver
    """
    from dataclasses import asdict

    from watcher.assembly import assembled
    from watcher.clock import WallClock

    start_logging(log_level, log_format)
    with (
        assembled(load_config(config), WallClock(), time.sleep, sends=False) as watcher,
        progress("asking the registry") as shown,
    ):
        report = watcher.poller.poll(shown)
        told = {**asdict(report), "requests": watcher.registry.requests}
        watcher.store.boards.catch_up()
    if json:
        say_json(told)
    else:
        say(", ".join(f"{name.replace('_', ' ')} {'-' if value == '' else value}" for name, value in told.items()))


def deliver(
    config: ConfigPath = None,
    json: AsJson = False,
    log_level: LogLevel = "warning",
    log_format: LogFormat = "plain",
) -> None:
    """Send what is due, once. Exit code 1 where something could not be sent (it is kept and tried again).

    Example: watcher deliver --json
    """
    from dataclasses import asdict

    from watcher.assembly import assembled
    from watcher.clock import WallClock

    start_logging(log_level, log_format)
    with assembled(load_config(config), WallClock(), time.sleep) as watcher:
        watcher.announce_digests()
        report = watcher.deliverer.deliver()
    if json:
        say_json(asdict(report))
    else:
        say(f"delivered {report.delivered}, to be tried again {report.postponed}, dead {report.dead}")
    if report.postponed or report.dead:
        warn("some messages could not be delivered; `watcher status` shows why")
        raise typer.Exit(1)


def rehearse_command(
    folder: Annotated[Path | None, typer.Argument(help="Captures, DIR/NCT########/DATE.json; else the demo.")] = None,
    serve: Annotated[Path | None, typer.Option(help="Only serve this folder as a registry, until stopped.")] = None,
    port: Annotated[int, typer.Option(help="Port of --serve; 0 takes a free one.")] = 0,
    day: Annotated[datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="First day of --serve.")] = None,
    state: Annotated[Path | None, typer.Option(help="Folder of the rehearsal's database; else a new one.")] = None,
    page: Annotated[bool, typer.Option("--page", help="Then serve the page over it, until stopped.")] = False,
    log_level: LogLevel = "warning",
) -> None:
    """Run the real daemon against recorded records, day by day; without a folder, the demo.

    Examples: watcher rehearse; watcher rehearse --serve captures --port 8080 --date 2026-02-03
    """
    start_logging(log_level)
    if serve is not None:
        _serve(serve, port, day.date() if day else None)
        return
    from watcher.demo import FOLDER

    records = folder or FOLDER
    place = state or Path(tempfile.mkdtemp(prefix="nct-watcher-rehearsal-"))
    config = _rehearse(records, place, demo=folder is None)
    if page:
        from watcher.cli.page import serve_page

        serve_page(config)


def _rehearse(records: Path, place: Path, *, demo: bool) -> Config:
    from watcher.demo import story
    from watcher.rehearse import rehearse

    told = {step.date: f"({step.truth}) {step.text}" for step in story()} if demo else {}
    if demo:
        say("REHEARSAL of one study, NCT04150497. Its study, sponsor and sites are real; what is told of the days")
        say("marked (rehearsal) is invented. Nothing here is news.")
    labels = {"NCT04150497": "BALLI-01"} if demo else {}
    report = rehearse(records, place, labels=labels, narrator=_Narrator(told))
    _say_rehearsal(report)
    return report.config


class _Narrator:
    """Tells the rehearsal's days on the terminal."""

    def __init__(self, told: Mapping[date, str]) -> None:
        self._told = told

    def begins(self, day: date) -> None:
        say(f"\n=== {day} {self._told.get(day, '')}".rstrip())

    def was_quiet(self, day: date) -> None:
        say(f"No alert on {day}: nothing above noise changed.")


def _say_rehearsal(report: RehearsalReport) -> None:
    health = report.health
    changes = ", ".join(f"{number} {word}" for word, number in health.changes.items())
    say("\n=== Summary")
    say(f"days       {report.days}")
    say(f"polls      {report.polls}")
    say(f"versions   {health.versions}")
    say(f"changes    {sum(health.changes.values())} ({changes})")
    say(f"alerts     {health.alerts} sent as {health.deliveries.get('delivered', 0)} messages, operator's included")
    say(f"database   {report.config.store}")
    say(f"page       watcher page --config {report.config.path}")


def _serve(folder: Path, port: int, day: date | None) -> None:
    from watcher.registry.rehearsal import RehearsalServer, serve

    def ready(server: RehearsalServer) -> None:
        say(f"serving {folder} at {server.base_url} on {server.date}; POST {server.url}/rehearsal/date moves the day")
        sys.stdout.flush()

    with contextlib.suppress(KeyboardInterrupt):
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        serve(folder, port, day, ready)


def init(
    config: Annotated[Path, typer.Option("--config", "-c", help="The file to write.")] = Path("config.toml"),
    study: Annotated[list[str] | None, typer.Option(help="NCT number, or NCT number=your label; repeatable.")] = None,
    channel: Annotated[
        str | None, typer.Option(help="Where alerts go: an Apprise URL; inbox:// is the page of this machine.")
    ] = None,
    watch: Annotated[str, typer.Option(help="Name of the watch.")] = "studies",
    operator: Annotated[bool, typer.Option(help="Tell the same channel about trouble.")] = True,
) -> None:
    """Write a configuration, asking for what is not given.

    Example: watcher init --study NCT04150497=BALLI-01 --channel mailto://relay.example.org?to=you@example.org
    """
    from watcher.config import write_starter
    from watcher.model import WatchedStudy

    asked = study or typer.prompt("NCT numbers to watch, separated by blanks").split()
    studies = [WatchedStudy(*(part.strip() for part in item.partition("=")[::2])) for item in asked]
    url = channel or typer.prompt("Where alerts go: the page of this machine, or an Apprise URL", default="inbox://")
    write_starter(config, studies, url, watch, operator=operator)
    say(f"wrote {config}. Next: watcher config check --config {config}, then watcher run --config {config}")


@contextlib.contextmanager
def _steered_by_signals(service: Service) -> Iterator[None]:
    def stop(signum: int, frame: Any) -> None:
        service.stop()

    def reload(signum: int, frame: Any) -> None:
        service.reload()

    handlers = {signal.SIGTERM: stop, signal.SIGINT: stop, signal.SIGHUP: reload}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
