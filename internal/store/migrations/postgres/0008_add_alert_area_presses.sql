-- +goose Up

-- The county of an alert stands beside its facts, which are emptied one day; asked is the end for which the desk was asked whether the
-- alert is to go on.
ALTER TABLE alerts ADD COLUMN area TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN asked BIGINT NOT NULL DEFAULT 0;
CREATE INDEX alerts_state_area ON alerts (state, area);
CREATE INDEX alerts_rumor ON alerts (rumor_id);

-- The presses that changed an alert, so that the same one again changes nothing. What a press made is in ref: a photo, an approval.
CREATE TABLE alert_presses (
    key        TEXT PRIMARY KEY,
    alert_id   BIGINT NOT NULL REFERENCES alerts (id),
    officer_id BIGINT NOT NULL REFERENCES officers (id),
    act        TEXT NOT NULL,
    ref        BIGINT NOT NULL DEFAULT 0,
    at         BIGINT NOT NULL
);
