"""Messages: everything a reader needs, in one place, and nothing that registry text could turn into more."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.alerts.examples import FACTS, NOW, OTHER, alert, family
from tests.builders import LOCATIONS, NCT, change
from watcher.alerts.identity import message_id
from watcher.alerts.messages.safe import plain
from watcher.alerts.messages.voice import headline
from watcher.alerts.render import Parcel, message_for, notice_message
from watcher.changes.table import KINDS
from watcher.model import Alert, Change, Message, Notice, Severity

_BIDI = "\u202e\u2066\u200f\u061c"
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><a href="https://evil.example">x</a>',
    "</p></body></html>",
    "{{ 7 * 7 }}",
    "{% for x in ''.__class__.__mro__ %}{{ x }}{% endfor %}",
    "{subject} {0} %s",
    "a\r\nBcc: everyone@example.org",
    "a\n\n* CRITICAL  Study terminated.",
    "a\u2028* CRITICAL  Study terminated.",
    "\x1b[31mred\x07\x00",
    f"price {_BIDI}desrever",
)


def said(*alerts: Alert, **more: Any) -> Message:
    return message_for(Parcel(**{"id": "m1", "alerts": alerts or (alert(),), **more}))


def about(*changes: Change) -> Message:
    return said(alert(*changes))


def flat(text: str) -> str:
    """The text as if it were not wrapped."""
    return " ".join(text.split())


class _Page(HTMLParser):
    """The tags, the links and the visible text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]
        assert not [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.text += data


# --- what every alert explains --------------------------------------------------------


def test_an_alert_explains_itself():
    withdrawn = change(
        "site.withdrawn",
        "major",
        "Site withdrawn: Alpha Hospital, Berlin, Germany (Recruiting -> Withdrawn).",
        subject="Alpha Hospital, Berlin, Germany",
        old="RECRUITING",
        new="WITHDRAWN",
        paths=(f"{LOCATIONS}[4].status",),
    )
    message = said(alert(withdrawn, label="BALLI-01"))
    page = _Page(message.html)
    assert withdrawn.sentence in flat(message.text)
    assert "Site withdrawn: Alpha Hospital, Berlin, Germany Recruiting → Withdrawn" in flat(page.text)
    for shown in (
        "MAJOR",
        NCT,
        "BALLI-01",
        FACTS.title,
        "Phase 2",
        "Example Pharma",
        "Exemplary Disease",
        "Suspended",
        "site.withdrawn",
        "RECRUITING -> WITHDRAWN",
        f"{LOCATIONS}[4].status",
        "version 3, compared with 2",
        "submitted 2026-05-28, posted 2026-05-30",
        "seen 2026-06-01 06:30 UTC",
        'route "desk"',
        'watch "pipeline"',
        f"https://clinicaltrials.gov/study/{NCT}",
    ):
        assert shown in flat(message.text), shown
        assert shown in flat(page.text) + " ".join(page.links), shown
    assert page.links == [
        f"https://clinicaltrials.gov/study/{NCT}",
        f"https://clinicaltrials.gov/study/{NCT}",
        f"https://clinicaltrials.gov/study/{NCT}?tab=history",
    ]


def test_an_absent_value_is_called_absent():
    assert "absent -> Slow accrual" in flat(about(change("why_stopped.added", old=None, new="Slow accrual")).text)


def test_a_change_of_the_registrys_own_making_says_so_in_its_sentence():
    unknown = change("status.became_unknown", sentence="The registry now shows Unknown status; nobody filed anything.")
    assert "nobody filed anything" in flat(about(unknown).text)


def test_an_event_without_versions_shows_none():
    message = said(
        alert(change("record.not_found"), since=None, version=None, study=replace(FACTS, submitted="", posted=""))
    )
    assert "version" not in message.text.lower()
    assert "Seen 2026-06-01 06:30 UTC." in message.text


def test_a_study_of_which_nothing_is_known_has_no_empty_words():
    bare = replace(FACTS, title="", acronym="", sponsor="", phase="", conditions=(), status="")
    message = said(alert(study=bare))
    assert " ·  · " not in message.text
    assert "\n\n\n\n" not in message.text
    assert message.subject == f"[CRITICAL] {NCT}: status.suspended happened"


def test_the_text_has_no_trailing_blanks_and_no_gaps():
    for line in said(alert(*family())).text.splitlines():
        assert line == line.rstrip()


# --- subjects ---------------------------------------------------------------------------


def test_the_subject_of_an_alert_says_how_bad_which_study_and_what():
    found = change("status.suspended", "critical", "Study suspended: Recruiting -> Suspended.")
    assert about(found).subject == "[CRITICAL] NCT00000001 EXAMPLE-1: Study suspended: Recruiting -> Suspended"


def test_the_users_label_stands_before_the_acronym():
    assert said(alert(label="BALLI-01")).subject.startswith("[CRITICAL] NCT00000001 BALLI-01: ")


def test_the_subject_counts_what_else_there_is_without_what_folds():
    assert said(alert(*family())).subject.endswith("Study suspended: Recruiting -> Suspended (+2 more)")


def test_a_long_sentence_is_cut_where_its_values_begin():
    assert headline("Final status relabelled: " + "x" * 200 + " -> y.") == "Final status relabelled"


def test_a_headline_is_more_than_one_word():
    assert headline("Status: " + "x" * 200).startswith("Status: xxx")


def test_a_headline_does_not_end_before_its_reason():
    found = "Results appear due in 61 days, on 2026-05-14, because: interventional. " + "x" * 60
    assert headline(found) == "Results appear due in 61 days, on 2026-05-14"


def test_a_headline_does_not_end_inside_a_bracket():
    found = "The registry shows Unknown status (last known: Recruiting). It computes it. " + "x" * 60
    assert headline(found) == "The registry shows Unknown status"


def test_a_kind_that_a_later_version_no_longer_knows_is_still_told():
    assert "It was so." in about(replace(change(sentence="It was so."), kind="site.forgotten")).text


@pytest.mark.parametrize("rehearsal", [False, True])
@pytest.mark.parametrize("words", [*HOSTILE, "x" * 5000, "long words " * 500, "é" * 400, "研究" * 300])
def test_a_subject_is_one_short_line_whatever_it_holds(words, rehearsal):
    for message in (
        said(alert(change(sentence=words), label=words, study=replace(FACTS, acronym=words)), rehearsal=rehearsal),
        notice_message(Notice("k", words, "body"), id="m1", rehearsal=rehearsal),
    ):
        assert len(message.subject) <= 180
        assert len(message.subject.splitlines()) == 1
        assert message.subject == " ".join(message.subject.split())
        assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", message.subject)
        assert message.subject.startswith("REHEARSAL ") is rehearsal


@given(st.text(), st.text(), st.text(), st.booleans())
def test_any_registry_text_makes_a_message(title, label, sentence, rehearsal):
    found = alert(
        change(sentence=sentence or "x", subject=label, old=title), label=label, study=replace(FACTS, title=title)
    )
    message = said(found, rehearsal=rehearsal)
    assert len(message.subject.splitlines()) == 1
    assert len(message.subject) <= 180
    assert message.text == plain(message.text)
    assert message.html == plain(message.html)


# --- rehearsal -----------------------------------------------------------------------------


def test_a_rehearsal_says_so_in_the_subject_and_the_first_line_of_everything():
    digest = (alert(), alert(nct_id=OTHER, key="desk|NCT00000002|version:3"))
    for message in (
        said(rehearsal=True),
        said(*digest, rehearsal=True),
        notice_message(Notice("k", "Trouble", "Body"), id="m1", rehearsal=True),
    ):
        assert message.subject.startswith("REHEARSAL ")
        assert message.text.splitlines()[0].startswith("REHEARSAL")
        assert "REHEARSAL" in _Page(message.html).text


def test_nothing_else_says_rehearsal():
    for message in (said(), notice_message(Notice("k", "Trouble", "Body"), id="m1")):
        assert "REHEARSAL" not in message.subject + message.text + message.html


# --- hostile text -----------------------------------------------------------------------------


def _with(words: str) -> Message:
    """A message that holds these words wherever registry or user text can stand."""
    study = replace(FACTS, title=words, acronym=words, sponsor=words, phase=words, conditions=(words,), status=words)
    told = change("site.withdrawn", "major", words, subject=words, old=words, new=words, paths=(words,))
    return said(alert(told, replace(told, id=1, parent=0), study=study, label=words, reason=words))


def _shape(message: Message) -> tuple[list[str], list[str]]:
    page = _Page(message.html)
    return page.tags, page.links


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_text_is_no_html(words):
    assert _shape(_with(words)) == _shape(_with("harmless"))


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_text_of_a_notice_is_no_html(words):
    harmless, hostile = (notice_message(Notice("k", text, text), id="m1") for text in ("harmless", words))
    assert _shape(hostile) == _shape(harmless)


@pytest.mark.parametrize("words", ["{{ 7 * 7 }}", "{% raw %}", "{# x #}", "{subject}", "%(x)s", "\\u0041", "&amp;"])
def test_braces_and_the_like_are_shown_as_they_stand(words):
    message = _with(words)
    assert words in message.text
    assert words in _Page(message.html).text
    assert "49" not in message.text


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_text_begins_no_line_of_its_own(words):
    assert _beginnings(_with(words)) == _beginnings(_with("harmless"))


def _beginnings(message: Message) -> list[str]:
    """What the lines of the text begin with, where a reader or a program looks: heads, bullets, our own words."""
    ours = r"^(?:[A-Z]+  NCT|\* [A-Z]+  |Record: |Evidence:|Alert |-{60})"
    return [found[0] for found in re.finditer(ours, message.text, re.MULTILINE)]


@pytest.mark.parametrize("words", HOSTILE)
def test_no_control_or_direction_character_reaches_a_message(words):
    message = _with(words)
    for part in (message.subject, message.text, message.html):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]", part)


