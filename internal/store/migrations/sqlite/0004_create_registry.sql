-- +goose Up

-- What stood in refuted stories. An asset says nothing of whose it is: a victim's or a bystander's number is misused too.
CREATE TABLE assets (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    kind       TEXT NOT NULL CHECK (kind IN ('phone', 'name', 'picture')),
    value      TEXT NOT NULL,
    rumor_id   BIGINT NOT NULL REFERENCES rumors (id),
    verdict_id BIGINT NOT NULL REFERENCES verdicts (id),
    dropped    BIGINT NOT NULL DEFAULT 0,
    dropped_by BIGINT REFERENCES officers (id),
    reason     TEXT NOT NULL DEFAULT '',
    UNIQUE (kind, value, rumor_id),
    CHECK ((dropped <> 0) = (reason <> ''))
);
CREATE INDEX assets_rumor ON assets (rumor_id);

-- The perceptual hashes of posts' pictures, never the pictures. An empty hash is of one that can't be had or says nothing.
CREATE TABLE pictures (
    post_id BIGINT NOT NULL REFERENCES posts (id),
    number  BIGINT NOT NULL,
    hash    TEXT NOT NULL,
    PRIMARY KEY (post_id, number)
);
