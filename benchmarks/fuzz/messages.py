"""Messages: whatever stands in a record or a template, each format is complete, bounded, and acts on nobody."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from functools import cache
from html.parser import HTMLParser
from random import Random

from benchmarks.fuzz.mutate import ODD_TEXTS, chance, mutated_json, mutated_lines, odd_text
from benchmarks.fuzz.records import corpus, large, read
from benchmarks.fuzz.verdict import demand
from tests.alerts.examples import FACTS, alert
from watcher.alerts.messages.engine import built_in_names, built_in_source, flaw_in
from watcher.alerts.messages.sources import Templates
from watcher.alerts.render import BUILT_IN, Parcel, message_for, rendered
from watcher.model import Alert, Change, Form, Message, Notice, Severity
from watcher.model.telling import StudyFacts

_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f]"
)
_OUR_LINK = re.compile(r"<https://clinicaltrials\.gov/study/NCT\d{8}(\?tab=history)?\|[\w ]+>")
_WORDS = (
    "{{ 6*7 }}", "{{ alert.__class__.__mro__ }}", "{% for i in range(99999) %}x{% endfor %}", "{% if %}",
    "{{ missing }}", "{{ ''.__class__ }}", "{% include 'alert.txt.j2' %}",
    "{% macro x() %}{{ x() }}{% endmacro %}{{ x() }}", "{#", "{{", "%}", "{{ cycler.__init__.__globals__ }}",
    "{{ alert.changes.append(1) }}", "{% raw %}", "{{ 1 / 0 }}", "{% set alert = 0 %}", "{{ subject | safe }}",
    "{% extends alert %}",
)  # fmt: skip


def messages(rng: Random) -> bool:
    """An alert, a digest or a notice with hostile text in every place."""
    message = message_for(_parcel(rng))
    _check(message)
    return True


def told_records(rng: Random) -> bool:
    """What is told of two records, the newer one damaged, in every format."""
    old = rng.choice(large())
    found = read(old, mutated_json(rng, old, corpus(), 8))
    told = tuple(change for change in found or () if change.severity > Severity.NOISE)
    if not told:
        return False
    text = odd_text(rng)
    held = alert(*told, study=_facts(rng, text), label=text, id=3)
    _check(message_for(Parcel("m1", (held,), rng.choice((Form.ALERT, Form.DIGEST)), "desk", "2026-06-08")))
    return True


def templates(rng: Random) -> bool:
    """A template of the user's, damaged: refused with its line, or used, and no message is lost to it."""
    name = rng.choice([name for name in built_in_names() if not name.startswith(("style", "layout"))])
    source = mutated_lines(rng, built_in_source(name), 3, _WORDS)
    if (flaw := flaw_in(name, source)) is not None:
        demand(flaw[0] >= 1 and bool(flaw[1]), "a flaw without a place")
        return False
    made = rendered(_parcel(rng, severe=False), Templates(own=((name, source),)))
    built_in = message_for(_parcel(tame(0), severe=False), BUILT_IN)
    demand(bool(made.message.text.strip()) and bool(built_in.text), "a message is lost to a template")
    for text in _texts(made.message):
        demand(_STEERING.search(text) is None, "a template steers a terminal")
    return not made.failures


def tame(seed: int) -> Random:
    """Chance that is always the same."""
    return Random(seed)  # noqa: S311 - not a secret


def _parcel(rng: Random, *, severe: bool = True) -> Parcel:
    """One, or a few, with texts that nobody expects."""
    if chance(rng, 0.15):
        return Parcel("m1", form=Form.NOTICE, notice=Notice("k", odd_text(rng), odd_text(rng)))
    form = rng.choice((Form.ALERT, Form.DIGEST, Form.ESCALATION, Form.BATCH))
    many = rng.choice((1, 1, 2, 12)) if form in {Form.DIGEST, Form.BATCH} else 1
    told = tuple(_alert(rng, number, severe) for number in range(many))
    return Parcel("m1", told, form, odd_text(rng) if severe else "desk", "2026-06-08", rehearsal=chance(rng, 0.2))


def _alert(rng: Random, number: int, severe: bool) -> Alert:
    tame = ("Alpha", "Beta", "NCT04150497")
    say: Callable[[], str] = (lambda: odd_text(rng)) if severe else (lambda: rng.choice(tame))
    changes = tuple(_change(rng, at, say) for at in range(rng.choice((1, 2, 30))))
    return alert(*changes, study=_facts(rng, say()), label=say(), reason=say(), notes=(say(),), id=number + 1)


def _change(rng: Random, number: int, say: Callable[[], str]) -> Change:
    base = rng.choice(_told())
    parent = 0 if number and chance(rng, 0.3) else None
    if chance(rng, 0.5):
        return replace(base, id=number, parent=parent)
    said = replace(base, sentence=say() or "x", subject=say(), old=say(), new=say(), paths=(say(),))
    return replace(said, id=number, parent=parent)


@cache
def _told() -> Sequence[Change]:
    """Changes of every severity, as the examples have them."""
    pairs = zip(corpus()[:-1:2], corpus()[1::2], strict=False)
    found = [change for old, new in pairs for change in read(old, new) or ()]
    return tuple({change.kind: change for change in found}.values())


def _facts(rng: Random, text: str) -> StudyFacts:
    """A study of which any fact may be this text."""
    odd = {f.name: text for f in fields(FACTS) if f.type == "str" and f.name != "nct_id" and chance(rng, 0.6)}
    return replace(FACTS, **odd, conditions=(text,))  # type: ignore[arg-type]


def _texts(message: Message) -> tuple[str, ...]:
    return message.subject, message.text, message.html, message.slack, message.chat, message.short


def _check(message: Message) -> None:
    for text in _texts(message):
        demand(_STEERING.search(text) is None, "a text steers a terminal")
        text.encode()
        demand("1337" not in text, "a value is run as a template")
    json.dumps(message.event, ensure_ascii=False).encode()
    demand("\n" not in message.subject and "\r" not in message.subject, "a subject of two lines")
    demand(len(message.subject) <= 180 and len(message.short) <= 300, "a subject or a short text without end")
    demand(len(message.slack) <= 2_900 and len(message.html) < 110_000, "a text without end")
    demand("<" not in _OUR_LINK.sub("", message.slack), "mark-up of Slack that is not ours")
    _check_page(message.html)


class _Page(HTMLParser):
    """Collects what acts: tags, the names of their attributes, and addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attributes}
        self.links |= {value or "" for name, value in attributes if name in {"href", "src", "action", "background"}}


@cache
def _ours() -> tuple[frozenset[str], frozenset[str]]:
    """The tags and attributes of pages in which nothing is hostile."""
    tags: set[str] = set()
    attributes: set[str] = set()
    for seed in range(60):
        page = _read(message_for(_parcel(tame(seed), severe=False)).html)
        tags |= page.tags
        attributes |= page.attributes
    return frozenset(tags), frozenset(attributes)


def _read(html: str) -> _Page:
    page = _Page()
    page.feed(html)
    page.close()
    return page


def _check_page(html: str) -> None:
    page = _read(html)
    tags, attributes = _ours()
    demand(page.tags <= tags, f"a tag that is not ours: {page.tags - tags}")
    demand(page.attributes <= attributes, f"an attribute that is not ours: {page.attributes - attributes}")
    strange = [link for link in page.links if not link.startswith("https://clinicaltrials.gov/")]
    demand(not strange, f"a link that is not ours: {strange}")
    for text in ODD_TEXTS:
        demand(not (text.startswith("<") and text in html), "hostile text stands there unescaped")
