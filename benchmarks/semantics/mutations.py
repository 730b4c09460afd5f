"""Ways in which a record may be written otherwise and still say the same: nobody may hear of any of them.

Each is a pure function of a record and a seeded `Random`: the record before and after, or None where it does not
apply. The record handed in is never changed.
"""

from __future__ import annotations

import copy
import json
import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any

Record = dict[str, Any]
Written = Record | bytes
Pair = tuple[Written, Written]
Mutation = Callable[[Record, Random], Pair | None]

_VOWELS = {"a": "á", "e": "é", "i": "í", "o": "ô", "u": "ü", "A": "Á", "E": "É", "I": "Í", "O": "Ö", "U": "Ü", "c": "ç"}
_DATES = ("startDateStruct", "primaryCompletionDateStruct", "completionDateStruct")
_TEXTS = (
    ("identificationModule", "briefTitle"),
    ("identificationModule", "officialTitle"),
    ("descriptionModule", "briefSummary"),
    ("descriptionModule", "detailedDescription"),
    ("eligibilityModule", "eligibilityCriteria"),
    ("statusModule", "whyStopped"),
)
_TEXT_KEYS = frozenset({"measure", "description", "timeFrame", "briefSummary", "detailedDescription", "whyStopped"})


# --- order and writing ------------------------------------------------------------


def shuffled(record: Record, chance: Random, *, results: bool = False) -> Record:
    """The record with each of its lists in another order; those of the results only where asked for."""
    return {
        name: copy.deepcopy(part) if name == "resultsSection" and not results else _turned(part, chance)
        for name, part in record.items()
    }


def _turned(node: Any, chance: Random) -> Any:
    if isinstance(node, dict):
        return {key: _turned(value, chance) for key, value in node.items()}
    if isinstance(node, list):
        return chance.sample([_turned(item, chance) for item in node], len(node))
    return node


def _reordered_keys(node: Any, chance: Random) -> Any:
    if isinstance(node, dict):
        return {key: _reordered_keys(node[key], chance) for key in chance.sample(list(node), len(node))}
    return [_reordered_keys(item, chance) for item in node] if isinstance(node, list) else node


def _order(record: Record, chance: Random) -> Pair:
    return record, shuffled(record, chance)


def _order_of_results(record: Record, chance: Random) -> Pair | None:
    return (record, shuffled(record, chance, results=True)) if "resultsSection" in record else None


def _keys(record: Record, chance: Random) -> Pair:
    return record, json.dumps(_reordered_keys(record, chance)).encode()


def _indented(record: Record, chance: Random) -> Pair:
    return json.dumps(record, ensure_ascii=False).encode(), json.dumps(
        record, ensure_ascii=False, indent=chance.choice((1, 2, 4))
    ).encode()


def _escaped(record: Record, chance: Random) -> Pair:
    plain = json.dumps(record, ensure_ascii=False).encode()
    escaped = json.dumps(record, ensure_ascii=True, separators=(",", ":"))
    return plain, escaped.replace("/", "\\/").encode() if chance.random() < 0.5 else escaped.encode()


# --- what the registry moves by itself -----------------------------------------------


def _recomputed(record: Record, chance: Random) -> Pair:
    after = copy.deepcopy(record)
    derived = after.setdefault("derivedSection", {})
    derived.setdefault("miscInfoModule", {})["versionHolder"] = f"2026-06-{chance.randint(10, 28)}"
    derived["conditionBrowseModule"] = {"meshes": [{"id": f"D{chance.randint(1, 999999):06}", "term": "Neoplasms"}]}
    derived["interventionBrowseModule"] = {"ancestors": [{"id": "D000970", "term": "Antineoplastic Agents"}]}
    return record, after


def filed(record: Record, chance: Random) -> Record:
    """The record filed again: verified, submitted and posted later."""
    after = copy.deepcopy(record)
    module = after["protocolSection"]["statusModule"]
    day = chance.randint(10, 26)
    module["statusVerifiedDate"] = "2026-05"
    module["lastUpdateSubmitDate"] = f"2026-05-{day}"
    module["lastUpdatePostDateStruct"] = {"date": f"2026-05-{day + 2}", "type": "ESTIMATED"}
    return after


