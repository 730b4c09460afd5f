"""Examples: sponsor, collaborators, responsible party, investigators and contacts."""

from __future__ import annotations

from watcher.examples.shape import Example

_PRINCIPAL = {"name": "Ada Doe, MD", "affiliation": "Alpha Hospital", "role": "PRINCIPAL_INVESTIGATOR"}
_DIRECTOR = {"name": "Medical Director", "affiliation": "Example Pharma", "role": "STUDY_DIRECTOR"}
_CONTACT = {"name": "Study Desk", "role": "CONTACT", "phone": "555-0100", "email": "desk@example.org"}

EXAMPLES: tuple[Example, ...] = (
    Example(
        "sponsor.changed",
        {"sponsor": "Example Pharma"},
        {"sponsor": "Sample Biotech"},
        "critical",
        "Lead sponsor changed: Example Pharma -> Sample Biotech.",
    ),
    Example(
        "sponsor.renamed",
        {"sponsor": "Example Pharma"},
        {"sponsor": "Example Pharma Germany GmbH"},
        "minor",
        "Lead sponsor renamed: Example Pharma -> Example Pharma Germany GmbH.",
    ),
    Example(
        "sponsor.renamed",
        {"organization": "Example Pharma"},
        {"organization": "Novexa Medicines"},
        "minor",
        "The organisation that keeps the record is named differently: Example Pharma -> Novexa Medicines. "
        "The lead sponsor is named Example Pharma.",
    ),
    Example(
        "sponsor.class_changed",
        {"sponsor_class": "OTHER"},
        {"sponsor_class": "INDUSTRY"},
        "minor",
        "Class of the lead sponsor changed: Other -> Industry.",
    ),
    Example(
        "collaborator.added",
        {},
        {"collaborators": [{"name": "Sample Genomics Inc.", "class": "INDUSTRY"}]},
        "minor",
        "Collaborator added: Sample Genomics Inc. (Industry).",
    ),
    Example(
        "collaborator.removed",
        {"collaborators": [{"name": "Sample Genomics Inc.", "class": "INDUSTRY"}]},
        {},
        "minor",
        "Collaborator removed: Sample Genomics Inc. (Industry).",
    ),
    Example(
        "responsible_party.changed",
        {"responsible": {"type": "SPONSOR"}},
        {"responsible": {"type": "PRINCIPAL_INVESTIGATOR", "investigatorFullName": "Ada Doe"}},
        "minor",
        "Responsible party changed: Sponsor -> Principal investigator. "
        'Responsible investigator changed: none -> "Ada Doe".',
    ),
    Example(
        "investigator.changed",
        {"officials": [_PRINCIPAL]},
        {"officials": [{**_PRINCIPAL, "name": "Ben Roe, PhD"}]},
        "major",
        "Overall official changed: Ada Doe, MD, Principal investigator, Alpha Hospital -> "
        "Ben Roe, PhD, Principal investigator, Alpha Hospital.",
    ),
    Example(
        "investigator.changed",
        {"officials": [_PRINCIPAL]},
        {"officials": [_PRINCIPAL, _DIRECTOR]},
        "minor",
        "Overall official added: Medical Director, Study director, Example Pharma.",
    ),
    Example(
        "contact.changed",
        {"contacts": [_CONTACT]},
        {"contacts": [{**_CONTACT, "phone": "555-0142"}]},
        "noise",
        "Central contact Study Desk changed: 555-0100 -> 555-0142.",
    ),
)
