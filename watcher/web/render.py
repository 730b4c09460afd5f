"""From values to HTML: templates that escape everything, and the few words and addresses they all use."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlencode

from jinja2 import DictLoader, Environment, StrictUndefined
from starlette.responses import HTMLResponse

from watcher import __version__
from watcher.alerts.explaining import when
from watcher.alerts.messages.safe import plain
from watcher.alerts.messages.views import STUDY_PAGE
from watcher.alerts.messages.voice import REHEARSAL_BANNER
from watcher.alerts.refreshes import data_moment
from watcher.changes.language.words import clipped, counted, status_label
from watcher.model import Severity
from watcher.views.plan_over_time import signed

FOLDER = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"
SUFFIX = ".j2"


def html(template: str, context: Mapping[str, object], *, status: int = 200) -> HTMLResponse:
    """A page made with a template."""
    return HTMLResponse(rendered(template, context), status)


def rendered(template: str, context: Mapping[str, object]) -> str:
    """The text of a template."""
    return _environment().get_template(template).render(context)


def prepare() -> None:
    """Compile every template now, so that nobody waits for it."""
    for name in _environment().list_templates():
        _environment().get_template(name)


@cache
def static_files() -> Mapping[str, bytes]:
    """Styles and scripts by their names, read once: a package that is exchanged under a process must not mix in."""
    return {path.name: path.read_bytes() for path in sorted(STATIC.iterdir()) if path.is_file()}


@cache
def static_url(name: str) -> str:
    """The address of a style or script; it changes with its content, so that browsers may keep it."""
    return f"/static/{name}?{hashlib.blake2b(static_files()[name], digest_size=6).hexdigest()}"


def study_url(nct_id: str) -> str:
    """The page of a study."""
    return f"/studies/{quote(nct_id, safe='')}"


def watch_url(name: str) -> str:
    """The page of a watch; its name may hold anything, a stroke among others."""
    return f"/watches/{name_in_path(name)}"


def name_in_path(name: str) -> str:
    """A name of the configuration as a part of an address.

    A stroke is left as it is, since not every proxy lets a written-out one through; but browsers take the dots between
    two of them for a way up.
    """
    up = any(part in (".", "..") for part in name.split("/"))
    return quote(name, safe="" if up else "/")


def record_url(nct_id: str) -> str:
    """The study's record at the registry."""
    return f"{STUDY_PAGE}{quote(nct_id, safe='')}"


def compare_url(nct_id: str) -> str:
    """The registry's own history of a record, where its versions are compared."""
    return f"{record_url(nct_id)}?tab=history"


def with_query(path: str, **asked: object) -> str:
    """An address with what is asked for; what is empty is left out."""
    given = {name: str(value) for name, value in asked.items() if value not in ("", None, False)}
    return f"{path}?{urlencode(given)}" if given else path


def _new_sheet() -> str:
    return secrets.token_hex(8)


def _moment(value: datetime | str | None) -> str:
    """A moment as people read it, in UTC."""
    if not value:
        return "never"
    return when(datetime.fromisoformat(value) if isinstance(value, str) else value)


def _day(moment: str) -> str:
    """The day of a moment as ISO has it."""
    return moment[:10]


def _data_of(timestamp: str) -> str:
    """The moment of a build of the registry's data, by its dataTimestamp; as it is where it names no time."""
    built = data_moment(timestamp)
    return _moment(built) if built else timestamp


def _severity(value: int) -> str:
    return Severity(value).word


@cache
def _environment() -> Environment:
    sources = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob(f"*{SUFFIX}")}
    environment = Environment(
        loader=DictLoader(sources),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: plain(value) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "moment": _moment,
        "day": _day,
        "data_of": _data_of,
        "by_days": signed,
        "severity": _severity,
        "status": status_label,
        "clipped": clipped,
    }
    environment.globals |= {
        "static": static_url,
        "study_url": study_url,
        "watch_url": watch_url,
        "record_url": record_url,
        "compare_url": compare_url,
        "with_query": with_query,
        "counted": counted,
        "new_sheet": _new_sheet,
        "rehearsal_banner": REHEARSAL_BANNER,
        "version": __version__,
    }
    return environment
