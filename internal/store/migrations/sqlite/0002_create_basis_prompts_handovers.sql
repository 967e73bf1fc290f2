-- +goose Up

-- What an officer is asked stands here before it is asked, under the number that the question shows. It takes the place of the
-- table prompts, which knew a question by its message, and only once the message had been recorded; that table is not read any
-- more and goes in a later release.
CREATE TABLE basis_prompts (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    officer_id BIGINT NOT NULL REFERENCES officers (id),
    rumor_id   BIGINT NOT NULL REFERENCES rumors (id),
    ruling     TEXT NOT NULL,
    ending     TEXT NOT NULL,
    corrects   BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    UNIQUE (officer_id, rumor_id, ruling, ending, corrects)
);

-- Each press that handed a story over, so that handling the press again changes nothing.
CREATE TABLE handovers (
    key        TEXT PRIMARY KEY,
    rumor_id   BIGINT NOT NULL REFERENCES rumors (id),
    desk_id    BIGINT NOT NULL REFERENCES desks (id),
    officer_id BIGINT NOT NULL REFERENCES officers (id),
    at         BIGINT NOT NULL
);
