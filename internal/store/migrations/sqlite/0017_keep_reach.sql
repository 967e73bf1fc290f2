-- +goose Up

-- How many a partner says that it told of a notice. It only grows.
CREATE TABLE partner_reach (
    delivery_id INTEGER PRIMARY KEY REFERENCES deliveries (id) ON DELETE CASCADE,
    devices     BIGINT NOT NULL CHECK (devices >= 0),
    views       BIGINT NOT NULL CHECK (views >= 0),
    at          BIGINT NOT NULL
);

-- A partner's own deliveries, for its page.
CREATE INDEX deliveries_channel ON deliveries (channel, id);
