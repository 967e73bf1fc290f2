-- +goose Up

-- A person can say that a standing copy has been dealt with.
ALTER TABLE deliveries DROP CONSTRAINT deliveries_state_check;
ALTER TABLE deliveries ADD CONSTRAINT deliveries_state_check CHECK (state IN
    ('due', 'sending', 'sent', 'unknown', 'refused', 'withdrawn', 'edited', 'standing', 'handled'));
