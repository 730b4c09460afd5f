"""The pages of messages in a browser: no wider than the window, in both schemes; and the pictures in docs/."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
from html import escape
from pathlib import Path

import pytest

from tests.alerts.test_hostile_messages import _message
from tests.messages_page import message_of
from tests.page_pictures import DOCS, page_pictures
from tests.pictures import LARGEST, SCHEMES, pictures
from watcher.model import Form

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PAGE = DOCS / "page.md"
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no chromium")

# Written into the title of the page around it, which --dump-dom prints.
_MEASURE = """<script>
const page = document.documentElement;
const ground = getComputedStyle(document.querySelector('.part')).backgroundColor;
parent.document.title = `${innerWidth} over:${page.scrollWidth - page.clientWidth} ground:${ground}`;
</script></body>"""


def measured(html: str, folder: Path, width: int, scheme: str) -> str:
    """What a browser of this width makes of a page."""
    page = folder / "page.html"
    # Chromium makes no window as narrow as a telephone; a frame in it can be.
    inner = escape(html.replace("</body>", _MEASURE), quote=True)
    frame = f'<iframe width="{width}" height="900" style="border:0" srcdoc="{inner}"></iframe>'
    page.write_text(f"<!doctype html><title></title><body>{frame}", encoding="utf-8")
    command = [
        str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1000,1000",
        f"--blink-settings=preferredColorScheme={SCHEMES[scheme]}", "--dump-dom", page.as_uri(),
    ]  # fmt: skip
    dom = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    return dom.partition("<title>")[2].partition("</title>")[0]


@needs_chromium
@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 700])
@pytest.mark.parametrize("name", ["alert", "dates", "digest", "escalation", "nothing", "long words"])
def test_no_page_is_wider_than_its_window(name: str, width: int, tmp_path: Path) -> None:
    html = _message("W" * 400, Form.ALERT).html if name == "long words" else message_of(name).html
    assert measured(html, tmp_path, width, "light").startswith(f"{width} over:0 ")


@needs_chromium
@pytest.mark.slow
def test_a_page_is_dark_where_the_reader_wants_it_dark(tmp_path: Path) -> None:
    grounds = {scheme: measured(message_of("alert").html, tmp_path, 700, scheme) for scheme in SCHEMES}
    assert grounds == {
        "light": "700 over:0 ground:rgb(255, 255, 255)",
        "dark": "700 over:0 ground:rgb(28, 32, 37)",
    }


@pytest.mark.parametrize("picture", [*pictures(), *page_pictures()], ids=lambda picture: picture.name)
def test_every_picture_of_the_page_is_there_small_and_of_its_size(picture) -> None:
    content = picture.file.read_bytes()
    assert struct.unpack(">II", content[16:24]) == picture.size
    assert len(content) <= LARGEST


def test_there_are_no_other_pictures() -> None:
    folder = pictures()[0].file.parent
    assert sorted(folder.iterdir()) == sorted(picture.file for picture in (*pictures(), *page_pictures()))


def test_every_picture_of_the_page_is_shown_and_described() -> None:
    pictures_of = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", PAGE.read_text(encoding="utf-8"))
    shown = {path: words for words, path in pictures_of}
    assert sorted(shown) == sorted(f"pictures/{picture.name}.png" for picture in page_pictures())
    assert all(len(words) > 20 for words in shown.values())
