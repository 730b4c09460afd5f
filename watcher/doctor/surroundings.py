"""The checks of this machine: configuration, secrets, permissions, disk, database, lock, time zones, templates."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from watcher.alerts.render import rendered
from watcher.changes.language.words import counted, size_text
from watcher.doctor.finding import Finding, failure, ok, skipped, warning
from watcher.doctor.judgements import LARGE_LOG, Place, free_disk, may_write
from watcher.doctor.patient import Patient
from watcher.errors import StoreError
from watcher.store.library import caveat, sqlite_version
from watcher.store.lock import holder
from watcher.store.looking import Look, look_at


def configuration(patient: Patient) -> Iterator[Finding]:
    """It loads; what it warns of. Warnings about modes are told as secrets."""
    config = patient.config
    parts = (
        counted(len(config.watches), "watch", "watches"),
        counted(len(config.channels), "channel"),
        counted(len(config.routes), "route"),
    )
    yield ok("configuration", f"{config.path} loads: {', '.join(parts)}")
    about_modes = tuple(secret.exposure.said for secret in config.secret_files if secret.exposure)
    for told in config.warnings:
        if not any(said in told for said in about_modes):
            yield warning("configuration", told, "change it, or leave it if it is meant")


def secrets(patient: Patient) -> Iterator[Finding]:
    """Who else can read or change a file that holds a secret."""
    files = patient.config.secret_files
    for secret in files:
        exposure = secret.exposure
        if exposure is not None:
            tell = failure if exposure.grave else warning
            yield tell("secrets", f"{secret.path} holds a secret and {exposure.said}", exposure.remedy)
    if not any(secret.exposure for secret in files):
        yield ok("secrets", f"files that hold secrets: {len(files)}; nobody else can read or change one")


def operator(patient: Patient) -> Iterator[Finding]:
    """Somebody hears of trouble."""
    name = patient.config.operator
    if name:
        yield ok("operator", f'trouble is told on channel "{name}"')
    else:
        yield warning("operator", "nobody is told of trouble", '[operator] channel = "..." names who hears of it')


def permissions(patient: Patient) -> Iterator[Finding]:
    """Whether this user can write what the watcher writes."""
    database = patient.config.store
    running = holder(database)
    lock = database.with_name(f"{database.name}.lock")
    nearest = _nearest(database.parent)
    if not nearest.is_dir():
        yield failure(
            "permissions", f"{nearest} is a file, and no folder of the database", "choose another [store] path"
        )
        return
    yield may_write(_place(nearest, "folder of the database"), os.geteuid(), running)
    for path, what in ((database, "database"), (lock, "lock file")):
        if path.exists():
            yield may_write(_place(path, what), os.geteuid(), running)
    if lock.exists() and database.exists() and (owner := database.stat().st_uid) != lock.stat().st_uid:
        found = f"the lock file {lock} belongs to user {lock.stat().st_uid}, the database to user {owner}"
        yield warning("permissions", found, f"whoever runs the watcher needs both: chown {owner} {lock}")


def _place(path: Path, what: str) -> Place:
    needed = os.W_OK | os.X_OK if path.is_dir() else os.W_OK
    return Place(str(path), path.stat().st_uid, os.access(path, needed), what)


def _nearest(folder: Path) -> Path:
    """The folder, or the one above it in which it would be made: what is there first, be it a file."""
    return next(each for each in (folder, *folder.parents) if each.exists())


def disk(patient: Patient) -> Iterator[Finding]:
    """Room for the database."""
    path = patient.config.store
    size = path.stat().st_size if path.exists() else 0
    yield free_disk(shutil.disk_usage(_nearest(path.parent)).free, size, patient.config.limits.free_disk)


def database(patient: Patient) -> Iterator[Finding]:
    """It opens, is ours and whole; which library reads it."""
    path = patient.config.store
    if not path.exists():
        yield ok("database", f"there is none at {path} yet: the first poll makes it")
    else:
        yield from _looked_at(path)
    yield ok("sqlite", caveat() or f"SQLite {sqlite_version()}")


def _looked_at(path: Path) -> Iterator[Finding]:
    try:
        look = look_at(path)
    except StoreError as error:
        said, _, remedy = str(error).partition(": ")
        yield failure("database", said, remedy or "`watcher db check` says more")
        return
    yield from _judged(path, look)
    if look.log > LARGE_LOG:
        yield warning("database", f"its log (-wal) has {size_text(look.log)}", "end whatever reads it for so long")


def _judged(path: Path, look: Look) -> Iterator[Finding]:
    if not look.ours:
        yield failure("database", f"{path} is a database of another program", "choose another [store] path")
    elif look.migrations < 0:
        yield failure("database", f"{path} was written by a newer version", "install that version again")
    elif look.flaw:
        remedy = "stop the watcher, then `watcher db restore BACKUP`; `watcher db check` says what is damaged"
        yield failure("database", f"{path} is damaged: {look.flaw}", remedy)
    elif look.migrations:
        yield warning("database", f"{path} has an older schema", "the next `watcher run` or `watcher poll` migrates it")
    elif look.flaw is None:
        yield ok("database", f"{path} opens and is ours; it is too large for a quick check: `watcher db check`")
    else:
        yield ok("database", f"{path} opens, is ours, and a quick check finds it whole")


def lock(patient: Patient) -> Iterator[Finding]:
    """Who runs."""
    running = holder(patient.config.store)
    yield ok("lock", f"a watcher is running: process {running}" if running else "no watcher is running now")


def zones(patient: Patient) -> Iterator[Finding]:
    """The time zone database is there, and knows what the routes name."""
    try:
        for route in patient.config.routes:
            _ = ZoneInfo(str(route.timezone))
        ZoneInfo("Europe/Berlin")
    except (KeyError, ValueError, OSError) as error:
        yield failure("time zones", f"{error}", "install the package tzdata")
    else:
        packaged = find_spec("tzdata") is not None
        yield ok("time zones", f"{len(available_timezones())} zones" + (" (package tzdata)" if packaged else ""))


def templates(patient: Patient) -> Iterator[Finding]:
    """Every template renders every sample in every format."""
    own = patient.config.templates
    flaws = dict.fromkeys(flaw for parcel in patient.samples for flaw in rendered(parcel, own).failures)
    for flaw in flaws:
        yield failure("templates", flaw, "correct it; `watcher templates preview` shows what it makes")
    if not patient.samples:
        yield skipped("templates", "no samples")
    elif not flaws:
        whose = f"{len(own.own)} of your own and the built-in ones" if own.own else "the built-in ones"
        yield ok("templates", f"{whose} render {len(patient.samples)} samples in every format")
