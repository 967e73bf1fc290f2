-- +goose Up

-- Times are milliseconds since 1970 UTC; 0 stands for "never".

CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE leases (
    name   TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until  BIGINT NOT NULL
);

CREATE TABLE sessions (
    token  TEXT PRIMARY KEY,
    data   BLOB NOT NULL,
    expiry BIGINT NOT NULL
);

CREATE TABLE sources (
    name      TEXT PRIMARY KEY,
    kind      TEXT NOT NULL,
    cursor    TEXT NOT NULL DEFAULT '',
    next_read BIGINT NOT NULL DEFAULT 0,
    last_ok   BIGINT NOT NULL DEFAULT 0,
    posts     BIGINT NOT NULL DEFAULT 0,
    fails     BIGINT NOT NULL DEFAULT 0,
    trouble   TEXT NOT NULL DEFAULT '',
    paused    BOOLEAN NOT NULL DEFAULT FALSE,
    active    BOOLEAN NOT NULL DEFAULT TRUE
);

CREATE TABLE quarantine (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    source      TEXT NOT NULL,
    external_id TEXT NOT NULL,
    reason      TEXT NOT NULL,
    raw         BLOB NOT NULL,
    at          BIGINT NOT NULL
);

CREATE TABLE desks (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    name          TEXT NOT NULL UNIQUE,
    area          TEXT NOT NULL,
    telegram_chat TEXT NOT NULL DEFAULT '',
    active        BOOLEAN NOT NULL DEFAULT TRUE
);

CREATE TABLE officers (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    name          TEXT NOT NULL,
    role          TEXT NOT NULL CHECK (role IN ('officer', 'admin')),
    desk_id       BIGINT NOT NULL REFERENCES desks (id),
    telegram_user BIGINT UNIQUE,
    on_duty       BOOLEAN NOT NULL DEFAULT TRUE,
    disabled      BOOLEAN NOT NULL DEFAULT FALSE,
    signed_in     BIGINT NOT NULL DEFAULT 0
);

