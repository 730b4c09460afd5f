"""What is seen and told: studies, versions, changes, clocks, holds, alerts, deliveries."""

FIRST = """
-- Facts about this database itself: its random instance id, whether it holds a rehearsal, when the next poll is due.
CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- One row for each study that was ever asked for.
--   state: absent  = asked for, never seen          listed = in the registry
--          missing = seen before, one 'not found'   gone   = 'not found' confirmed on a later data refresh
--          merged  = its number became an alias of merged_into
-- checked_at is the registry's dataTimestamp of the last answer that covered it: a poll resumes from there.
CREATE TABLE study (
    nct_id TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('absent', 'listed', 'missing', 'gone', 'merged')),
    version INTEGER NOT NULL DEFAULT 0,
    raw_digest TEXT,
    data_version TEXT,
    checked_at TEXT,
    missing_since TEXT,
    merged_into TEXT,
    first_seen_at TEXT,
    status_since TEXT,
    facts TEXT
) STRICT;

-- Every version of a study: the record as the registry sent it, compressed, never changed again.
CREATE TABLE snapshot (
    nct_id TEXT NOT NULL REFERENCES study (nct_id),
    version INTEGER NOT NULL,
    seen_at TEXT NOT NULL,
    data_version TEXT NOT NULL,
    raw_digest TEXT NOT NULL,
    content_digest TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (nct_id, version)
) STRICT;

-- Typed differences; an occasion is one step of one study (version:7, not_found:2026-02-05T09:00:00, ...).
CREATE TABLE change (
    id INTEGER PRIMARY KEY,
    nct_id TEXT NOT NULL REFERENCES study (nct_id),
    occasion TEXT NOT NULL,
    observed_at TEXT NOT NULL,
    since INTEGER,
    version INTEGER,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    severity INTEGER NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (nct_id, occasion, number)
) STRICT;
CREATE INDEX change_by_time ON change (observed_at, id);

-- What one route selected from one occasion; the key makes repeating harmless.
CREATE TABLE alert (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    route TEXT NOT NULL,
    nct_id TEXT NOT NULL REFERENCES study (nct_id),
    occasion TEXT NOT NULL,
    observed_at TEXT NOT NULL,
    severity INTEGER NOT NULL,
    since INTEGER,
    version INTEGER,
    label TEXT NOT NULL,
    reason TEXT NOT NULL,
    facts TEXT NOT NULL
) STRICT;
CREATE TABLE alert_change (
    alert_id INTEGER NOT NULL REFERENCES alert (id),
    change_id INTEGER NOT NULL REFERENCES change (id),
    PRIMARY KEY (alert_id, change_id)
) STRICT, WITHOUT ROWID;

-- What the operator is told; a condition (key) is open at most once.
CREATE TABLE notice (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    resolved_at TEXT
) STRICT;
CREATE UNIQUE INDEX notice_open ON notice (key) WHERE resolved_at IS NULL;

-- The outbox: one message owed to one target. pending -> claimed -> delivered | dead; claimed -> pending.
CREATE TABLE delivery (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    channel TEXT NOT NULL,
    target TEXT NOT NULL,
    message_id TEXT NOT NULL,
    notice_id INTEGER REFERENCES notice (id),
    severity INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'claimed', 'delivered', 'dead')),
    first_due_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    lease_until TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT '',
    settled_at TEXT
) STRICT;
CREATE INDEX delivery_unsettled ON delivery (due_at) WHERE status IN ('pending', 'claimed');
CREATE TABLE delivery_alert (
    delivery_id INTEGER NOT NULL REFERENCES delivery (id),
    alert_id INTEGER NOT NULL REFERENCES alert (id),
    PRIMARY KEY (delivery_id, alert_id)
) STRICT, WITHOUT ROWID;

-- Watches whose first result the operator was told; a changed list of studies is told again.
CREATE TABLE watch (
    name TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    confirmed_at TEXT NOT NULL
) STRICT;

-- Records that could not be read, kept aside with the reason.
CREATE TABLE malformed (
    digest TEXT PRIMARY KEY,
    nct_id TEXT,
    reason TEXT NOT NULL,
    first_seen_at TEXT NOT NULL,
    body BLOB NOT NULL
) STRICT;
"""


SITE_IDS = """
-- An identifier for each row of the version's list of sites, in its order (JSON list of text, "" where no row stands):
-- a site keeps it through every rename. NULL where it was never worked out: then it is made from the record.
ALTER TABLE snapshot ADD COLUMN site_ids TEXT;
"""


CLOCKS = """
-- The day on which the clocks of a study are looked at next; '' until the first look, its baseline.
ALTER TABLE study ADD COLUMN clock_due TEXT NOT NULL DEFAULT '';
CREATE INDEX study_clock_due ON study (clock_due) WHERE state = 'listed' AND version > 0;

-- Clocks that were raised: each threshold once for a date. silent = 1: at the first look, told to nobody.
CREATE TABLE clock (
    nct_id TEXT NOT NULL REFERENCES study (nct_id),
    clock TEXT NOT NULL,
    threshold INTEGER NOT NULL,
    date TEXT NOT NULL,
    raised_at TEXT NOT NULL,
    cleared_at TEXT,
    silent INTEGER NOT NULL CHECK (silent IN (0, 1)),
    PRIMARY KEY (nct_id, clock, threshold, date)
) STRICT, WITHOUT ROWID;
"""


HOLDS = """
-- Mass changes, held back until the operator decides: one mutation in one data refresh.
CREATE TABLE hold (
    id TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    data_refresh TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    decision TEXT NOT NULL DEFAULT 'open' CHECK (decision IN ('open', 'approved', 'dismissed')),
    decided_at TEXT,
    UNIQUE (data_refresh, fingerprint)
) STRICT;
ALTER TABLE change ADD COLUMN hold_id TEXT REFERENCES hold (id);
CREATE INDEX change_held ON change (hold_id) WHERE hold_id IS NOT NULL;
"""
