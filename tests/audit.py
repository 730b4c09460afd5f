"""`make audit`: what the packages we run on are, and whether anything is known against them.

What can be decided here and now is decided without a network, and decides the exit code: every package that is needed,
directly or through others, is installed in a version that everybody who asks for it accepts, stands in
docs/constraints.txt, and has a licence that we may ship beside ours. Whether a package has a published vulnerability
only an advisory service knows. It is asked through pip-audit; a package of which it knows nothing is counted as
unanswered, never as clean.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LIST = ROOT / "docs" / "constraints.txt"
HEAD = "# The run-time packages with which the tests passed; `python -m tests.audit --write` writes this list."
OURS = "nct-watcher"
# Asked for by sqlite-utils, for its plug-ins: part of every environment, and no business of ours.
TOOLS = frozenset({"pip", "setuptools"})
LICENCES = re.compile(
    r"MIT|BSD|Apache|ISC|PSF|Python Software Foundation|MPL-2\.0|Mozilla Public License 2\.0|Unlicense|0BSD|Zope"
    r"|Public Domain",
    re.IGNORECASE,
)
SECONDS = 90


@dataclass(frozen=True, slots=True)
class Package:
    """One installed package, who asks for which versions of it, and under which licence it is."""

    name: str
    version: str
    licence: str
    asked: tuple[tuple[str, Requirement], ...]


@dataclass(frozen=True, slots=True)
class Advisories:
    """What an advisory service said: names with their advisories, and the names of which it said nothing."""

    vulnerable: Mapping[str, tuple[str, ...]]
    unanswered: tuple[str, ...]
    said: str = ""


def closure() -> dict[str, Package]:
    """Every package that the installed watcher needs, directly or through others."""
    asked: dict[str, list[tuple[str, Requirement]]] = {}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    # From the file, not from what is installed of us: that may be older.
    todo = [(OURS, Requirement(line)) for line in project["dependencies"]]
    todo = [(by, requirement) for by, requirement in todo if not requirement.marker or requirement.marker.evaluate()]
    seen: set[tuple[str, frozenset[str]]] = set()
    while todo:
        by, requirement = todo.pop()
        name = canonicalize_name(requirement.name)
        asked.setdefault(name, []).append((by, requirement))
        key = (name, frozenset(requirement.extras))
        if key not in seen:
            seen.add(key)
            todo += [(name, further) for further in _needed(_installed(name), key[1])]
    return {name: _package(name, tuple(by)) for name, by in sorted(asked.items()) if name not in TOOLS}


def _installed(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def _needed(of: Distribution | None, extras: frozenset[str]) -> Iterator[Requirement]:
    for line in (of.requires or ()) if of else ():
        requirement = Requirement(line)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield requirement


def _package(name: str, asked: tuple[tuple[str, Requirement], ...]) -> Package:
    found = _installed(name)
    return Package(name, found.version if found else "", licence_of(found) if found else "", asked)


def licence_of(found: Distribution) -> str:
    """What the package says of its licence: the expression, else its classifiers, else the first line of the field."""
    said = found.metadata
    classifiers = [line for line in said.get_all("Classifier", []) if line.startswith("License ::")]
    return said.get("License-Expression") or "; ".join(classifiers) or (said.get("License") or "").split("\n")[0]


def listed() -> dict[str, str]:
    """The list of packages with the versions that the tests passed with."""
    return dict(re.findall(r"(?m)^([\w.\-]+)==(\S+)$", LIST.read_text(encoding="utf-8")))


def faults(packages: Iterable[Package], known: Mapping[str, str]) -> Iterator[str]:
    """What is wrong, as far as it can be told without a network."""
    for each in packages:
        for by, requirement in each.asked:
            if not each.version or not requirement.specifier.contains(each.version, prereleases=True):
                yield f"{each.name} {each.version or 'is not installed'}: {by} asks for {requirement}"
        if each.name not in known:
            yield f"{each.name} is needed and not listed in docs/constraints.txt: who brought it, and do we want it?"
        if not LICENCES.search(each.licence):
            yield f"{each.name}: its licence is {each.licence!r}, which is not among those that we ship beside ours"


def advisories(names: Sequence[str]) -> Advisories:
    """What pip-audit learns about what is installed here."""
    program = shutil.which("pip-audit", path=sysconfig.get_path("scripts")) or shutil.which("pip-audit")
    if program is None:
        return Advisories({}, tuple(names), "pip-audit is not installed")
    command = [program, "--path", sysconfig.get_path("purelib"), "--format", "json", "--progress-spinner", "off",
               "--timeout", "10"]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        return read(json.loads(done.stdout)["dependencies"], names)
    except subprocess.TimeoutExpired:
        return Advisories({}, tuple(names), f"no answer within {SECONDS} s")
    except (ValueError, KeyError):
        said = (done.stderr.strip().splitlines() or ["nothing"])[-1]
        return Advisories({}, tuple(names), f"pip-audit said: {said[:200]}")


def read(told: Sequence[Mapping[str, object]], names: Sequence[str]) -> Advisories:
    """What is told of these packages; one that was skipped is unanswered."""
    by_name = {canonicalize_name(str(each["name"])): each for each in told}
    vulnerable, unanswered = {}, []
    for name in names:
        known = by_name.get(canonicalize_name(name), {}).get("vulns")
        if not isinstance(known, list):
            unanswered.append(name)
        elif known:
            vulnerable[name] = tuple(str(each["id"]) for each in known)
    said = f"of {len(unanswered)} packages the service knows nothing" if unanswered else ""
    return Advisories(vulnerable, tuple(unanswered), said)


def written(packages: Iterable[Package]) -> str:
    """The list as it should stand: what is needed on other versions of Python only is kept as it is."""
    lines = {**listed(), **{each.name: each.version for each in packages}}
    return "\n".join([HEAD, *(f"{name}=={version}" for name, version in sorted(lines.items()))]) + "\n"


def main(arguments: Sequence[str]) -> int:
    """Audit, or write the list; 1 where something is wrong, or, with --require-advisories, where it cannot be known."""
    packages = closure()
    if arguments == ["--write"]:
        LIST.write_text(written(packages.values()), encoding="utf-8")
        return 0
    wrong = list(faults(packages.values(), listed()))
    known = advisories([*packages])
    wrong += [f"{name}: {', '.join(ids)}" for name, ids in known.vulnerable.items()]
    for line in wrong:
        print(f"audit: {line}", file=sys.stderr)
    if known.unanswered:
        print(
            f"audit: NOT KNOWN whether {len(known.unanswered)} packages have advisories: {known.said}", file=sys.stderr
        )
    print(json.dumps({"packages": len(packages), "faults": len(wrong), "vulnerable": len(known.vulnerable),
                      "advisories_answered": len(packages) - len(known.unanswered),
                      "advisories_unanswered": len(known.unanswered)}))  # fmt: skip
    return 1 if wrong or (known.unanswered and "--require-advisories" in arguments) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
