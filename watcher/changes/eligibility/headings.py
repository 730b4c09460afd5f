"""Headings of a criteria text: which list a line opens, for which part of the study."""

from __future__ import annotations

import re
from dataclasses import dataclass

from watcher.changes.language.spoken import tokens
from watcher.changes.language.units import word_set
from watcher.record import tidy

INCLUSION, EXCLUSION, UNSAID = "inclusion", "exclusion", "eligibility"

_NAMES = re.compile(r"\b(?P<not>non[- ]?|not )?(?P<name>inclusions?|exclusions?|ineligibility|eligibility)\b", re.I)
_CRITERIA = re.compile(r"\bcriteri(?:a|on|um|ons)\b", re.I)
# Lines that speak of the criteria instead of opening a list of them.
_SPEAKS = re.compile(
    r"\b(?:appl(?:y|ies|ied)|meets?|met|meeting|above|defined|per|see|previous(?:ly)?|conform|fulfil\w*|one of|period"
    r"|time|not a criterion|no exclusion|will be|other protocol)\b",
    re.I,
)
_GENERIC = word_set(
    "key main major general common important principal primary overall basic specific additional other selected "
    "criteria criterion criterium inclusion inclusions exclusion exclusions non not ineligibility eligibility the "
    "for of all and patients patient subjects subject participants participant volunteers study as follows are is "
    "following include includes in to this trial or any must satisfy meet each every both groups parts cohorts "
    "sub studies list"
)
_MARKS = "*_#-–—=~ \t"


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that opens a list: its section, the words that narrow it ("Part B"), and what follows on the line."""

    section: str
    part: str
    rest: str


def heading_of(line: str) -> Heading | None:
    """The heading that a line is, None for any other line; `line` comes without its bullet."""
    if "clusion" not in (low := line.lower()) and "eligib" not in low:
        return None
    head, colon, rest = tidy(line).strip(_MARKS).partition(":")
    head, rest = head.strip(_MARKS), rest.strip(": " + _MARKS)
    names = list(_NAMES.finditer(head))
    if not names or not _opens(head, bool(colon)):
        return None
    sections = {_section(found) for found in names}
    section = sections.pop() if len(sections) == 1 else _section(names[0]) if "(" in head else UNSAID
    narrow = [word for word in tokens(head) if word not in _GENERIC]
    return Heading(section, head if narrow else "", rest)


def _opens(head: str, colon: bool) -> bool:
    words = head.split()
    if not _CRITERIA.search(head) and len(words) > 3:
        return False
    if colon:
        return len(words) <= 14 and not re.search(r"\b(?:appl(?:y|ies|ied)|not meet\w*|see)\b", head, re.I)
    if not _CRITERIA.search(head) and len(words) > 1:
        return False
    return len(words) <= 10 and not _SPEAKS.search(head)


def _section(found: re.Match[str]) -> str:
    name = found["name"].lower()
    if name.startswith("eligibility"):
        return INCLUSION
    out = name.startswith(("exclusion", "ineligibility"))
    return EXCLUSION if out != bool(found["not"]) else INCLUSION
