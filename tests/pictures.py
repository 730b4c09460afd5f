"""Makes the pictures in docs/pictures/ with a headless Chromium: those of messages here, those of the page beside.

`python -m tests.pictures --write` (`make pictures`) after a change of how messages or pages look.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.generated_docs import DOCS
from tests.messages_page import SHOWN, message_of
from tests.page_pictures import page_pictures, write_pages

PICTURES = DOCS / "pictures"
# Chromium's own names for the two schemes; its flag --force-dark-mode would invert what is no dark page.
SCHEMES = {"dark": "0", "light": "1"}
LARGEST = 150_000


@dataclass(frozen=True)
class Picture:
    """One message as a mail program shows it: the width of the window, and how much of the page is shown."""

    name: str
    message: str
    width: int
    height: int
    scheme: str

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture."""
        return self.width, self.height

    @property
    def file(self) -> Path:
        return PICTURES / f"{self.name}.png"


def pictures() -> tuple[Picture, ...]:
    """Every picture that the page shows."""
    return tuple(Picture(*picture) for shown in SHOWN for picture in shown.pictures)


def write(chromium: str) -> None:
    """Make every picture again."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for picture in pictures():
            page = Path(folder) / f"{picture.message}.html"
            page.write_text(message_of(picture.message).html, encoding="utf-8")
            _shoot(chromium, page, picture)
    write_pages()
    for file in (picture.file for picture in (*pictures(), *page_pictures())):
        if file.stat().st_size > LARGEST:
            print(f"{file.name} is larger than {LARGEST} bytes", file=sys.stderr)


def _shoot(chromium: str, page: Path, picture: Picture) -> None:
    subprocess.run(
        [
            chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-lcd-text",
            f"--blink-settings=preferredColorScheme={SCHEMES[picture.scheme]}", f"--screenshot={picture.file}",
            f"--window-size={picture.width},{picture.height}", page.as_uri(),
        ],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip


def main(arguments: list[str]) -> int:
    """Make the pictures; 2 where there is nothing to make them with."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if arguments != ["--write"] or chromium is None:
        print("usage: python -m tests.pictures --write (needs chromium)", file=sys.stderr)
        return 2
    write(chromium)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