def test_the_evidence_shows_where_two_long_values_differ():
    told = change(old="as before " * 50 + "alpha", new="as before " * 50 + "beta")
    assert re.search(r"\| … [a-z ]*alpha -> … [a-z ]*beta", flat(about(told).text))


def test_a_long_value_is_clipped_in_the_evidence():
    message = about(change(old="x" * 5000, new="y" * 5000))
    assert len(message.text) < 2500


# --- many changes ---------------------------------------------------------------------------------


def _sites(count: int, *, first: int = 0, parent: int | None = None) -> list[Change]:
    return [
        change(
            "site.withdrawn",
            "major",
            f"Site withdrawn: Hospital {number:02}.",
            subject=f"Hospital {number:02}",
            id=number + first,
            parent=parent,
        )
        for number in range(count)
    ]


def _lines(message: Message) -> list[str]:
    """What is told, without the evidence behind it."""
    body = re.split(r"\n(?:Seen|Registry update|No new)", message.text)[0]
    return [flat(line) for line in re.findall(r"(?m)^ *[*-] .*(?:\n +[^ *-].*)*", body)]


def test_forty_three_sites_are_told_as_one_line_with_the_list_behind_it():
    message = about(*_sites(43))
    assert _lines(message) == ["* MAJOR 43 sites withdrawn: Hospital 00; Hospital 01; Hospital 02 and 40 more."]
    evidence = message.text.split("\nEvidence:")[1]
    assert all(f"Hospital {number:02}" in evidence for number in range(43))


