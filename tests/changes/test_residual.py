"""What no row claims is told with its paths: nothing is silent, and order is nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import ABSENT, ENROLLMENT, LOCATIONS, P, changes, kinds, only, record, site
from watcher.changes.residual import unclaimed_paths
from watcher.errors import MalformedRecord
from watcher.model import Severity

MEASURES = {
    "outcomeMeasuresModule": {
        "outcomeMeasures": [
            {
                "type": "PRIMARY",
                "title": "Response",
                "timeFrame": "1 year",
                "groups": [{"id": "OG000", "title": "Arm A"}, {"id": "OG001", "title": "Arm B"}],
                "classes": [
                    {
                        "title": "Complete",
                        "categories": [
                            {
                                "measurements": [
                                    {"groupId": "OG000", "value": "12"},
                                    {"groupId": "OG001", "value": "7"},
                                ]
                            }
                        ],
                    }
                ],
            },
            {"type": "SECONDARY", "title": "Survival", "timeFrame": "2 years"},
        ]
    }
}


def differing(old: dict[str, Any], new: dict[str, Any]) -> tuple[str, ...]:
    """The paths that two records differ in, with nothing claimed."""
    return unclaimed_paths(old, new, ())


def put(path: str, old: Any, new: Any) -> tuple[str, ...]:
    """The paths of the one record.changed between two records that differ in one place."""
    found = only(changes(record({path: old}), record({path: new})))
    assert (found.kind, found.severity) == ("record.changed", Severity.NOISE)
    assert found.detail["paths"] == len(found.paths)
    return found.paths


# --- nothing is silent ------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "newTopLevelField",
        f"{P}.newModule.newField",
        f"{P}.statusModule.newField",
        f"{P}.designModule.designInfo.maskingInfo.masking",
        "resultsSection.newModule.rows",
        "derivedSection.miscInfoModule.removedCountries",
        "annotationSection.annotationModule.unpostedAnnotation.unpostedResponsibleParty",
    ],
)
def test_a_field_that_no_row_knows_is_told_with_its_path(path):
    assert put(path, "one", "other") == (path,)


@pytest.mark.parametrize(
    ("old", "new"), [(ABSENT, "x"), ("x", ABSENT), (ABSENT, []), (ABSENT, {}), ({}, ABSENT), (ABSENT, None)]
)
def test_a_field_that_comes_or_goes_is_told_with_its_path(old, new):
    path = f"{P}.designModule.newField"
    assert put(path, old, new) == (path,)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (True, 1), (False, 0), (0, None), ("1", 1), ("true", True), (None, "null"), ([], {}), ([], None), ({}, None),
        ("", None), ("x", ["x"]), ({"a": 1}, [{"a": 1}]), (["1"], [1]), ([True], [1]), (0, -1), (1.5, 1.25),
    ],
)  # fmt: skip
def test_a_change_of_type_is_a_change(old, new):
    assert put(f"{P}.designModule.newField", old, new)[0].startswith(f"{P}.designModule.newField")


def test_a_change_of_type_is_a_change_beside_others_too():
    found = changes(
        record({"flag": True}),
        record({"flag": 1}, status="SUSPENDED", sites=[site(), site("Beta Clinic", "Lyon", "France")]),
    )
    assert kinds(found) == ["status.suspended", "record.changed"]


@pytest.mark.parametrize(
    ("field", "old", "new"),
    [
        ("lastUpdatePostDateStruct.type", "ESTIMATED", "ACTUAL"),
        ("lastUpdatePostDateStruct.newField", ABSENT, "x"),
        ("lastUpdatePostDateStruct", None, []),
        ("lastUpdateSubmitDate", 5, 6),
        ("statusVerifiedDate", ["2026-01"], ["2026-02"]),
    ],
)
def test_nothing_about_the_filing_dates_is_silent(field, old, new):
    found = only(changes(record({f"{P}.statusModule.{field}": old}), record({f"{P}.statusModule.{field}": new})))
    assert found.kind in {"record.touched", "record.changed"}


@pytest.mark.parametrize(
    ("field", "old", "new"),
    [("overallStatus", 1, 2), ("lastKnownStatus", [1], {"a": 1}), ("whyStopped", 1, 2), ("whyStopped", ["a"], ["b"])],
)
def test_a_text_of_another_type_is_shown_raw(field, old, new):
    path = f"{P}.statusModule.{field}"
    assert put(path, old, new)[0].startswith(path)


@pytest.mark.parametrize(
    "key", ["a.b", "it's", 'say "so"', "a[0]", "root['x']", "", " ", "__private", "é", "x" * 300, "a#0"]
)
def test_a_key_of_any_shape_is_told(key):
    assert len(put("more", {key: 1}, {key: 2})) == 1
    assert len(put("more", {}, {key: 2})) == 1
    assert len(put("more", {key: {key: [1]}}, {key: {key: [2]}})) >= 1


def test_an_odd_key_stands_in_its_path_as_it_is():
    assert put("more", {"a.b['c']": 1}, {"a.b['c']": 2}) == ("more.a.b['c']",)


def test_what_a_row_claims_is_not_told_twice():
    found = changes(record(), record({ENROLLMENT: {"count": 150, "type": "ESTIMATED"}}))
    assert kinds(found) == ["enrollment.target_increased"]


def test_the_residual_stands_beside_what_is_read_with_its_own_path():
    found = changes(record(status="RECRUITING"), record({"extra": "x"}, status="SUSPENDED"))
    assert kinds(found) == ["status.suspended", "record.changed"]
    assert found[1].paths == ("extra",)


@pytest.mark.parametrize("path", [f"{P}.oversightModule", f"{P}.statusModule.field", f"{P}.designModule.field"])
@pytest.mark.parametrize(("old", "new"), [(ABSENT, "x"), ("x", ABSENT), ("x", "y")])
def test_its_path_is_as_exact_beside_other_changes(path, old, new):
    before = record({path: old}, status="RECRUITING", enrollment=100)
    found = changes(before, record({path: new}, status="SUSPENDED", enrollment=150, filed="2026-05-20"))
    told = next(change for change in found if change.kind == "record.changed")
    assert told.paths == (path,)


@pytest.mark.parametrize(
    "there",
    [{"enrollment": 5}, {"why_stopped": "x"}, {"start": "2026-09"}, {"completion": "2028"}, {"acronym": "EX"},
     {"results_posted": "2026-05-20"}, {"sites": [site()]}],
    ids=str,
)  # fmt: skip
def test_a_claimed_field_that_comes_or_goes_leaves_no_residual(there):
    gone = record(**dict.fromkeys(there, ABSENT))
    for found in (changes(record(**there), gone), changes(gone, record(**there))):
        assert "record.changed" not in kinds(found)
        assert len(found) == 1


def test_the_sentence_names_some_paths_and_counts_the_rest():
    new = record({f"field{number}": number for number in range(8)})
    assert (
        only(changes(record(), new)).sentence == "Other differences: field0, field1, field2, field3, field4 and 3 more."
    )


def test_the_sentence_is_short_whatever_the_keys_are():
    assert len(only(changes(record(), record({"x" * 5000: 1}))).sentence) < 400


# --- order is nothing ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "items"),
    [
        (f"{P}.conditionsModule.conditions", ["A", "B", "C"]),
        (f"{P}.conditionsModule.keywords", ["A", "B", "A"]),
        (f"{P}.armsInterventionsModule.interventions", [{"type": "DRUG", "name": "A"}, {"type": "DRUG", "name": "B"}]),
        (f"{P}.outcomesModule.primaryOutcomes", [{"measure": "OS"}, {"measure": "PFS", "timeFrame": "1 year"}]),
        (
            f"{P}.outcomesModule.secondaryOutcomes",
            [{"measure": "OS", "timeFrame": "1 year"}, {"measure": "OS", "timeFrame": "2 years"}],
        ),
        (
            f"{P}.identificationModule.secondaryIdInfos",
            [{"id": "1", "type": "OTHER"}, {"id": "1", "type": "EUDRACT_NUMBER"}],
        ),
        (
            f"{P}.referencesModule.references",
            [{"pmid": "1", "type": "DERIVED", "citation": "a"}, {"type": "RESULT", "citation": "b"}],
        ),
        (f"{P}.referencesModule.seeAlsoLinks", [{"label": "x", "url": "1"}, {"label": "x", "url": "2"}]),
        (f"{P}.contactsLocationsModule.overallOfficials", [{"name": "A", "role": "R"}, {"name": "A", "role": "S"}]),
        (f"{P}.contactsLocationsModule.centralContacts", [{"name": "A", "phone": "1"}, {"name": "A", "phone": "2"}]),
        (f"{P}.newModule.rows", [{"key": 1}, {"key": 2}, {"key": 1, "other": 2}]),
        (f"{P}.newModule.rows", [[1, 2], [3], []]),
        (f"{P}.newModule.rows", [1, "1", True, None, 1.5]),
        (f"{P}.newModule.rows", [{"name": "A", "rows": [1, 2]}, {"name": "A", "rows": [3]}]),
    ],
)
def test_another_order_is_no_change(path, items):
    before = record({path: items})
    assert changes(before, record({path: items[::-1]})) == ()
    assert changes(before, record({path: items[1:] + items[:1]})) == ()


def test_another_order_of_lists_inside_lists_is_no_change():
    rows = [{"name": "A", "otherNames": ["x", "y"]}, {"name": "B", "otherNames": ["y", "z"]}]
    turned = [{**row, "otherNames": row["otherNames"][::-1]} for row in reversed(rows)]
    assert changes(record(interventions=rows), record(interventions=turned)) == ()


def test_another_order_with_one_change_shows_that_change_alone():
    rows = [{"measure": name, "timeFrame": "1 year"} for name in ("OS", "PFS", "ORR")]
    turned = [rows[2], {**rows[0], "timeFrame": "2 years"}, rows[1]]
    path = f"{P}.outcomesModule.secondaryOutcomes"
    assert put(path, rows, turned) == (f"{path}[1].timeFrame",)


# --- places -------------------------------------------------------------------------


@pytest.mark.parametrize("gone", range(3))
def test_one_item_gone_is_one_path_as_the_older_record_has_it(gone):
    rows = [{"measure": name} for name in ("OS", "PFS", "ORR")]
    path = f"{P}.outcomesModule.secondaryOutcomes"
    assert put(path, rows, [row for place, row in enumerate(rows) if place != gone]) == (f"{path}[{gone}]",)


@pytest.mark.parametrize("place", range(3))
def test_one_item_more_is_one_path_as_the_newer_record_has_it(place):
    rows = [{"measure": name} for name in ("OS", "PFS")]
    path = f"{P}.outcomesModule.secondaryOutcomes"
    assert put(path, rows, [*rows[:place], {"measure": "ORR"}, *rows[place:]]) == (f"{path}[{place}]",)


def test_an_item_that_moved_and_changed_is_told_where_it_stands_now():
    rows = [{"type": "DRUG", "name": "A"}, {"type": "DRUG", "name": "B", "description": "old"}]
    path = f"{P}.armsInterventionsModule.interventions"
    assert put(path, rows, [{**rows[1], "description": "new"}, rows[0]]) == (f"{path}[0].description",)


def test_one_of_several_equal_items_gone_is_one_path():
    path = f"{P}.conditionsModule.keywords"
    assert put(path, ["A", "A", "B"], ["A", "B"]) == (f"{path}[1]",)
    assert put(path, ["A", "B"], ["A", "A", "B"]) == (f"{path}[1]",)


def test_a_plain_item_replaced_is_told_on_both_sides():
    path = f"{P}.conditionsModule.keywords"
    assert put(path, ["A", "B"], ["A", "C"]) == (f"{path}[1]",)


def test_a_number_in_a_table_of_results_is_told_with_its_place():
    new = {"outcomeMeasuresModule": {"outcomeMeasures": list(reversed(_with_value("8")))}}
    (path,) = differing({"resultsSection": MEASURES}, {"resultsSection": new})
    # A class or category has no name of its own here, so it is told as the whole that it is.
    assert path.startswith("resultsSection.outcomeMeasuresModule.outcomeMeasures[1].classes[0].categories[0]")


def _with_value(value: str) -> list[dict[str, Any]]:
    first, second = MEASURES["outcomeMeasuresModule"]["outcomeMeasures"]
    cells = [{"groupId": "OG000", "value": "12"}, {"groupId": "OG001", "value": value}]
    return [{**first, "classes": [{"title": "Complete", "categories": [{"measurements": cells}]}]}, second]


def test_results_that_move_while_posted_are_told():
    before = record({"resultsSection": MEASURES}, has_results=True)
    after = record({"resultsSection.outcomeMeasuresModule.outcomeMeasures": _with_value("8")}, has_results=True)
    assert kinds(changes(before, after)) == ["results.updated"]


# --- wrong types ---------------------------------------------------------------------


@pytest.mark.parametrize("wrong", ["x", 5, True, ["x"], [None], [[]]])
@pytest.mark.parametrize(
    "path",
    [P, f"{P}.statusModule", f"{P}.designModule", f"{P}.contactsLocationsModule", "derivedSection", "resultsSection",
     f"{P}.conditionsModule.conditions", f"{P}.identificationModule.nctIdAliases", ENROLLMENT, LOCATIONS],
)  # fmt: skip
def test_a_module_of_another_type_is_malformed_or_told(path, wrong):
    try:
        assert changes(record(), record({path: wrong})) != ()
    except MalformedRecord:
        assert path in (P, "derivedSection", f"{P}.identificationModule.nctIdAliases")


def test_a_list_that_becomes_one_item_is_told():
    assert put(f"{P}.conditionsModule.conditions", ["A"], "A") == (f"{P}.conditionsModule.conditions",)


@pytest.mark.parametrize("wrong", ["false", "no", "NO", 5, ["x"]])
def test_a_flag_of_another_type_is_no_posting_of_results(wrong):
    assert kinds(changes(record(has_results=False), record(has_results=wrong))) == ["record.changed"]
