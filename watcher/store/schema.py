"""The database schema, as commented SQL in steps. A fresh database is every step applied in order."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

APPLICATION_ID = 0x4E435457  # "NCTW"
SCHEMA_VERSION = 6

MIGRATIONS = Migrations("nct-watcher")

_FIRST = """
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

_CLOCKS = """
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

_HOLDS = """
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


_SITE_IDS = """
-- An identifier for each row of the version's list of sites, in its order (JSON list of text, "" where no row stands):
-- a site keeps it through every rename. NULL where it was never worked out: then it is made from the record.
ALTER TABLE snapshot ADD COLUMN site_ids TEXT;
"""


_STEERING = """
-- What nobody is to hear for a while; '' means any study, kind or route. key makes adding it twice harmless.
CREATE TABLE silence (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    nct_id TEXT NOT NULL,
    kinds TEXT NOT NULL,
    route TEXT NOT NULL,
    reason TEXT NOT NULL,
    created_at TEXT NOT NULL,
    until TEXT NOT NULL,
    ended_at TEXT
) STRICT;
-- A change of an alert that a silence keeps from its readers.
ALTER TABLE alert_change ADD COLUMN silence_id INTEGER REFERENCES silence (id);
-- What readers answered: somebody has seen it, or it was noise to them.
ALTER TABLE alert ADD COLUMN acknowledged_at TEXT;
ALTER TABLE alert ADD COLUMN noise_at TEXT;
CREATE INDEX alert_by_study ON alert (nct_id, id);
CREATE INDEX alert_unacknowledged ON alert (observed_at) WHERE acknowledged_at IS NULL AND severity >= 3;
CREATE INDEX alert_noise ON alert (route) WHERE noise_at IS NOT NULL;

-- The outbox: one message owed to one target.
--   pending -> claimed -> delivered | dead; claimed -> pending (tried again); pending -> dropped (by the operator, or
--   nothing is left to tell); pending -> batched (told in delivery batch_id, because many were due at once).
-- form: alert, digest (of the route's window), batch, escalation, notice.
CREATE TABLE delivery_new (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    form TEXT NOT NULL CHECK (form IN ('alert', 'digest', 'batch', 'escalation', 'notice')),
    channel TEXT NOT NULL,
    target TEXT NOT NULL,
    route TEXT NOT NULL DEFAULT '',
    window TEXT NOT NULL DEFAULT '',
    message_id TEXT NOT NULL,
    notice_id INTEGER REFERENCES notice (id),
    batch_id INTEGER REFERENCES delivery (id),
    severity INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'claimed', 'delivered', 'dead', 'dropped', 'batched')),
    first_due_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    lease_until TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT '',
    settled_at TEXT
) STRICT;
INSERT INTO delivery_new (id, key, form, channel, target, route, message_id, notice_id, severity, status, first_due_at,
    due_at, lease_until, attempts, error, settled_at)
SELECT id, key,
    CASE WHEN notice_id IS NOT NULL THEN 'notice'
        WHEN EXISTS (SELECT 1 FROM alert WHERE delivery.key = alert.key || '>' || channel || '/' || target) THEN 'alert'
        ELSE 'digest' END,
    channel, target,
    coalesce((SELECT route FROM alert JOIN delivery_alert ON alert.id = alert_id WHERE delivery_id = delivery.id), ''),
    message_id, notice_id, severity, status, first_due_at, due_at, lease_until, attempts, error, settled_at
FROM delivery;
DROP TABLE delivery;
ALTER TABLE delivery_new RENAME TO delivery;
CREATE INDEX delivery_unsettled ON delivery (due_at) WHERE status IN ('pending', 'claimed');
CREATE INDEX delivery_by_target ON delivery (channel, target, status, first_due_at);
-- The numbers of the alert's changes that another route tells this target (JSON list).
ALTER TABLE delivery_alert ADD COLUMN without TEXT NOT NULL DEFAULT '[]';
CREATE INDEX delivery_of_alert ON delivery_alert (alert_id);

-- Targets that failed last time: the next attempt waits, whatever is due.
CREATE TABLE destination (
    channel TEXT NOT NULL,
    target TEXT NOT NULL,
    failures INTEGER NOT NULL,
    failing_since TEXT NOT NULL,
    retry_at TEXT NOT NULL,
    PRIMARY KEY (channel, target)
) STRICT, WITHOUT ROWID;

-- What commands asked of the process that holds the database, and what came of it.
CREATE TABLE request (
    id TEXT PRIMARY KEY,
    verb TEXT NOT NULL,
    done_at TEXT NOT NULL,
    failed INTEGER NOT NULL CHECK (failed IN (0, 1)),
    said TEXT NOT NULL
) STRICT;
"""

