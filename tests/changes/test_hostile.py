"""Hostile and odd records: whatever stands in them, the reading ends soon, breaks on nothing and keeps the laws."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from tests.builders import ABSENT, LOCATIONS, STATUS, P, changes, record, site
from tests.laws import hold, meaning, within
from tests.whole import Steps, at, is_told, planted, shuffled, steps_of, whole, without
from watcher.errors import MalformedRecord
from watcher.model import Change

WHOLE = whole()
WAYS = tuple(steps_of(WHOLE))
# Results are deep and uniform: one place in six of them is enough.
FEWER = tuple(steps for number, steps in enumerate(WAYS) if steps[0] != "resultsSection" or number % 6 == 0)
CRITERIA = f"{P}.eligibilityModule.eligibilityCriteria"
SUMMARY = f"{P}.descriptionModule.briefSummary"

SCHEMA = Path(__file__).parents[3] / "shared" / "registry" / "ctg-oas-v2.yaml"


def read(old: dict[str, Any], new: dict[str, Any]) -> tuple[Change, ...] | None:
    """The changes, of which the laws hold; None where a side is no record at all."""
    try:
        found = changes(old, new)
    except MalformedRecord:
        return None
    hold(found)
    return found


# --- the invented whole record ------------------------------------------------------------


def test_the_whole_record_has_every_field_of_the_official_description():
    yaml = pytest.importorskip("yaml")
    if not SCHEMA.exists():
        pytest.skip("the official description is not here")
    schemas = yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))["components"]["schemas"]
    have = {tuple(step for step in steps if isinstance(step, str)) for steps in WAYS}
    assert sorted(set(_described(schemas, schemas["Study"])) - have) == []


def _described(schemas: dict[str, Any], schema: dict[str, Any], above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if "$ref" in schema:
        return _described(schemas, schemas[schema["$ref"].rpartition("/")[2]], above)
    inner = list(_described(schemas, schema["items"], above)) if "items" in schema else []
    for name, member in schema.get("properties", {}).items():
        inner += [(*above, name), *_described(schemas, member, (*above, name))]
    return inner


def test_the_whole_record_does_not_differ_from_itself_in_any_order():
    assert read(WHOLE, whole()) == ()
    for seed in range(20):
        assert read(WHOLE, shuffled(WHOLE, seed)) == ()


# --- what is missing, or of another kind ---------------------------------------------------

_WRONG = (
    None, [], {}, "", 0, True, -1.5, 2**63, "\x00", [[[]]], [None], {"": None}, {"date": 1, "type": []},
    ["A_NEW_VALUE", 7, {"name": ["x"]}],
)  # fmt: skip


@pytest.mark.parametrize("wrong", _WRONG, ids=lambda wrong: repr(wrong)[:20])
def test_a_wrong_value_at_any_place_is_read_and_told_on_either_side(wrong):
    with within(30):
        for steps in FEWER:
            _told_both_ways(WHOLE, planted(WHOLE, steps, wrong), steps)


def test_any_missing_field_or_part_is_read_and_told_on_either_side():
    with within(10):
        for steps in FEWER:
            _told_both_ways(WHOLE, without(WHOLE, steps), steps)


def _told_both_ways(plain: dict[str, Any], odd: dict[str, Any], steps: Steps) -> None:
    there, back = read(plain, odd), read(odd, plain)
    assert (there is None) is (back is None)
    if there is not None and is_told(steps) and not _same(plain, odd, steps):
        assert there, f"silent about {steps}"
        assert back, f"silent about {steps}, backwards"


def _same(plain: dict[str, Any], odd: dict[str, Any], steps: Steps) -> bool:
    """Whether the odd value is none, as the registry writes it."""
    here = at(odd, steps) if _stands(odd, steps) else ABSENT
    return here is not ABSENT and type(here) is type(at(plain, steps)) and here == at(plain, steps)


def _stands(node: Any, steps: Steps) -> bool:
    try:
        at(node, steps)
    except (KeyError, IndexError, TypeError):
        return False
    return True


@pytest.mark.parametrize("wrong", [None, [], {}, "x", 7, [[{}]], [None, "x", {"name": 5}]], ids=repr)
def test_two_odd_records_are_read_and_their_order_means_nothing(wrong):
    with within(30):
        for number, steps in enumerate(FEWER):
            one, other = planted(WHOLE, steps, wrong), planted(WHOLE, FEWER[(number * 7 + 3) % len(FEWER)], wrong)
            expected = read(one, other)
            if number % 5 == 0 and expected is not None:
                turned = read(shuffled(one, number), shuffled(other, number + 1))
                assert meaning(turned or ()) == meaning(expected), f"at {steps}"


def test_a_record_of_nothing_but_its_number_is_read():
    bare = {"protocolSection": {"identificationModule": {"nctId": "NCT00000001"}}}
    assert read(bare, bare) == ()
    for old, new in ((bare, WHOLE), (WHOLE, bare)):
        found = read(old, new)
        assert found
        assert meaning(read(shuffled(old, 1), shuffled(new, 2)) or ()) == meaning(found or ())


@pytest.mark.parametrize("value", ["A_NEW_VALUE", "recruiting", "Recruiting ", "", "招募中"])
def test_an_unknown_word_of_the_registry_is_told_and_breaks_nothing(value):
    words = [steps for steps in WAYS if isinstance(word := at(WHOLE, steps), str) and word.isupper() and len(word) > 3]
    assert len(words) > 30
    for steps in words:
        _told_both_ways(WHOLE, planted(WHOLE, steps, value), steps)


@pytest.mark.parametrize(
    "sign", ["\x00", "\x1b[31m", "\u202e", "\ufeff", "\u2028", "\x85", "\U0001f4a9", "{0}", "%s", "{subject}"]
)
def test_controls_and_braces_in_every_text_are_read(sign):
    odd = _everywhere(WHOLE, lambda text: f"{sign}{text}{sign}")
    odd["protocolSection"]["identificationModule"]["nctId"] = "NCT00000001"
    for old, new in ((WHOLE, odd), (odd, WHOLE)):
        assert read(old, new)


def _everywhere(node: Any, change: Any) -> Any:
    if isinstance(node, dict):
        return {key: _everywhere(value, change) for key, value in node.items()}
    if isinstance(node, list):
        return [_everywhere(item, change) for item in node]
    return change(node) if isinstance(node, str) else node


@pytest.mark.parametrize("depth", [10, 40, 70, 2000])
def test_deep_nesting_is_read_or_malformed(depth):
    deep: Any = "x"
    for level in range(depth):
        deep = [deep] if level % 2 else {"a": deep}
    for steps in WAYS[::25]:
        with within(5):
            read(WHOLE, planted(WHOLE, steps, deep))
            read(planted(WHOLE, steps, deep), planted(WHOLE, steps, [deep]))


# --- old records -------------------------------------------------------------------------


def _as_it_was(steps: Steps) -> bool:
    return steps[-1] == "type" and str(steps[-2]).endswith("Struct")


def test_dates_of_old_records_have_no_type_and_stating_it_is_no_event_for_readers():
    old = whole()
    for steps in (steps for steps in WAYS if _as_it_was(steps)):
        old = without(old, steps)
    for found in (read(old, WHOLE), read(WHOLE, old)):
        assert [change for change in found or () if change.severity] == []


def test_an_old_record_that_states_less_is_read():
    old = whole()
    for name in ("ipdSharingStatementModule", "oversightModule", "referencesModule"):
        del old["protocolSection"][name]
    del old["documentSection"], old["annotationSection"]
    for pair in ((old, WHOLE), (WHOLE, old)):
        assert read(*pair)


# --- much ------------------------------------------------------------------------------------

BOUND = 2.0  # seconds of processor time; far more than is needed, far less than a hang


@pytest.mark.parametrize(
    "change",
    [
        {"status": "WITHDRAWN"},
        {"facility": "Another Clinic Altogether"},
        {"city": "Elsewhere", "zip": "0"},
        {"country": "France"},
        {"facility": "Research Site", "status": ABSENT},
    ],
    ids=repr,
)
@pytest.mark.parametrize("towns", [1, 400])
def test_four_hundred_sites_that_all_change_are_told_soon(change, towns):
    rows = [site(f"Hospital number {n}", f"Town {n % towns}", zip=str(n)) for n in range(400)]
    after = [{key: value for key, value in (row | change).items() if value is not ABSENT} for row in rows]
    with within(BOUND):
        assert read(record(sites=rows), record(sites=after))


def test_sites_without_any_name_are_told_soon():
    rows = [{"city": "Berlin", "country": "Germany", "status": status} for status in ("RECRUITING", "COMPLETED") * 200]
    with within(BOUND):
        read(record(sites=rows), record(sites=rows[:150]))
        read(record(sites=rows[:150]), record(sites=rows))


@pytest.mark.parametrize("kind", ["primaryOutcomes", "secondaryOutcomes", "otherOutcomes"])
def test_three_hundred_outcomes_that_all_change_are_told_soon(kind):
    def items(word: str) -> list[dict[str, str]]:
        return [
            {
                "measure": f"{word} of marker {n} in plasma",
                "description": f"Level {n} {word}",
                "timeFrame": f"{n} weeks",
            }
            for n in range(300)
        ]

    path = f"{P}.outcomesModule.{kind}"
    with within(BOUND):
        assert read(record({path: items("Mean")}), record({path: items("Change")}))


@pytest.mark.parametrize(
    "path",
    [
        f"{P}.armsInterventionsModule.armGroups",
        f"{P}.armsInterventionsModule.interventions",
        f"{P}.contactsLocationsModule.overallOfficials",
        f"{P}.referencesModule.references",
        f"{P}.sponsorCollaboratorsModule.collaborators",
        "documentSection.largeDocumentModule.largeDocs",
    ],
)
def test_three_hundred_rows_of_any_list_that_all_change_are_told_soon(path):
    first = at(WHOLE, tuple(path.split(".")))[0]

    def items(word: str) -> list[dict[str, Any]]:
        return [_everywhere(first, lambda text, n=n: f"{text} {word} {n}") for n in range(300)]

    with within(BOUND):
        assert read(record({path: items("one")}), record({path: items("other")}))


def test_three_hundred_conditions_and_keywords_that_all_change_are_told_soon():
    paths = (f"{P}.conditionsModule.conditions", f"{P}.conditionsModule.keywords")
    old, new = ({path: [f"{word} disease {n}" for n in range(300)] for path in paths} for word in ("Rare", "Common"))
    with within(BOUND):
        assert read(record(old), record(new))


def _large_results(value: str) -> dict[str, Any]:
    measure = at(WHOLE, ("resultsSection", "outcomeMeasuresModule", "outcomeMeasures", 0))
    category = {"title": "All", "measurements": [{"groupId": f"OG{n:03}", "value": value} for n in range(20)]}
    large = {**measure, "classes": [{"title": f"Week {n}", "categories": [category]} for n in range(20)]}
    measures = [{**large, "title": f"Outcome {n}"} for n in range(120)]
    results: dict[str, Any] = json.loads(json.dumps({"outcomeMeasuresModule": {"outcomeMeasures": measures}}))
    return results


def test_two_megabytes_of_results_are_read_soon():
    old = {**whole(), "resultsSection": _large_results("12.5")}
    one = copy.deepcopy(old)
    at(one, ("resultsSection", "outcomeMeasuresModule", "outcomeMeasures", 7))["classes"][3]["categories"][0][
        "measurements"
    ][4]["value"] = "9"
    every = {**old, "resultsSection": _large_results("13.5")}
    with within(3 * BOUND):
        assert len(str(old)) > 2_000_000
        for new in (one, every, {**old, "resultsSection": {}}):
            assert read(old, new)


# --- long texts -------------------------------------------------------------------------------

_LINES = "\n".join(f"* Criterion number {n}: haemoglobin of at least {n % 14} g/dL within {n} days" for n in range(700))
_PROSE = "Adults of 18 years or older who have not had more than 2 prior lines of therapy are eligible. " * 540
_LONG = {
    "lines": f"Inclusion Criteria:\n\n{_LINES}",
    "prose": _PROSE,
    "one word": "x" * 50_000,
    "capitals": "A" * 50_000 + "b",
    "blanks": "a" + " " * 50_000 + "b",
    "brackets": "(" * 25_000 + ")" * 25_000,
    "numbers": "1 " * 25_000,
    "digits": "1" * 50_000,
    "decimals": "1.1." * 12_500,
    "bullets": "* " * 25_000,
    "empty lines": "\n" * 50_000,
    "headings": "Inclusion Criteria:\n" * 2_500,
    "escapes": "\\" * 50_000,
    "dashes": "a-" * 25_000,
    "units": "mg/mL " * 8_000,
    "comparisons": ">=" * 25_000,
    "weeks": "week " * 10_000,
    "accents": "é" * 50_000,
    "combining": "e" + "\u0301" * 50_000,
    "ideographs": "患者" * 25_000,
}
_TEXTS = (
    CRITERIA,
    SUMMARY,
    f"{P}.descriptionModule.detailedDescription",
    f"{P}.identificationModule.officialTitle",
    f"{STATUS}.whyStopped",
    f"{P}.eligibilityModule.studyPopulation",
    f"{P}.eligibilityModule.minimumAge",
    f"{P}.designModule.designInfo.interventionModelDescription",
    f"{P}.designModule.targetDuration",
    f"{P}.ipdSharingStatementModule.description",
    f"{P}.sponsorCollaboratorsModule.leadSponsor.name",
)
_ROWS = (
    (f"{P}.outcomesModule.primaryOutcomes", "measure"),
    (f"{P}.outcomesModule.primaryOutcomes", "timeFrame"),
    (f"{P}.outcomesModule.secondaryOutcomes", "description"),
    (f"{P}.armsInterventionsModule.armGroups", "description"),
    (f"{P}.armsInterventionsModule.armGroups", "label"),
    (f"{P}.armsInterventionsModule.interventions", "name"),
    (f"{P}.contactsLocationsModule.overallOfficials", "name"),
    (f"{P}.referencesModule.references", "citation"),
    (LOCATIONS, "facility"),
)


@pytest.mark.parametrize("text", _LONG.values(), ids=[*_LONG])
def test_a_text_of_fifty_thousand_characters_anywhere_is_read_soon(text):
    places = [tuple(path.split(".")) for path in _TEXTS] + [(*path.split("."), 0, field) for path, field in _ROWS]
    for steps in places:
        odd = planted(WHOLE, steps, text)
        half = len(text) // 2
        with within(BOUND):
            for new in (f"{text[:half]}, 21 or more, {text[half:]}", text[half:], at(WHOLE, steps)):
                read(odd, planted(WHOLE, steps, new))


def test_two_long_lists_of_criteria_that_have_nothing_in_common_are_told_soon():
    other = "\n".join(f"- Item {n} is about renal function above {n} mL/min" for n in range(700))
    for old, new in ((_LINES, other), (_LINES, _PROSE), (_PROSE, other)):
        with within(BOUND):
            assert read(record({CRITERIA: old}), record({CRITERIA: new}))


def test_one_criterion_among_seven_hundred_is_told_alone():
    new = _LINES.replace("at least 5 g/dL within 5 days", "at least 6 g/dL within 5 days")
    with within(BOUND):
        assert len(changes(record({CRITERIA: _LINES}), record({CRITERIA: new}))) == 1
