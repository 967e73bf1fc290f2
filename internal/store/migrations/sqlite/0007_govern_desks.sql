-- +goose Up

-- Four roles. SQLite can't change a CHECK, so the column is made anew.
ALTER TABLE officers ADD COLUMN office TEXT NOT NULL DEFAULT 'officer' CHECK (office IN ('officer', 'lead', 'admin', 'auditor'));
UPDATE officers SET office = role;
ALTER TABLE officers DROP COLUMN role;
ALTER TABLE officers RENAME COLUMN office TO role;

-- The certificate of an officer: its number may be missing; an end of 0 stands for "none". warned is for which end, and how many days
-- ahead, the officer was last warned.
ALTER TABLE officers ADD COLUMN certificate TEXT NOT NULL DEFAULT '';
ALTER TABLE officers ADD COLUMN certified_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE officers ADD COLUMN warned TEXT NOT NULL DEFAULT '';

-- What proves at sign-in that it is the officer. Apart from the officers, so that no list of these ever reads a secret. A factor counts
-- once it is confirmed. step is the last time step whose code was used: the same code is never good twice.
CREATE TABLE second_factors (
    officer_id   BIGINT PRIMARY KEY REFERENCES officers (id),
    secret       TEXT NOT NULL,
    made_at      BIGINT NOT NULL,
    confirmed    BIGINT NOT NULL DEFAULT 0,
    step         BIGINT NOT NULL DEFAULT 0,
    fails        BIGINT NOT NULL DEFAULT 0,
    locked_until BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE recovery_codes (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    officer_id BIGINT NOT NULL REFERENCES officers (id),
    hash       TEXT NOT NULL UNIQUE,
    used       BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX recovery_codes_officer ON recovery_codes (officer_id);

-- Who is on duty when. Within a week in which a desk has a shift, duty follows the shifts and not the officers' switch.
CREATE TABLE rosters (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    desk_id    BIGINT NOT NULL REFERENCES desks (id),
    officer_id BIGINT NOT NULL REFERENCES officers (id),
    begins     BIGINT NOT NULL,
    ends       BIGINT NOT NULL,
    CHECK (ends > begins),
    UNIQUE (desk_id, officer_id, begins)
);
CREATE INDEX rosters_desk ON rosters (desk_id, begins);

-- Who read a child's data, when and why. It outlives the data itself. The note goes with the child's data.
CREATE TABLE views (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    at         BIGINT NOT NULL,
    officer_id BIGINT NOT NULL REFERENCES officers (id),
    desk_id    BIGINT NOT NULL REFERENCES desks (id),
    rumor_id   BIGINT REFERENCES rumors (id),
    alert_id   BIGINT REFERENCES alerts (id),
    reason     TEXT NOT NULL CHECK (reason IN ('case', 'tip', 'transfer', 'supervise', 'family', 'other')),
    note       TEXT NOT NULL DEFAULT '',
    CHECK ((rumor_id IS NULL) <> (alert_id IS NULL))
);
CREATE INDEX views_at ON views (at, id);
CREATE INDEX views_rumor ON views (rumor_id, officer_id, at);
CREATE INDEX views_alert ON views (alert_id, officer_id, at);

-- The audit trail: 1, 2, 3 ... without a gap, each with the SHA-256 of itself and of the hash before it. It holds ids and no personal data.
CREATE TABLE audit (
    id         BIGINT PRIMARY KEY,
    at         BIGINT NOT NULL,
    officer_id BIGINT NOT NULL,
    deed       TEXT NOT NULL,
    thing_id   BIGINT NOT NULL,
    detail     TEXT NOT NULL,
    hash       TEXT NOT NULL UNIQUE
);
CREATE INDEX audit_at ON audit (at, id);
CREATE INDEX audit_thing ON audit (deed, thing_id);

-- The end of the trail. Who adds to it holds this row until the transaction ends, so that entries come one after the other, and a trail
-- that was cut off at its end does not fit it.
CREATE TABLE audit_head (
    id    BIGINT PRIMARY KEY CHECK (id = 1),
    entry BIGINT NOT NULL,
    hash  TEXT NOT NULL
);
INSERT INTO audit_head (id, entry, hash) VALUES (1, 0, '');

-- Nobody changes or takes away what stands in the trail or in the log of views. Only the note of a view can be emptied.
-- +goose StatementBegin
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER views_no_update BEFORE UPDATE ON views
WHEN NEW.note <> '' OR NEW.id <> OLD.id OR NEW.at <> OLD.at OR NEW.officer_id <> OLD.officer_id OR NEW.desk_id <> OLD.desk_id
    OR NEW.reason <> OLD.reason OR NEW.rumor_id IS NOT OLD.rumor_id OR NEW.alert_id IS NOT OLD.alert_id
BEGIN SELECT RAISE(ABORT, 'the log of views is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER views_no_delete BEFORE DELETE ON views BEGIN SELECT RAISE(ABORT, 'the log of views is append-only'); END;
-- +goose StatementEnd
