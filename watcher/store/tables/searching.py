"""Saved searches: what they have found, and how their sweeps stand."""

SEARCHES = """
-- A saved search: what it asks the registry, and how far it was swept.
--   begun: the data refresh of its first complete sweep, its baseline; NULL until then
--   swept: the refresh that the newest sweep answered for; completed_at, completed: when the last complete one ended,
--   and its refresh; suspected: the refresh in which so many studies were missing that nothing was concluded.
CREATE TABLE search (
    id INTEGER PRIMARY KEY,
    watch TEXT NOT NULL UNIQUE,
    query TEXT NOT NULL,
    begun TEXT,
    swept TEXT NOT NULL DEFAULT '',
    completed_at TEXT,
    completed TEXT NOT NULL DEFAULT '',
    suspected TEXT NOT NULL DEFAULT '',
    members INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The studies that a search has found, without those that left it. Who has found a study is asked for every page; whom
-- a search has found, once in a whole sweep, which may walk through all of them.
CREATE TABLE member (
    nct_id TEXT NOT NULL,
    search_id INTEGER NOT NULL REFERENCES search (id),
    PRIMARY KEY (nct_id, search_id)
) STRICT, WITHOUT ROWID;

-- A sweep under way: what it asks, of which refresh, and the token of its next page.
CREATE TABLE sweep (
    search_id INTEGER PRIMARY KEY REFERENCES search (id),
    whole INTEGER NOT NULL CHECK (whole IN (0, 1)),
    asked TEXT NOT NULL,
    data_refresh TEXT NOT NULL,
    token TEXT NOT NULL DEFAULT '',
    pages INTEGER NOT NULL DEFAULT 0,
    found INTEGER NOT NULL DEFAULT 0,
    total INTEGER
) STRICT;

-- The numbers on each page of a whole sweep under way, four bytes each: what is missing in the end has left.
CREATE TABLE sweep_page (
    search_id INTEGER NOT NULL REFERENCES sweep (search_id) ON DELETE CASCADE,
    page INTEGER NOT NULL,
    numbers BLOB NOT NULL,
    PRIMARY KEY (search_id, page)
) STRICT, WITHOUT ROWID;
"""
