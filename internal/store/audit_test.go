package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"guitu"
	"guitu/internal/store"
)

// fill writes n entries in transactions of their own.
func fill(t *testing.T, db *store.DB, n int) {
	t.Helper()
	for i := range n {
		update(t, db, func(_ context.Context, tx *store.Tx) error {
			tx.Audit(guitu.Entry{OfficerID: 5, Deed: guitu.DeedRumorRule, ThingID: int64(i + 1), Detail: map[string]string{"ruling": "refuted"}})
			return nil
		})
	}
}

// checkTrail walks the trail.
func checkTrail(t *testing.T, db *store.DB) (h store.Head, err error) {
	t.Helper()
	ctx := context.Background()
	return h, db.View(ctx, func(tx *store.Tx) error {
		h, err = tx.CheckTrail(ctx)
		return err
	})
}

func TestTrail(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		if h, err := checkTrail(t, db); err != nil || h.Entry != 0 {
			t.Fatalf("an empty trail: %v, %v", h, err)
		}
		fill(t, db, 3)
		began := c.t
		c.t = c.t.AddDate(0, 0, 1)
		update(t, db, func(_ context.Context, tx *store.Tx) error {
			tx.Deed(7, guitu.DeedOfficerSignIn, 7)
			tx.Deed(7, guitu.DeedRumorMerge, 1)
			return nil
		})
		if h, err := checkTrail(t, db); err != nil || h.Entry != 5 || len(h.Hash) != 64 {
			t.Fatalf("five entries: %v, %v", h, err)
		}
		// What fails leaves nothing.
		ctx := context.Background()
		err := db.Update(ctx, func(tx *store.Tx) error {
			tx.Deed(7, guitu.DeedRumorMerge, 1)
			return errors.New("no")
		})
		if err == nil {
			t.Fatal("the transaction did not fail")
		}
		for name, tt := range map[string]struct {
			f    guitu.TrailFilter
			want string
		}{
			"all":        {guitu.TrailFilter{Limit: 9}, "1 2 3 4 5"},
			"newest":     {guitu.TrailFilter{Limit: 2, Newest: true}, "5 4"},
			"older":      {guitu.TrailFilter{Limit: 2, Newest: true, Before: 4}, "3 2"},
			"after":      {guitu.TrailFilter{Limit: 9, After: 3}, "4 5"},
			"from":       {guitu.TrailFilter{Limit: 9, From: c.t}, "4 5"},
			"until":      {guitu.TrailFilter{Limit: 9, From: began, Until: c.t}, "1 2 3"},
			"thing":      {guitu.TrailFilter{Limit: 9, Thing: "rumor", ThingID: 1}, "1 5"},
			"officer":    {guitu.TrailFilter{Limit: 9, OfficerID: 7}, "4 5"},
			"other kind": {guitu.TrailFilter{Limit: 9, Thing: "officer"}, "4"},
		} {
			var got []string
			update(t, db, func(ctx context.Context, tx *store.Tx) error {
				all, err := tx.Trail(ctx, tt.f)
				for _, e := range all {
					got = append(got, fmt.Sprint(e.ID))
				}
				return err
			})
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("%s: entries %s, want %s", name, s, tt.want)
			}
		}
	})
}

