"""What the operator is told of studies and records, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from watcher.changes.language.words import clipped
from watcher.changes.mass import Mass
from watcher.errors import RegistryBlocked, RegistryError
from watcher.model import Change, Notice, Watch

# More mass changes than these on one page are told in one notice, which names so many.
FEW_HOLDS = 4
HOLDS_SHOWN = 30

REGISTRY = "registry"
REGISTRY_ANSWERS = Notice(
    f"{REGISTRY}.over", "The registry answers again", "Polling goes on; nothing was lost meanwhile."
)


def registry_trouble(error: RegistryError) -> Notice:
    """The registry could not be polled."""
    subject = "The registry blocks us" if isinstance(error, RegistryBlocked) else "The registry gives no usable answer"
    return Notice(
        key=REGISTRY,
        subject=subject,
        body=f"{str(error)[:1].upper()}{str(error)[1:]}.\n\nThe last good state is kept and polling goes on, at "
        "growing intervals. You will be told when the registry answers again; `watcher status` shows the last error.",
    )


def unreadable(nct_id: str | None, digest: str, reason: str) -> Notice:
    """A record was set aside."""
    return Notice(
        key=f"malformed:{digest}",
        subject=f"A record cannot be read: {nct_id or 'its number is unreadable too'}",
        body=f"The registry sent a record that cannot be read: {reason}. It is kept aside (digest "
        f"{digest}); every other study goes on. `watcher status` lists it.",
        event=True,
    )


def appeared(nct_id: str) -> Notice:
    """A watched number that was not found until now is in the registry."""
    return Notice(
        key=f"appeared:{nct_id}",
        subject=f"{nct_id} has appeared in the registry",
        body=f"{nct_id} is on a watch and was not found until now. Its first version is the baseline; "
        "changes are reported from the next one on.",
        event=True,
    )


def many_left(watch: str, missing: int, members: int, data_refresh: str) -> Notice:
    """So many studies of a search are missing at once that nothing is concluded yet."""
    return _doubted(
        f"search:{watch}:missing:{data_refresh}",
        f'Search "{watch}": {missing} of {members} studies are missing at once',
        f"The registry returned the search without {missing} of the {members} studies it had found before.",
        "which studies have left",
    )


def many_more(watch: str, total: int, members: int, data_refresh: str) -> Notice:
    """So many studies more are in a search at once that nobody has entered it yet."""
    return _doubted(
        f"search:{watch}:more:{data_refresh}",
        f'Search "{watch}": {total} studies at once, {members} before',
        f"The registry returned {total} studies for the search, which had found {members} before.",
        "of each study that has entered",
    )


def _doubted(key: str, subject: str, found: str, told: str) -> Notice:
    """An answer about a search that only another refresh can make believed."""
    body = (
        f"{found} Nothing is concluded from one such answer: where the next data refresh says the same, your readers "
        f"hear {told}. Look at the search on the registry's site if that surprises you."
    )
    return Notice(key[:400], subject, body, event=True)


def unknown_value(nct_id: str, path: str, value: str) -> Notice:
    """A coded field holds a value that is not on the registry's list."""
    field = path.rpartition(".")[2].removesuffix("[]")
    return Notice(
        key=f"value:{path}:{value}"[:400],
        subject=f"The registry uses a new value of {field}: {clipped(value, 60)}",
        body=f"{nct_id} has {clipped(value, 200)!r} in {path}, which is not on the registry's published list of values "
        "as this version of the watcher knows it. Changes show it as it stands. Rules that know the values by name "
        "(what is an end, what is worse than what) do not know this one: look for a newer version of the watcher.",
        event=True,
    )


def odd_status(change: Change) -> Notice:
    """A status moved in a way that no study takes: a study does not turn into expanded access, for one."""
    return Notice(
        key=f"status:{change.nct_id}:{change.old}:{change.new}"[:400],
        subject=f"{change.nct_id} shows a move of its status that has no meaning",
        body=f"{change.sentence} No study takes this way, so the data are suspect. Readers are told it as it stands; "
        f"look at the record: https://clinicaltrials.gov/study/{change.nct_id}",
        event=True,
    )


def all_held(masses: Sequence[Mass], data_refresh: str) -> Iterator[Notice]:
    """What a page holds back: a few mass changes each with its examples, many in one notice."""
    if len(masses) <= FEW_HOLDS:
        yield from (held(mass, data_refresh) for mass in masses)
        return
    listed = "\n".join(
        f"  {mass.id}  {mass.studies} of {mass.sampled}: {mass.fingerprint}" for mass in masses[:HOLDS_SHOWN]
    )
    more = f"\n  and {len(masses) - HOLDS_SHOWN} more" if len(masses) > HOLDS_SHOWN else ""
    yield Notice(
        key=f"holds:{data_refresh}:{masses[0].id}",
        subject=f"Held back: {len(masses)} changes that many studies show alike",
        body=f"In the data refresh {data_refresh}, each of these changes is the same in many of the studies that were "
        f"compared at once (id, studies, change):\n\n{listed}{more}\n\nIt looks like the registry's own doing. They "
        "are stored and reach no reader until you decide, also where later studies of this refresh show them; other "
        "changes of these studies go out as usual.\n\n"
        "watcher mass list        what is held back\n"
        "watcher mass show ID     one of them with its changes\n"
        "watcher mass approve ID  send it to its readers; takes several\n"
        "watcher mass dismiss ID  keep it in the history only; takes several",
        event=True,
    )


def held(mass: Mass, data_refresh: str) -> Notice:
    """A mass change waits for a decision."""
    examples = "\n".join(f"  {example}" for example in mass.examples)
    return Notice(
        key=f"hold:{mass.id}",
        subject=f"Held back: {mass.studies} of {mass.sampled} studies show the same change",
        body=f"{mass.studies} of {mass.sampled} studies that were compared at once show the same change in the data "
        f"refresh {data_refresh}:\n\n  {mass.fingerprint}\n\nIt looks like the registry's own doing. It is stored "
        "and reaches no reader until you decide, also where later studies of this refresh show it; other changes of "
        f"these studies go out as usual.\n\nExamples:\n{examples}\n\n"
        f"watcher mass show {mass.id}     all of it\n"
        f"watcher mass approve {mass.id}  send it to its readers\n"
        f"watcher mass dismiss {mass.id}  keep it in the history only",
        event=True,
    )


def hold_decided(hold_id: str, decision: str, outcome: str) -> Notice:
    """Somebody has decided what becomes of a mass change."""
    return Notice(
        key=f"hold:{hold_id}.{decision}",
        subject=f"Resolved: the changes held back as {hold_id} are {decision}",
        body=f"{outcome} `watcher mass show {hold_id}` shows them.",
        event=True,
    )


def watch_expired(watch: Watch) -> Notice:
    """A watch has reached its last day."""
    return Notice(
        key=f"watch-expired:{watch.name}:{watch.until}",
        subject=f'Watch "{watch.name}" has ended',
        body=f'The watch "{watch.name}" ran until {watch.until}: its studies are not asked for any more, except on '
        "behalf of other watches. What is stored stays. To go on, set a later `until` or remove it.",
        event=True,
    )


def no_clocks(nct_id: str) -> Notice:
    """The stored version of a study cannot be read, so that its days pass unseen."""
    return Notice(
        key=f"clocks:{nct_id}",
        subject=f"The clocks of {nct_id} cannot be read",
        body=f"The newest stored version of {nct_id} cannot be read, so nobody is told which of its dates pass. It is "
        "tried again every day; the log says why. Every other study goes on.",
        event=True,
    )