_ORDER = """
-- stuck_since: since when a delivery fails while its target takes others, as far as is known.
-- retried_at: when the operator had it sent again; giving up counts from there.
ALTER TABLE delivery ADD COLUMN stuck_since TEXT;
ALTER TABLE delivery ADD COLUMN retried_at TEXT;
-- 1: a digest that is sent also where it has nothing to tell.
ALTER TABLE delivery ADD COLUMN announced INTEGER NOT NULL DEFAULT 0 CHECK (announced IN (0, 1));
CREATE INDEX delivery_order ON delivery (channel, target, severity DESC, first_due_at, id, due_at)
    WHERE status = 'pending';
CREATE INDEX delivery_claimed ON delivery (lease_until) WHERE status = 'claimed';
CREATE INDEX delivery_settled ON delivery (channel, settled_at) WHERE settled_at IS NOT NULL;
CREATE INDEX delivery_of_batch ON delivery (batch_id) WHERE batch_id IS NOT NULL;

-- Which studies the unsettled deliveries tell, target by target, in the order in which a study is told.
-- position: the delivery's number, in a batch that of the first delivery of this study that was folded into it.
-- Triggers keep it: whoever adds or settles a delivery need not know of it.
CREATE TABLE waiting (
    channel TEXT NOT NULL,
    target TEXT NOT NULL,
    nct_id TEXT NOT NULL,
    first_due_at TEXT NOT NULL,
    position INTEGER NOT NULL,
    delivery_id INTEGER NOT NULL REFERENCES delivery (id),
    PRIMARY KEY (channel, target, nct_id, first_due_at, position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX waiting_of_delivery ON waiting (delivery_id, nct_id);
INSERT OR IGNORE INTO waiting
SELECT channel, target, nct_id, first_due_at, delivery.id, delivery.id
FROM delivery JOIN delivery_alert ON delivery_id = delivery.id JOIN alert ON alert.id = alert_id
WHERE status IN ('pending', 'claimed');
CREATE TRIGGER waiting_added AFTER INSERT ON delivery_alert
BEGIN
    INSERT OR IGNORE INTO waiting SELECT channel, target, nct_id, first_due_at, delivery.id, delivery.id
    FROM delivery JOIN alert WHERE delivery.id = new.delivery_id AND alert.id = new.alert_id
        AND status IN ('pending', 'claimed'); END;
CREATE TRIGGER waiting_over AFTER UPDATE OF status ON delivery
WHEN new.status NOT IN ('pending', 'claimed')
BEGIN
    DELETE FROM waiting WHERE delivery_id = new.id; END;
CREATE TRIGGER waiting_again AFTER UPDATE OF status ON delivery
WHEN new.status IN ('pending', 'claimed') AND old.status NOT IN ('pending', 'claimed')
BEGIN
    INSERT OR IGNORE INTO waiting SELECT new.channel, new.target, nct_id, new.first_due_at, new.id, new.id
    FROM delivery_alert JOIN alert ON alert.id = alert_id WHERE delivery_id = new.id; END;
"""


@MIGRATIONS(name="0001_first")
def _first(db: Database) -> None:
    for statement in _statements(_FIRST):
        db.conn.execute(statement)
    # PRAGMA takes no parameters; both numbers are constants of this module.
    db.conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.conn.execute("PRAGMA user_version = 1")


@MIGRATIONS(name="0002_site_ids")
def _site_ids(db: Database) -> None:
    for statement in _statements(_SITE_IDS):
        db.conn.execute(statement)
    db.conn.execute("PRAGMA user_version = 2")


@MIGRATIONS(name="0003_clocks")
def _clocks(db: Database) -> None:
    for statement in _statements(_CLOCKS):
        db.conn.execute(statement)
    db.conn.execute("PRAGMA user_version = 3")


@MIGRATIONS(name="0004_holds")
def _holds(db: Database) -> None:
    for statement in _statements(_HOLDS):
        db.conn.execute(statement)
    db.conn.execute("PRAGMA user_version = 4")


@MIGRATIONS(name="0005_steering")
def _steering(db: Database) -> None:
    for statement in _statements(_STEERING):
        db.conn.execute(statement)
    db.conn.execute("PRAGMA user_version = 5")


@MIGRATIONS(name="0006_order")
def _order(db: Database) -> None:
    for statement in _statements(_ORDER):
        db.conn.execute(statement)
    db.conn.execute("PRAGMA user_version = 6")


def _statements(script: str) -> list[str]:
    """The statements of a script; executescript would commit the migration's transaction."""
    return [part for part in script.split(";\n") if part.strip()]
