"""What sponsors edit on one day, in about the mix in which they do: each edit is made in place on a parsed record."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

Record = dict[str, Any]
Edit = Callable[[Record, Random, date], None]

VERIFIED, UNKNOWN, RESULTS = "verified", "unknown", "results"
# How many of a hundred. What cannot be edited (a study without sites) is only verified.
MIX: Mapping[str, int] = {
    VERIFIED: 22, "dates": 22, "site_status": 12, "status": 10, "enrollment": 9, "site_added": 8, "outcome": 6,
    "eligibility": 4, "description": 4, UNKNOWN: 2, RESULTS: 1,
}  # fmt: skip
_NEXT = {
    "NOT_YET_RECRUITING": ("RECRUITING", "RECRUITING", "WITHDRAWN"),
    "RECRUITING": ("ACTIVE_NOT_RECRUITING", "COMPLETED", "TERMINATED", "SUSPENDED"),
    "ENROLLING_BY_INVITATION": ("ACTIVE_NOT_RECRUITING", "COMPLETED"),
    "ACTIVE_NOT_RECRUITING": ("COMPLETED", "COMPLETED", "TERMINATED"),
    "SUSPENDED": ("RECRUITING", "TERMINATED"),
    "UNKNOWN": ("COMPLETED", "RECRUITING"),
}
_STOPPED = ("TERMINATED", "WITHDRAWN", "SUSPENDED")
_REASONS = ("Slow accrual.", "Sponsor decision.", "Lack of funding.", "The investigator left the institution.")
_TOWNS = ("Lyon", "Leeds", "Turin", "Ghent", "Porto", "Basel", "Aarhus", "Graz", "Gdansk", "Malmo")


def chosen(chance: Random) -> str:
    """One edit of the mix."""
    return chance.choices(list(MIX), weights=list(MIX.values()))[0]


def edit(record: Record, name: str, chance: Random, day: date, results: Mapping[str, Any]) -> None:
    """Edit the record as on this day; `results` is the results section that is posted where results are."""
    if name == RESULTS:
        _post_results(record, results, day)
    elif name != VERIFIED:
        _EDITS[name](record, chance, day)


def _post_results(record: Record, results: Mapping[str, Any], day: date) -> None:
    if record["hasResults"]:
        return
    posted = {"date": day.isoformat(), "type": "ACTUAL"}
    record["protocolSection"]["statusModule"] |= {
        "resultsFirstSubmitDate": (day - timedelta(60)).isoformat(),
        "resultsFirstSubmitQcDate": (day - timedelta(4)).isoformat(),
        "resultsFirstPostDateStruct": posted,
    }
    record["resultsSection"], record["hasResults"] = dict(results), True


def _slip(record: Record, chance: Random, day: date) -> None:
    status = record["protocolSection"]["statusModule"]
    months = chance.choice((1, 2, 3, 6, 6, 12, 12, 18))
    found = [
        struct
        for name in ("primaryCompletionDateStruct", "completionDateStruct")
        if (struct := status.get(name)) and struct.get("date")
    ]
    for struct in found:
        struct["date"] = _later(struct["date"], months)


def _later(said: str, months: int) -> str:
    year, month = divmod(int(said[:4]) * 12 + int(said[5:7] or 1) - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    moved = f"{year:04}-{month + 1:02}-{min(int(said[8:10] or 1), last):02}"
    return moved[: len(said)]


def _step(record: Record, chance: Random, day: date) -> None:
    status = record["protocolSection"]["statusModule"]
    steps = _NEXT.get(status.get("overallStatus", ""), ())
    if steps:
        status["overallStatus"] = chance.choice(steps)
        status.pop("lastKnownStatus", None)
        if status["overallStatus"] in _STOPPED:
            status["whyStopped"] = chance.choice(_REASONS)


def _lose_touch(record: Record, chance: Random, day: date) -> None:
    """What the registry computes by itself: nobody filed anything, no date moves."""
    status = record["protocolSection"]["statusModule"]
    known = status.get("overallStatus")
    if known in ("RECRUITING", "NOT_YET_RECRUITING", "ACTIVE_NOT_RECRUITING", "ENROLLING_BY_INVITATION"):
        status |= {"lastKnownStatus": known, "overallStatus": "UNKNOWN"}


def _enroll(record: Record, chance: Random, day: date) -> None:
    enrolled = record["protocolSection"].get("designModule", {}).get("enrollmentInfo")
    if enrolled and "count" in enrolled:
        enrolled["count"] = max(1, round(enrolled["count"] * chance.uniform(0.5, 1.8))) + chance.randint(1, 9)


def _restate_sites(record: Record, chance: Random, day: date) -> None:
    sites = _sites(record)
    for site in chance.sample(sites, min(len(sites), chance.choice((1, 1, 2, 5)))):
        site["status"] = "RECRUITING" if site.get("status") != "RECRUITING" else "COMPLETED"


def _add_site(record: Record, chance: Random, day: date) -> None:
    sites = _sites(record)
    for _ in range(chance.choice((1, 1, 1, 2, 4)) if sites else 0):
        town = chance.choice(_TOWNS)
        name = f"{town} Research Site {chance.randint(100, 999)}"
        sites.append({"facility": name, "status": "RECRUITING", "city": town, "country": sites[0].get("country", "")})


def _reword_outcome(record: Record, chance: Random, day: date) -> None:
    listed = record["protocolSection"].get("outcomesModule", {})
    outcomes: Sequence[Record] = listed.get("primaryOutcomes", []) + listed.get("secondaryOutcomes", [])
    if outcomes:
        outcome = chance.choice(outcomes)
        outcome["timeFrame"] = f"{chance.randint(2, 60)} months"
        outcome["measure"] = f"{outcome.get('measure', '')}, as assessed centrally"


def _add_criterion(record: Record, chance: Random, day: date) -> None:
    module = record["protocolSection"].setdefault("eligibilityModule", {})
    line = f"* Has received a study drug within {chance.randint(2, 26)} weeks before enrolment"
    module["eligibilityCriteria"] = f"{module.get('eligibilityCriteria', '')}\n{line}"


def _add_words(record: Record, chance: Random, day: date) -> None:
    module = record["protocolSection"].setdefault("descriptionModule", {})
    line = f"Protocol amendment {chance.randint(1, 12)} is in effect since {day.isoformat()}."
    module["detailedDescription"] = f"{module.get('detailedDescription', '')}\n\n{line}"


def _sites(record: Record) -> list[Record]:
    found: list[Record] = record["protocolSection"].get("contactsLocationsModule", {}).get("locations", [])
    return found


_EDITS: Mapping[str, Edit] = {
    "dates": _slip,
    "status": _step,
    UNKNOWN: _lose_touch,
    "enrollment": _enroll,
    "site_status": _restate_sites,
    "site_added": _add_site,
    "outcome": _reword_outcome,
    "eligibility": _add_criterion,
    "description": _add_words,
}