// Nobody changes the trail or the log of views by the program's own account.
func TestTrailRefusesChange(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *clock) {
		fill(t, db, 2)
		o, r := seed(t, db)
		update(t, db, func(ctx context.Context, tx *store.Tx) error {
			return tx.CreateView(ctx, &guitu.View{Officer: o, RumorID: r.ID, Reason: guitu.ViewOther, Note: "某事"})
		})
		ctx := context.Background()
		for _, q := range []string{
			`UPDATE audit SET officer_id = 6 WHERE id = 1`, `UPDATE audit SET at = at`, `DELETE FROM audit`, `DELETE FROM audit WHERE id = 2`,
			`DELETE FROM audit_head`, `DELETE FROM views`, `UPDATE views SET reason = 'case'`, `UPDATE views SET note = '别的'`,
			`UPDATE views SET note = '', at = 1`,
		} {
			if err := db.Exec(ctx, q); err == nil || !strings.Contains(err.Error(), "append-only") {
				t.Errorf("%s: %v, want a refusal", q, err)
			}
		}
		if db.IsPostgres() {
			for _, table := range []string{"audit", "audit_head", "views"} {
				if err := db.Exec(ctx, `TRUNCATE `+table); err == nil {
					t.Errorf("%s can be emptied", table)
				}
			}
		}
		if err := db.Exec(ctx, `UPDATE views SET note = ''`); err != nil {
			t.Errorf("the note of a view can't leave with the child's data: %v", err)
		}
		if _, err := checkTrail(t, db); err != nil {
			t.Error(err)
		}
	})
}

// Whoever owns the database can take the triggers away. The trail then tells of it.
func TestTrailShowsTampering(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *clock) {
		ctx := context.Background()
		fill(t, db, 5)
		must := func(qs ...string) {
			t.Helper()
			for _, q := range qs {
				if err := db.Exec(ctx, q); err != nil {
					t.Fatalf("%s: %v", q, err)
				}
			}
		}
		if db.IsPostgres() {
			must(`DROP TRIGGER audit_no_change ON audit`)
		} else {
			must(`DROP TRIGGER audit_no_update`, `DROP TRIGGER audit_no_delete`)
		}
		must(`CREATE TABLE kept AS SELECT * FROM audit`)
		for name, tt := range map[string]struct {
			do    string
			entry int64
		}{
			"another officer": {`UPDATE audit SET officer_id = 6 WHERE id = 3`, 3},
			"another time":    {`UPDATE audit SET at = at + 1 WHERE id = 1`, 1},
			"another deed":    {`UPDATE audit SET deed = 'rumor.view' WHERE id = 2`, 2},
			"another thing":   {`UPDATE audit SET thing_id = 99 WHERE id = 5`, 5},
			"another detail":  {`UPDATE audit SET detail = '{"ruling":"confirmed"}' WHERE id = 4`, 4},
			"no JSON":         {`UPDATE audit SET detail = '{' WHERE id = 4`, 4},
			"another hash":    {`UPDATE audit SET hash = 'ab' WHERE id = 3`, 3},
			"left out":        {`DELETE FROM audit WHERE id = 2`, 2},
			"cut off":         {`DELETE FROM audit WHERE id > 3`, 4},
			"all gone":        {`DELETE FROM audit`, 1},
			"one too many":    {`INSERT INTO audit (id, at, officer_id, deed, thing_id, detail, hash) VALUES (6, 1, 1, 'rumor.rule', 1, '{}', 'cd')`, 6},
		} {
			must(tt.do)
			_, err := checkTrail(t, db)
			var broken *store.BrokenTrail
			if !errors.As(err, &broken) || broken.Entry != tt.entry {
				t.Errorf("%s: %v, want entry %d named", name, err, tt.entry)
			}
			must(`DELETE FROM audit`, `INSERT INTO audit SELECT * FROM kept`)
			if _, err := checkTrail(t, db); err != nil {
				t.Fatalf("%s: put right again, the trail is broken: %v", name, err)
			}
		}
	})
}

// Writers at once make one chain, and none waits for another that waits for it.
func TestTrailOfManyWriters(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *clock) {
		const writers, each = 8, 10
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					err := db.Update(context.Background(), func(tx *store.Tx) error {
						// The entry is noted first, and two locks are taken after it in either order of writers.
						tx.Deed(int64(w), guitu.DeedRumorRule, int64(i))
						return tx.Lock(context.Background(), fmt.Sprint("lock", w%2))
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if h, err := checkTrail(t, db); err != nil || h.Entry != writers*each {
			t.Errorf("the trail ends at %v: %v", h, err)
		}
	})
}
