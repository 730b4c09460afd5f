"""Log lines carry the ids that join a delivery to its alert, change and version."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from watcher.logs import formatter, ids


def line(form: str, message: str, *arguments: object, error: bool = False, **said: object) -> str:
    try:
        raise ValueError("no\nnumber")
    except ValueError:
        trace = sys.exc_info() if error else None
    record = logging.LogRecord("watcher.deliver", logging.WARNING, "", 0, message, arguments, trace)
    record.__dict__.update(ids(**said))
    return formatter(form).format(record)


def test_ids_stand_behind_a_plain_line() -> None:
    said = line("plain", "delivery %s to %s: delivered", 7, "team/you", delivery=7, alert=(3, 4), notice=None, route="")
    assert said.endswith("WARNING watcher.deliver: delivery 7 to team/you: delivered delivery=7 alert=3,4")


def test_a_json_line_is_one_object_with_the_same_ids() -> None:
    said = json.loads(line("json", "delivery %s", 7, delivery=7, alert=(3, 4), nct_id=("NCT00000001",)))
    assert said["message"] == "delivery 7"
    assert said["level"] == "warning"
    assert (said["delivery"], said["alert"], said["nct_id"]) == (7, [3, 4], ["NCT00000001"])
    assert said["time"].endswith("+00:00")


@pytest.mark.parametrize("form", ["plain", "json"])
def test_what_is_quoted_cannot_begin_a_line_of_its_own(form: str) -> None:
    assert "\n" not in line(form, "the registry said %s", "x\n2026-01-01 CRITICAL forged\r", nct_id="NCT\n1")


def test_an_exception_is_part_of_the_object() -> None:
    said = json.loads(line("json", "poll failed", error=True))
    assert "ValueError: no" in said["exception"]
