"""The shape of the file: one model per table. What has the wrong shape is told and taken out, the rest is read on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, ValidationError
from pydantic_core import ErrorDetails

from watcher.alerts.conditions import USUAL
from watcher.config import asked, listening, texts
from watcher.config.lines import KeyPath
from watcher.config.mistakes import Report, hint, nearest, quoted
from watcher.config.values import DEFAULT_BASE_URL, Address
from watcher.model import Severity, Timing

Text = Annotated[str, AfterValidator(texts.plain_text)]
PathText = Annotated[str, AfterValidator(texts.path)]
Name = Annotated[str, AfterValidator(texts.name)]
ChannelName = Annotated[str, AfterValidator(texts.channel_name)]
Duration = Annotated[timedelta, PlainValidator(texts.duration)]
SeverityWord = Annotated[Severity, PlainValidator(texts.severity)]
Schedule = Annotated[str, AfterValidator(texts.schedule)]
Words = Annotated[str, AfterValidator(texts.words)]
Sought = Annotated[tuple[str, ...], PlainValidator(asked.words)]


class Table(BaseModel):
    """Base of all tables. Every key has a default, so that a table with a bad key still says what it does say."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class RegistryTable(Table):
    """`[registry]`."""

    base_url: Annotated[str, AfterValidator(texts.base_url)] = DEFAULT_BASE_URL
    poll_every: Duration = timedelta(minutes=30)
    complete_every: Duration = timedelta(days=7)
    min_interval: Annotated[float, Field(strict=True, ge=0, le=3600, allow_inf_nan=False)] = 1.0
    timeout: Duration = timedelta(seconds=30)
    contact: Annotated[str, AfterValidator(texts.header_text)] = ""
    tls_max: Literal["1.2"] | None = None


class StoreTable(Table):
    """`[store]`."""

    path: PathText = "nct-watcher.db"


class StudyTable(Table):
    """One study of a watch."""

    nct_id: str = ""
    label: Text = ""


def _study(value: object) -> object:
    """A bare NCT number is a study without a label."""
    return {"nct_id": value} if isinstance(value, str) else value


class SearchTable(Table):
    """A watch's `search`. `address` is what stands for the whole of it where it was copied from the browser."""

    condition: Sought = ()
    intervention: Sought = ()
    term: Sought = ()
    sponsor: Sought = ()
    location: Sought = ()
    status: Annotated[tuple[str, ...], PlainValidator(asked.statuses)] = ()
    phase: Annotated[tuple[str, ...], PlainValidator(asked.phases)] = ()
    country: Annotated[tuple[str, ...], PlainValidator(asked.countries)] = ()
    advanced: Annotated[str, PlainValidator(asked.expression)] = ""
    address: str = ""


def _search(value: object) -> object:
    """A text in the place of the table is an address."""
    return {"address": value} if isinstance(value, str) else value


class WatchTable(Table):
    """`[[watch]]`."""

    name: Name | None = None
    studies: list[Annotated[StudyTable, BeforeValidator(_study)]] = []
    studies_file: PathText | None = None
    search: Annotated[SearchTable | None, BeforeValidator(_search)] = None
    everything: Annotated[bool, Field(strict=True)] = False
    until: Annotated[date | None, PlainValidator(texts.day)] = None


class ChannelTable(Table):
    """`[[channel]]`."""

    name: ChannelName | None = None
    url: str | None = None
    url_env: str | None = None
    url_file: PathText | None = None
    secret: Annotated[tuple[str, ...], PlainValidator(texts.secrets)] | None = None
    secret_env: str | None = None
    secret_file: PathText | None = None
    per_minute: Annotated[int, PlainValidator(texts.per_minute)] | None = None
    batch_from: Annotated[int, PlainValidator(texts.batch_from)] | None = None
    format: Literal["text", "short"] | None = None


