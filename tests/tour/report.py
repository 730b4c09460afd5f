"""What the tour found: a line for each page and each deed, and at the end the figures."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass, field

FAILING = frozenset({"serious", "critical"})


@dataclass(frozen=True)
class Finding:
    """A rule of axe-core that a page breaks."""

    rule: str
    impact: str
    where: str

    def __str__(self) -> str:
        return f"{self.impact}: {self.rule} at {self.where}"


@dataclass
class Report:
    """The tally of a tour."""

    quiet: bool = False
    pages: int = 0
    checks: int = 0
    interactions: int = 0
    errors: int = 0
    slowest: float = 0.0
    violations: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def line(self, said: str) -> None:
        """Tell how it goes."""
        if not self.quiet:
            print(said, flush=True)

    def fail(self, where: str, wrong: str) -> None:
        """Something is not as it should be."""
        self.failures.append(f"{where}: {wrong}")
        self.line(f"    WRONG {wrong}")

    def page(self, where: str, checks: int, wrong: list[str], note: str = "") -> None:
        """A page was looked at."""
        self.pages += 1
        self.checks += checks
        self.line(f"{'ok  ' if not wrong else 'FAIL'} {where}{note}")
        for each in wrong:
            self.fail(where, each)

    def found(self, where: str, findings: list[Finding]) -> list[str]:
        """Count what axe-core found; what must not be, in words."""
        self.violations.update(finding.impact for finding in findings)
        for finding in findings:
            if finding.impact not in FAILING:
                self.line(f"    note {where}: {finding}")
        return [str(finding) for finding in findings if finding.impact in FAILING]

    def deed(self, where: str, name: str, wrong: str) -> None:
        """Something was done."""
        self.interactions += 1
        self.line(f"{'ok  ' if not wrong else 'FAIL'} {where}: {name}")
        if wrong:
            self.fail(f"{where}: {name}", wrong)

    def figures(self) -> str:
        """All of it, as one line of JSON."""
        return json.dumps(
            {
                "pages": self.pages,
                "checks": self.checks,
                "violations": {
                    impact: self.violations[impact] for impact in ("critical", "serious", "moderate", "minor")
                },
                "console_errors": self.errors,
                "interactions": self.interactions,
                "slowest_first_byte_ms": round(self.slowest * 1000, 1),
                "failures": len(self.failures),
                "seconds": round(time.monotonic() - self.began, 1),
            }
        )
