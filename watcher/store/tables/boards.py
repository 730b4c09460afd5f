"""What a board shows of a study without reading its record."""

BOARDS = """
-- Dates and enrolment of the newest version (see `plans`); '' where its record cannot be read, NULL where nobody has
-- read it yet: the index finds these, and is empty once all are read.
ALTER TABLE study ADD COLUMN plan TEXT;
CREATE INDEX study_unplanned ON study (nct_id) WHERE plan IS NULL AND version > 0;

-- When the study last changed by more than noise, not counting what is held back: seconds since 1970, 0 for never.
-- Triggers keep it: whoever adds changes, or approves what was held, need not know of it.
ALTER TABLE study ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;
UPDATE study SET changed = found.at FROM (
    SELECT nct_id, CAST(strftime('%s', max(observed_at)) AS INTEGER) AS at
    FROM change LEFT JOIN hold ON hold.id = hold_id
    WHERE severity > 0 AND (hold_id IS NULL OR decision = 'approved') GROUP BY nct_id) AS found
WHERE study.nct_id = found.nct_id;
CREATE INDEX study_changed ON study (changed) WHERE changed > 0;
CREATE TRIGGER change_seen AFTER INSERT ON change WHEN new.severity > 0 AND new.hold_id IS NULL
BEGIN
    UPDATE study SET changed = CAST(strftime('%s', new.observed_at) AS INTEGER)
    WHERE nct_id = new.nct_id AND changed < CAST(strftime('%s', new.observed_at) AS INTEGER); END;
CREATE TRIGGER change_released AFTER UPDATE OF decision ON hold WHEN new.decision = 'approved'
BEGIN
    UPDATE study SET changed = max(changed, (
        SELECT CAST(strftime('%s', max(observed_at)) AS INTEGER) FROM change
        WHERE hold_id = new.id AND change.nct_id = study.nct_id AND severity > 0))
    WHERE nct_id IN (SELECT nct_id FROM change WHERE hold_id = new.id AND severity > 0); END;
"""
