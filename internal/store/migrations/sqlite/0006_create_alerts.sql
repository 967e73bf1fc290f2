-- +goose Up

-- Alerts, from the first draft to what statistics keep.
CREATE TABLE alerts (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    status      TEXT NOT NULL CHECK (status IN ('Actual', 'Exercise')),
    state       TEXT NOT NULL CHECK (state IN ('draft', 'active', 'closed', 'cancelled', 'expired', 'dropped')),
    code        TEXT NOT NULL DEFAULT '',
    facts       TEXT NOT NULL,
    rumor_id    BIGINT REFERENCES rumors (id),
    author_id   BIGINT NOT NULL REFERENCES officers (id),
    desk_id     BIGINT NOT NULL REFERENCES desks (id),
    version     BIGINT NOT NULL DEFAULT 1,
    messages    BIGINT NOT NULL DEFAULT 0,
    reach       BIGINT NOT NULL DEFAULT 0,
    made_at     BIGINT NOT NULL,
    issued_at   BIGINT NOT NULL DEFAULT 0,
    expires     BIGINT NOT NULL DEFAULT 0,
    ended_at    BIGINT NOT NULL DEFAULT 0,
    ending      TEXT NOT NULL DEFAULT '{}',
    redacted    BIGINT NOT NULL DEFAULT 0,
    -- What statistics keep after redaction: age band, county, times. JSON.
    kept        TEXT NOT NULL DEFAULT '{}',
    CHECK ((state IN ('draft', 'dropped')) = (issued_at = 0)),
    CHECK ((state IN ('draft', 'dropped')) = (code = '')),
    CHECK ((state IN ('closed', 'cancelled', 'expired')) = (ended_at > 0)),
    CHECK ((state = 'closed') = (ending <> '{}'))
);
CREATE UNIQUE INDEX alerts_code ON alerts (code) WHERE code <> '';
CREATE INDEX alerts_state_desk ON alerts (state, desk_id);

-- The counties that an alert's widest circle touches, for those who look by area.
CREATE TABLE alert_areas (
    alert_id BIGINT NOT NULL REFERENCES alerts (id),
    area     TEXT NOT NULL,
    PRIMARY KEY (alert_id, area)
);
CREATE INDEX alert_areas_area ON alert_areas (area, alert_id);

-- Each message of an alert as it was issued. Its body is the guitu.AlertMessage as JSON; redaction empties names and photos in it.
CREATE TABLE alert_messages (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    alert_id   BIGINT NOT NULL REFERENCES alerts (id),
    number     BIGINT NOT NULL,
    cause      TEXT NOT NULL CHECK (cause IN ('issue', 'grow', 'update', 'correct', 'extend', 'expire', 'cancel', 'close')),
    identifier TEXT NOT NULL UNIQUE,
    sent       BIGINT NOT NULL,
    body       TEXT NOT NULL,
    officer_id BIGINT REFERENCES officers (id),
    -- Identifies the press, or the step, that made it.
    key        TEXT NOT NULL UNIQUE,
    UNIQUE (alert_id, number)
);
CREATE UNIQUE INDEX alert_messages_end ON alert_messages (alert_id) WHERE cause IN ('cancel', 'close');

CREATE TABLE alert_events (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    at         BIGINT NOT NULL,
    alert_id   BIGINT NOT NULL REFERENCES alerts (id),
    officer_id BIGINT REFERENCES officers (id),
    kind       TEXT NOT NULL,
    detail     TEXT NOT NULL
);
CREATE INDEX alert_events_alert ON alert_events (alert_id, id);

CREATE TABLE photos (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    alert_id BIGINT NOT NULL REFERENCES alerts (id),
    token    TEXT NOT NULL UNIQUE,
    alt      TEXT NOT NULL,
    type     TEXT NOT NULL,
    width    BIGINT NOT NULL,
    height   BIGINT NOT NULL,
    digest   TEXT NOT NULL,
    hash     TEXT NOT NULL,
    body     BLOB NOT NULL,
    revoked  BOOLEAN NOT NULL DEFAULT FALSE,
    at       BIGINT NOT NULL
);
CREATE INDEX photos_alert ON photos (alert_id);

