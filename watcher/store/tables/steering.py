"""What readers and operators steer, and the order in which deliveries go."""

STEERING = """
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


ORDER = """
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
