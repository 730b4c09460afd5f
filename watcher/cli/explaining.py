"""The command `why`: why something was told, or was not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watcher.cli import completing
from watcher.cli.options import AsJson, ConfigPath, load_config, now_of, say, say_json
from watcher.cli.steering import alert_numbers
from watcher.errors import UsageError

if TYPE_CHECKING:
    from watcher.alerts.accounts import Recorded
    from watcher.alerts.verdicts import Block
    from watcher.audience import Audience
    from watcher.config import Config
    from watcher.store import Store
    from watcher.views.whys import Kept

_RECENT = timedelta(days=30)


def register(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command()(why)


def why(
    about: Annotated[
        str,
        typer.Argument(
            metavar="ALERT|NCT", autocompletion=completing.studies, help="An alert by its number, or a study."
        ),
    ],
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Of a study: from this day on (UTC); else the last 30 days."),
    ] = None,
    config: ConfigPath = None,
    json: AsJson = False,
) -> None:
    """Why an alert was told, to whom, and what became of it; or why the changes of a study were told or not.

    Examples: watcher why 1042; watcher why NCT04150497 --since 2026-02-01
    """
    from watcher.store import opened

    loaded = load_config(config)
    with opened(loaded.store, read_only=True) as store:
        if re.fullmatch("NCT[0-9]{8}", about.strip().upper()):
            study = _study(about.strip().upper(), since, loaded, store)
            say_json(study.as_object()) if json else _say_study(study)
            return
        told = _alert(next(alert_numbers([about])), loaded, store)
    say_json(told) if json else _say_alert(told)


# --- an alert -----------------------------------------------------------------------


def _alert(number: int, config: Config, store: Store) -> dict[str, Any]:
    from watcher.views.objects import alert_object
    from watcher.views.whys import why_of

    account = store.accounts.of(number)
    silences = {entry.silence.id: entry.silence for entry in store.silences.all()}
    told = why_of(account, store.accounts.beside(account), config.routes, silences)
    return {
        **alert_object(account),
        "since": account.alert.since,
        "version": account.alert.version,
        "reason": account.alert.reason,
        "route_today": told.route_today,
        "chosen": [
            {"rule": chosen.rule, "timing": chosen.timing, "changes": len(chosen.changes), "lines": chosen.lines}
            for chosen in told.chosen
        ],
        "kept_back": [_kept_back(kept) for kept in told.kept],
        "targets": [{"target": target, "what": what} for target, what in told.targets],
    }


def _kept_back(kept: Kept) -> dict[str, Any]:
    from watcher.views.silences import silence_text

    what = silence_text(kept.silence) if kept.silence else "not known any more"
    return {"silence": kept.number, "what": what, "changes": len(kept.changes), "lines": kept.lines}


def _say_alert(told: dict[str, Any]) -> None:
    name = f"{told['study']} {told['label']}".strip()
    versions = f", version {told['since']} -> {told['version']}" if told["since"] else ""
    at = f"{told['observed_at']:%Y-%m-%d %H:%M} UTC"
    say(f"alert {told['alert']}: {told['severity'].upper()}, {_line(name)}{versions}, {at}")
    say(f"  chosen by {_line(told['reason'])}")
    if told["route_today"] != "configured":
        say(f"  that route is {told['route_today']}")
    for rule in told["chosen"]:
        _say_lines(", ".join(filter(None, (rule["rule"], rule["timing"]))), rule["lines"])
    for kept in told["kept_back"]:
        _say_lines(f"kept back by silence {kept['silence']} ({kept['what']})", kept["lines"])
    for target in told["targets"]:
        say(f"  {target['target']}: {_line(target['what'])}")
    if not told["targets"]:
        say("  owed to nobody: " + ("all of it is silenced" if told["kept_back"] else "its channels have no recipient"))
    for answer in ("acknowledged", "noise"):
        if at := told[f"{answer}_at"]:
            say(f"  {'marked as noise' if answer == 'noise' else answer} {at:%Y-%m-%d %H:%M} UTC")


def _say_lines(title: str, lines: Sequence[str]) -> None:
    say(f"  {_line(title)}:")
    for line in lines:
        say(f"    {_line(line)}")


# --- a study ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Study:
    """A study with what is to be said about it as a whole, and what became of its changes."""

    nct_id: str
    said: tuple[str, ...]
    since: datetime
    steps: tuple[tuple[Recorded, tuple[Block, ...]], ...]

    def as_object(self) -> dict[str, Any]:
        """The study as `--json` shows it."""
        steps = [_step_object(recorded, blocks) for recorded, blocks in self.steps]
        return {"study": self.nct_id, "standing": self.said, "since": self.since, "steps": steps}


def _study(nct_id: str, since: datetime | None, config: Config, store: Store) -> _Study:
    from watcher.alerts.verdicts import explained
    from watcher.audience import Audience, knowing, of_today

    now = now_of(store)
    today = knowing(of_today(Audience(config.watches, config.routes, {}), store, now), store, [nct_id])
    start = since.replace(tzinfo=UTC) if since else now - _RECENT
    steps = ((step, explained(step, today.routes, today.watches)) for step in store.history.recorded(nct_id, start))
    standing = (*_standing(nct_id, config, today, store), *_pruned(store, start))
    return _Study(nct_id, standing, start, tuple(steps))


def _pruned(store: Store, start: datetime) -> Iterator[str]:
    pruned = store.pruning.pruned_before()
    if pruned is not None and start < pruned:
        yield f"alerts of before {pruned:%Y-%m-%d} may be removed (`watcher db prune`): who was told is not known"


def _standing(nct_id: str, config: Config, today: Audience, store: Store) -> Iterator[str]:
    """What is to be said about the study as a whole: whether it is watched, and where it stands in the registry."""
    watches = [watch for watch in today.watches if watch.label_of(nct_id) is not None]
    lasting = {watch.name for watch in today.watches}
    ended = [watch for watch in config.watches if watch.name not in lasting and watch.label_of(nct_id) is not None]
    for watch in watches:
        label = watch.label_of(nct_id)
        yield f'{nct_id} is on watch "{watch.name}"' + (f" as {label}" if label else "")
    for watch in ended:
        yield f'it was on watch "{watch.name}", which ended after {watch.until}'
    if not watches:
        yield f"{nct_id} is on no watch: nobody hears of it"
    yield from _in_registry(nct_id, store, watched=bool(watches))


def _in_registry(nct_id: str, store: Store, *, watched: bool) -> Iterator[str]:
    try:
        study = store.reports.study(nct_id)
    except UsageError:
        yield "no poll has asked for it yet" if watched else "it was never asked for"
        return
    asked = f" (last answer: registry data of {study.checked_at[:10]})" if study.checked_at else ""
    match study.state:
        case "absent":
            yield f"the registry has no such record{asked}: check the number"
        case "missing":
            yield f"the registry answered 'not found' once{asked}: told when another data refresh says so, too"
        case "gone":
            yield f"the registry no longer has its record{asked}"
        case "merged":
            yield f"it was merged into {study.merged_into}, which is watched in its place"
        case _:
            yield f"version {study.version} is its newest{asked}"


def _step_object(recorded: Recorded, blocks: Sequence[Block]) -> dict[str, Any]:
    from watcher.alerts.explaining import lines_of

    step = recorded.step
    return {
        "occasion": step.occasion,
        "observed_at": step.observed_at,
        "since": step.since,
        "version": step.version,
        "blocks": [
            {
                "changes": [{"id": c.id, "kind": c.kind, "severity": c.severity.word} for c in block.changes],
                "lines": lines_of(block.changes),
                "routes": [
                    {"route": route, "why": v.why.value, "text": v.text, "alert": v.alert, "silence": v.silence}
                    for route, v in block.verdicts
                ],
            }
            for block in blocks
        ],
    }


def _say_study(study: _Study) -> None:
    from watcher.alerts.explaining import lines_of

    for sentence in study.said:
        say(_line(sentence))
    if not study.steps:
        say(f"nothing changed since {study.since:%Y-%m-%d}")
    for recorded, blocks in study.steps:
        step = recorded.step
        of = f"version {step.version}" if step.version else step.occasion.partition(":")[0].replace("_", " ")
        say(f"\n{step.observed_at:%Y-%m-%d %H:%M} UTC, {of}")
        for block in blocks:
            for line in lines_of(block.changes):
                say(f"  {_line(line)}")
            for text, routes in block.by_text().items():
                named = ", ".join(f'"{route}"' for route in routes)
                say(f"    {'route' if len(routes) == 1 else 'routes'} {_line(named)}: {_line(text)}")


def _line(text: str) -> str:
    from watcher.alerts.messages.safe import one_line

    return one_line(text)
