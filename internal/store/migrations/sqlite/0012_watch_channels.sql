-- +goose Up

-- How each channel is doing.
CREATE TABLE channel_states (
    channel TEXT PRIMARY KEY,
    paused  BOOLEAN NOT NULL DEFAULT FALSE,
    trouble TEXT NOT NULL DEFAULT '',
    since   BIGINT NOT NULL DEFAULT 0,
    account TEXT NOT NULL DEFAULT '',
    expires BIGINT NOT NULL DEFAULT 0,
    probed  BIGINT NOT NULL DEFAULT 0,
    fails   BIGINT NOT NULL DEFAULT 0,
    -- What was told last, so that nothing is told twice.
    told    TEXT NOT NULL DEFAULT '',
    told_at BIGINT NOT NULL DEFAULT 0
);

-- What has been used of the budgets of channels' accounts, each since its window began.
CREATE TABLE channel_budgets (
    channel TEXT NOT NULL,
    name    TEXT NOT NULL,
    begun   BIGINT NOT NULL,
    used    BIGINT NOT NULL,
    PRIMARY KEY (channel, name)
);

-- The job that publishes a delivery, 0 for none: another one must not take its silence for a crash.
ALTER TABLE deliveries ADD COLUMN job BIGINT NOT NULL DEFAULT 0;
-- When somebody was told that it waits for too long.
ALTER TABLE deliveries ADD COLUMN paged BIGINT NOT NULL DEFAULT 0;
