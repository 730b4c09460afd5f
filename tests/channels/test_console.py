from __future__ import annotations

import io

import pytest

from tests.channels.examples import MESSAGE, message, names, refusal, target_of
from watcher.channels import open_channel
from watcher.channels.console import Console


def test_messages_are_printed_with_a_blank_line_between_them(capsys: pytest.CaptureFixture[str]) -> None:
    channel = open_channel("screen", "console://")
    channel.send(target_of(channel), message(text="first\n"))
    channel.send(target_of(channel), message(text="second"))
    assert capsys.readouterr().out == "first\n\nsecond\n\n"


def test_it_has_one_target() -> None:
    assert names(open_channel("screen", "console://")) == ["console:stdout"]
    assert target_of(open_channel("screen", "console://")).key == "screen/console:stdout"


def test_a_closed_output_is_transient() -> None:
    stream = io.StringIO()
    stream.close()
    assert not refusal(Console("screen", stream)).permanent


def test_a_broken_pipe_is_transient() -> None:
    class Broken(io.StringIO):
        def flush(self) -> None:
            raise BrokenPipeError

    assert not refusal(Console("screen", Broken())).permanent


def test_registry_text_cannot_command_the_terminal() -> None:
    stream = io.StringIO()
    channel = Console("screen", stream)
    channel.send(target_of(channel), message(text="a\x1b[2Jb\rc\x07"))
    assert stream.getvalue() == "a[2Jbc\n\n"


def test_an_output_without_unicode_gets_marks_instead() -> None:
    raw = io.BytesIO()
    channel = Console("screen", io.TextIOWrapper(raw, encoding="ascii"))
    channel.send(target_of(channel), MESSAGE)
    assert raw.getvalue() == b"Site 12 ? withdrawn (n ? 40)\nSecond line\n\n"