def _filed_again(record: Record, chance: Random) -> Pair:
    return record, filed(record, chance)


def _regeocoded(record: Record, chance: Random) -> Pair | None:
    after = copy.deepcopy(record)
    points = [site["geoPoint"] for site in sites_of(after) if isinstance(site.get("geoPoint"), dict)]
    for point in points:
        point["lat"] = round(point.get("lat", 0) + chance.uniform(0.001, 0.01), 5)
    return (record, after) if points else None


# --- names of facilities ------------------------------------------------------------


def sites_of(record: Record) -> list[Record]:
    """The rows of the list of sites."""
    sites: list[Record] = record["protocolSection"].get("contactsLocationsModule", {}).get("locations", [])
    return sites


def renamed(record: Record, change: Callable[[str], str], chance: Random | None = None) -> Record | None:
    """The record with facilities written otherwise, all of them or one by chance; None where none would differ."""
    after = copy.deepcopy(record)
    rows = [site for site in sites_of(after) if site.get("facility") and change(site["facility"]) != site["facility"]]
    for site in [chance.choice(rows)] if chance and rows else rows:
        site["facility"] = change(site["facility"])
    return after if rows else None


def accented(name: str, chance: Random) -> str:
    """The name with accents on one or two of its letters."""
    places = [place for place, sign in enumerate(name) if sign in _VOWELS]
    chosen = set(chance.sample(places, min(len(places), chance.randint(1, 2))))
    return "".join(_VOWELS[sign] if place in chosen else sign for place, sign in enumerate(name))


def bare(name: str) -> str:
    """The name without its accents."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))


def mojibake(name: str, codec: str) -> str:
    """The name's UTF-8 read as if it were another encoding; bytes that it lacks are read as latin-1."""
    return "".join(_misread(byte, codec) for byte in name.encode())


def _misread(byte: int, codec: str) -> str:
    try:
        return bytes([byte]).decode(codec)
    except UnicodeDecodeError:
        return chr(byte)


def _accented(record: Record, chance: Random) -> Pair | None:
    seed = chance.random()
    return _paired(record, renamed(record, lambda name: accented(name, Random(f"{seed}{name}"))))  # noqa: S311 - seeded


def _one_accented(record: Record, chance: Random) -> Pair | None:
    seed = chance.random()
    return _paired(record, renamed(record, lambda name: accented(name, Random(f"{seed}{name}")), chance))  # noqa: S311


def _bare(record: Record, chance: Random) -> Pair | None:
    return _paired(record, renamed(record, bare))


def _recomposed(record: Record, chance: Random) -> Pair | None:
    return _paired(record, renamed(record, lambda name: unicodedata.normalize("NFD", name)))


def _mojibake(codec: str) -> Mutation:
    def mutation(record: Record, chance: Random) -> Pair | None:
        if after := renamed(record, lambda name: mojibake(name, codec)):
            return record, after
        before = _accented(record, chance)
        if before is None or not isinstance(before[1], dict):
            return None
        return _paired(before[1], renamed(before[1], lambda name: mojibake(name, codec)))

    return mutation


def _capitals(record: Record, chance: Random) -> Pair | None:
    return _paired(record, renamed(record, str.upper))


def _punctuation(record: Record, chance: Random) -> Pair | None:
    return _paired(record, renamed(record, _punctuated))


def _punctuated(name: str) -> str:
    return re.sub(r"\.(?=\s|$)", "", name.replace(" - ", ", ").replace("'", "’"))


def _paired(before: Record, after: Record | None) -> Pair | None:
    return (before, after) if after else None


# --- precision of dates ------------------------------------------------------------


def _refined(record: Record, chance: Random) -> Pair | None:
    return _redated(record, re.compile(r"\d{4}-\d\d"), lambda date: f"{date}-{chance.randint(1, _days(date)):02}")


def _coarsened(record: Record, chance: Random) -> Pair | None:
    return _redated(record, re.compile(r"\d{4}-\d\d-\d\d"), lambda date: date[:7])


