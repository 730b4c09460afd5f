"""What a reason for stopping is about, and what it denies to be about."""

from __future__ import annotations

import pytest

from watcher.changes.status.reasons import reasons


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("Slow accrual", "accrual"),
        ("No participants enrolled", "accrual"),
        ("Too few eligible patients", "accrual"),
        ("Lack of funding", "funding"),
        ("Principal investigator left the institution", "staff"),
        ("Sponsor decision", "business"),
        ("Portfolio re-prioritization", "business"),
        ("Drug supply issues", "supply"),
        ("IRB approval expired", "regulatory"),
        ("DSMB recommended stopping for futility", "efficacy"),
        ("The primary endpoint was not met", "efficacy"),
        ("Unexpected toxicity in cohort 2", "safety"),
        ("Repeat registration", "other"),
    ],
)
def test_a_reason_is_tagged_with_what_it_is_about(text, tag):
    assert reasons(text)[0] == tag


@pytest.mark.parametrize(
    "text",
    [
        "Not due to safety concerns",
        "This decision was not driven by safety concerns as no new safety signals have been observed.",
        "Sponsor decision, unrelated to safety",
        "Strategic reasons (not for safety concerns)",
        "Low enrollment; there were no safety or toxicity findings",
        "Nothing to do with adverse events",
    ],
)
def test_what_is_denied_is_not_tagged(text):
    assert "safety" not in reasons(text)


def test_a_denial_ends_with_its_sentence():
    assert reasons("The sponsor did not run out of funds. Stopped for safety.")[0] == "safety"
    assert reasons("Not a business decision, but safety was a concern")[0] == "safety"


def test_a_lack_is_a_reason_and_no_denial():
    assert reasons("No funding") == ("funding",)
    assert reasons("No benefit over placebo") == ("efficacy",)


def test_the_weightiest_tag_stands_first():
    assert reasons("Slow enrolment and adverse events") == ("safety", "accrual")


def test_no_reason_has_no_tag():
    assert reasons("") == reasons("  ") == ()
