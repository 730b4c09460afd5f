"""What keeps a database of every study small and its counts at hand."""

SCALE = """
-- Dictionaries that bodies are compressed with; a body names its own. Trained from stored records, never changed again.
CREATE TABLE dictionary (
    id INTEGER PRIMARY KEY,
    trained_at TEXT NOT NULL,
    body BLOB NOT NULL
) STRICT;
-- The version of the same study against which this one is a patch; NULL: it is whole.
ALTER TABLE snapshot ADD COLUMN base INTEGER;
-- The primary completion date of version 1, '' where it had none; NULL where nobody noted it: then it is read.
ALTER TABLE study ADD COLUMN first_completion TEXT;

-- How many there are: study:STATE, version, change:SEVERITY, alert, delivery:STATUS:CHANNEL. Triggers keep it.
CREATE TABLE tally (
    name TEXT PRIMARY KEY,
    count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO tally SELECT 'study:' || state, count(*) FROM study GROUP BY state;
INSERT INTO tally SELECT 'version', count(*) FROM snapshot;
INSERT INTO tally SELECT 'change:' || severity, count(*) FROM change GROUP BY severity;
INSERT INTO tally SELECT 'alert', count(*) FROM alert;
INSERT INTO tally SELECT 'delivery:' || status || ':' || channel, count(*) FROM delivery GROUP BY status, channel;
CREATE TRIGGER study_counted AFTER INSERT ON study
BEGIN
    INSERT INTO tally VALUES ('study:' || new.state, 1) ON CONFLICT (name) DO UPDATE SET count = count + 1; END;
CREATE TRIGGER study_uncounted AFTER DELETE ON study
BEGIN
    UPDATE tally SET count = count - 1 WHERE name = 'study:' || old.state; END;
CREATE TRIGGER study_recounted AFTER UPDATE OF state ON study WHEN new.state != old.state
BEGIN
    UPDATE tally SET count = count - 1 WHERE name = 'study:' || old.state; INSERT INTO tally
    VALUES ('study:' || new.state, 1) ON CONFLICT (name) DO UPDATE SET count = count + 1; END;
CREATE TRIGGER version_counted AFTER INSERT ON snapshot
BEGIN
    UPDATE tally SET count = count + 1 WHERE name = 'version'; END;
CREATE TRIGGER version_uncounted AFTER DELETE ON snapshot
BEGIN
    UPDATE tally SET count = count - 1 WHERE name = 'version'; END;
CREATE TRIGGER change_counted AFTER INSERT ON change
BEGIN
    INSERT INTO tally VALUES ('change:' || new.severity, 1) ON CONFLICT (name) DO UPDATE SET count = count + 1; END;
CREATE TRIGGER change_uncounted AFTER DELETE ON change
BEGIN
    UPDATE tally SET count = count - 1 WHERE name = 'change:' || old.severity; END;
CREATE TRIGGER alert_counted AFTER INSERT ON alert
BEGIN
    UPDATE tally SET count = count + 1 WHERE name = 'alert'; END;
CREATE TRIGGER alert_uncounted AFTER DELETE ON alert
BEGIN
    UPDATE tally SET count = count - 1 WHERE name = 'alert'; END;
CREATE TRIGGER delivery_counted AFTER INSERT ON delivery
BEGIN
    INSERT INTO tally VALUES ('delivery:' || new.status || ':' || new.channel, 1)
    ON CONFLICT (name) DO UPDATE SET count = count + 1; END;
CREATE TRIGGER delivery_uncounted AFTER DELETE ON delivery
BEGIN
    UPDATE tally SET count = count - 1 WHERE name = 'delivery:' || old.status || ':' || old.channel; END;
CREATE TRIGGER delivery_recounted AFTER UPDATE OF status, channel ON delivery
WHEN new.status != old.status OR new.channel != old.channel
BEGIN
    UPDATE tally SET count = count - 1 WHERE name = 'delivery:' || old.status || ':' || old.channel; INSERT INTO tally
    VALUES ('delivery:' || new.status || ':' || new.channel, 1) ON CONFLICT (name) DO UPDATE SET count = count + 1; END;

-- The newest changes of each severity; noise is most of them, and is found by time alone.
CREATE INDEX change_newest ON change (severity, observed_at) WHERE severity > 0;
CREATE INDEX delivery_by_status ON delivery (status);
CREATE INDEX delivery_first_due ON delivery (first_due_at) WHERE status IN ('pending', 'claimed');
CREATE INDEX delivery_failing ON delivery (channel, target, error)
    WHERE error != '' AND status IN ('pending', 'claimed', 'dead');
CREATE INDEX notice_by_key ON notice (key);
CREATE INDEX notice_standing ON notice (id) WHERE resolved_at IS NULL;
CREATE INDEX alert_listed ON alert (severity, route, observed_at, acknowledged_at);
CREATE INDEX alert_silenced ON alert_change (silence_id) WHERE silence_id IS NOT NULL;
-- A mass change counts its studies: without reading a row of them.
DROP INDEX change_held;
CREATE INDEX change_held ON change (hold_id, nct_id) WHERE hold_id IS NOT NULL;
"""