CREATE TABLE approvals (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    alert_id   BIGINT NOT NULL REFERENCES alerts (id),
    kind       TEXT NOT NULL CHECK (kind IN ('reach', 'tier')),
    reach      BIGINT NOT NULL DEFAULT 0,
    tier       TEXT NOT NULL DEFAULT '',
    rule       TEXT NOT NULL DEFAULT '{}',
    reason     TEXT NOT NULL,
    asked_by   BIGINT NOT NULL REFERENCES officers (id),
    asked_at   BIGINT NOT NULL,
    override   BIGINT NOT NULL,
    decision   TEXT NOT NULL DEFAULT '' CHECK (decision IN ('', 'agreed', 'refused', 'overridden', 'void')),
    decided_by BIGINT REFERENCES officers (id),
    decided_at BIGINT NOT NULL DEFAULT 0,
    -- Nobody agrees to what they asked for themselves.
    CHECK (decision <> 'agreed' OR decided_by <> asked_by)
);
CREATE INDEX approvals_alert ON approvals (alert_id);

-- A notice rests on a verdict, on a message of an alert, or on a bulletin, and on one of them only. SQLite can't change what the old
-- tables demand, so both are made anew.
CREATE TABLE notices_anew (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    kind         TEXT NOT NULL CHECK (kind IN ('debunk', 'found', 'over', 'correction', 'alert', 'update', 'closed', 'cancel', 'bulletin')),
    status       TEXT NOT NULL CHECK (status IN ('Actual', 'Exercise')),
    code         TEXT NOT NULL,
    rumor_id     BIGINT REFERENCES rumors (id),
    verdict_id   BIGINT UNIQUE REFERENCES verdicts (id),
    alert_id     BIGINT REFERENCES alerts (id),
    message_id   BIGINT UNIQUE REFERENCES alert_messages (id),
    bulletin_id  BIGINT UNIQUE,
    area         TEXT NOT NULL,
    place        TEXT NOT NULL,
    claimed      TEXT NOT NULL,
    texts        TEXT NOT NULL,
    sources      TEXT NOT NULL,
    corrects     TEXT NOT NULL DEFAULT '',
    corrected_by TEXT NOT NULL DEFAULT '',
    made_at      BIGINT NOT NULL,
    due          BIGINT NOT NULL,
    circle       TEXT NOT NULL DEFAULT 'null',
    inner_km     DOUBLE PRECISION NOT NULL DEFAULT 0,
    areas        TEXT NOT NULL DEFAULT '[]',
    expires      BIGINT NOT NULL DEFAULT 0,
    ended        BOOLEAN NOT NULL DEFAULT FALSE,
    CHECK ((CASE WHEN verdict_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN message_id IS NULL THEN 0 ELSE 1 END) +
           (CASE WHEN bulletin_id IS NULL THEN 0 ELSE 1 END) = 1),
    CHECK ((verdict_id IS NULL) = (rumor_id IS NULL) AND (message_id IS NULL) = (alert_id IS NULL))
);
INSERT INTO notices_anew (id, kind, status, code, rumor_id, verdict_id, area, place, claimed, texts, sources, corrects, corrected_by,
    made_at, due)
SELECT id, kind, status, code, rumor_id, verdict_id, area, place, claimed, texts, sources, corrects, corrected_by, made_at, due
FROM notices;

CREATE TABLE deliveries_anew (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    notice_id   BIGINT NOT NULL REFERENCES notices_anew (id),
    channel     TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('due', 'held', 'sending', 'sent', 'unknown', 'refused', 'given_up', 'withdrawn',
                'edited', 'pulled', 'standing', 'handled')),
    due         BIGINT NOT NULL,
    attempts    BIGINT NOT NULL DEFAULT 0,
    external_id TEXT NOT NULL DEFAULT '',
    url         TEXT NOT NULL DEFAULT '',
    version     BIGINT NOT NULL DEFAULT 0,
    trouble     TEXT NOT NULL DEFAULT '',
    at          BIGINT NOT NULL,
    UNIQUE (notice_id, channel)
);
INSERT INTO deliveries_anew (id, notice_id, channel, state, due, attempts, external_id, url, trouble, at)
SELECT id, notice_id, channel, state, due, attempts, external_id, url, trouble, at FROM deliveries;

DROP TABLE deliveries;
DROP TABLE notices;
ALTER TABLE notices_anew RENAME TO notices;
ALTER TABLE deliveries_anew RENAME TO deliveries;
CREATE INDEX notices_rumor ON notices (rumor_id);
CREATE INDEX deliveries_state ON deliveries (state, channel);
-- All messages of one alert carry the alert's code.
CREATE UNIQUE INDEX notices_code ON notices (code) WHERE alert_id IS NULL;
CREATE INDEX notices_alert ON notices (alert_id, id);
