"""The small languages inside strings: durations, times, zones, addresses. ValueError says what is expected."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from watcher.changes.language.words import counted
from watcher.config.mistakes import hint, nearest, quoted
from watcher.model import Severity, Timing

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_LONGEST = 200
_LONGEST_PATH = 1000
_DURATION = re.compile(r"(?:([0-9]{1,4})d)? ?(?:([0-9]{1,5})h)? ?(?:([0-9]{1,5})m)? ?(?:([0-9]{1,6})s)?")
_SIZES = {"mb": 10**6, "gb": 10**9, "tb": 10**12}
_SIZE = re.compile(r"0|(?P<size>[0-9]{1,6}) ?(?P<unit>[MGT]B)", re.IGNORECASE)
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_UNITS = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))
_FORMS = {"now": '"now"', "daily": '"daily HH:MM"', "weekly": '"weekly mon HH:MM"'}
# Line and paragraph separators, control characters and halves of surrogate pairs: none belongs into a name or a path.
_UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})
_PAGE_URL = "expected an address such as https://watcher.example.org"


def plain_text(text: str, longest: int = _LONGEST) -> str:
    """A text on one line, of reasonable length."""
    if any(unicodedata.category(character) in _UNPRINTABLE for character in text):
        raise ValueError("holds a line break or a control character; write it on one line")
    if len(text) > longest:
        raise ValueError(f"longer than {longest} characters")
    return text


def path(text: str) -> str:
    """The name of a file."""
    if text.startswith("~"):
        raise ValueError('write the path in full; "~" is not understood here')
    if "://" in text:
        raise ValueError("expected the name of a file, not an address")
    return plain_text(text, _LONGEST_PATH)


def name(text: str) -> str:
    """A name: plain, not empty, no address (which might hold a password)."""
    if not text:
        raise ValueError("empty; expected a name")
    if "://" in text:
        raise ValueError("expected a name, not an address")
    if text in (".", ".."):
        raise ValueError("expected a name; addresses of the page have a meaning of their own for dots alone")
    return plain_text(text)


def channel_name(text: str) -> str:
    """A name without a slash, which separates channel and recipient in the outbox."""
    if "/" in name(text):
        raise ValueError('a channel\'s name must not hold "/"')
    return text


def header_text(text: str) -> str:
    """What may stand in a User-Agent header, and does not pretend to be a browser."""
    if not plain_text(text).isascii():
        raise ValueError("expected plain ASCII letters, such as an e-mail address")
    if "mozilla" in text.lower():
        raise ValueError("must not look like a browser: the registry answers 403 to that")
    return text


def duration(value: object) -> timedelta:
    """`30s`, `30m`, `1h30m`, `1d`."""
    found = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    days, hours, minutes, seconds = (int(number or 0) for number in found.groups()) if found else (0, 0, 0, 0)
    total = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if not total:
        given = f", found {quoted(value)}" if isinstance(value, str) else ""
        raise ValueError(f'expected a duration in quotes such as "30s", "30m", "1h30m" or "1d"{given}')
    return total


def duration_text(span: timedelta) -> str:
    """`1 hour 30 minutes`."""
    left, parts = int(span.total_seconds()), []
    for unit, size in _UNITS:
        number, left = divmod(left, size)
        if number:
            parts.append(counted(number, unit))
    return " ".join(parts)


def missed_refreshes(value: object) -> int:
    """So many data refreshes of the registry."""
    if type(value) is not int or not 1 <= value <= 100:
        raise ValueError("expected a whole number of data refreshes (one each working day), from 1 to 100")
    return value


def size(value: object) -> int:
    """`500 MB`, `2GB`, in bytes; "0" is never."""
    found = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        given = f", found {quoted(value)}" if isinstance(value, str) else ""
        raise ValueError(f'expected a size in quotes such as "500 MB" or "2 GB", or "0"{given}')
    return int(found["size"]) * _SIZES[found["unit"].lower()] if found["unit"] else 0


def per_minute(value: object) -> int:
    """So many messages a minute."""
    if type(value) is not int or not 1 <= value <= 600:
        raise ValueError("expected a whole number of messages a minute, from 1 to 600")
    return value


def batch_from(value: object) -> int:
    """From so many messages on; 0 is never."""
    if type(value) is not int or not (value == 0 or 2 <= value <= 10_000):
        raise ValueError("expected a number of messages, at least 2; or 0, so that each is always sent by itself")
    return value


def secrets(value: object) -> tuple[str, ...]:
    """One secret, or two with a comma between them or as a list."""
    given = value.split(",") if isinstance(value, str) else value
    if not isinstance(given, list) or not all(isinstance(text, str) for text in given):
        raise ValueError('expected a secret in "quotes", or two in brackets')
    return tuple(text.strip() for text in given)


def schedule(text: str) -> str:
    """`now`, `daily 08:00` or `weekly mon 08:00`, in that spelling."""
    words = text.lower().split()
    match words:
        case ["now"]:
            return "now"
        case ["daily", clock]:
            return f"daily {_clock(clock)}"
        case ["weekly", day, clock]:
            return f"weekly {_weekday(day)} {_clock(clock)}"
    meant = nearest(words[0], ("now", "daily", "weekly")) if words else None
    form = _FORMS.get(meant or "", '"now", "daily HH:MM" or "weekly mon HH:MM"')
    raise ValueError(f"expected {form}, found {quoted(text)}")


def digest(text: str) -> str:
    """A time at which something is collected: any schedule but `now`."""
    if text.strip().lower() == "now":
        raise ValueError('expected "daily HH:MM" or "weekly mon HH:MM"; for everything at once write when = "now"')
    return schedule(text)


def hours(text: str) -> str:
    """`22:00-07:00`, in that spelling."""
    start, separator, end = text.partition("-")
    if not separator:
        raise ValueError(f'expected hours such as "22:00-07:00", found {quoted(text)}')
    said = f"{_clock(start.strip())}-{_clock(end.strip())}"
    if said[:5] == said[6:]:
        raise ValueError("begins when it ends: that would be all day; to send nothing at all write enabled = false")
    return said


def timing(text: object) -> Timing | None:
    """When a rule has something told."""
    known = [timing.value for timing in Timing]
    if text in known:
        return Timing(str(text))
    found = f", found {quoted(text)}{hint(text, known)}" if isinstance(text, str) else ""
    raise ValueError(f"expected one of {', '.join(quoted(word) for word in known)}{found}")


def preset(text: str) -> str:
    """The name of a preset."""
    from watcher.alerts.presets import PRESETS

    if text in PRESETS:
        return text
    raise ValueError(f"unknown preset {quoted(text)}{hint(text, PRESETS)}")


def phase(text: str) -> str:
    """The registry's label of a phase: `Phase 3` for `3`, `phase3` and `PHASE3`."""
    from watcher.changes.language.words import PHASES

    wanted = re.sub(r"[^a-z0-9]", "", text.casefold()).removeprefix("phase")
    for code, label in PHASES.items():
        spellings = {re.sub(r"[^a-z0-9]", "", word.casefold()) for word in (code, label)}
        if wanted in {spelling.removeprefix("phase") for spelling in spellings}:
            return label
    raise ValueError(f"unknown phase {quoted(text)}{hint(text, PHASES.values())}")


