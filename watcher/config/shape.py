"""Reading the shape of the file: what has the wrong one is told in our words and taken out, the rest is read on."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from watcher.config.lines import KeyPath
from watcher.config.mistakes import Report, hint, nearest, quoted
from watcher.config.schema import NESTED, REPEATED, TABLES, FileTable

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
