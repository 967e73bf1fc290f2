-- +goose Up

-- A city or a province among the areas of an alert now stands for all that lies within. Those that stood for what lies above the place go.
DELETE FROM alert_areas WHERE area LIKE '%00' AND EXISTS (
    SELECT 1 FROM alert_areas c WHERE c.alert_id = alert_areas.alert_id
        AND c.area > alert_areas.area AND c.area <= SUBSTR(alert_areas.area, 1, 4) || '99');
DELETE FROM alert_areas WHERE area LIKE '%0000' AND EXISTS (
    SELECT 1 FROM alert_areas c WHERE c.alert_id = alert_areas.alert_id
        AND c.area > alert_areas.area AND c.area <= SUBSTR(alert_areas.area, 1, 2) || '9999');

-- The child's name stands beside the facts while they hold it, to find alerts of the same child.
ALTER TABLE alerts ADD COLUMN child TEXT NOT NULL DEFAULT '';
UPDATE alerts SET child = COALESCE(json_extract(facts, '$.child.name'), '');
CREATE INDEX alerts_child ON alerts (child, state);
