"""A fresh store of each kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.contract.kinds import KINDS, Opener
from watcher.store.contracts import StoreContract


@pytest.fixture(params=sorted(KINDS))
def store_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def opener(store_kind: str, tmp_path: Path) -> Opener:
    return KINDS[store_kind](tmp_path)


@pytest.fixture
def store(opener: Opener) -> Iterator[StoreContract]:
    with opener() as it:
        yield it
