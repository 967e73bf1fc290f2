package store_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"guitu"
	"guitu/internal/store"
	"guitu/internal/testenv"
)

// aDelivery is a row of deliveries and what it rests on, as the first version kept them.
const aDelivery = `
INSERT INTO desks (name, area) VALUES ('部值班台', '');
INSERT INTO officers (name, role, desk_id) VALUES ('甲民警', 'officer', 1);
INSERT INTO rumors (status, state, topic, area, claim, hits, score, posts, reach, first_seen, last_seen)
	VALUES ('Actual', 'ruled', 'plea', '', '{}', '[]', 1, 1, 1, 1, 1);
INSERT INTO verdicts (rumor_id, ruling, ending, basis, officer_id, desk_id, at, current, key)
	VALUES (1, 'refuted', '', '核查过', 1, 1, 1, TRUE, 'k');
INSERT INTO notices (kind, status, code, rumor_id, verdict_id, area, place, claimed, texts, sources, made_at, due)
	VALUES ('debunk', 'Actual', 'A2B3C4', 1, 1, '', '', '', '{}', '[]', 1, 1);
INSERT INTO deliveries (notice_id, channel, state, due, at) VALUES (1, 'telegram', 'standing', 1, 1), (1, 'site', 'sent', 1, 1);`

// What was delivered stays delivered when the table of deliveries is changed.
func TestMigrateKeepsDeliveries(t *testing.T) {
	for name, address := range map[string]string{
		"SQLite": filepath.Join(t.TempDir(), "old.db"), "PostgreSQL": testenv.Postgres(t),
	} {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			if err := store.OpenAt(ctx, address, 1, aDelivery); err != nil {
				t.Fatal(err)
			}
			db, err := store.Open(ctx, address, store.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			update(t, db, func(ctx context.Context, tx *store.Tx) error {
				all, err := tx.Deliveries(ctx, "", 0, 10)
				if err != nil {
					return err
				}
				if len(all) != 2 || all[0].State != guitu.DeliverySent || all[1].State != guitu.DeliveryStanding {
					t.Errorf("deliveries %+v, want one sent and one standing", all)
				}
				moved, err := tx.MoveDelivery(ctx, 1, guitu.DeliveryStanding, guitu.DeliveryHandled, "")
				if !moved {
					t.Error("a standing delivery can't be marked as handled")
				}
				return err
			})
			if err := db.Update(ctx, func(tx *store.Tx) error {
				_, err := tx.MoveDelivery(ctx, 2, guitu.DeliverySent, "lost", "")
				return err
			}); err == nil {
				t.Error("a state that there is not was stored")
			}
		})
	}
}

// anAlert is an alert as it was kept while the areas above its place stood among those that it touched.
const anAlert = `
INSERT INTO desks (name, area) VALUES ('部值班台', '');
INSERT INTO officers (name, role, desk_id) VALUES ('甲民警', 'officer', 1);
INSERT INTO alerts (status, state, code, facts, author_id, desk_id, made_at, issued_at, expires, area)
	VALUES ('Actual', 'active', 'A2B3C4', '{"child":{"name":"甘小归"},"area":"371302"}', 1, 1, 1, 1, 2, '371302');
INSERT INTO alerts (status, state, facts, author_id, desk_id, made_at) VALUES ('Actual', 'draft', '{}', 1, 1, 1);
INSERT INTO alert_areas (alert_id, area) VALUES (1, '370000'), (1, '371300'), (1, '371302'), (1, '320703'), (1, '441900');`

// An alert from before keeps its counties, is not taken for one of the whole province, and is found by the child's name.
func TestMigrateShortensAreas(t *testing.T) {
	for name, address := range map[string]string{
		"SQLite": filepath.Join(t.TempDir(), "old.db"), "PostgreSQL": testenv.Postgres(t),
	} {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			if err := store.OpenAt(ctx, address, 12, anAlert); err != nil {
				t.Fatal(err)
			}
			db, err := store.Open(ctx, address, store.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			for area, kept := range map[string]bool{"370000": false, "371300": false, "371302": true, "320703": true, "441900": true} {
				// What is there already can't be stored again.
				err := db.Exec(ctx, `INSERT INTO alert_areas (alert_id, area) VALUES (1, $1)`, area)
				if kept != (err != nil) {
					t.Errorf("storing area %s again: %v, want it kept: %v", area, err, kept)
				}
			}
			update(t, db, func(ctx context.Context, tx *store.Tx) error {
				like, err := tx.LikeAlerts(ctx, guitu.Alert{Facts: guitu.Facts{Child: guitu.Child{Name: "甘小归"}, Area: "110105"}}, 10)
				if len(like) != 1 || like[0].ID != 1 {
					t.Errorf("alerts like one of the same name: %+v, want alert 1", like)
				}
				return err
			})
		})
	}
}

// A database that went on without an earlier migration is refused, and left as it is.
func TestMigrateOutOfOrder(t *testing.T) {
	for name, address := range map[string]string{
		"SQLite": filepath.Join(t.TempDir(), "old.db"), "PostgreSQL": testenv.Postgres(t),
	} {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			if err := store.OpenAt(ctx, address, 12, `DELETE FROM goose_db_version WHERE version_id = 8`); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if _, err := store.Open(ctx, address, store.Options{}); !errors.Is(err, store.ErrOutOfOrder) {
					t.Errorf("Open of a database without migration 8: %v, want ErrOutOfOrder", err)
				}
			}
		})
	}
}
