"""What is better kept out of the file: a text given as such, in an environment variable, or in a file of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from watcher.config.mistakes import quoted

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Where systemd puts what LoadCredential= names.
_CREDENTIALS = "CREDENTIALS_DIRECTORY"
# Where a container finds its secrets, in memory; their modes are not the container's to choose.
_HANDED_OVER = ("/run/secrets", "/var/run/secrets")
# No address and no secret is nearly as long; a device may never end.
_LONGEST = 64_000


class Unusable(Exception):
    """A source that gives no text, or a wrong one; says why, without the text."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the texts of a configuration may come from: `folder` is the configuration's own."""

    folder: Path
    environ: Mapping[str, str]

    def from_environment(self, variable: str, example: str, instead: str) -> str:
        """What an environment variable holds; `instead` says where the text itself would go."""
        if not _VARIABLE.fullmatch(variable):
            raise Unusable(f"expected the name of an environment variable, such as {example}; {instead}")
        if not self.environ.get(variable, "").strip():
            raise Unusable(f"the environment variable {quoted(variable)} is not set")
        return self.environ[variable].strip()

    def from_file(self, name: str) -> str:
        """What a file beside the configuration holds, or one that systemd hands over under this name."""
        path = self.found(name)
        try:
            with path.open("rb") as file:
                data = file.read(_LONGEST + 1)
            if len(data) > _LONGEST:
                raise Unusable(f"{path} holds more than {_LONGEST} bytes: it should hold one text and nothing else")
            return data.decode("utf-8-sig").strip()
        except OSError as error:
            raise Unusable(f"{path} cannot be read: {error.strerror or error}") from None
        except UnicodeDecodeError:
            raise Unusable(f"{path} is not UTF-8 text") from None

    def is_handed_over(self, path: Path) -> bool:
        """Whether systemd or a container's runtime put the file there for this process alone."""
        folders = (self.environ.get(_CREDENTIALS, ""), *_HANDED_OVER)
        return any(path.is_relative_to(folder) for folder in folders if folder)

    def found(self, name: str) -> Path:
        """Where the file of this name is."""
        beside = self.folder / name
        handed_over = self.environ.get(_CREDENTIALS, "")
        if handed_over and not Path(name).is_absolute() and not beside.exists():
            credential = Path(handed_over) / name
            return credential if credential.exists() else beside
        return beside
