"""Site identity on cases with known answers: re-labelled, re-coded, rebranded, replaced, counted and moved sites."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from tests.builders import changes, kinds, record
from tests.realdata import shared


def _row(said: dict[str, Any]) -> dict[str, Any]:
    mail = said.get("contact")
    row = {key: value for key, value in said.items() if key != "contact"}
    return {**row, "contacts": [{"name": "J. Doe", "role": "CONTACT", "email": mail}]} if mail else row


def test_every_case_of_site_identity_is_told_as_an_expert_would() -> None:
    wrong = {}
    for case in json.loads(shared("data/site_cases_dev.json").read_text()):
        before, after = ([_row(row) for row in case[side]] for side in ("before", "after"))
        for old, new in ((before, after), (before[::-1], after), (before, after[::-1])):
            told, expected = Counter(kinds(changes(record(sites=old), record(sites=new)))), Counter(case["expect"])
            # A renamed site whose spelling alone moved may also be silent.
            if told not in (expected, expected - Counter({"site.renamed": 1})):
                wrong[case["id"]] = (dict(told), case["why"])
    assert not wrong
