"""Good answers of the registry made bad."""

from __future__ import annotations

import random
from typing import Any

import orjson

from benchmarks.soak.weather import Wind
from watcher.registry.rehearsal.answers import Answer

HTML = b"<!DOCTYPE html>\n<html><head><title>Just a moment</title></head><body>Please wait.</body></html>\n"


def spoiled(said: Answer, wind: Wind, chance: random.Random, unknown: frozenset[str] = frozenset()) -> Answer:
    """A good answer as this wind leaves it; studies that are `unknown` so far do not go missing."""
    if wind is Wind.HTML:
        return Answer(200, HTML, "text/html")
    if wind is Wind.EMPTY:
        return Answer(200, b"", said.content_type, said.headers)
    if wind is Wind.TRUNCATED:
        return Answer(200, said.body[: chance.randrange(1, len(said.body))], said.content_type, said.headers)
    if wind is Wind.WRONG_TYPE:
        return Answer(200, said.body, "text/html", said.headers)
    if wind in {Wind.MISSING_IDS, Wind.TWICE, Wind.UNASKED, Wind.SAME_TOKEN}:
        return Answer(200, _page(said.body, wind, chance, unknown), said.content_type, said.headers)
    return said


def _page(body: bytes, wind: Wind, chance: random.Random, unknown: frozenset[str]) -> bytes:
    page = orjson.loads(body)
    studies: list[Any] = page["studies"]
    known = [study for study in studies if study["protocolSection"]["identificationModule"]["nctId"] not in unknown]
    some = chance.sample(known, min(3, len(known)))
    if wind is Wind.MISSING_IDS:
        page["studies"] = [study for study in studies if study not in some]
    if wind is Wind.TWICE:
        page["studies"] = [*some, *studies]
    if wind is Wind.UNASKED:
        page["studies"] = [*studies, *map(_another, some[:1])]
    if wind is Wind.SAME_TOKEN:
        page["nextPageToken"] = "again"
    return orjson.dumps(page)


def _another(study: dict[str, Any]) -> dict[str, Any]:
    """A study that nobody watches."""
    stranger: dict[str, Any] = orjson.loads(orjson.dumps(study))
    identification = stranger["protocolSection"]["identificationModule"]
    identification["nctId"] = "NCT99999999"
    identification.pop("nctIdAliases", None)
    return stranger
