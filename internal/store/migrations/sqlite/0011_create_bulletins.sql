-- +goose Up

-- When each schedule is next due. What was due while the bot was down stands here, so that it is not forgotten. spec is the cron
-- expression and the time zone by which next was worked out.
CREATE TABLE schedules (
    name TEXT PRIMARY KEY,
    spec TEXT NOT NULL,
    next BIGINT NOT NULL
);

-- Reports as they were announced, for ever. The report is a guitu.Report as JSON; it holds counts only.
CREATE TABLE bulletins (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    kind    TEXT NOT NULL CHECK (kind IN ('monthly', 'yearly')),
    from_at BIGINT NOT NULL,
    to_at   BIGINT NOT NULL CHECK (to_at > from_at),
    due     BIGINT NOT NULL,
    late    BOOLEAN NOT NULL,
    missed  BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    report  TEXT NOT NULL,
    UNIQUE (kind, from_at)
);

-- Statistics read the alerts of a period.
CREATE INDEX alerts_issued ON alerts (issued_at);
