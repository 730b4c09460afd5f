"""What an operator writes: the configuration, the words in it, lists of studies, addresses and secrets."""

from __future__ import annotations

import re
import tempfile
from base64 import b64encode
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import httpx

from benchmarks.fuzz.mutate import chance, mutated_bytes, mutated_lines, odd_text
from benchmarks.fuzz.verdict import demand
from watcher.channels.address import address_of
from watcher.channels.signing import PREFIX, SHORTEST_KEY, key_of, signatures
from watcher.config import texts
from watcher.config.description import describe
from watcher.config.loading import load, loads
from watcher.config.studies import UnusableFile, entry_mistake, nct_mistake, read_list
from watcher.config.values import Config
from watcher.errors import ConfigError

EXAMPLE = (Path(__file__).resolve().parents[2] / "config.example.toml").read_text(encoding="utf-8")
PASSWORD = "pw-hidden-7731"  # noqa: S105 - looked for where it must not be
WORDS = (
    '""', '"x"', "0", "-1", "1.5", "nan", "inf", "true", "[]", "{}", "[[]]", '["team"]', '["nobody"]', '"team"',
    '"now"', '"daily 25:00"', '"daily 08:00"', '"weekly mon 08:00"', '"weekly"', '"30m"', '"0s"', '"9999d"',
    '"99999h99999m"', '"UTC"', '"Europe/Berlin"', '"Mars/Base"', '"critical"', '"loud"', '"investor"', '"site.*"',
    '["site.*"]', '["nothing.*"]', '["*"]', '["NCT04150497", "NCT04150497"]', '["NCT1"]', "[7]", '"22:00-07:00"',
    '"22:00-22:00"', "1979-05-27", "1979-05-27T07:32:00Z", "07:32:00", '"2027-12-31"', '"http://example.org"',
    '"https://user:pw@example.org"', '"http://127.0.0.1:1/api/v2"', '"1.2"', '"~/x"', '"/nowhere/x"', '"TEAM_URL"',
    f'"mailtos://user:{PASSWORD}@example.org?to=you@example.org"', '"slack://a/b"',
    f'"webhooks://example.org/{PASSWORD}"', f'"whsec_{PASSWORD}"', '"dbus://"', '"exec://x"', '"""', "'''",
    "[[route]]", "[watch]", "{ latitude = 91, longitude = 0, km = 1 }",
    "{ latitude = 52.5, longitude = 13.4, km = 50 }", '{ nct_id = "NCT04150497" }', "9" * 5000, "0x7fffffffffffffff",
    "[" * 300, '"\\ud800"', '"\\u0000"',
)  # fmt: skip
ENVIRON = {"TEAM_URL": "console://", "TEAM_SECRET": f"whsec_{b64encode(b'k' * 32).decode()}"}


# Read from the disk at each call, which takes longer than the rest of a configuration.
texts.available_timezones = cache(texts.available_timezones)


@cache
def folder() -> Path:
    """A folder for a run's files, with what the example may name in it."""
    place = Path(tempfile.mkdtemp(prefix="nct-watcher-fuzz-"))
    (place / "team.url").write_text("console://")
    (place / "pipeline.csv").write_text("nct_id,label\nNCT04150497,BALLI-01\n")
    return place


def config(rng: Random) -> bool:
    """The example with some of its lines damaged: every mistake is told, or everything in it is used."""
    text = mutated_lines(rng, EXAMPLE, rng.choice((1, 2, 6)), WORDS)
    if chance(rng, 0.1):
        text = mutated_bytes(rng, text.encode("utf-8", "replace")).decode("utf-8", "replace")
    path = folder() / "config.toml"
    try:
        found = loads(text, path, environ=ENVIRON)
    except ConfigError as error:
        _says_something(error)
        return False
    _can_be_told(found, loads(text, path, environ=ENVIRON))
    _refuses_a_stranger(rng, text, path)
    return True


def config_bytes(rng: Random) -> bool:
    """The file itself, damaged."""
    path = folder() / "damaged.toml"
    path.write_bytes(mutated_bytes(rng, EXAMPLE.encode()))
    try:
        load(path, environ=ENVIRON)
    except ConfigError as error:
        _says_something(error)
        return False
    return True


