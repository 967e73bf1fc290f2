-- +goose Up

-- A person can say that a standing copy has been dealt with. SQLite can't change a CHECK, so the column is made anew.
DROP INDEX deliveries_state;
ALTER TABLE deliveries ADD COLUMN standing TEXT NOT NULL DEFAULT 'due' CHECK (standing IN
    ('due', 'sending', 'sent', 'unknown', 'refused', 'withdrawn', 'edited', 'standing', 'handled'));
UPDATE deliveries SET standing = state;
ALTER TABLE deliveries DROP COLUMN state;
ALTER TABLE deliveries RENAME COLUMN standing TO state;
CREATE INDEX deliveries_state ON deliveries (state, channel);
