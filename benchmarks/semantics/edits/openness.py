"""Edits of data sharing, oversight, results, documents and references."""

from __future__ import annotations

from random import Random
from typing import Any

from benchmarks.semantics.edits.shape import (
    SM,
    Doing,
    Edit,
    P,
    Record,
    append,
    at,
    by_stage,
    drop,
    edit,
    edits_in,
    one,
    put,
    rows,
    without,
)

IPD, OVERSIGHT, REFERENCES = (
    f"{P}.ipdSharingStatementModule",
    f"{P}.oversightModule",
    f"{P}.referencesModule.references",
)
DOCUMENTS = "documentSection.largeDocumentModule.largeDocs"
TRACKING = "derivedSection.miscInfoModule.submissionTracking"
OUTCOMES = "resultsSection.outcomeMeasuresModule.outcomeMeasures"


# --- data sharing and oversight --------------------------------------------------------------


def _stated(path: str, old: Any, new: Any) -> Doing:
    return lambda record, chance: at(record, path) == old and put(record, path, new)


SHARING = (
    Edit(
        "data no longer shared",
        ("ipd.plan_changed",),
        _stated(f"{IPD}.ipdSharing", "YES", "NO"),
        "major",
        ("ipd.details_changed",),
    ),
    Edit("data shared after all", ("ipd.plan_changed",), _stated(f"{IPD}.ipdSharing", "NO", "YES"), "minor"),
    Edit(
        "data sharing first stated",
        ("ipd.plan_changed",),
        lambda r, _: bool(at(r, f"{IPD}.ipdSharing")) and drop(r, IPD),
        "minor",
        ("ipd.details_changed",),
        True,
    ),
    Edit(
        "access criteria",
        ("ipd.details_changed",),
        lambda r, _: (
            bool(at(r, f"{IPD}.accessCriteria"))
            and put(r, f"{IPD}.accessCriteria", "On request to the steering committee.")
        ),
        "minor",
    ),
    Edit(
        "time frame of sharing",
        ("ipd.details_changed",),
        lambda r, _: bool(at(r, f"{IPD}.timeFrame")) and put(r, f"{IPD}.timeFrame", "Ten years from publication."),
        "minor",
    ),
    Edit(
        "data available",
        ("ipd.available",),
        lambda r, _: append(
            r,
            f"{P}.referencesModule.availIpds",
            {"id": "EX-1", "type": "Individual Participant Data Set", "url": "https://example.org/ipd"},
        ),
        "major",
    ),
    Edit(
        "drug regulated by the FDA",
        ("oversight.fda_regulated_changed",),
        _stated(f"{OVERSIGHT}.isFdaRegulatedDrug", False, True),
        "major",
    ),
    Edit(
        "device not regulated by the FDA",
        ("oversight.fda_regulated_changed",),
        _stated(f"{OVERSIGHT}.isFdaRegulatedDevice", True, False),
        "major",
    ),
    Edit(
        "no monitoring committee any more",
        ("oversight.dmc_changed",),
        _stated(f"{OVERSIGHT}.oversightHasDmc", True, False),
        by_stage("minor", "major", "major"),
    ),
    Edit(
        "a monitoring committee",
        ("oversight.dmc_changed",),
        _stated(f"{OVERSIGHT}.oversightHasDmc", False, True),
        "minor",
    ),
    Edit(
        "exported from the U.S.", ("oversight.other_changed",), _stated(f"{OVERSIGHT}.isUsExport", False, True), "minor"
    ),
    Edit(
        "a violation", ("oversight.fdaaa_violation",), _stated(f"{OVERSIGHT}.fdaaa801Violation", None, True), "critical"
    ),
)


@edit("a violation noted", "oversight.fdaaa_violation", "critical")
def violation_noted(record: Record, chance: Random) -> bool:
    """The registry annotates a violation."""
    event = {
        "type": "VIOLATION_IDENTIFIED",
        "description": "Failure to submit.",
        "creationDate": "2026-05-20",
        "issuedDate": "2026-05-19",
    }
    return append(record, "annotationSection.annotationModule.violationAnnotation.violationEvents", event)


# --- results -----------------------------------------------------------------------------------

_POSTED = ("resultsFirstSubmitDate", "resultsFirstSubmitQcDate", "resultsFirstPostDateStruct")


def _results_gone(record: Record, chance: Random) -> bool:
    if record.get("hasResults") is not True:
        return False
    for name in _POSTED:
        drop(record, f"{SM}.{name}")
    record.pop("resultsSection", None)
    return put(record, "hasResults", False)


def _submission(**event: str) -> Doing:
    """The newest submission in quality control gains an event; a release begins one."""

    def do(record: Record, chance: Random) -> bool:
        path = f"{TRACKING}.submissionInfos"
        if record.get("hasResults"):
            return False
        if "releaseDate" in event:
            return append(record, path, dict(event))
        infos = rows(record, path)
        open_ = [info for info in infos if not {"resetDate", "unreleaseDate"} & info.keys()]
        return bool(open_) and put(open_[-1], next(iter(event)), next(iter(event.values())))

    return do


