"""Templates of a user's own: they are used, they are fenced in, and a bad one costs no message."""

from __future__ import annotations

import pytest

from tests.alerts.examples import alert
from tests.builders import change
from watcher.alerts.messages.engine import built_in_names, built_in_source, flaw_in
from watcher.alerts.messages.sources import BUILT_IN, Templates
from watcher.alerts.render import Parcel, message_for, rendered
from watcher.model import Notice

PARCEL = Parcel("m1", (alert(id=17),))


def own(**sources: str) -> Templates:
    """Templates by name, with _ for the dots."""
    return Templates(tuple((f"{name.replace('_', '.')}.j2", source) for name, source in sources.items()))


def test_a_template_of_ones_own_takes_the_place_of_one_built_in():
    made = rendered(PARCEL, own(alert_txt="Only {{ alert.head.nct_id }}, number {{ alert.commands[0].text }}"))
    assert made.message.text == "Only NCT00000001, number watcher ack 17\n"
    assert made.failures == ()
    assert made.message.html == message_for(PARCEL).html


def test_a_part_of_ones_own_is_used_by_the_built_in_templates():
    made = rendered(PARCEL, own(style_css="a { color: #123456; }"))
    assert "color:#123456" in made.message.html
    assert made.failures == ()


@pytest.mark.parametrize(
    "source",
    [
        "{{ alert.nothing.of.the.kind }}",
        "{{ nobody }}",
        "{{ 1 / 0 }}",
        "{% for n in range(10 ** 9) %}x{% endfor %}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ alert.lines.append(1) }}",
        "{% include 'no such file' %}",
        "{% include '../../../../etc/passwd' %}",
        "{% if %}",
        "{{ alert.lines | nofilter }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "",
        "{# nothing #}\n",
    ],
)
@pytest.mark.parametrize("format", ["txt", "html", "slack", "short"])
def test_a_template_that_fails_gives_way_to_the_built_in_one_and_is_named(source: str, format: str):
    made = rendered(PARCEL, own(**{f"alert_{format}": source}))
    assert made.message == message_for(PARCEL)
    assert len(made.failures) == 1
    assert made.failures[0].startswith(f"template alert.{format}.j2 failed, the built-in one was used: ")
    assert len(made.failures[0]) < 400


def test_a_part_that_fails_gives_way_with_everything_that_uses_it():
    made = rendered(PARCEL, own(parts_txt="{% macro head(study) %}{{ study.oops }}{% endmacro %}"))
    assert made.message == message_for(PARCEL)
    assert made.failures


def test_the_values_of_a_template_of_ones_own_are_made_fit_for_its_format():
    words = "<b>*x* <!here>\u202e"
    parcel = Parcel("m1", (alert(change(sentence=words)),))
    line = "{{ alert.lines[0].text }}"
    message = message_for(parcel, own(alert_txt=line, alert_html=f"<p>{line}</p>", alert_slack=line))
    assert message.text == "<b>*x* <!here>\n"
    assert "&lt;b&gt;*x* &lt;!here&gt;" in message.html
    assert message.slack == "&lt;b&gt;∗x∗ &lt;!here&gt;"


def test_a_slack_text_of_ones_own_fits_into_one_post_too():
    message = message_for(PARCEL, own(alert_slack="{% for n in range(2000) %}line {{ n }}\n{% endfor %}"))
    assert len(message.slack) <= 2_900


def test_a_notice_survives_a_bad_template_too():
    parcel = Parcel("n1", notice=Notice("k", "Trouble", "Body"))
    assert rendered(parcel, own(notice_txt="{{ x }}")).message == message_for(parcel)


@pytest.mark.parametrize("name", built_in_names())
def test_every_built_in_template_compiles(name: str):
    assert flaw_in(name, built_in_source(name)) is None


def test_a_flaw_is_told_with_its_line():
    assert flaw_in("alert.txt.j2", "one\ntwo {% if %}\n") == (2, "Expected an expression, got 'end of statement block'")
    found = flaw_in("alert.txt.j2", "{{ x | nofilter }}")
    assert found
    assert "nofilter" in found[1]


def test_the_built_in_templates_alone_report_nothing():
    assert rendered(PARCEL, BUILT_IN).failures == ()
