"""`make browser`: installs Debian's chromium where it may, and fails nowhere."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent / "tour" / "chromium.sh"


def said(folder: Path, *commands: str, **stubs: str) -> str:
    """What the script says where only these commands are, and these that do as told; it never fails."""
    for name in ("mktemp", "rm", "tail", "timeout", *commands):
        (folder / name).symlink_to(str(shutil.which(name)))
    for name, does in stubs.items():
        stub = folder / name.replace("_", "-")
        stub.write_text(f"#!/bin/sh\n{does}\n")
        stub.chmod(0o755)
    done = subprocess.run(["/bin/sh", SCRIPT], env={"PATH": str(folder)}, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def test_a_browser_that_is_there_is_left_alone(tmp_path: Path) -> None:
    assert "is here" in said(tmp_path, chromium="exit 1", apt_get="exit 99", id="echo 0")


@pytest.mark.parametrize("stubs", [{"id": "echo 1000", "apt_get": "exit 99"}, {"id": "echo 0"}], ids=["user", "no apt"])
def test_who_may_not_install_is_told_so(tmp_path: Path, stubs: dict[str, str]) -> None:
    assert "only root with apt-get can install it" in said(tmp_path, **stubs)


def test_root_installs_it(tmp_path: Path) -> None:
    browser = (
        f'printf "#!/bin/sh\\necho Chromium 1" >{tmp_path}/chromium; {shutil.which("chmod")} +x {tmp_path}/chromium'
    )
    apt = f'echo "$@" >>{tmp_path}/asked; {browser}'
    assert "installed Chromium 1" in said(tmp_path, id="echo 0", apt_get=apt)
    assert "install --yes --quiet --no-install-recommends chromium" in (tmp_path / "asked").read_text()


def test_what_cannot_be_installed_is_no_failure_and_its_reason_is_told(tmp_path: Path) -> None:
    told = said(tmp_path, id="echo 0", apt_get="echo no route to anywhere; exit 100")
    assert "cannot be installed" in told
    assert "no route to anywhere" in told
