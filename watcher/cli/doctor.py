"""The command `doctor`: whether everything the watcher needs is as it should be."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from watcher.cli.options import AsJson, ConfigPath, say, say_json, start_logging
from watcher.errors import ConfigError

if TYPE_CHECKING:
    from watcher.alerts.render import Parcel
    from watcher.doctor import Finding

Offline = Annotated[bool, typer.Option("--offline", help="Ask nobody but this machine.")]
Send = Annotated[bool, typer.Option("--send", help="Send a test message to every recipient.")]
LogLevel = Annotated[str, typer.Option("--log-level", help="debug, info, warning or error.")]


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(doctor)


def doctor(
    config: ConfigPath = None,
    json: AsJson = False,
    offline: Offline = False,
    send: Send = False,
    log_level: LogLevel = "error",
) -> None:
    """Look at everything the watcher needs, each with a remedy where it is not well.

    Configuration, secrets, permissions, disk, database, templates, the way to the registry and its answers, channels.
    It changes nothing, works beside a running watcher and before the first run, and makes two requests to the registry.
    Exit code 1 where something fails, 0 where there are warnings at most.

    Example: watcher doctor --config /etc/nct-watcher/config.toml
    """
    start_logging(log_level)
    found = _findings(config, offline, send)
    if json:
        told = tuple(found)
        say_json(_as_object(told))
    else:
        told = tuple(_said(found))
        say(_summary(told))
    if any(finding.level == "failure" for finding in told):
        raise typer.Exit(1)


def _findings(path: Path | None, offline: bool, send: bool) -> Iterator[Finding]:
    """What is found; where there is no configuration, only that."""
    from watcher.config import find, load
    from watcher.doctor import Patient, examine
    from watcher.doctor.finding import failure, skipped

    try:
        config = load(find(path, os.environ), environ=os.environ)
    except ConfigError as error:
        for mistake in error.mistakes:
            yield failure("configuration", mistake, "correct it; `watcher config check` reads it again")
        yield skipped("all others", "they need a configuration that can be read")
        return
    yield from examine(Patient(config, os.environ, lambda: datetime.now(UTC), _samples(), send), offline=offline)


def _samples() -> tuple[Parcel, ...]:
    """What the demo tells, in every form that a message has."""
    from watcher.alerts.render import Parcel
    from watcher.cli.samples import ROUTE, sample, sample_alerts
    from watcher.model import Form, Notice

    alerts = tuple(Parcel("sample", (alert,), Form.ALERT, ROUTE) for alert in sample_alerts())
    nothing = Parcel("sample", (), Form.DIGEST, ROUTE, "2026-06-01")
    notice = Parcel("sample", form=Form.NOTICE, notice=Notice("sample", "Sample", "A notice to look at."))
    forms = (Form.DIGEST, Form.BATCH, Form.ESCALATION)
    return (*alerts, *(sample(form) for form in forms), nothing, notice)


def _as_object(told: Iterable[Finding]) -> dict[str, object]:
    from dataclasses import asdict

    findings = [asdict(finding) for finding in told]
    counts = {
        level: sum(finding["level"] == level for finding in findings)
        for level in ("ok", "warning", "failure", "skipped")
    }
    return {"healthy": not counts["failure"], "counts": counts, "findings": findings}


def _said(found: Iterable[Finding]) -> Iterator[Finding]:
    """The findings, each printed when it is there: the registry may take its time."""
    from watcher.alerts.messages.safe import one_line

    for finding in found:
        say(f"{finding.level:8} {finding.check}: {one_line(finding.found)}")
        if finding.remedy:
            say(f"         -> {one_line(finding.remedy)}")
        yield finding


def _summary(told: tuple[Finding, ...]) -> str:
    failures, warnings = (sum(finding.level == level for finding in told) for level in ("failure", "warning"))
    from watcher.changes.language.words import counted

    return f"{counted(failures, 'failure')}, {counted(warnings, 'warning')}" if failures or warnings else "all is well"
