"""What is shown: the registry's own labels for its codes, numbers with their nouns, clipped and quoted texts."""

from __future__ import annotations

import re

_STATUS = {
    "NOT_YET_RECRUITING": "Not yet recruiting",
    "RECRUITING": "Recruiting",
    "ENROLLING_BY_INVITATION": "Enrolling by invitation",
    "ACTIVE_NOT_RECRUITING": "Active, not recruiting",
    "COMPLETED": "Completed",
    "SUSPENDED": "Suspended",
    "TERMINATED": "Terminated",
    "WITHDRAWN": "Withdrawn",
    "UNKNOWN": "Unknown status",
    "AVAILABLE": "Available",
    "NO_LONGER_AVAILABLE": "No longer available",
    "TEMPORARILY_NOT_AVAILABLE": "Temporarily not available",
    "APPROVED_FOR_MARKETING": "Approved for marketing",
    "WITHHELD": "Withheld",
}
PHASES = {
    "NA": "Not applicable",
    "EARLY_PHASE1": "Early phase 1",
    "PHASE1": "Phase 1",
    "PHASE2": "Phase 2",
    "PHASE3": "Phase 3",
    "PHASE4": "Phase 4",
}
# Labels that are more than the code in small letters with a capital; those of `_EVEN` are just that.
_ODD = {
    "NA": "Not applicable",
    "NON_RANDOMIZED": "Non-randomized",
    "SINGLE_GROUP": "Single group assignment",
    "PARALLEL": "Parallel assignment",
    "CROSSOVER": "Crossover assignment",
    "FACTORIAL": "Factorial assignment",
    "SEQUENTIAL": "Sequential assignment",
    "NONE": "None (open label)",
    "ECT": "Educational/counseling/training",
    "CASE_CONTROL": "Case-control",
    "CASE_ONLY": "Case-only",
    "CASE_CROSSOVER": "Case-crossover",
    "FAMILY_BASED": "Family-based",
    "CROSS_SECTIONAL": "Cross-sectional",
    "SAMPLES_WITH_DNA": "Samples with DNA",
    "SAMPLES_WITHOUT_DNA": "Samples without DNA",
    "NIH": "NIH",
    "FDA": "FDA",
    "VA": "VA",
    "CDC": "CDC",
    "AHRQ": "AHRQ",
    "SAMHSA": "SAMHSA",
    "FED": "U.S. federal agency",
    "OTHER_GOV": "Other government",
    "INDIV": "Individual",
    "AMBIG": "Ambiguous",
    "OTHER_GRANT": "Other grant or funding number",
    "EUDRACT_NUMBER": "EudraCT number",
    "CTIS": "EU CT number",
    "REGISTRY": "Registry identifier",
    "SPONSOR_INVESTIGATOR": "Sponsor-investigator",
    "SUB_INVESTIGATOR": "Sub-investigator",
    "SAP": "Statistical analysis plan",
    "ICF": "Informed consent form",
    "CSR": "Clinical study report",
    "PROBABILITY_SAMPLE": "Probability sample",
    "NON_PROBABILITY_SAMPLE": "Non-probability sample",
    "COMBINATION_PRODUCT": "Combination Product",
    "DIETARY_SUPPLEMENT": "Dietary Supplement",
    "DIAGNOSTIC_TEST": "Diagnostic Test",
    "LTE60": "At most 60 days",
    "GT60": "More than 60 days",
}
_EVEN = frozenset(
    ("RANDOMIZED", "INTERVENTIONAL", "OBSERVATIONAL", "EXPANDED_ACCESS", "TREATMENT", "PREVENTION", "DIAGNOSTIC",
     "SUPPORTIVE_CARE", "SCREENING", "HEALTH_SERVICES_RESEARCH", "BASIC_SCIENCE", "DEVICE_FEASIBILITY", "OTHER",
     "COHORT", "ECOLOGIC_OR_COMMUNITY", "DEFINED_POPULATION", "NATURAL_HISTORY", "RETROSPECTIVE", "PROSPECTIVE",
     "NONE_RETAINED", "SINGLE", "DOUBLE", "TRIPLE", "QUADRUPLE", "PARTICIPANT", "CARE_PROVIDER", "INVESTIGATOR",
     "OUTCOMES_ASSESSOR", "INDUSTRY", "NETWORK", "UNKNOWN", "SPONSOR", "PRINCIPAL_INVESTIGATOR", "STUDY_CHAIR",
     "STUDY_DIRECTOR", "CONTACT", "YES", "NO", "UNDECIDED", "STUDY_PROTOCOL", "ANALYTIC_CODE", "BACKGROUND", "RESULT",
     "DERIVED", "EXPERIMENTAL", "ACTIVE_COMPARATOR", "PLACEBO_COMPARATOR", "SHAM_COMPARATOR", "NO_INTERVENTION",
     "BEHAVIORAL", "BIOLOGICAL", "DEVICE", "DRUG", "GENETIC", "PROCEDURE", "RADIATION", "FEMALE", "MALE", "ALL",
     "VIOLATION_IDENTIFIED", "CORRECTION_CONFIRMED", "PENALTY_IMPOSED", "ISSUES_IN_LETTER_ADDRESSED_CONFIRMED")
)  # fmt: skip


def label(value: str) -> str:
    """The registry's label of a coded value ("Non-randomized"); a value that is not known is shown raw."""
    return _ODD.get(value) or (value.replace("_", " ").capitalize() if value in _EVEN else value)


def status_label(value: str) -> str:
    """The registry's label of a recruitment status ("Active, not recruiting")."""
    return _STATUS.get(value, value) or "no status"


def phase_label(phases: list[str]) -> str:
    """The registry's label of a list of phases ("Phase 1/Phase 2"); "" where none is given."""
    return "/".join(PHASES.get(phase, phase) for phase in phases)


_TWO_STOPS = re.compile(r'(?<!\.)(\."?)\.$')
_STOPPED = re.compile(r'[.!?]"?$')


def one_stop(sentence: str) -> str:
    """The sentence without a second full stop after a value that ends with its own: "Ltd.", or a quotation's."""
    return _TWO_STOPS.sub(r"\1", sentence)


def stopped(sentence: str) -> str:
    """The sentence with a full stop, so that another one may follow."""
    return sentence if _STOPPED.search(sentence) else f"{sentence}."


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun: "1 site", "3 sites", and where an s is not enough with its `plural`."""
    return f"{number} {noun}" if number == 1 else f"{number} {plural or f'{noun}s'}"


def size_text(size: int) -> str:
    """A number of bytes: "1.5 GB", "512 MB", "1 byte"."""
    for unit, factor in (("TB", 10**12), ("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            number = size / factor
            return f"{number:.0f} {unit}" if number >= 100 else f"{number:.3g} {unit}"
    return counted(size, "byte")


def ordinal(number: int) -> str:
    """A place in a row: "1st", "2nd", "11th"."""
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def clipped(text: str, length: int = 300) -> str:
    """At most `length` characters of `text`, with an ellipsis where more was cut."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def quoted(text: str) -> str:
    """A text of the sponsor's in quotation marks; "none" where there is none."""
    return f'"{text}"' if text else "none"