def _number(record: Record, chance: Random) -> bool:
    """Another value of one measurement."""
    measures = [measure for measure in rows(record, OUTCOMES) if measure.get("classes")]
    if not measures:
        return False
    for category in chance.choice(measures)["classes"][0].get("categories", []):
        for measurement in category.get("measurements", []):
            return put(measurement, "value", "4711.5")
    return False


def _described(record: Record, chance: Random) -> bool:
    measure = one(record, OUTCOMES, chance)
    text = (measure or {}).get("populationDescription")
    return bool(text) and put(measure or {}, "populationDescription", f"{text} Two were excluded after unblinding.")


def _delayed(record: Record, chance: Random) -> bool:
    if record.get("hasResults") or at(record, f"{SM}.dispFirstSubmitDate"):
        return False
    put(record, f"{SM}.dispFirstSubmitQcDate", "2026-05-11")
    put(record, f"{SM}.dispFirstPostDateStruct", {"date": "2026-05-13", "type": "ACTUAL"})
    return put(record, f"{SM}.dispFirstSubmitDate", "2026-05-10")


RESULTS = (
    Edit("results removed", ("results.removed",), _results_gone, "critical"),
    Edit("results posted", ("results.posted",), _results_gone, "critical", (), True),
    Edit("results submitted", ("results.submitted",), _submission(releaseDate="2026-05-20"), "major"),
    Edit(
        "results returned",
        ("results.returned",),
        _submission(resetDate="2026-05-28"),
        "minor",
        given=_submission(releaseDate="2026-05-20"),
    ),
    Edit(
        "results cancelled",
        ("results.cancelled",),
        _submission(unreleaseDate="2026-05-28"),
        "major",
        given=_submission(releaseDate="2026-05-20"),
    ),
    Edit("a number of the results", ("results.updated",), _number, "major"),
    Edit("a text of the results", ("results.updated",), _described, "minor"),
    Edit("results delayed", ("results.delayed",), _delayed, "major"),
    Edit(
        "results waived",
        ("results.waived",),
        lambda r, _: not at(r, f"{SM}.resultsWaived") and put(r, f"{SM}.resultsWaived", True),
        "major",
    ),
    Edit(
        "posting delayed",
        ("record.delayed_posting",),
        lambda r, _: not at(r, f"{SM}.delayedPosting") and put(r, f"{SM}.delayedPosting", True),
        "minor",
    ),
)


# --- documents and references --------------------------------------------------------------------


def _gone(path: str) -> Doing:
    def do(record: Record, chance: Random) -> bool:
        item = one(record, path, chance)
        return item is not None and without(record, path, item)

    return do


def _newer_document(record: Record, chance: Random) -> bool:
    document = one(record, DOCUMENTS, chance)
    if document is None:
        return False
    document.update(
        {"date": "2026-04-01", "uploadDate": "2026-05-11T09:00", "filename": "Prot_SAP_009.pdf", "size": 81234}
    )
    return True


def _new_reference(kind: str) -> Doing:
    item = {
        "pmid": "40999999",
        "type": kind,
        "citation": "Sample R, Instance K. Examples in practice. J Ex Med. 2026;1:1-9.",
    }
    return lambda record, chance: append(record, REFERENCES, dict(item))


def _retracted(record: Record, chance: Random) -> bool:
    found = [item for item in rows(record, REFERENCES) if item.get("pmid")]
    return bool(found) and put(
        chance.choice(found), "retractions", [{"pmid": "41000001", "source": "J Ex Med. 2026;2:1"}]
    )


def _citation(record: Record, chance: Random) -> bool:
    found = [item for item in rows(record, REFERENCES) if item.get("pmid") and item.get("citation")]
    item = chance.choice(found) if found else {}
    return bool(item) and put(item, "citation", f"{item['citation']} doi: 10.1000/example.")


OPENNESS = (
    Edit("a document added", ("document.added",), _gone(DOCUMENTS), "major", (), True),
    Edit("a document removed", ("document.removed",), _gone(DOCUMENTS), "major"),
    Edit("a newer document", ("document.replaced",), _newer_document, "minor"),
    Edit("a background reference", ("reference.added",), _new_reference("BACKGROUND"), "minor"),
    Edit("a derived reference", ("reference.added",), _new_reference("DERIVED"), "minor"),
    Edit("a publication of results", ("reference.result_added",), _new_reference("RESULT"), "major"),
    Edit("a retraction", ("reference.retracted",), _retracted, "critical"),
    Edit("another citation text", ("reference.changed",), _citation, "noise"),
    Edit("a reference removed", ("reference.changed",), _gone(REFERENCES), "noise"),
    Edit(
        "a link",
        ("reference.changed",),
        lambda r, _: append(r, f"{P}.referencesModule.seeAlsoLinks", {"label": "Site", "url": "https://example.org"}),
        "noise",
    ),
    Edit(
        "a record merged",
        ("record.merged",),
        lambda r, _: append(r, f"{P}.identificationModule.nctIdAliases", "NCT09999998"),
        "major",
    ),
)

EDITS = edits_in(globals())