class RuleTable(Table):
    """One entry of a route's `rules`."""

    name: Name | None = None
    kinds: list[str] | None = None
    min_severity: SeverityWord = Severity.MINOR
    when: Annotated[Timing | None, PlainValidator(texts.timing)] = None


class NearTable(Table):
    """A route's `near`."""

    latitude: Annotated[float | None, Field(ge=-90, le=90, allow_inf_nan=False)] = None
    longitude: Annotated[float | None, Field(ge=-180, le=180, allow_inf_nan=False)] = None
    km: Annotated[float | None, Field(gt=0, le=20_100, allow_inf_nan=False)] = None


class RouteTable(Table):
    """`[[route]]`."""

    name: Name | None = None
    enabled: Annotated[bool, Field(strict=True)] = True
    preset: Annotated[str | None, AfterValidator(texts.preset)] = None
    watches: list[str] | None = None
    kinds: list[str] | None = None
    min_severity: SeverityWord = Severity.MINOR
    rules: list[RuleTable] = []
    sponsors: list[Words] = []
    phases: list[Annotated[str, AfterValidator(texts.phase)]] = []
    conditions: list[Words] = []
    countries: list[Words] = []
    sites: list[Words] = []
    near: NearTable | None = None
    to: list[str] | None = None
    when: Schedule | None = None
    digest: Annotated[str | None, AfterValidator(texts.digest)] = None
    timezone: Annotated[str, AfterValidator(texts.zone)] = "UTC"
    say_nothing_changed: Annotated[bool, Field(strict=True)] = False
    quiet: Annotated[str | None, AfterValidator(texts.hours)] = None
    quiet_bypass: SeverityWord = Severity.CRITICAL
    escalate_after: Duration | None = None
    escalate_to: list[str] | None = None


class OperatorTable(Table):
    """`[operator]`."""

    channel: str | None = None
    heartbeat: str | None = None
    heartbeat_env: str | None = None
    heartbeat_file: PathText | None = None
    missed_refreshes: Annotated[int, PlainValidator(texts.missed_refreshes)] = USUAL.missed_refreshes
    outbox_age: Duration = USUAL.outbox_age
    free_disk: Annotated[int, PlainValidator(texts.size)] = USUAL.free_disk


class WebTable(Table):
    """`[web]`."""

    listen: Annotated[Address | None, PlainValidator(listening.address)] = listening.OFF
    token: str | None = None
    token_env: str | None = None
    token_file: PathText | None = None


class TemplatesTable(Table):
    """`[templates]`."""

    folder: PathText | None = None


class FileTable(Table):
    """The whole file."""

    registry: RegistryTable = RegistryTable()
    store: StoreTable = StoreTable()
    watch: list[WatchTable] = []
    channel: list[ChannelTable] = []
    route: list[RouteTable] = []
    operator: OperatorTable = OperatorTable()
    templates: TemplatesTable = TemplatesTable()
    web: WebTable = WebTable()


TABLES: dict[str, type[Table]] = {
    "registry": RegistryTable,
    "store": StoreTable,
    "watch": WatchTable,
    "channel": ChannelTable,
    "route": RouteTable,
    "operator": OperatorTable,
    "templates": TemplatesTable,
    "web": WebTable,
}
NESTED: dict[tuple[str, ...], type[Table]] = {
    ("watch", "studies"): StudyTable,
    ("watch", "search"): SearchTable,
    ("route", "rules"): RuleTable,
    ("route", "near"): NearTable,
}
REPEATED = ("watch", "channel", "route")


