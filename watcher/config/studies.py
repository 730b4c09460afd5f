"""The studies of a watch: NCT numbers in the configuration itself, in a text file, or in a table saved as CSV."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from watcher.config import texts
from watcher.config.mistakes import quoted
from watcher.model import WatchedStudy

NCT_FORM = "NCT and 8 digits"
NCT_COLUMNS = ("nct_id", "nct number", "nct")
LABEL_COLUMNS = ("label", "asset", "name")

_NCT = re.compile(r"NCT(?!0{8})[0-9]{8}")
_REPAIRABLE = re.compile(r"(?:NCT)?[\s_-]*0*([1-9][0-9]{0,7})", re.IGNORECASE)
_LINE = re.compile(r"(NCT[ _-]*[0-9]+|[^\s,;]+)[\s,;]*(.*)", re.IGNORECASE)
_COMMENT = re.compile(r"(?:^|\s)#.*")


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of a studies file: what stands on which line."""

    line: int
    nct_id: str
    label: str = ""


class UnusableFile(Exception):
    """A studies file that cannot be read at all; `line` is where it stops making sense, 0 for the file itself."""

    def __init__(self, said: str, line: int = 0) -> None:
        self.line = line
        super().__init__(said)


def nct_mistake(text: str) -> str | None:
    """What is wrong with an NCT number, and the number it was probably meant to be."""
    if _NCT.fullmatch(text):
        return None
    found = _REPAIRABLE.fullmatch(text.strip())
    meant = f'; did you mean "NCT{int(found[1]):08d}"?' if found else ""
    return f"expected an NCT number ({NCT_FORM}), found {quoted(text)}{meant}"


def entry_mistake(entry: Listed) -> str | None:
    """What is wrong with one entry of a studies file."""
    try:
        texts.plain_text(entry.label)
    except ValueError as wrong:
        return f"label: {wrong}"
    return nct_mistake(entry.nct_id)


def studied(entry: Listed) -> WatchedStudy:
    """The entry as a study."""
    return WatchedStudy(entry.nct_id, entry.label)


def read_list(path: Path) -> list[Listed]:
    """Every entry of a studies file, right or wrong."""
    text = _text_of(path)
    delimiter = _delimiter(text)
    header = _header(text, delimiter)
    if header is None and path.suffix.lower() != ".csv":
        return list(_entries_of_lines(text))
    return list(_entries_of_table(text, delimiter, header))


def _text_of(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnusableFile(f"cannot be read: {error.strerror or error}") from None
    try:
        text = data.decode("utf-8-sig")  # spreadsheets put a byte order mark before their CSV
    except UnicodeDecodeError as error:
        raise UnusableFile("not UTF-8 text; save the list as UTF-8", data.count(b"\n", 0, error.start) + 1) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _entries_of_lines(text: str) -> Iterator[Listed]:
    """`NCT01234567`, `NCT01234567, label`, with `#` comments."""
    for number, line in enumerate(text.split("\n"), start=1):
        found = _LINE.match(_COMMENT.sub("", line).strip())
        if found:
            yield Listed(number, found[1], _tidy(found[2]))


def _entries_of_table(text: str, delimiter: str, header: list[str] | None) -> Iterator[Listed]:
    """The two columns of a table; without a header the first two."""
    rows = _rows(text, delimiter)
    if header is not None:
        next(rows)
    nct, label = _columns(header) if header else (0, 1)
    for number, row in rows:
        yield Listed(number, _cell(row, nct).strip(), _tidy(_cell(row, label)))


def _cell(row: list[str], column: int | None) -> str:
    return row[column] if column is not None and column < len(row) else ""


def _columns(header: list[str]) -> tuple[int, int | None]:
    nct = next(header.index(name) for name in NCT_COLUMNS if name in header)
    return nct, next((header.index(name) for name in LABEL_COLUMNS if name in header), None)


def _header(text: str, delimiter: str) -> list[str] | None:
    """The names of the columns in lower case, where the first row names the one we need."""
    for line, row in _rows(text, delimiter):
        cells = [cell.strip().casefold() for cell in row]
        if any(name in cells for name in NCT_COLUMNS):
            return cells
        if len(cells) > 1 and not any(character.isdigit() for character in "".join(cells)):
            raise UnusableFile(f"no column named {', '.join(quoted(name) for name in NCT_COLUMNS)}", line)
        return None
    return None


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that holds something, with the line it begins on."""
    reader = csv.reader(StringIO(text), delimiter=delimiter)
    begins = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row) and not row[0].lstrip().startswith("#"):
                yield begins, row
            begins = reader.line_num + 1
    except csv.Error as error:
        raise UnusableFile(f"not a table that can be read: {error}", reader.line_num) from None


def _delimiter(text: str) -> str:
    """What separates the columns, judged by the first line that holds something."""
    first = next((line for line in text.split("\n") if line.strip() and not line.startswith("#")), "")
    return max(",;\t", key=first.count)


def _tidy(text: str) -> str:
    return " ".join(text.split()).strip(' "')
