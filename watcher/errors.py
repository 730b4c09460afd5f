"""Every error of ours, in families named by who must act on it."""

from __future__ import annotations

from datetime import timedelta


class WatcherError(Exception):
    """Base of all: the message is one sentence for a person, the cause is chained and shown."""

    def __str__(self) -> str:
        said = super().__str__()
        return f"{said} ({_described(self.__cause__)})" if self.__cause__ else said


def _described(cause: BaseException) -> str:
    return f"{type(cause).__name__}: {cause}" if str(cause) else type(cause).__name__


# --- the operator must act ---------------------------------------------------


class ConfigError(WatcherError):
    """The configuration cannot be used; `mistakes` lists every one of them, each with its place and remedy."""

    def __init__(self, mistakes: tuple[str, ...]) -> None:
        self.mistakes = mistakes
        super().__init__("\n".join(mistakes))


class UsageError(WatcherError):
    """A command was asked for something that it cannot do."""


class StoreError(WatcherError):
    """The database cannot be opened, read or written."""


class StoreFull(StoreError):
    """The disk takes no more: nothing of the transaction is written, and the next one may work."""


class StoreReadOnly(StoreError):
    """The database, its folder or its file system cannot be opened or written by this process."""


class StoreBusy(StoreError):
    """Another program holds the database."""


class StoreDamaged(StoreError):
    """What is stored is not what was written, or is no database at all."""


class StoreNotReady(StoreError):
    """There is no database yet, or it is only just being made."""


class AlreadyRunning(StoreError):
    """Another process holds this database."""


# --- the registry is at fault, or in the way ---------------------------------


class RegistryError(WatcherError):
    """The registry did not give a usable answer: nothing may be concluded from it."""


class RegistryUnreachable(RegistryError):
    """No answer, or one that says 'later' (time-out, reset, 429, 5xx); retried politely and in vain."""

    def __init__(self, message: str, *, retry_after: timedelta | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class RegistryBlocked(RegistryError):
    """403: a verdict of the registry's edge, never to be retried quickly."""


class RegistryFault(RegistryError):
    """An answer that is not what the registry promises: HTML, truncated JSON, a wrong shape, an unknown 404."""

    def __init__(self, message: str, *, transient: bool = True) -> None:
        self.transient = transient
        super().__init__(message)


# --- this record is at fault --------------------------------------------------


class MalformedRecord(WatcherError):
    """One record cannot be read; it is stored aside with this reason and the page goes on."""


# --- this channel is at fault -------------------------------------------------


class DeliveryError(WatcherError):
    """A message did not arrive. `permanent`: trying again cannot help (unknown recipient, revoked webhook)."""

    def __init__(self, message: str, *, permanent: bool = False, retry_after: timedelta | None = None) -> None:
        self.permanent = permanent
        self.retry_after = retry_after
        super().__init__(message)
