"""What may stand under the keys of a watch's `search`. ValueError says what is expected."""

from __future__ import annotations

import re
from collections.abc import Callable

from watcher.config import texts
from watcher.config.essie import imbalance
from watcher.config.mistakes import hint, quoted

LONGEST_EXPRESSION = 2000
MANY_WORDS = 12

_NUMBER = re.compile(r"NCT[0-9]+", re.IGNORECASE)
UNDER_STUDIES = "NCT numbers alone: the registry would ignore the rest of the search; put them under studies"


def words(value: object) -> tuple[str, ...]:
    """A text to look for, or several of which any will do."""
    return _each(value, _text)


def statuses(value: object) -> tuple[str, ...]:
    """The registry's codes of statuses, each given as code or label in any case: RECRUITING, "Not yet recruiting"."""
    return _each(value, status)


def phases(value: object) -> tuple[str, ...]:
    """The registry's codes of phases: PHASE1 for `1`, `Phase 1` and `PHASE1`."""
    return _each(value, _phase)


def countries(value: object) -> tuple[str, ...]:
    """Countries by the names that the registry uses today."""
    return _each(value, _country)


def expression(value: object) -> str:
    """An expression in the registry's own language, with balanced brackets and quotes."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("expected an expression in quotes, such as 'AREA[StudyType]INTERVENTIONAL'")
    return balanced(texts.plain_text(value.strip(), LONGEST_EXPRESSION))


def balanced(text: str) -> str:
    """The expression, unless its brackets or quotes do not match."""
    wrong = imbalance(text)
    if wrong:
        raise ValueError(f"not an expression that the registry can read: {wrong}")
    return text


def status(text: str) -> str:
    """The registry's code of a status."""
    from watcher.changes.language.words import status_label
    from watcher.record.enumerations import STATUSES

    known = {_bare(spelling): code for code in sorted(STATUSES) for spelling in (code, status_label(code))}
    if _bare(text) in known:
        return known[_bare(text)]
    raise ValueError(f"unknown status {quoted(text)}{hint(text, map(status_label, sorted(STATUSES)))}")


def refuse_numbers_alone(text: str) -> str:
    """The text, unless it holds nothing but NCT numbers."""
    said = [word for word in re.findall(r"\w+", text) if word not in ("AND", "OR", "NOT")]
    if said and all(map(_NUMBER.fullmatch, said)):
        raise ValueError(UNDER_STUDIES)
    return text


def _each(value: object, one: Callable[[str], str]) -> tuple[str, ...]:
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, list) or not all(isinstance(text, str) for text in given):
        raise ValueError('expected text in "quotes", or a list of them in brackets')
    if not given:
        raise ValueError("empty; leave it out, or name what to look for")
    return tuple(dict.fromkeys(one(" ".join(texts.plain_text(text).split())) for text in given))


def _text(text: str) -> str:
    if not any(character.isalnum() for character in text):
        raise ValueError("expected a word at least")
    return refuse_numbers_alone(text)


def _phase(text: str) -> str:
    from watcher.changes.language.words import PHASES

    label = texts.phase(text)
    return next(code for code, known in PHASES.items() if known == label)


def _country(text: str) -> str:
    from watcher.changes.sites.countries import country_name

    return country_name(_text(text))


def _bare(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold())