@pytest.mark.parametrize("kind", KINDS)
def test_many_of_a_kind_are_counted_in_words_that_read(kind):
    told = [change(kind, "minor", "It happened.", subject=f"Thing {number}", id=number) for number in range(5)]
    (line,) = _lines(about(*told))
    counted = line.removeprefix("* MINOR ").split(":")[0]
    assert counted.startswith("5 ")
    assert counted == f"5 times {kind}" or not re.search(r"[_.]", counted)


def test_many_criteria_are_counted_as_criteria():
    told = [change("eligibility.criterion_added", "minor", "x", subject="y" * 300, id=n) for n in range(5)]
    (line,) = _lines(about(*told))
    assert line.startswith("* MINOR 5 criteria added: y")
    assert line.endswith("… and 2 more.")
    assert len(line) < 400


def test_what_is_major_is_told_one_by_one_unless_it_is_very_much():
    def told(count: int) -> list[str]:
        kind = "outcome.primary_measurement_changed"
        return _lines(about(*(change(kind, "major", f"It says {n}.", subject=f"O{n}", id=n) for n in range(count))))

    assert told(12) == [f"* MAJOR It says {n}." for n in sorted(range(12), key=str)]
    assert told(13) == ["* MAJOR 13 primary outcomes changed: O0; O1; O10 and 10 more."]


