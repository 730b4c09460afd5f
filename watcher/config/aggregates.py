"""`aggFilters` of an address copied from the registry's page, such as status:rec not,phase:3.

They are translated and never sent: the registry answers an option that it does not know with no study at all. The
codes are those of its page; what is not listed here is not understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from watcher.config.parameters import ADVANCED, Piece, in_phase, with_status
from watcher.model import Term

_STATUSES = {
    "not": "NOT_YET_RECRUITING",
    "rec": "RECRUITING",
    "enr": "ENROLLING_BY_INVITATION",
    "act": "ACTIVE_NOT_RECRUITING",
    "com": "COMPLETED",
    "sus": "SUSPENDED",
    "ter": "TERMINATED",
    "wit": "WITHDRAWN",
    "unk": "UNKNOWN",
    "ava": "AVAILABLE",
    "nla": "NO_LONGER_AVAILABLE",
    "tna": "TEMPORARILY_NOT_AVAILABLE",
    "afm": "APPROVED_FOR_MARKETING",
}
_PHASES = {"0": "EARLY_PHASE1", "1": "PHASE1", "2": "PHASE2", "3": "PHASE3", "4": "PHASE4", "na": "NA"}
_OTHER_FUNDERS = "(AMBIG OR INDIV OR NETWORK OR OTHER OR OTHER_GOV OR UNKNOWN)"


def _funder(classes: str) -> str:
    """The lead sponsor or a collaborator is of this class."""
    return f"AREA[CollaboratorClass]{classes} OR AREA[LeadSponsorClass]{classes}"


# For each filter its label, and for each of its options the expression and the label.
_OPTIONS: Mapping[str, tuple[str, Mapping[str, tuple[str, str]]]] = {
    "studyType": (
        "Study type",
        {
            "int": ("AREA[StudyType]INTERVENTIONAL", "Interventional"),
            "obs": ("AREA[StudyType]OBSERVATIONAL", "Observational"),
            "obs_patreg": ("AREA[PatientRegistry]true", "Patient registry"),
            "exp": ("AREA[StudyType]EXPANDED_ACCESS", "Expanded access"),
            "exp_indiv": ("AREA[ExpAccTypeIndividual]true", "Expanded access, individual patients"),
            "exp_inter": ("AREA[ExpAccTypeIntermediate]true", "Expanded access, intermediate-size population"),
            "exp_treat": ("AREA[ExpAccTypeTreatment]true", "Expanded access, treatment IND or protocol"),
        },
    ),
    # Studies in which such people can take part, as on the page. ALL is an operator, unless it is quoted.
    "sex": (
        "Sex",
        {"f": ('AREA[Sex]("ALL" OR FEMALE)', "Female"), "m": ('AREA[Sex]("ALL" OR MALE)', "Male")},
    ),
    "ages": (
        "Age",
        {
            "child": ("AREA[StdAge]CHILD", "Child"),
            "adult": ("AREA[StdAge]ADULT", "Adult"),
            "older": ("AREA[StdAge]OLDER_ADULT", "Older adult"),
        },
    ),
    "healthy": ("Healthy volunteers", {"y": ("AREA[HealthyVolunteers]true", "accepted")}),
    "results": (
        "Results",
        {
            "with": ("AREA[ResultsFirstPostDate]RANGE[MIN,MAX]", "posted"),
            "without": ("AREA[ResultsFirstPostDate]MISSING", "not posted"),
        },
    ),
    "docs": (
        "Documents",
        {
            "prot": ("AREA[LargeDocHasProtocol]true", "Study protocol"),
            "sap": ("AREA[LargeDocHasSAP]true", "Statistical analysis plan"),
            "icf": ("AREA[LargeDocHasICF]true", "Informed consent form"),
        },
    ),
    "funderType": (
        "Funder",
        {
            "nih": (_funder("NIH"), "NIH"),
            "fed": (_funder("FED"), "U.S. federal agency"),
            "industry": (_funder("INDUSTRY"), "Industry"),
            "other": (_funder(_OTHER_FUNDERS), "Others"),
        },
    ),
}


def pieces_of(filters: str) -> Iterator[Piece | str]:
    """What the filters ask for; as a plain text what is not understood."""
    for part in filter(None, re.split(r"[,|]", filters)):
        name, _, keys = part.strip().partition(":")
        yield from _pieces(name, tuple(dict.fromkeys(keys.split())))


def _pieces(name: str, keys: tuple[str, ...]) -> Iterable[Piece | str]:
    known = {"status": _STATUSES, "phase": _PHASES}.get(name) or _OPTIONS.get(name, ("", {}))[1]
    strange = [key for key in keys if key not in known]
    if strange or not keys:
        return [f"aggFilters {name}:{' '.join(strange)}"]
    match name:
        case "status":
            return with_status(_STATUSES[key] for key in keys)
        case "phase":
            return [in_phase([_PHASES[key] for key in keys])]
    return [_option(name, keys)]


def _option(name: str, keys: Iterable[str]) -> Piece:
    label, options = _OPTIONS[name]
    chosen = [options[key] for key in keys]
    expression = " OR ".join(sorted(expression for expression, _ in chosen))
    return Piece(ADVANCED, f"({expression})", tuple(Term(label, shown) for _, shown in chosen))
