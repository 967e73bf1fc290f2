-- +goose Up

-- What citizens report about alerts. A tip leaves with its case. sender is a hash that nobody can undo after the process has ended; told
-- is when the desk is told of it in chat; same_as is the tip that said the same before.
CREATE TABLE tips (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    alert_id   BIGINT NOT NULL REFERENCES alerts (id),
    at         BIGINT NOT NULL,
    key        TEXT NOT NULL UNIQUE,
    receipt    TEXT NOT NULL UNIQUE,
    sender     TEXT NOT NULL,
    text       TEXT NOT NULL,
    place      TEXT NOT NULL,
    area       TEXT NOT NULL,
    point      TEXT NOT NULL DEFAULT 'null',
    seen_at    BIGINT NOT NULL,
    contact    TEXT NOT NULL,
    doubt      TEXT NOT NULL DEFAULT '' CHECK (doubt IN ('', 'far', 'early')),
    away       DOUBLE PRECISION NOT NULL DEFAULT 0,
    outcome    BOOLEAN NOT NULL,
    likeness   TEXT NOT NULL,
    photo      BLOB,
    same_as    BIGINT REFERENCES tips (id),
    told       BIGINT NOT NULL,
    answer     TEXT NOT NULL DEFAULT '' CHECK (answer IN ('', 'useful', 'known', 'not_it', 'call')),
    officer_id BIGINT REFERENCES officers (id),
    CHECK ((answer = '') = (officer_id IS NULL))
);
CREATE INDEX tips_alert ON tips (alert_id, at);
CREATE INDEX tips_sender ON tips (sender, at);
CREATE INDEX tips_same ON tips (same_as);
