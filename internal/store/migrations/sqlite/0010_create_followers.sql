-- +goose Up

-- People who asked to be told of alerts near them. Where they are is rounded to about a kilometre before it comes here, and the row
-- goes when they ask for it. An id is never used again.
CREATE TABLE followers (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    kind    TEXT NOT NULL CHECK (kind IN ('webpush', 'telegram')),
    handle  TEXT NOT NULL, -- what identifies them: the address of the push service, the chat
    address TEXT NOT NULL, -- what it takes to reach them
    lat     REAL NOT NULL,
    lng     REAL NOT NULL,
    made_at INTEGER NOT NULL,
    UNIQUE (kind, handle)
);

-- Which follower is told which notice of an alert.
CREATE TABLE tellings (
    notice_id   INTEGER NOT NULL REFERENCES notices (id),
    follower_id INTEGER NOT NULL REFERENCES followers (id) ON DELETE CASCADE,
    alert_id    INTEGER NOT NULL REFERENCES alerts (id),
    state       TEXT NOT NULL CHECK (state IN ('due', 'sending', 'told', 'spared', 'void')),
    loud        BOOLEAN NOT NULL,
    at          INTEGER NOT NULL,
    PRIMARY KEY (notice_id, follower_id)
);

CREATE INDEX tellings_alert ON tellings (alert_id, follower_id);
CREATE INDEX tellings_follower ON tellings (follower_id, at);
