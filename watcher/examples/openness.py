"""Examples: data sharing, oversight, documents, references, delayed posting."""

from __future__ import annotations

from typing import Any

from watcher.examples.shape import Example

_PLAN = {"typeAbbrev": "SAP", "hasSap": True, "date": "2024-05-02", "filename": "SAP_000.pdf"}
_PAPER = {"pmid": "10000001", "citation": "Doe A, Roe B. Examplinib in disease. Ex J Med. 2026;1(1):1-9."}
_TOLD = f"PMID 10000001, {_PAPER['citation']}"


def _overseen(kind: str, old: dict[str, Any], new: dict[str, Any], severity: str, sentence: str) -> Example:
    return Example(kind, {"oversight": old}, {"oversight": new}, severity, sentence)


EXAMPLES: tuple[Example, ...] = (
    Example(
        "ipd.plan_changed",
        {},
        {"ipd": {"ipdSharing": "UNDECIDED"}},
        "minor",
        "Plan to share individual participant data changed: not stated -> Undecided.",
    ),
    Example(
        "ipd.plan_changed",
        {"ipd": {"ipdSharing": "YES", "url": "https://data.example.org"}},
        {"ipd": {"ipdSharing": "NO"}},
        "major",
        "Plan to share individual participant data changed: Yes -> No.",
        ("ipd.details_changed",),
    ),
    Example(
        "ipd.details_changed",
        {"ipd": {"ipdSharing": "YES", "timeFrame": "From 6 months after publication"}},
        {
            "ipd": {
                "ipdSharing": "YES",
                "timeFrame": "From 12 months after publication",
                "infoTypes": ["STUDY_PROTOCOL", "SAP"],
            }
        },
        "minor",
        "Supporting information to be shared changed: not stated -> Statistical analysis plan, Study protocol. "
        'Data sharing time frame changed: "From 6 months after publication" -> "From 12 months after publication".',
    ),
    Example(
        "ipd.available",
        {},
        {
            "available": [
                {"id": "EX-DATA-1", "type": "Individual Participant Data Set", "url": "https://data.example.org"}
            ]
        },
        "major",
        "Available data listed: Individual Participant Data Set, EX-DATA-1, https://data.example.org.",
    ),
    _overseen(
        "oversight.fda_regulated_changed",
        {"isFdaRegulatedDrug": False},
        {"isFdaRegulatedDrug": True},
        "major",
        "U.S. FDA-regulated drug product changed: No -> Yes.",
    ),
    _overseen(
        "oversight.dmc_changed",
        {"oversightHasDmc": False},
        {"oversightHasDmc": True},
        "minor",
        "Data monitoring committee changed: No -> Yes.",
    ),
    _overseen(
        "oversight.dmc_changed",
        {"oversightHasDmc": True},
        {"oversightHasDmc": False},
        "major",
        "Data monitoring committee changed: Yes -> No.",
    ),
    _overseen(
        "oversight.other_changed",
        {"isUsExport": False},
        {"isUsExport": True},
        "minor",
        "Product exported from the U.S. changed: No -> Yes.",
    ),
    _overseen(
        "oversight.fdaaa_violation",
        {},
        {"fdaaa801Violation": True},
        "critical",
        "FDAAA 801 violation: not marked -> marked.",
    ),
    Example(
        "oversight.fdaaa_violation",
        {},
        {"violations": [{"type": "CORRECTION_CONFIRMED", "issuedDate": "2026-05-12", "postedDate": "2026-05-14"}]},
        "critical",
        "FDAAA 801 violation: Correction confirmed (issued 2026-05-12, posted 2026-05-14).",
    ),
    Example(
        "document.added",
        {},
        {"documents": [_PLAN]},
        "major",
        "Statistical analysis plan (2024-05-02) posted.",
    ),
    Example(
        "document.replaced",
        {"documents": [_PLAN]},
        {"documents": [{**_PLAN, "date": "2026-02-11"}]},
        "minor",
        "Statistical analysis plan replaced: 2024-05-02 -> 2026-02-11.",
    ),
    Example(
        "document.removed",
        {"documents": [_PLAN]},
        {},
        "major",
        "Statistical analysis plan (2024-05-02) removed.",
    ),
    Example(
        "reference.added",
        {},
        {"references": [{**_PAPER, "type": "DERIVED"}]},
        "minor",
        f"Publication linked by the registry: {_TOLD} (DERIVED).",
    ),
    Example(
        "reference.result_added",
        {"references": [{**_PAPER, "type": "BACKGROUND"}]},
        {"references": [{**_PAPER, "type": "RESULT"}]},
        "major",
        f"Publication of results listed: {_TOLD} (RESULT).",
    ),
    Example(
        "reference.retracted",
        {"references": [{**_PAPER, "type": "RESULT"}]},
        {
            "references": [
                {**_PAPER, "type": "RESULT", "retractions": [{"pmid": "10000002", "source": "Ex J Med. 2026"}]}
            ]
        },
        "critical",
        f"Retracted: {_TOLD} (RESULT). Notice: PMID 10000002, Ex J Med. 2026.",
    ),
    Example(
        "reference.changed",
        {"links": [{"label": "Sponsor", "url": "https://example.org"}]},
        {},
        "noise",
        "See-also links changed: https://example.org -> none.",
    ),
    Example(
        "record.delayed_posting",
        {},
        {"delayed_posting": True},
        "minor",
        "Delayed posting of a device study changed: not stated -> Yes.",
    ),
)
