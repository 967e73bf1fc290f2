-- +goose Up

-- A story is watched before it is asked about, and may be merged into another or split off one. SQLite can't change a CHECK,
-- so the column is made anew.
DROP INDEX rumors_state_area;
ALTER TABLE rumors ADD COLUMN standing TEXT NOT NULL DEFAULT 'open' CHECK (standing IN ('watched', 'open', 'ruled', 'merged'));
UPDATE rumors SET standing = state;
ALTER TABLE rumors DROP COLUMN state;
ALTER TABLE rumors RENAME COLUMN standing TO state;
CREATE INDEX rumors_state_area ON rumors (state, area);
ALTER TABLE rumors ADD COLUMN merged_into BIGINT REFERENCES rumors (id)
    CHECK ((state = 'merged') = (merged_into IS NOT NULL) AND merged_into <> id);
ALTER TABLE rumors ADD COLUMN split_from BIGINT REFERENCES rumors (id);
CREATE INDEX rumors_merged_into ON rumors (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX rumors_kin ON rumors (kin_id) WHERE kin_id IS NOT NULL;

-- A post tells its story, or speaks on it.
ALTER TABLE posts ADD COLUMN role TEXT NOT NULL DEFAULT 'copy' CHECK (role IN ('copy', 'debunk', 'found'));
CREATE INDEX posts_evidence ON posts (rumor_id, id) WHERE role <> 'copy';

-- What moved posts from story to story, so that every process can follow.
CREATE INDEX events_moves ON events (id) WHERE kind IN ('merged', 'split', 'regrouped');
