"""The shape of the file: one model per table."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator

from watcher.alerts.conditions import USUAL
from watcher.config import asked, listening, texts
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

    listen: Annotated[Address | None, PlainValidator(listening.address)] = listening.USUAL
    token: str | None = None
    token_env: str | None = None
    token_file: PathText | None = None
    url: Annotated[str, AfterValidator(texts.page_url)] = ""


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
