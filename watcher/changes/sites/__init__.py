"""Sites and countries: what the rows of `locations[]` are called, which row is which, and what happened to them."""

from watcher.changes.sites.identity import site_ids, site_ids_after
from watcher.changes.sites.moves import status_verb
from watcher.changes.sites.nations import Countries
from watcher.changes.sites.telling import Sites

__all__ = ["Countries", "Sites", "site_ids", "site_ids_after", "status_verb"]