_FIXED = {
    "string_type": 'expected text in "quotes"',
    "bool_type": "expected true or false, without quotes",
}
_RANGES = {
    "latitude": "of degrees from -90 to 90",
    "longitude": "of degrees from -180 to 180",
    "km": "of kilometres above 0 and up to 20100",
}
# What is put where an entry of a list was wrong; the mistake is told, so nobody ever sees it.
_STAND_INS: dict[str, Any] = {"rules": {}, "phases": "1"} | dict.fromkeys(
    ("sponsors", "conditions", "countries", "sites"), "any"
)
_ENTRIES = {
    "near": "expected near = { latitude = 52.52, longitude = 13.40, km = 50 }",
    "rules": 'expected { kinds = ["site.*"], when = "never" }',
    "search": 'expected search = { condition = "..." }, or an address of the registry\'s search page in quotes',
}


def read_shape(raw: dict[str, Any], report: Report) -> FileTable:
    """The file as typed tables, without the parts that are reported as wrong (they are taken out of `raw`)."""
    try:
        return FileTable.model_validate(raw)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            report.add(detail["loc"], _said(detail, report))
            _take_out(raw, detail["loc"])
    return FileTable.model_validate(raw)


def known_keys(path: KeyPath) -> tuple[str, ...]:
    """The keys that the table at `path` may hold."""
    names = [step for step in path if isinstance(step, str)]
    if not names:
        return tuple(TABLES)
    model = NESTED.get(tuple(names)) or TABLES[names[0]]
    return tuple(model.model_fields)


def _take_out(raw: dict[str, Any], path: KeyPath) -> None:
    """Remove a key; an entry of a list is emptied instead, so that its neighbours keep their places."""
    holder: Any = raw
    for step in path[:-1]:
        holder = holder[step]
    if isinstance(holder, list):
        holder[int(path[-1])] = {} if len(path) == 2 else _STAND_INS.get(str(path[-2]), "")
    else:
        del holder[path[-1]]


def _said(detail: ErrorDetails, report: Report) -> str:
    """A finding of pydantic in our words; the value itself is not repeated, it may be a secret."""
    path, kind = detail["loc"], detail["type"]
    if kind in _FIXED:
        return _FIXED[kind]
    match kind:
        case "extra_forbidden":
            return _unknown_key(path, detail["input"], report)
        case "value_error":
            return str(detail["ctx"]["error"])
        case "list_type":
            return _not_a_list(path)
        case "model_type":
            return _not_a_table(path, detail["input"])
        case "literal_error":
            return f"expected {detail['ctx']['expected'].replace(chr(39), chr(34))}, or leave it out"
        case "greater_than" | "greater_than_equal" | "less_than_equal" | "finite_number" | "float_type":
            return f"expected a number {_RANGES.get(str(path[-1]), 'of seconds from 0 to 3600')}"
    return detail["msg"]


def _not_a_list(path: KeyPath) -> str:
    if path[0] in REPEATED and len(path) == 1:
        return f"expected a table with two brackets on each side: [[{path[0]}]]"
    return f'expected a list in brackets: {path[-1]} = ["..."]'


def _not_a_table(path: KeyPath, value: object) -> str:
    if len(path) > 2:
        return _ENTRIES.get(str(path[2]), 'expected "NCT01234567" or {nct_id = "NCT01234567", label = "..."}')
    once = ", once, with one bracket on each side" if isinstance(value, list) else ""
    return f"expected a table {_header(str(path[0]))}{once}"


def _unknown_key(path: KeyPath, value: object, report: Report) -> str:
    """An unknown key or table: the nearest right one, or the table it belongs to."""
    parent, key = path[:-1], str(path[-1])
    known = known_keys(parent)
    meant = nearest(key, known)
    if meant:
        report.suspect((*parent, meant))
    owners = [_header(name) for name, table in TABLES.items() if key in table.model_fields]
    noun = "table" if not parent and isinstance(value, dict | list) else "key"
    told = hint(key, known) or "; config.example.toml shows every key"
    belongs = f"; it belongs into {' or '.join(owners)}" if owners and not meant else told
    return f"unknown {noun} {quoted(key)}{belongs}"


def _header(name: str) -> str:
    return f"[[{name}]]" if name in REPEATED else f"[{name}]"