-- A code is kept as its SHA-256 only. It either joins a new officer (officer_id NULL until used) or signs one in.
CREATE TABLE codes (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    hash       TEXT NOT NULL UNIQUE,
    use        TEXT NOT NULL CHECK (use IN ('join', 'signin')),
    name       TEXT NOT NULL DEFAULT '',
    role       TEXT NOT NULL DEFAULT '',
    desk_id    BIGINT REFERENCES desks (id),
    officer_id BIGINT REFERENCES officers (id),
    made_by    BIGINT,
    expires    BIGINT NOT NULL,
    used       BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE rumors (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    status     TEXT NOT NULL CHECK (status IN ('Actual', 'Exercise')),
    state      TEXT NOT NULL CHECK (state IN ('open', 'ruled')),
    topic      TEXT NOT NULL,
    area       TEXT NOT NULL,
    claim      TEXT NOT NULL,
    hits       TEXT NOT NULL,
    score      DOUBLE PRECISION NOT NULL,
    posts      BIGINT NOT NULL,
    reach      BIGINT NOT NULL,
    kin_id     BIGINT REFERENCES rumors (id),
    first_seen BIGINT NOT NULL,
    last_seen  BIGINT NOT NULL,
    version    BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX rumors_state_area ON rumors (state, area);

CREATE TABLE posts (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    source      TEXT NOT NULL,
    external_id TEXT NOT NULL,
    rumor_id    BIGINT NOT NULL REFERENCES rumors (id),
    url         TEXT NOT NULL,
    author      TEXT NOT NULL,
    text        TEXT NOT NULL,
    posted_at   BIGINT NOT NULL,
    seen_at     BIGINT NOT NULL,
    reposts     BIGINT NOT NULL,
    images      TEXT NOT NULL,
    exemplar    BOOLEAN NOT NULL,
    UNIQUE (source, external_id)
);
CREATE INDEX posts_rumor ON posts (rumor_id, id);
CREATE INDEX posts_rumor_reposts ON posts (rumor_id, reposts);
CREATE INDEX posts_rumor_seen ON posts (rumor_id, seen_at);
CREATE INDEX posts_exemplar ON posts (id) WHERE exemplar;

CREATE TABLE assignments (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    rumor_id BIGINT NOT NULL REFERENCES rumors (id),
    desk_id  BIGINT NOT NULL REFERENCES desks (id),
    reason   TEXT NOT NULL CHECK (reason IN ('route', 'escalate', 'handover')),
    at       BIGINT NOT NULL,
    due      BIGINT NOT NULL,
    ended    BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX assignments_standing ON assignments (rumor_id) WHERE ended = 0;
CREATE INDEX assignments_rumor ON assignments (rumor_id);

CREATE TABLE cards (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    rumor_id BIGINT NOT NULL REFERENCES rumors (id),
    chat     TEXT NOT NULL,
    message  TEXT NOT NULL DEFAULT '',
    shown    BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX cards_rumor ON cards (rumor_id);
CREATE UNIQUE INDEX cards_message ON cards (chat, message) WHERE message <> '';

CREATE TABLE prompts (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    officer_id BIGINT NOT NULL REFERENCES officers (id),
    rumor_id   BIGINT NOT NULL REFERENCES rumors (id),
    ruling     TEXT NOT NULL,
    ending     TEXT NOT NULL,
    corrects   BIGINT NOT NULL,
    chat       TEXT NOT NULL,
    message    TEXT NOT NULL,
    at         BIGINT NOT NULL,
    UNIQUE (officer_id, rumor_id),
    UNIQUE (chat, message)
);

CREATE TABLE verdicts (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    rumor_id   BIGINT NOT NULL REFERENCES rumors (id),
    ruling     TEXT NOT NULL CHECK (ruling IN ('confirmed', 'refuted', 'outdated', 'unproven')),
    ending     TEXT NOT NULL CHECK (ending IN ('', 'found', 'over')),
    basis      TEXT NOT NULL,
    officer_id BIGINT NOT NULL REFERENCES officers (id),
    desk_id    BIGINT NOT NULL REFERENCES desks (id),
    at         BIGINT NOT NULL,
    corrects   BIGINT REFERENCES verdicts (id),
    current    BOOLEAN NOT NULL,
    key        TEXT NOT NULL UNIQUE,
    CHECK ((ruling = 'outdated') = (ending <> '')),
    CHECK (ruling NOT IN ('refuted', 'outdated') OR basis <> '')
);
CREATE UNIQUE INDEX verdicts_current ON verdicts (rumor_id) WHERE current;
CREATE INDEX verdicts_rumor ON verdicts (rumor_id);

CREATE TABLE notices (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    kind         TEXT NOT NULL CHECK (kind IN ('debunk', 'found', 'over', 'correction')),
    status       TEXT NOT NULL CHECK (status IN ('Actual', 'Exercise')),
    code         TEXT NOT NULL UNIQUE,
    rumor_id     BIGINT NOT NULL REFERENCES rumors (id),
    verdict_id   BIGINT NOT NULL UNIQUE REFERENCES verdicts (id),
    area         TEXT NOT NULL,
    place        TEXT NOT NULL,
    claimed      TEXT NOT NULL,
    texts        TEXT NOT NULL,
    sources      TEXT NOT NULL,
    corrects     TEXT NOT NULL DEFAULT '',
    corrected_by TEXT NOT NULL DEFAULT '',
    made_at      BIGINT NOT NULL,
    due          BIGINT NOT NULL
);
CREATE INDEX notices_rumor ON notices (rumor_id);

CREATE TABLE deliveries (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    notice_id   BIGINT NOT NULL REFERENCES notices (id),
    channel     TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN
                ('due', 'sending', 'sent', 'unknown', 'refused', 'withdrawn', 'edited', 'standing')),
    due         BIGINT NOT NULL,
    attempts    BIGINT NOT NULL DEFAULT 0,
    external_id TEXT NOT NULL DEFAULT '',
    url         TEXT NOT NULL DEFAULT '',
    trouble     TEXT NOT NULL DEFAULT '',
    at          BIGINT NOT NULL,
    UNIQUE (notice_id, channel)
);
CREATE INDEX deliveries_state ON deliveries (state, channel);

CREATE TABLE inbox (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    app       TEXT NOT NULL,
    update_id BIGINT NOT NULL,
    body      BLOB NOT NULL,
    at        BIGINT NOT NULL,
    done      BIGINT NOT NULL DEFAULT 0,
    UNIQUE (app, update_id)
);
CREATE INDEX inbox_done ON inbox (done);

CREATE TABLE events (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    at         BIGINT NOT NULL,
    rumor_id   BIGINT NOT NULL REFERENCES rumors (id),
    officer_id BIGINT REFERENCES officers (id),
    kind       TEXT NOT NULL,
    detail     TEXT NOT NULL
);
CREATE INDEX events_rumor ON events (rumor_id, id);