def _redated(record: Record, shape: re.Pattern[str], change: Callable[[str], str]) -> Pair | None:
    after = copy.deepcopy(record)
    module = after["protocolSection"]["statusModule"]
    structs = [module[name] for name in _DATES if shape.fullmatch(module.get(name, {}).get("date", ""))]
    for struct in structs:
        struct["date"] = change(struct["date"])
    return (record, after) if structs else None


def _days(month: str) -> int:
    return monthrange(int(month[:4]), int(month[5:7]))[1]


# --- layout of texts ------------------------------------------------------------------


def _texts(record: Record, change: Callable[[str], str]) -> Pair | None:
    """The record with all its free texts of more than a word laid out otherwise."""
    after = copy.deepcopy(record)
    for module, name in _TEXTS:
        holder = after["protocolSection"].get(module, {})
        if isinstance(holder.get(name), str):
            holder[name] = change(holder[name])
    for holder in _holders(after["protocolSection"]):
        for key in _TEXT_KEYS & holder.keys():
            holder[key] = change(holder[key]) if isinstance(holder[key], str) else holder[key]
    return (record, after) if after != record else None


def _holders(protocol: Record) -> Iterator[Record]:
    for module, lists in (
        ("outcomesModule", ("primaryOutcomes", "secondaryOutcomes", "otherOutcomes")),
        ("armsInterventionsModule", ("armGroups", "interventions")),
    ):
        for name in lists:
            yield from protocol.get(module, {}).get(name, [])


def _blanks(record: Record, chance: Random) -> Pair | None:
    return _texts(record, lambda text: text.replace(". ", ".  ") + " ")


def _quotes(record: Record, chance: Random) -> Pair | None:
    return _texts(
        record, lambda text: text.replace("'", "’").replace(">=", "≥").replace("<=", "≤").replace(" - ", " – ")
    )


def _markdown(record: Record, chance: Random) -> Pair | None:
    return _texts(record, lambda text: re.sub(r"(?<!\\)([<>~^])", r"\\\1", text))


def _bullets(record: Record, chance: Random) -> Pair | None:
    sign = chance.choice(("-", "•", "*"))
    return _criteria(record, lambda text: re.sub(r"(?m)^(\s*)[*•-] +", rf"\1{sign}   ", text).replace("\n\n", "\n"))


def _criteria_in_capitals(record: Record, chance: Random) -> Pair | None:
    return _criteria(record, str.upper)


def _criteria_in_other_lines(record: Record, chance: Random) -> Pair | None:
    return _criteria(record, lambda text: text.replace("\n", "\r\n"))


def _criteria(record: Record, change: Callable[[str], str]) -> Pair | None:
    after = copy.deepcopy(record)
    module = after["protocolSection"].get("eligibilityModule", {})
    if not module.get("eligibilityCriteria"):
        return None
    module["eligibilityCriteria"] = change(module["eligibilityCriteria"])
    return (record, after) if after != record else None


QUIET: Mapping[str, Mutation] = {
    "lists shuffled": _order,
    "lists of results shuffled": _order_of_results,
    "keys in another order": _keys,
    "another indent": _indented,
    "unicode escaped": _escaped,
    "registry's own terms": _recomputed,
    "filed again": _filed_again,
    "coordinates moved": _regeocoded,
    "facilities accented": _accented,
    "one facility accented": _one_accented,
    "facilities without accents": _bare,
    "facilities decomposed": _recomposed,
    "facilities as cp1252": _mojibake("cp1252"),
    "facilities as latin-1": _mojibake("latin-1"),
    "facilities in capitals": _capitals,
    "punctuation of facilities": _punctuation,
    "dates refined": _refined,
    "dates coarsened": _coarsened,
    "blanks in texts": _blanks,
    "quotes and signs in texts": _quotes,
    "markdown escapes in texts": _markdown,
    "bullets of criteria": _bullets,
    "criteria in capitals": _criteria_in_capitals,
    "line ends of criteria": _criteria_in_other_lines,
}