def _says_something(error: ConfigError) -> None:
    demand(bool(error.mistakes) and all(said.strip() for said in error.mistakes), "refused without a word")
    demand(all(len(said) < 3_000 for said in error.mistakes), "a mistake told without end")
    demand(PASSWORD not in str(error), "a password is told")


def _can_be_told(found: Config, again: Config) -> None:
    demand(found == again, "the same text means two things")
    told = describe(found)
    demand(PASSWORD not in told and PASSWORD not in repr(found), "a password is told")
    for part in (*found.watches, *found.channels, *found.routes):
        demand(part.name in told, f"{part.name!r} is loaded and not told")
    channels = {channel.name for channel in found.channels}
    demand(all(set(route.to) <= channels for route in found.routes), "a route to a channel that is not there")


def _refuses_a_stranger(rng: Random, text: str, path: Path) -> None:
    """A key that nobody knows, in any part: a word misspelt must not be passed over."""
    heads = [found.end() for found in re.finditer(r"(?m)^\[+\w+\]+ *(?:#.*)?$", text)]
    if not heads or '"""' in text or "'''" in text:
        return
    place = rng.choice(heads)
    try:
        loads(f"{text[:place]}\nzzq_unknown = 1\n{text[place:]}", path, environ=ENVIRON)
    except ConfigError as error:
        demand("zzq_unknown" in str(error), "a key that nobody knows is not named")
        return
    demand(False, "a key that nobody knows is passed over")


# --- the words inside ------------------------------------------------------------------

_ALPHABET = (
    "0", "1", "7", "23", "59", "60", "99", "d", "h", "m", "s", ":", "-", " ", "daily", "weekly", "mon", "now", "phase",
    "3", "/", "NCT", "04150497", "https://", "http://", "127.0.0.1", "localhost", "example.org", "@", "?", "#",
    "[::1]", "%", "2026-12-31", "W", "Europe", "Berlin", "critical", "*", "~", "\u0661", "\u212a", "\x7f",
)  # fmt: skip


def _phrase(rng: Random) -> str:
    made = "".join(rng.choice(_ALPHABET) for _ in range(rng.randint(0, 7)))
    return made + odd_text(rng) if chance(rng, 0.1) else made


def _again(read: Callable[[str], str]) -> Callable[[str], object]:
    """What was understood is understood the same once more."""

    def checked(text: str) -> object:
        found = read(text)
        demand(read(found) == found, f"{text!r} is read as {found!r}, and that as {read(found)!r}")
        return found

    return checked


def _duration(text: str) -> object:
    span = texts.duration(text)
    demand(span > timedelta(), f"{text!r} is no time at all")
    demand(bool(texts.duration_text(span)), f"{text!r} cannot be told")
    return span


def _day(text: str) -> object:
    found = texts.day(text)
    demand(texts.day(found.isoformat()) == found and isinstance(found, date), f"{text!r} is another day")
    return found


def _nct(text: str) -> object:
    if mistake := nct_mistake(text):
        raise ValueError(mistake)
    demand(re.fullmatch("NCT[0-9]{8}", text, re.ASCII) is not None, f"{text!r} passes for an NCT number")
    return text


_READERS: Sequence[Callable[[str], object]] = (
    _duration, _day, _nct, _again(texts.schedule), _again(texts.digest), _again(texts.hours), _again(texts.phase),
    _again(texts.base_url), _again(texts.zone), _again(texts.name), _again(texts.channel_name), _again(texts.path),
    _again(texts.header_text), _again(texts.words), texts.severity, texts.timing, texts.preset, texts.secrets,
)  # fmt: skip


def words(rng: Random) -> bool:
    """A duration, a time, a zone ...: understood, and the same once more, or refused with what is expected."""
    text = _phrase(rng)
    try:
        rng.choice(_READERS)(text)
    except ValueError as error:
        demand(bool(str(error).strip()), "refused without a word")
        return False
    return True


