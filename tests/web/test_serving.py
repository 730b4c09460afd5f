"""What the tests of the pages stand on: a real database served, and forms of ours carried out on it."""

from __future__ import annotations

from tests.office import Office
from tests.web.conftest import CONFIG
from tests.web.serving import serving_database


def test_the_pages_of_a_database_are_served_and_their_forms_carried_out(tmp_path):
    office = Office(tmp_path / "watcher.db")
    office.receiver("team")
    office.owe(4150497)
    with serving_database(office.database, CONFIG, now=office.clock.now) as reader:
        assert "NCT04150497" in reader.get("/").text
        assert reader.get("/static/page.css").headers["content-type"] == "text/css; charset=utf-8"
        assert "Acknowledged 1." in reader.did("/alerts/acknowledge", {"alert": "1"}).text
    with office.store() as store:
        assert store.accounts.of(1).acknowledged_at
