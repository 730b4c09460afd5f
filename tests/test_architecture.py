"""The shape of the project, read from its source: who imports whom, what stays pure, who reads the clock."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "watcher"

# Imports run downward only: a unit imports from the lines below its own, never from its own line or above.
# A new module or folder gets its place here, as low as it can stand.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("__main__",),
    ("cli",),
    ("rehearse",),
    ("service",),
    ("work",),
    ("web", "doctor"),
    ("assembly", "systemd", "jobs"),
    ("metrics", "heartbeat", "steering"),
    ("config",),
    ("poll", "deliver", "vigil", "distress"),
    ("sweep", "days", "requests"),
    ("gather",),
    ("observe", "confirm"),
    ("audience",),
    ("views",),
    ("late",),
    ("registry", "store", "channels", "clock"),
    ("alerts",),
    ("changes",),
    ("record",),
    ("model",),
    ("errors", "logs", "deadline", "garbage", "http", "demo", "examples"),
)
_DEPTH = {unit: depth for depth, layer in enumerate(LAYERS) for unit in layer}

PURE = ("record", "changes", "alerts", "model", "errors")
IMPURE_MODULES = frozenset(
    {"sqlite3", "sqlite_utils", "httpx", "socket", "smtplib", "threading", "logging", "random", "os", "time",
     "subprocess", "asyncio", "urllib", "http", "secrets", "uuid", "tempfile", "shutil", "stamina", "apscheduler",
     "apprise"}
)  # fmt: skip

CLOCK_READERS = ("service", "cli", "clock")
CLOCKS = {
    "datetime": frozenset({"now", "utcnow", "today"}),
    "date": frozenset({"today"}),
    "time": frozenset({"time", "time_ns", "monotonic", "monotonic_ns", "localtime", "gmtime"}),
}
# Each with the reason why it may.
CLOCK_EXCEPTIONS = {
    ("jobs.py", "monotonic"): "knows by it which job shows no progress; it never dates anything",
    ("jobs.py", "now"): "tells the scheduler, which has a clock of its own, to begin at once",
    ("registry/transport.py", "monotonic"): "spaces requests out; it never dates anything",
    ("rehearse.py", "monotonic"): "gives up on a day that never settles; it never dates anything",
    ("heartbeat.py", "monotonic"): "spaces requests out; it never dates anything",
    ("channels/webhook.py", "now"): "receivers refuse a signature that is minutes old, so it bears the real time",
    ("channels/mail.py", "now"): "the Date header of an e-mail says when it is handed over, on every attempt anew",
}


@cache
def modules() -> tuple[Path, ...]:
    return tuple(sorted(PACKAGE.rglob("*.py")))


def name_of(module: Path) -> str:
    return module.relative_to(PACKAGE).as_posix()


def unit_of(module: Path) -> str:
    """The folder of the package, or the module directly in it, that a file belongs to."""
    first = module.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


@cache
def tree_of(module: Path) -> ast.Module:
    return ast.parse(module.read_text(encoding="utf-8"))


def imports_of(module: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of everything a module imports, wherever in it the import stands."""
    package = ("watcher", *module.relative_to(PACKAGE).parent.parts)
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            origin = ".".join((*above, *([node.module] if node.module else [])))
            yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)


def inner_imports(module: Path) -> Iterator[tuple[int, str]]:
    """Line and unit of everything that a module imports from this package."""
    for line, name in imports_of(module):
        root, *rest = name.split(".")
        if root == "watcher" and rest and rest[0] in _DEPTH:
            yield line, rest[0]


def clock_reads(module: Path) -> Iterator[tuple[int, str, str]]:
    """Line, text and name of every place where a module reads or hands on a clock."""
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Attribute):
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            if node.attr in CLOCKS.get(owner, ()):
                yield node.lineno, f"{owner}.{node.attr}", node.attr
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from (
                (node.lineno, f"time.{name.name}", name.name) for name in node.names if name.name in CLOCKS["time"]
            )


def test_every_module_has_its_place_in_the_layers():
    units = {unit_of(module) for module in modules()} - {"__init__"}
    assert not units - set(_DEPTH), (
        f"give {', '.join(sorted(units - set(_DEPTH)))} a place in LAYERS of tests/test_architecture.py: "
        "as low as its imports allow, above everything it imports"
    )


@pytest.mark.parametrize("module", modules(), ids=name_of)
def test_imports_run_downward(module):
    unit = unit_of(module)
    if unit not in _DEPTH:
        pytest.skip("the package itself, or told by the test above")
    upward = [
        f"line {line}: {unit} imports {imported}"
        for line, imported in inner_imports(module)
        if imported != unit and _DEPTH[imported] <= _DEPTH[unit]
    ]
    assert not upward, (
        f"{name_of(module)} imports upward or sideways ({'; '.join(upward)}): pass the value in from above, or move "
        "what both need further down"
    )


# opening.py is the one that knows every channel; each channel knows none of the others.
CHANNELS = frozenset({"console", "mail", "services", "webhook"})


@pytest.mark.parametrize("channel", sorted(CHANNELS))
def test_a_channel_knows_no_other_channel(channel):
    module = PACKAGE / "channels" / f"{channel}.py"
    others = [name for _, name in imports_of(module) if set(name.split(".")[2:3]) & (CHANNELS - {channel})]
    assert not others, f"{name_of(module)} imports {', '.join(others)}: put what both need beside them"


@pytest.mark.parametrize("module", [module for module in modules() if unit_of(module) in PURE], ids=name_of)
def test_pure_folders_touch_nothing_outside(module):
    impure = [f"line {line}: {name}" for line, name in imports_of(module) if name.split(".")[0] in IMPURE_MODULES]
    assert not impure, (
        f"{name_of(module)} imports {'; '.join(impure)}: record, changes, alerts, model and errors are pure; take the "
        "value as an argument, and let the caller above do the reading, writing or logging"
    )


@pytest.mark.parametrize("module", [found for found in modules() if unit_of(found) not in CLOCK_READERS], ids=name_of)
def test_only_service_and_cli_read_the_clock(module):
    reads = [
        f"line {line}: {text}"
        for line, text, name in clock_reads(module)
        if (name_of(module), name) not in CLOCK_EXCEPTIONS
    ]
    assert not reads, (
        f"{name_of(module)} reads the clock ({'; '.join(reads)}): take `now` as an argument (or a Clock), so that a "
        "rehearsal and a test can say what day it is"
    )


def test_every_exception_is_still_needed():
    used = {(name_of(module), name) for module in modules() for _, _, name in clock_reads(module)}
    stale = sorted(set(CLOCK_EXCEPTIONS) - used)
    assert not stale, f"take {stale} out of CLOCK_EXCEPTIONS: nothing there reads the clock any more"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from datetime import datetime\ndatetime.now()", ["datetime.now"]),
        ("import datetime\ndatetime.datetime.utcnow()", ["datetime.utcnow"]),
        ("import datetime\nx = datetime.date.today", ["date.today"]),
        ("import time\ntime.time()", ["time.time"]),
        ("from time import monotonic as m", ["time.monotonic"]),
        ("clock.now(); window.today; datetime.time(7); datetime.fromisoformat('2026-01-01')", []),
    ],
)
def test_the_clock_is_seen_however_it_is_read(tmp_path, source, found):
    module = tmp_path / "module.py"
    module.write_text(source)
    assert [text for _, text, _ in clock_reads(module)] == found
