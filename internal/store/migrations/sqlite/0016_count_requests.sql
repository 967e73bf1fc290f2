-- +goose Up

-- What has been taken of the budgets of channels' accounts, by the part of the time in which it was: {"1790000000000": 3}. Windows that
-- began with the first publication could lie across the channel's own, and counted nothing but publications.
DROP TABLE channel_budgets;
CREATE TABLE budgets (
    account  TEXT NOT NULL,
    name     TEXT NOT NULL,
    requests TEXT NOT NULL,
    PRIMARY KEY (account, name)
);
