"""What was committed lasts, and whoever reads beside a writer sees whole transactions."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import chain

from tests.builders import NCT
from tests.store.contract.kinds import Opener
from tests.store.contract.looking import picture
from tests.store.pages import DATA, INBOX, LEASE, NOW, OTHER, OVER, TROUBLE, page, seen, version
from watcher.model import Search, Silence, Sweep, Target
from watcher.store.contracts import StoreContract
from watcher.store.values import LISTED, Observation, PollState, Standing

SECOND = "NCT00000002"


def fill(store: StoreContract) -> None:
    """Something of every sort, some of it under way."""
    store.meta.decide_rehearsal(False)
    store.meta.set_poll_state(PollState(NOW, 1, "no answer", NOW, DATA))
    store.searches.stand("open", Search())
    store.searches.begin(Sweep("open", True, {}, DATA))
    for number in (1, 2, 3):
        store.observing.commit(page(number, targets=(INBOX, OTHER), joined=("open", (NCT,)) if number == 1 else None))
    store.silences.add("wish", Silence(0, "a site audit", NOW, NOW, nct_id=NCT))
    store.outbox.claim_deliveries(NOW, LEASE, 1)
    store.notices.tell(TROUBLE, (INBOX,), NOW)
    store.notices.tell(OVER, (INBOX,), NOW)


def test_two_openings_read_the_same(opener: Opener) -> None:
    with opener() as store:
        fill(store)
        before = picture(store)
    for read_only in (True, False, True):
        with opener(read_only=read_only) as store:
            assert picture(store) == before


def test_what_is_committed_is_seen_at_once_by_who_reads_beside(opener: Opener) -> None:
    with opener() as writer, opener(read_only=True) as reader:
        assert reader.reports.studies() == ()
        fill(writer)
        assert picture(reader) == picture(writer)


def both(number: int) -> Observation:
    """A page that brings two studies to the same version."""
    studies = (NCT, SECOND)
    return Observation(
        NOW,
        f"{DATA}{number:04}",
        standings=tuple(Standing(nct_id, LISTED) for nct_id in studies),
        versions=tuple(version(number, seen(nct_id, f"Title {number}")) for nct_id in studies),
    )


def test_who_reads_while_another_writes_sees_pages_whole_and_waits_for_none(opener: Opener) -> None:
    with opener() as writer, opener(read_only=True) as reader, ThreadPoolExecutor(1) as thread:
        writing = thread.submit(lambda: [writer.observing.commit(both(number)) for number in range(1, 41)])
        seen_so_far = []
        while not writing.done():
            known = reader.observing.latest([NCT, SECOND])
            one, two = known[NCT], known[SECOND]
            assert (one.version, one.checked_at) == (two.version, two.checked_at)
            seen_so_far.append(one.version)
        writing.result()
        assert reader.observing.latest([NCT])[NCT].version == 40
    assert seen_so_far
    assert seen_so_far == sorted(seen_so_far)


def test_threads_that_claim_at_once_share_out_what_there_is(store: StoreContract) -> None:
    inboxes = tuple(Target("team", f"{number}@example.org") for number in range(40))
    store.observing.commit(page(1, targets=inboxes))

    def claim(_: int) -> list[int]:
        return [claimed.id for claimed in store.outbox.claim_deliveries(NOW, LEASE, 3)]

    with ThreadPoolExecutor(4) as threads:
        claimed = list(chain.from_iterable(threads.map(claim, range(20))))
    assert (len(claimed), len(set(claimed))) == (40, 40)
