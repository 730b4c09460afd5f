"""Quantities as registry texts write them."""

from __future__ import annotations

import pytest

from watcher.changes.quantities import Quantity, quantities, same_quantities, spans


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("24 months", "2 years"),
        ("up to twelve weeks", "84 days"),
        ("52 weeks", "1 year"),
        ("1,000 mg", "1000mg"),
        ("≥ 18 years", ">= 18 yrs"),
        ("12-month follow-up", "followed up for 12 months"),
        ("50 %", "50 percent"),
    ],
)
def test_equal_amounts_are_equal_however_they_are_written(a, b):
    assert same_quantities(quantities(a), quantities(b))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("12 weeks", "3 months"),
        ("24 months", "12 months"),
        ("5 mg", "5 mg/kg"),
        (">= 18 years", "> 18 years"),
        ("one year", "one year and two years"),
        ("10 mg twice", "20 mg twice"),
    ],
)
def test_other_amounts_are_other_amounts(a, b):
    assert not same_quantities(quantities(a), quantities(b))


def test_spans_are_days_and_leave_other_numbers_out():
    assert spans("200 mg every 3 weeks for 2 days") == (Quantity(21, "time"), Quantity(2, "time"))


def test_numbers_inside_names_are_no_quantities():
    assert quantities("PD-L1 in CD22+ cells, HbA1c") == ()
