"""The checks that ask the registry: reached, not blocked, its clock and data, a batch of what is watched.

Two requests in all, at the configuration's pace; what is refused is not asked again beyond the client's own retries.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import msgspec

from watcher.doctor.finding import Finding, failure, ok, skipped, warning
from watcher.doctor.judgements import behind, clock_skew, data_age
from watcher.doctor.patient import Patient
from watcher.doctor.wire import End, Unreached, proxy_for, proxy_variables, reach
from watcher.errors import MalformedRecord, RegistryBlocked, RegistryError, StoreError
from watcher.record import snapshot_of
from watcher.registry.client import Registry
from watcher.registry.transport import Answer, Transport, handshake_settings, user_agent
from watcher.store import opened

SAMPLE = 10
_NOT_REACHED = "the registry was not reached"


class _Said(msgspec.Struct, rename="camel"):
    api_version: str = ""
    data_timestamp: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """What /version said, and when."""

    api: str
    data: str
    date: datetime | None
    rehearsal: bool


def registry(patient: Patient) -> Iterator[Finding]:
    """All of them, as far as the registry can be reached."""
    try:
        yield from _network(patient)
    except Unreached as unreached:
        yield failure("network", unreached.found, unreached.remedy)
        yield skipped("registry", _NOT_REACHED)
        return
    transport = _transport(patient)
    try:
        yield from _asked(patient, transport)
    finally:
        transport.close()


def _network(patient: Patient) -> Iterator[Finding]:
    """DNS, TCP and TLS to the registry, or to the proxy that stands before it."""
    settings = patient.config.registry
    end, proxy = End.of(settings.base_url), proxy_for(settings.base_url)
    if variables := proxy_variables(patient.environ):
        yield ok(
            "proxy", f"{', '.join(variables)} set; the registry is asked {f'through {proxy}' if proxy else 'directly'}"
        )
    if proxy:
        yield ok("network", f"the proxy {reach(proxy)}")
    else:
        trust = handshake_settings(settings.tls_max) if end.encrypted else None
        yield ok("network", f"the registry at {reach(end, trust)}")


def _transport(patient: Patient) -> Transport:
    settings = patient.config.registry
    return Transport(
        settings.base_url,
        min_interval=settings.min_interval,
        timeout=settings.timeout,
        contact=settings.contact,
        tls_max=settings.tls_max,
        sleep=time.sleep,
    )


def _asked(patient: Patient, transport: Transport) -> Iterator[Finding]:
    try:
        version = transport.fetch("/version", {}, _read_version)
    except RegistryBlocked as blocked:
        said, _, remedy = str(blocked).partition(": ")
        yield failure("User-Agent", said, remedy)
        return
    except RegistryError as error:
        yield failure("registry", str(error), "check [registry] base_url; look again in some minutes")
        return
    yield ok("User-Agent", f"accepted: {user_agent(patient.config.registry.contact)}")
    yield from _version(patient, version)
    yield from _sample(patient, Registry(transport))


def _read_version(answer: Answer) -> Version:
    said = msgspec.json.decode(answer.body, type=_Said)
    return Version(said.api_version, said.data_timestamp, _date(answer), answer.headers.get("x-rehearsal") == "1")


def _date(answer: Answer) -> datetime | None:
    try:
        said = parsedate_to_datetime(answer.headers.get("date", ""))
    except (TypeError, ValueError):
        return None
    return said if said.tzinfo else said.replace(tzinfo=UTC)


def _version(patient: Patient, version: Version) -> Iterator[Finding]:
    now = patient.now()
    yield ok("registry", f"API {version.api or 'of an unnamed version'}" + ", a rehearsal" * version.rehearsal)
    if version.date is None:
        yield skipped("clock", "the registry's answer has no date")
    else:
        yield clock_skew(version.date, now)
    if not version.rehearsal:
        yield data_age(version.data, now)
    yield behind(version.data, _read_last(patient), now)


def _read_last(patient: Patient) -> str:
    """Which data refresh the database has answers for; "" where it has none, or cannot be read."""
    try:
        with opened(patient.config.store, read_only=True) as store:
            return store.meta.poll_state().data_timestamp
    except StoreError:
        return ""


def _sample(patient: Patient, registry: Registry) -> Iterator[Finding]:
    """A batch of the watched studies can be read."""
    numbers = [study.nct_id for watch in patient.config.watches for study in watch.studies]
    asked = list(dict.fromkeys(numbers))[:SAMPLE]
    if not asked and any(watch.search for watch in patient.config.watches):
        yield ok("studies", "no study is named; the saved searches are asked at the next poll")
        return
    if not asked:
        yield warning("studies", "no study is watched", "name some in [[watch]]")
        return
    try:
        found = [record for page in registry.studies(asked) for record in page]
    except RegistryError as error:
        yield failure(
            "studies", f"a batch of {len(asked)} studies cannot be read: {error}", "look again in some minutes"
        )
        return
    yield from _read(patient, asked, found)


def _read(patient: Patient, asked: list[str], found: list[bytes]) -> Iterator[Finding]:
    numbers = set()
    for record in found:
        try:
            numbers.add(snapshot_of(record, seen_at=patient.now()).nct_id)
        except MalformedRecord as error:
            yield warning("studies", f"a record cannot be read: {error}", "it is passed over; report it as a bug")
    missing = [number for number in asked if number not in numbers]
    if missing:
        yield warning(
            "studies",
            f"{len(numbers)} of {len(asked)} studies are in a batch; not {', '.join(missing)}",
            "look each of them up on the registry's page: mistyped, withdrawn, or merged into another number",
        )
    else:
        yield ok("studies", f"a batch of {len(asked)} watched studies can be read")
