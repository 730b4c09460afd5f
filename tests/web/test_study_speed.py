"""A long study with hundreds of sites is on the screen at once, from a database that each request opens anew."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.web.lived import big_study, live
from tests.web.serving import Reader, serving_database
from tests.web.test_study_page import CONFIG, outline

BIG = "NCT00000009"
GOAL = 0.3
# The best of so many.
TRIES = 7


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    database = tmp_path_factory.mktemp("big") / "watcher.db"
    live(database, big_study(BIG, versions=60, sites=300))
    with serving_database(database, CONFIG) as served:
        yield served


def quickest(reader: Reader, path: str) -> float:
    """Seconds of the processor to the end of the answer, which comes whole: of the server and of who asks.

    What other programs take of the machine meanwhile does not count.
    """
    taken = []
    for _ in range(TRIES):
        started = time.process_time()
        answer = reader.get(path)
        taken.append(time.process_time() - started)
        assert answer.status_code == 200
    return min(taken)


@pytest.mark.slow
def test_300_sites_and_60_versions_are_there_in_a_third_of_a_second(reader):
    html = reader.get(f"/studies/{BIG}").text
    outline(html)
    assert html.count('<th scope="row">') > 300 + 3 * 60
    assert "Page 1 of 3" in html
    taken = quickest(reader, f"/studies/{BIG}")
    print(f"the page of a study with 300 sites and 60 versions: {taken * 1000:.0f} ms, {len(html) // 1024} KB")
    assert taken < GOAL


@pytest.mark.slow
def test_its_first_and_last_version_are_compared_in_a_second(reader):
    taken = quickest(reader, f"/studies/{BIG}/compare?old=1&new=60")
    print(f"version 1 and 60 of it compared: {taken * 1000:.0f} ms")
    assert taken < 1