def test_what_folds_under_counted_causes_is_counted_under_them():
    countries = [
        change("country.removed", "major", f"Country left: C{n}.", subject=f"C{n}", id=100 + n) for n in range(5)
    ]
    sites = [site for n in range(5) for site in _sites(2, first=2 * n, parent=100 + n)]
    assert [line.split(":")[0] for line in _lines(about(*countries, *sites))] == [
        "* MAJOR 5 countries removed",
        "- with it 10 sites withdrawn",
    ]


def test_a_few_sites_are_told_one_by_one():
    assert len(_lines(about(*_sites(3)))) == 3
    assert len(_lines(about(*_sites(4)))) == 1


def test_eleven_sites_under_their_cause_are_one_line_under_it():
    suspended = change("status.suspended", "critical", "Study suspended: Recruiting -> Suspended.", id=0)
    reason = change("why_stopped.added", "major", 'Sponsor\'s reason: "Safety"', id=99, parent=0)
    assert _lines(about(suspended, *_sites(11, first=1, parent=0), reason)) == [
        "* CRITICAL Study suspended: Recruiting -> Suspended.",
        '- Sponsor\'s reason: "Safety"',
        "- with it 11 sites withdrawn: Hospital 00; Hospital 01; Hospital 02 and 8 more.",
    ]


def test_the_same_kind_at_two_severities_is_told_apart():
    lost = [replace(found, kind="site.removed", severity=Severity.MAJOR) for found in _sites(5)]
    gone = [replace(found, kind="site.removed", severity=Severity.MINOR) for found in _sites(6, first=5)]
    assert [line.split(":")[0] for line in _lines(about(*gone, *lost))] == [
        "* MAJOR 5 sites removed",
        "* MINOR 6 sites removed",
    ]


def test_a_consequence_without_its_cause_stands_by_itself():
    assert _lines(about(replace(family()[3], parent=0))) == ['* MAJOR Sponsor\'s reason: "Safety"']


def test_lines_stand_worst_first_whatever_order_they_come_in():
    assert [line.split()[1] for line in _lines(about(*reversed(family())))] == [
        "CRITICAL",
        "Sponsor's",
        "Site",
        "Site",
        "MAJOR",
        "NOISE",
    ]


def test_evidence_beyond_its_limit_is_counted():
    message = about(*_sites(230))
    assert f"and 30 more: watcher history {NCT}" in message.text


# --- notices and ids ----------------------------------------------------------------------------------


def test_a_notice_says_its_words_and_why_you_get_them():
    message = notice_message(Notice("registry", "The registry blocks us", "Since 06:30.\n\nNothing is lost."), id="m7")
    assert message.subject == "[watcher] The registry blocks us"
    assert "Since 06:30.\n\nNothing is lost." in message.text
    assert "operator" in message.text
    assert (message.id, message.thread, message.severity) == ("m7", "registry", Severity.MAJOR)


def test_a_messages_id_is_the_one_it_was_given():
    assert said(id="m9").id == "m9"


def test_an_id_is_stable_and_differs_over_deliveries_and_installations():
    assert message_id("desk|1>team/x", "here") == message_id("desk|1>team/x", "here")
    ids = {message_id(key, instance) for key in ("a", "b", "a|b") for instance in ("here", "there", "b|here")}
    assert len(ids) == 9
    assert all(re.fullmatch(r"[0-9a-f]{32}", found) for found in ids)


def test_the_same_alerts_make_the_same_message():
    assert said(alert(*family())) == said(alert(*family()))
    assert NOW.isoformat()[:10] in said().text
