-- +goose Up

-- Where a follower's last notice of an alert stands, so that the next can take its place; '' where it does so by itself.
ALTER TABLE tellings ADD COLUMN ref TEXT NOT NULL DEFAULT '';

-- The chat in which a tip is answered, '' when it is not; and what was last said there of it.
ALTER TABLE tips ADD COLUMN chat TEXT NOT NULL DEFAULT '';
ALTER TABLE tips ADD COLUMN said TEXT NOT NULL DEFAULT '';
CREATE INDEX tips_chat ON tips (chat, at);
