"""Commands that read: status, studies, show, history, changes."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watcher.cli import completing
from watcher.cli.options import AsJson, ConfigPath, load_config, now_of, say, say_json, say_table, warn

if TYPE_CHECKING:
    from watcher.store import Store
    from watcher.store.shown import Health
    from watcher.views.operating import Steered

NctId = Annotated[str, typer.Argument(metavar="NCT", autocompletion=completing.studies, help="The study's NCT number.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command()(status)
    app.command()(studies)
    app.command()(show)
    app.command()(history)
    app.command()(changes)


def status(config: ConfigPath = None, json: AsJson = False) -> None:
    """How the watcher is: last poll, studies, deliveries, trouble, what is held back or silenced, what was noise.

    Example: watcher status --json
    """
    from watcher.store.lock import holder

    with _store(config) as store:
        health, path = store.reports.health(), store.path
        steered = _steered(store)
    process = holder(path)
    if json:
        from watcher.views.operating import status_object

        say_json(status_object(health, path, process, steered))
    else:
        _say_status(health, path, process)
        _say_steered(steered)


def _steered(store: Store) -> Steered:
    from watcher.views.operating import RECENT, Steered

    now = now_of(store)
    return Steered(store.silences.active(now), store.answers.noise(), store.answers.unacknowledged(now - RECENT))


def _say_steered(steered: Steered) -> None:
    from watcher.alerts.messages.safe import one_line
    from watcher.views.operating import RECENT
    from watcher.views.silences import silence_text

    for silence in steered.silences:
        say(f"silence     {silence.id}: {one_line(silence_text(silence))}")
    for count in steered.noise:
        alerts = f"{count.noise} of {count.alerts} alerts"
        say(f"noise       {alerts} with {count.kind} on route {one_line(count.route)}")
    if steered.unacknowledged_critical:
        say(f"critical    {steered.unacknowledged_critical} of the last {RECENT.days} days not acknowledged")


def _say_status(health: Health, path: Path, process: str) -> None:
    from watcher.alerts.messages.safe import one_line

    poll = health.poll
    if health.rehearsal:
        say("REHEARSAL: this database holds recorded and invented data.")
    say(f"database    {path}")
    say(f"watcher     {f'process {process}' if process else 'none is running on this database'}")
    say(f"last poll   {_when(poll.last_success_at)} (registry data of {poll.data_timestamp or 'unknown'})")
    say(f"next poll   {_when(poll.due_at)}")
    if poll.failures:
        say(f"failing     {poll.failures} in a row: {one_line(poll.last_error)}")
    say(f"studies     {_counts(health.studies)}; {health.versions} versions")
    say(f"changes     {_counts(health.changes)}; {health.alerts} alerts")
    say(
        f"deliveries  {_counts(health.deliveries)}"
        + (f"; oldest since {health.oldest_pending}" * bool(health.oldest_pending))
    )
    for target, error in health.failing:
        say(f"undelivered {target}: {one_line(error)}")
    for notice in health.notices:
        say(f"open        {one_line(notice.subject)}")
    for hold in health.holds:
        say(f"held back   {hold.id}: {hold.changes} changes of {hold.studies} studies, {one_line(hold.fingerprint)}")
    for nct_id, reason in health.malformed:
        say(f"unreadable  {nct_id or 'number unknown'}: {one_line(reason)}")


def studies(
    after: Annotated[
        str, typer.Option(metavar="NCT", autocompletion=completing.studies, help="Only those after this NCT number.")
    ] = "",
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="At most so many.")] = 200,
    config: ConfigPath = None,
    json: AsJson = False,
) -> None:
    """The studies that were ever asked for, by number, and where they stand.

    Example: watcher studies --after NCT04150497 --limit 50
    """
    with _store(config) as store:
        found = store.reports.studies(after.upper(), limit + 1)
        known = store.reports.study_count()
    if len(found) > limit:
        found = found[:limit]
        warn(f"{limit} of {known} studies: --after {found[-1].nct_id} shows the next ones")
    if json:
        from watcher.views.objects import study_object

        say_json([study_object(study) for study in found])
        return
    say_table(
        ("NCT", "state", "versions", "status", "title"),
        (
            (
                study.nct_id,
                study.state,
                study.version,
                study.facts and study.facts.status,
                study.facts and study.facts.title,
            )
            for study in found
        ),
    )


def show(
    nct: NctId,
    version: Annotated[int | None, typer.Option(help="Which version; else the newest.")] = None,
    config: ConfigPath = None,
) -> None:
    """The stored record of a study, as the registry sent it (JSON).

    Example: watcher show NCT04150497 --version 1
    """
    with _store(config) as store:
        nct = nct.upper()
        newest = store.reports.study(nct).version
        snapshot = store.observing.snapshot(nct, version or newest)
    say_json(snapshot.record)


def history(nct: NctId, config: ConfigPath = None, json: AsJson = False) -> None:
    """The versions of a study and what changed in each, and between them what happened without a new version.

    Example: watcher history NCT04150497
    """
    from watcher.views.objects import history_entries

    with _store(config) as store:
        nct = nct.upper()
        store.reports.study(nct)
        versions = store.reports.versions(nct)
        recorded = store.reports.changes(nct_id=nct, limit=100_000)
    entries = history_entries(versions, recorded)
    if json:
        say_json(entries)
        return
    for entry in entries:
        seen = f"seen {entry['seen_at'][:16]} UTC"
        of = f"data of {entry['data_version'] or 'unknown'}"
        say(f"version {entry['version']}, {seen}, {of}" if entry["version"] else f"without a new version, {seen}")
        for change in entry["changes"]:
            say(_line(change))


def changes(
    nct: Annotated[
        str | None, typer.Option("--study", autocompletion=completing.studies, help="Only this NCT number.")
    ] = None,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only from this day on.")] = None,
    min_severity: Annotated[str, typer.Option(help="noise, minor, major or critical.")] = "minor",
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="At most so many.")] = 200,
    config: ConfigPath = None,
    json: AsJson = False,
) -> None:
    """Stored changes, newest first.

    Example: watcher changes --since 2026-02-01 --min-severity major
    """
    from watcher.model import Severity
    from watcher.views.objects import change_object, told_object

    if min_severity.upper() not in Severity.__members__:
        raise typer.BadParameter("use noise, minor, major or critical", param_hint="--min-severity")
    with _store(config) as store:
        recorded = store.reports.changes(
            nct_id=nct.upper() if nct else None,
            since=since.replace(tzinfo=UTC) if since else None,
            min_severity=Severity.of(min_severity),
            limit=limit,
        )
    if json:
        say_json([change_object(change) for change in recorded])
        return
    for change in recorded:
        say(f"{change.observed_at[:10]} {change.said['nct_id']}{_line(told_object(change))}")


def _store(config: Path | None) -> AbstractContextManager[Store]:
    from watcher.store import opened

    return opened(load_config(config).store, read_only=True)


def _line(said: Mapping[str, Any]) -> str:
    from watcher.alerts.messages.safe import one_line

    indent = "    " if said["parent"] is not None else "  "
    held = f" (held back: {said['held_back']})" if "held_back" in said else ""
    return f"{indent}{str(said['severity']).upper():8} {said['kind']}: {one_line(str(said['sentence']))}{held}"


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counts.items()) or "none"


def _when(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "never"
