"""What every test of a fault needs: no pauses between attempts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import stamina

from tests.faults.theatre import Theatre


@pytest.fixture(autouse=True)
def _no_back_off() -> Iterator[None]:
    with stamina.set_testing(True, attempts=2, cap=True):
        yield


@pytest.fixture(scope="session")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    with Theatre(tmp_path_factory.mktemp("theatre")) as made:
        yield made