# --- lists of studies ---------------------------------------------------------------------

_CELLS = (
    "NCT04150497", "NCT00000001", "nct_id", "NCT Number", "label", "BALLI-01", '"', '""', ",", ";", "\t", "#", " ",
    "\ufeff", "NCT 4150497", "\x00", '"a\nb"', "\r", "x" * 200, "é", "\u2028", "=1+1",
)  # fmt: skip
PLANTED = "NCT07654321"


def studies(rng: Random) -> bool:
    """A list of studies: whatever stands around it, a sound line of its own is in the list, or the list is refused."""
    lines = ["".join(rng.choice(_CELLS) for _ in range(rng.randint(0, 5))) for _ in range(rng.randint(0, 8))]
    place = rng.randint(0, len(lines))
    text = "\n".join([*lines[:place], PLANTED, *lines[place:]])
    path = folder() / rng.choice(("list.txt", "list.csv", "list"))
    path.write_bytes(mutated_bytes(rng, text.encode()) if chance(rng, 0.2) else text.encode())
    try:
        found = read_list(path)
    except UnusableFile as error:
        demand(bool(str(error).strip()), "refused without a word")
        return False
    sound = [entry.nct_id for entry in found if entry_mistake(entry) is None]
    demand(all(re.fullmatch("NCT[0-9]{8}", nct_id, re.ASCII) for nct_id in sound), "what is no number passes for one")
    in_lines = path.suffix != ".csv" and "nct_id" not in text and "NCT Number" not in text
    whole = path.read_bytes() == text.encode()
    demand(not (whole and in_lines) or PLANTED in sound, "a number on a line of its own is lost")
    return bool(sound)


# --- addresses and secrets -------------------------------------------------------------------

_PARTS = (
    "webhooks://", "webhook://", "http://", "example.org", "127.0.0.1", "localhost", "[::1]", "[::1%25eth0]", "@",
    "u:p@", ":", "80", "0", "99999", "/", "//", "\\", "?", "#", "%0a", "%", "a=b", ".", "..", "xn--", "é", "\n", "\t",
    " ", "_", "-", "2130706433", "\u212a", "\u3002",
)  # fmt: skip


def addresses(rng: Random) -> bool:
    """The address of a webhook: the host that is told is the one that is asked, and nothing secret is told."""
    url = rng.choice(("webhooks://", "webhooks://", "webhook://", " WEBHOOKS://")) + "".join(
        rng.choice(_PARTS) for _ in range(rng.randint(1, 6))
    )
    if chance(rng, 0.5):
        url += f"/{PASSWORD}?token={PASSWORD}"
    try:
        found = address_of("team", url)
    except ConfigError as error:
        demand(PASSWORD not in str(error), "a secret is told")
        return False
    asked = _as_asked(found.url)
    if asked is None:
        return False
    demand(PASSWORD not in found.host and PASSWORD not in repr(found), "a secret is told")
    host = asked.raw_host.decode()
    shown = f"[{host}]" if ":" in host else host
    demand(found.host.startswith(shown), f"{found.host!r} is told and {shown!r} is asked")
    demand(asked.scheme == "https" or texts.is_loopback(found.url), "sent in the clear to another machine")
    return True


def _as_asked(url: str) -> httpx.URL | None:
    try:
        found = httpx.URL(url)
        return found if found.host else None
    except (httpx.InvalidURL, ValueError):
        return None  # refused when the channel is opened


def secrets(rng: Random) -> bool:
    """A secret to sign with: long enough and understood, or refused without being told."""
    core = "".join(rng.choice("abcXYZ019+/=-_ \n\u0661é") for _ in range(rng.randint(0, 60)))
    text = (PREFIX if chance(rng, 0.7) else "") + core
    try:
        key = key_of(text)
    except ValueError as error:
        demand(len(core) < 6 or core not in str(error), "a secret is told")
        return False
    demand(len(key) >= SHORTEST_KEY, "a key that is too short")
    signed: Any = signatures([key], "id", 1, b"body")
    demand(signed.startswith("v1,") and len(signed) == 47, "no signature")
    return True
