"""The formats beside the mail's text: page, Slack, phone, event; what each may hold, and how long it may be."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from tests.alerts.examples import FACTS, NOW, alert, family
from tests.builders import NCT, change
from watcher.alerts.messages.engine import built_in_source
from watcher.alerts.messages.pairs import Pair, pair_in
from watcher.alerts.render import Link, Parcel, message_for, notice_message
from watcher.examples import EXAMPLES
from watcher.model import Alert, Form, Message, Notice


def of(*alerts: Alert, **more: object) -> Message:
    return message_for(Parcel("m1", alerts or (alert(id=17),), **more))  # type: ignore[arg-type]


SUSPENDED = change(
    "status.suspended", "critical", "Study suspended after 98 days: Recruiting -> Suspended. 10 of 11 sites open.",
    old="RECRUITING", new="SUSPENDED",
)  # fmt: skip

# --- before and after -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "old", "new", "pair"),
    [
        (SUSPENDED.sentence, "RECRUITING", "SUSPENDED",
         ("Study suspended after 98 days", "Recruiting", "Suspended", "10 of 11 sites open.")),
        ("Site closed: Alpha, Berlin (Recruiting -> Completed).", "RECRUITING", "COMPLETED",
         ("Site closed: Alpha, Berlin", "Recruiting", "Completed", "")),
        ("Target enrolment lowered: 60 -> 40 (−33 %).", "60 (estimated)", "40 (estimated)",
         ("Target enrolment lowered", "60", "40", "(−33 %)")),
        ("Date slipped: 2027-06 -> 2027-11-30 (estimated).", "2027-06 (estimated)", "2027-11-30 (estimated)",
         ("Date slipped", "2027-06", "2027-11-30 (estimated)", "")),
        ('Time frame of X changed: "2 years" -> "36 months".', "2 years", "36 months",
         ("Time frame of X changed", "2 years", "36 months", "")),
    ],
)  # fmt: skip
def test_a_sentence_is_taken_apart_where_it_says_before_and_after(sentence, old, new, pair):
    assert pair_in(change(sentence=sentence, old=old, new=new)) == Pair(*pair)


@pytest.mark.parametrize(
    ("sentence", "old", "new"),
    [
        ("Results posted on 2026-05-20.", "no results", "posted"),
        ("It is 160 -> 40.", "60", "40"),
        ("It is 60 -> 400.", "60", "40"),
        (f"It is {'x' * 90} -> b.", "x" * 90, "b"),
        ('Titles changed: "a" -> "b". Official title changed: "c" -> "d".', "x", "y"),
        ("Added: none -> b.", None, "b"),
        ("a -> b", "a", "b"),
    ],
)
def test_a_sentence_stays_whole_where_its_values_are_not_in_it_or_too_long(sentence, old, new):
    assert pair_in(change(sentence=sentence, old=old, new=new)) is None


def test_two_long_quoted_texts_are_a_pair_that_stands_one_above_the_other():
    words = ("Proportion with response " * 4).strip()
    sentence = f'Primary outcome Response changed: "{words} one" -> "{words} two" (1 -> 2).'
    pair = pair_in(change(sentence=sentence, old="x", new="y"))
    assert pair == Pair("Primary outcome Response changed", f"{words} one", f"{words} two", "(1 -> 2)")
    assert pair.is_long
    page = of(alert(change(sentence=sentence, old="x", new="y"))).html
    assert re.search(rf'class="was"[^>]*>Was: {words} one</div>\s*<div class="now"[^>]*>Now: {words} two</div>', page)
    assert "~" not in of(alert(change(sentence=sentence, old="x", new="y"))).slack


def test_nothing_of_a_sentence_is_lost_when_it_is_taken_apart():
    for example in EXAMPLES:
        found = change(example.kind, "major", example.sentence, old="Recruiting", new="Suspended")
        if pair := pair_in(found):
            said = " ".join((pair.lead, pair.old, pair.new, pair.rest))
            assert re.findall(r"\w+", said) == re.findall(r"\w+", example.sentence)


# --- the page -------------------------------------------------------------------------


def test_a_page_loads_nothing_and_carries_its_styles_at_its_tags():
    page = of().html
    assert not re.search(r"(?i)<(?:img|script|link|iframe|object|form|input)\b|@import|url\(|\bsrc=", page)
    assert set(re.findall(r'href="(https?://[^/"]+)', page)) == {"https://clinicaltrials.gov"}
    assert 'class="chip CRITICAL" style="' in page
    assert re.search(r"@media \(prefers-color-scheme: ?dark\)", page)
    assert re.search(r"@media \(max-width: ?480px\)", page)


def test_a_page_says_the_most_important_line_before_anything_else():
    page = of(alert(SUSPENDED, *family()[1:3])).html
    preview = re.search(r'<div class="preview"[^>]*>([^<]*)</div>', page)
    assert preview
    assert preview[1].startswith("Study suspended after 98 days: Recruiting -&gt; Suspended. 10 of 11 sites open.")
    assert "display:none" in preview[0].replace(" ", "")


def test_severity_is_a_word_as_well_as_a_colour():
    page = of(alert(*family())).html
    assert re.findall(r'class="chip (\w+)"[^>]*>(\w+)<', page)[1:] == [
        ("CRITICAL", "CRITICAL"), ("MAJOR", "MAJOR"), ("NOISE", "NOISE"),
    ]  # fmt: skip


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _colours(css: str) -> dict[str, dict[str, str]]:
    """The colours of each class: `color`, `background-color`."""
    rules: dict[str, dict[str, str]] = {}
    for names, body in re.findall(r"([^{}]+)\{([^{}]*)\}", css):
        for name in map(str.strip, names.split(",")):
            found = dict(re.findall(r"(?<![-\w])(color|background-color): (#[0-9a-f]{6})", body))
            rules.setdefault(name, {}).update(found)
    return rules


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_of_a_page_can_be_read_in_light_and_in_dark(dark):
    light_css, _, dark_css = built_in_source("style.css.j2").partition("@media (prefers-color-scheme: dark) {")
    light = _colours(light_css.partition("@media")[0])
    rules = {name: {**found, **(_colours(dark_css).get(name, {}) if dark else {})} for name, found in light.items()}
    own = [name for name, found in rules.items() if {"color", "background-color"} <= set(found)]
    assert {".CRITICAL", ".MAJOR", ".MINOR", ".NOISE", ".code", ".banner", ".part"} <= set(own)
    for name in own:
        assert _contrast(rules[name]["color"], rules[name]["background-color"]) >= 4.5, name
    ground = rules[".part"]["background-color"]
    for name in (".about", ".when", ".seen", ".more", ".old", ".rest", ".under", ".late", ".last", "a"):
        assert _contrast(rules[name]["color"], ground) >= 4.5, name


def test_a_page_shows_some_evidence_and_says_where_the_rest_is():
    found = [change("site.withdrawn", "major", "x.", subject=f"S{n}", id=n) for n in range(30)]
    message = of(alert(*found))
    assert "and 24 more: watcher history" in message.html
    assert all(f"S{n} " in message.text for n in range(30))


# --- what one can do --------------------------------------------------------------------


def test_every_alert_says_how_to_acknowledge_silence_and_question_it():
    for shown in (of().text, of().html.replace("&quot;", '"')):
        for command in (
            "watcher ack 17", "watcher noise 17", "watcher why 17",
            f'watcher silence add --study {NCT} --until 2026-07-01 --reason "..."',
        ):  # fmt: skip
            assert command in shown


def test_an_alert_without_a_number_offers_only_what_needs_none():
    text = of(alert(id=0)).text
    assert "watcher silence add" in text
    assert "watcher ack" not in text


def test_pages_where_one_can_act_are_linked_in_every_format():
    url = "https://watcher.example.org/ack/17?sig=a&b"
    message = of(links={17: (Link("Acknowledge", url), Link("bad", "javascript:alert(1)"))})
    assert f"Acknowledge: {url}" in message.text
    assert url.replace("&", "&amp;") in message.html
    assert f"<{url.replace('&', '&amp;')}|Acknowledge>" in message.slack
    assert "javascript" not in message.text + message.html + message.slack


# --- slack ------------------------------------------------------------------------------


def test_slack_gets_a_linked_title_bullets_and_one_line_of_context():
    lines = of(alert(SUSPENDED, label="BALLI-01", id=17)).slack.split("\n")
    record = f"https://clinicaltrials.gov/study/{NCT}"
    assert lines == [
        f"*CRITICAL  <{record}|{NCT}>  BALLI-01*",
        "Examplinib in Exemplary Disease",
        "• *CRITICAL*  Study suspended after 98 days: ~Recruiting~ → *Suspended* 10 of 11 sites open.",
        "EXAMPLE-1 · Phase 2 · Example Pharma · Exemplary Disease · Suspended · Seen 2026-06-01 06:30 UTC, alert 17 · "
        f"<{record}?tab=history|compare versions>",
    ]


def test_slack_gets_a_post_that_fits_however_much_there_is():
    found = [change("phase.changed", "major", f"{n} " + "word " * 300, subject=f"{n}", id=n) for n in range(60)]
    for message in (of(alert(*found)), notice_message(Notice("k", "s", "line\n" * 5_000), id="x")):
        assert len(message.slack) <= 2_900
        assert message.slack.count("<") == message.slack.count(">")


# --- phones -----------------------------------------------------------------------------


def test_a_phone_gets_the_most_important_line_and_how_many_more():
    assert of(alert(SUSPENDED, *family()[2:3], label="BALLI-01")).short == (
        f"CRITICAL {NCT} BALLI-01: Study suspended after 98 days: Recruiting -> Suspended. 10 of 11 sites open. +1 more"
    )


@pytest.mark.parametrize("length", [10, 150, 250, 300, 5_000])
def test_a_phones_text_is_one_line_of_at_most_300_characters(length):
    found = [change("phase.changed", "major", "x" * length, id=n, subject=f"{n}") for n in range(3)]
    for message in (of(alert(*found, label="L" * length)), of(alert(*found), form=Form.DIGEST, route="r" * length)):
        assert len(message.short) <= 300
        assert "\n" not in message.short
    assert of(alert(*found)).short.endswith(" +2 more")


# --- chats ------------------------------------------------------------------------------


def test_a_chat_gets_the_text_without_evidence():
    message = of()
    assert "Evidence" in message.text
    assert "Evidence" not in message.chat
    assert message.text.startswith(message.chat.rstrip())


# --- events -----------------------------------------------------------------------------


def test_an_event_holds_the_alert_whole_and_nothing_of_the_moment():
    found = alert(SUSPENDED, id=17, label="BALLI-01", notes=("A note.",))
    message = of(found, form=Form.ALERT, route="desk")
    event = json.loads(json.dumps(message.event))
    assert event == {
        "type": "alert", "id": "m1", "route": "desk", "window": "", "rehearsal": False,
        "subject": message.subject, "text": message.text, "notice": None,
        "alerts": [
            {
                "id": 17, "key": "desk|NCT00000001|version:3", "nct_id": NCT, "label": "BALLI-01",
                "occasion": "version:3", "observed_at": "2026-06-01T06:30:00Z", "severity": "critical",
                "study": {
                    "nct_id": NCT, "title": "Examplinib in Exemplary Disease", "acronym": "EXAMPLE-1",
                    "sponsor": "Example Pharma", "phase": "Phase 2", "conditions": ["Exemplary Disease"],
                    "status": "SUSPENDED", "submitted": "2026-05-28", "posted": "2026-05-30",
                },
                "since": 2, "version": 3, "reason": found.reason,
                "record": f"https://clinicaltrials.gov/study/{NCT}",
                "compare": f"https://clinicaltrials.gov/study/{NCT}?tab=history",
                "notes": ["A note."], "changes": [SUSPENDED.as_dict() | {"paths": []}],
            }
        ],
    }  # fmt: skip


@pytest.mark.parametrize("form", [Form.ALERT, Form.DIGEST, Form.BATCH, Form.ESCALATION])
def test_an_event_is_called_what_its_delivery_is(form):
    assert of(form=form).event["type"] == form.value


def test_a_notice_is_an_event_too():
    event = notice_message(Notice("k", "Trouble", "Body", event=True), id="n1").event
    assert (event["type"], event["alerts"]) == ("notice", [])
    assert event["notice"] == {"key": "k", "subject": "Trouble", "body": "Body", "event": True}


def test_an_event_holds_every_alert_of_a_digest_also_those_that_its_text_folds():
    found = [replace(alert(id=n + 1), nct_id=f"NCT{n:08}", key=f"k{n}") for n in range(120)]
    assert [each["id"] for each in of(*found, form=Form.DIGEST).event["alerts"]] == list(range(1, 121))


def test_an_event_is_the_same_for_every_attempt():
    assert of().event == of().event
    assert NOW.year == 2026
    assert FACTS.nct_id == NCT
