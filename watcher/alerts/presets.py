"""Five readers, five tables: which kinds they hear of, from which severity on, and when.

A preset selects and times; it never changes a severity. The first row that is about a change decides; what no row is
about is not told. What it collects goes out at the preset's own time, unless the route names another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from watcher.model import Rule, Severity, Timing

NOISE, MINOR, MAJOR, CRITICAL = Severity.NOISE, Severity.MINOR, Severity.MAJOR, Severity.CRITICAL

GROUPS: Mapping[str, tuple[str, ...]] = {
    "stops": ("status.suspended", "status.terminated", "status.withdrawn", "why_stopped.*", "enrollment.zeroed"),
    "registry": ("record.merged", "record.not_found", "record.restored", "record.delayed_posting", "status.withheld",
                 "status.restored"),
    "no news": ("status.became_unknown", "status.revived", "clock.stale"),
    "doors": ("status.*",),
    "pull-ins": ("date.primary_completion.pulled_in",),
    "primary completion": ("date.primary_completion.*",),
    "start": ("date.start.*",),
    "other dates": ("date.*",),
    "enrollment": ("enrollment.*",),
    "countries": ("country.*",),
    "sites": ("site.*",),
    "design": ("phase.*", "study_type.*", "design.*", "arm.*", "intervention.*"),
    "primary outcomes": ("outcome.primary_*", "outcome.promoted", "outcome.demoted"),
    "outcomes": ("outcome.*",),
    "eligibility": ("eligibility.*",),
    "sponsor": ("sponsor.*", "collaborator.*"),
    "people": ("responsible_party.*", "investigator.*"),
    "results": ("results.*", "oversight.fdaaa_violation"),
    "documents": ("document.*",),
    "publications": ("reference.*",),
    "findings": ("reference.result_added", "reference.retracted"),
    "about to complete": ("clock.primary_completion_near",),
    "primary completion passed": ("clock.primary_completion_passed",),
    "other duties": ("clock.start_overdue", "clock.completion_passed"),
    "results due": ("clock.results_due", "clock.results_overdue"),
    "clocks": ("clock.*",),
    "approved": ("expanded_access.approved",),
    "expanded access": ("expanded_access.*",),
    "searches": ("search.*",),
    "record": ("title.*", "condition.*", "identifier.*", "description.*", "ipd.*", "oversight.*"),
}  # fmt: skip
"""What the rows are about; a row of a preset names one of these."""


@dataclass(frozen=True, slots=True)
class Preset:
    """What one kind of reader hears. Cells: least severity told at once, least severity collected (None: neither).

    `local`: rows that hold only for a route that names a place; they come first.
    """

    meaning: str
    when: str
    rows: Mapping[str, tuple[Severity | None, Severity | None]]
    local: Mapping[str, tuple[Severity | None, Severity | None]]


_NOWHERE: Mapping[str, tuple[Severity | None, Severity | None]] = {}

PRESETS: Mapping[str, Preset] = {
    "competitive-intelligence": Preset(
        "rivals' programmes: stops, slips, endpoints, sponsors at once; the rest every morning",
        "daily 08:00",
        #                             at once   collected
        {
            "stops":                     (CRITICAL, MINOR),
            "registry":                  (MINOR, None),
            "no news":                   (None, MAJOR),
            "doors":                     (MAJOR, MINOR),
            "pull-ins":                  (MINOR, None),
            "primary completion":        (MAJOR, MINOR),
            "other dates":               (None, MINOR),
            "enrollment":                (MAJOR, MINOR),
            "countries":                 (MAJOR, None),
            "sites":                     (None, MINOR),
            "design":                    (MAJOR, MINOR),
            "outcomes":                  (MAJOR, MINOR),
            "eligibility":               (None, MINOR),
            "sponsor":                   (CRITICAL, MINOR),
            "results":                   (MINOR, None),
            "documents":                 (MINOR, None),
            "findings":                  (CRITICAL, MAJOR),
            "about to complete":         (None, MINOR),
            "primary completion passed": (MAJOR, MINOR),
            "expanded access":           (None, MINOR),
            "searches":                  (MINOR, None),
            "record":                    (None, MINOR),
        },
        _NOWHERE,
    ),
    "site-operations": Preset(
        "your sites and what they must do: sites, stops and recruitment at once; the rest every morning",
        "daily 07:00",
        {
            "stops":                     (CRITICAL, MINOR),
            "registry":                  (MINOR, None),
            "no news":                   (None, MINOR),
            "doors":                     (MAJOR, MINOR),
            "primary completion":        (None, MINOR),
            "other dates":               (None, MINOR),
            "enrollment":                (None, MINOR),
            "countries":                 (MAJOR, MINOR),
            "sites":                     (MAJOR, MINOR),
            "design":                    (None, MAJOR),
            "eligibility":               (None, MINOR),
            "sponsor":                   (None, MINOR),
            "people":                    (None, MINOR),
            "results":                   (None, MINOR),
            "results due":               (None, MINOR),
            "other duties":              (None, MINOR),
            "expanded access":           (None, MINOR),
            "searches":                  (None, MINOR),
        },
        _NOWHERE,
    ),
    "patient": Preset(
        "doors that open or close, and who may enter, at once; the rest once a week. Name a place to hear of sites",
        "weekly mon 09:00",
        {
            "stops":                     (MAJOR, None),
            "registry":                  (MINOR, None),
            "no news":                   (None, MINOR),
            "doors":                     (MAJOR, MINOR),
            "primary completion":        (None, MAJOR),
            "start":                     (None, MINOR),
            "design":                    (None, MAJOR),
            "eligibility":               (MINOR, None),
            "results":                   (MAJOR, None),
            "findings":                  (None, MAJOR),
            "expanded access":           (MINOR, None),
            "searches":                  (MINOR, None),
        },
        {
            "countries":                 (MINOR, None),
            "sites":                     (MINOR, None),
        },
    ),
    "compliance": Preset(
        "outcomes, results, documents and legal dates at once; the rest once a week",
        "weekly mon 08:00",
        {
            "stops":                     (None, MAJOR),
            "registry":                  (MINOR, None),
            "no news":                   (None, MINOR),
            "doors":                     (None, MINOR),
            "primary completion":        (None, MAJOR),
            "other dates":               (None, MINOR),
            "enrollment":                (None, MINOR),
            "design":                    (None, MINOR),
            "outcomes":                  (MINOR, None),
            "eligibility":               (None, MINOR),
            "sponsor":                   (None, MINOR),
            "people":                    (None, MINOR),
            "results":                   (MINOR, None),
            "documents":                 (MINOR, None),
            "publications":              (MINOR, None),
            "results due":               (MINOR, None),
            "clocks":                    (None, MINOR),
            "expanded access":           (None, MINOR),
            "searches":                  (None, MINOR),
            "record":                    (None, MINOR),
        },
        _NOWHERE,
    ),
    "investor": Preset(
        "what moves a valuation at once: stops, enrollment, timing, sponsors, results; the rest every morning",
        "daily 07:00",
        {
            "stops":                     (MAJOR, MINOR),
            "registry":                  (MINOR, None),
            "no news":                   (None, MAJOR),
            "doors":                     (MAJOR, MINOR),
            "pull-ins":                  (MINOR, None),
            "primary completion":        (MAJOR, MINOR),
            "other dates":               (None, MINOR),
            "enrollment":                (MAJOR, MINOR),
            "countries":                 (None, MAJOR),
            "design":                    (MAJOR, MINOR),
            "primary outcomes":          (CRITICAL, MAJOR),
            "sponsor":                   (CRITICAL, MINOR),
            "results":                   (MAJOR, MINOR),
            "findings":                  (None, MAJOR),
            "about to complete":         (None, MINOR),
            "primary completion passed": (MAJOR, MINOR),
            "approved":                  (MINOR, None),
            "searches":                  (MINOR, None),
        },
        _NOWHERE,
    ),
}  # fmt: skip
"""The presets by name; their cells follow the routing table that trial experts of these five trades agreed on."""


def rules_of(preset: str, *, local: bool = False) -> tuple[Rule, ...]:
    """The rules of a preset in their order; `local`: for a route that names a place."""
    table = PRESETS[preset]
    rows = {**table.local, **table.rows} if local else table.rows
    return tuple(rule for name, cells in rows.items() for rule in _rules(name, *cells))


def _rules(name: str, at_once: Severity | None, collected: Severity | None) -> Iterator[Rule]:
    """A row as rules; what is below both cells is not told, also not by a later row."""
    if at_once is not None:
        yield Rule(GROUPS[name], at_once, Timing.NOW, name)
    if collected is not None:
        yield Rule(GROUPS[name], collected, Timing.DIGEST, name)
    yield Rule(GROUPS[name], NOISE, Timing.NEVER, name)