def words(text: str) -> str:
    """Words to look for: at least one letter or figure in them."""
    if not any(character.isalnum() for character in plain_text(text)):
        raise ValueError("expected a word at least, which may end in * for the rest of it")
    return text


def day(value: object) -> date:
    """`2026-12-31`, in quotes or as a date of TOML."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value.strip()) if isinstance(value, str) else _no_day(value)
    except ValueError:
        raise ValueError(f'expected a day such as "2026-12-31", found {quoted(str(value))}') from None


def _no_day(value: object) -> date:
    raise ValueError(value)


def _clock(text: str) -> str:
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise ValueError(f"expected a time from 00:00 to 23:59, found {quoted(text)}")
    return f"{int(found[1]):02d}:{found[2]}"


def _weekday(text: str) -> str:
    short = [day[:3] for day in WEEKDAYS]
    if text in WEEKDAYS or text in short:
        return text[:3]
    raise ValueError(f"unknown weekday {quoted(text)}{hint(text, short)}")


def zone(text: str) -> str:
    """An IANA time zone."""
    zones = available_timezones()
    if text in zones:
        return text
    city = _zone_of_city(text, zones)
    remedy = f"; did you mean {quoted(city)}?" if city else hint(text, zones)
    remedy = remedy or '; expected a name such as "Europe/Berlin"'
    raise ValueError(f"unknown time zone {quoted(text)}{remedy}")


def _zone_of_city(text: str, zones: Iterable[str]) -> str | None:
    """`Europe/Berlin` for `berlin`."""
    wanted = text.rpartition("/")[2].strip().replace(" ", "_").casefold()
    return next((place for place in sorted(zones) if place.casefold().endswith(f"/{wanted}")), None)


def severity(text: object) -> Severity:
    """One of the four severities."""
    words = [level.word for level in Severity]
    if text in words:
        return Severity.of(str(text))
    if not isinstance(text, str):
        raise ValueError(f"expected text in quotes, one of {', '.join(quoted(word) for word in words)}")
    raise ValueError(f"unknown severity {quoted(text)}{hint(text, words)}")


def base_url(text: str) -> str:
    """The address of a registry: https, or http on this machine; without a slash at its end."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("expected an address such as https://clinicaltrials.gov/api/v2") from None
    if parts.scheme not in ("http", "https") or not host or re.search(r"\s", text):
        raise ValueError("expected an address such as https://clinicaltrials.gov/api/v2")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("expected an address without user name, query or fragment")
    if parts.scheme == "http" and not is_loopback(text):
        raise ValueError("expected https:// (plain http:// only for an address on this machine, such as 127.0.0.1)")
    return text.rstrip("/")


def page_url(text: str) -> str:
    """The address under which readers reach the page; without a slash at its end. "" for none."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError(_PAGE_URL) from None
    if text and (parts.scheme not in ("http", "https") or not host or not re.fullmatch(r"[!-~]+", text)):
        raise ValueError(_PAGE_URL)
    if "@" in parts.netloc or parts.query or parts.fragment or parts.path.strip("/"):
        raise ValueError("expected scheme, host and port alone: no user name, path, query or fragment")
    return text.rstrip("/")


def is_loopback(url: str) -> bool:
    """Whether the address is on this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
