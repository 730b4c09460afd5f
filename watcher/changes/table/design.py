"""Study type, phase and design."""

from __future__ import annotations

from watcher.changes.design.phases import PHASES, Phases
from watcher.changes.fields.circumstances import of_masking, once_started
from watcher.changes.fields.single import AnyField, EachField, Field, paths_of
from watcher.changes.reading import Row
from watcher.changes.rules import When, rule, where
from watcher.model import Severity

NOISE, MINOR, MAJOR, CRITICAL = Severity

_DESIGN = "protocolSection.designModule"
_INFO = f"{_DESIGN}.designInfo"
_NO = frozenset({"NO"})

_TYPE = (Field(f"{_DESIGN}.studyType", "Study type"),)
_ALLOCATION = (Field(f"{_INFO}.allocation", "Allocation", nothing=frozenset({"NA"})),)
_MODEL = (
    Field(f"{_INFO}.interventionModel", "Intervention model"),
    Field(f"{_INFO}.observationalModel", "Observational model"),
    Field(f"{_INFO}.interventionModelDescription", "Intervention model description", coded=False),
)
_MASKING = (
    Field(f"{_INFO}.maskingInfo.masking", "Masking"),
    Field(f"{_INFO}.maskingInfo.whoMasked", "Who is masked", list),
    Field(f"{_INFO}.maskingInfo.maskingDescription", "Masking description", coded=False),
)
_PURPOSE = (Field(f"{_INFO}.primaryPurpose", "Primary purpose"),)
_OTHER = (
    Field(f"{_INFO}.timePerspective", "Time perspective"),
    Field(f"{_DESIGN}.targetDuration", "Target follow-up duration", coded=False),
    Field(f"{_DESIGN}.patientRegistry", "Patient registry", bool, nothing=_NO),
    Field(f"{_DESIGN}.bioSpec.retention", "Biospecimen retention"),
    Field(f"{_DESIGN}.bioSpec.description", "Biospecimen description", coded=False),
    Field(f"{_DESIGN}.expandedAccessTypes.individual", "Expanded access for individual patients", bool, nothing=_NO),
    Field(
        f"{_DESIGN}.expandedAccessTypes.intermediate",
        "Expanded access for intermediate-size populations",
        bool,
        nothing=_NO,
    ),
    Field(
        f"{_DESIGN}.expandedAccessTypes.treatment",
        "Expanded access under a treatment IND or protocol",
        bool,
        nothing=_NO,
    ),
    Field(f"{_DESIGN}.nPtrsToThisExpAccNctId", "Studies that point to this expanded access record", int),
)

ROWS: tuple[Row, ...] = (
    Row(
        name="study_type",
        label="Study type",
        paths=paths_of(_TYPE),
        compare=EachField("changed", "interventional, observational or expanded access", _TYPE),
        rules={"changed": rule(CRITICAL)},
    ),
    Row(
        name="phase",
        label="Phase",
        paths=(PHASES,),
        compare=Phases(),
        rules={"changed": rule(MAJOR)},
    ),
    Row(
        name="design",
        label="Allocation",
        paths=paths_of(_ALLOCATION),
        compare=EachField("allocation_changed", "randomized, non-randomized or neither", _ALLOCATION, once_started),
        rules={"allocation_changed": rule(MINOR, major=where(When.STARTED))},
    ),
    Row(
        name="design",
        label="Study model",
        paths=paths_of(_MODEL),
        compare=AnyField(
            "model_changed",
            "intervention or observational model; minor where only its text moved",
            _MODEL,
            once_started,
        ),
        rules={"model_changed": rule(MINOR, major=where(When.STARTED))},
    ),
    Row(
        name="design",
        label="Masking",
        paths=paths_of(_MASKING),
        compare=AnyField("masking_changed", "who does not know the treatment, and how", _MASKING, of_masking),
        rules={
            "masking_changed": rule(MINOR, major=where(When.STARTED), critical=where(When.OPENED_AFTER_START)),
        },
    ),
    Row(
        name="design",
        label="Primary purpose",
        paths=paths_of(_PURPOSE),
        compare=EachField("purpose_changed", "what the study is for", _PURPOSE, once_started),
        rules={"purpose_changed": rule(MINOR, major=where(When.STARTED))},
    ),
    Row(
        name="design",
        label="Other design fields",
        paths=paths_of(_OTHER),
        compare=EachField("other_changed", "any other design field", _OTHER),
        rules={"other_changed": rule(MINOR)},
        each=True,
    ),
)
