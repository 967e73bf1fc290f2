package trail_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/internal/store"
	"guitu/internal/testenv"
	"guitu/verify/trail"
)

// archive is a trail with one officer of each role.
type archive struct {
	*trail.Trail
	t     *testing.T
	db    *store.DB
	clock time.Time
	who   map[guitu.Role]guitu.Officer
	rumor int64
}

var beijing = time.FixedZone("CST", 8*60*60)

// each runs a test on both databases.
func each(t *testing.T, test func(t *testing.T, a *archive)) {
	t.Run("SQLite", func(t *testing.T) { test(t, build(t, filepath.Join(t.TempDir(), "test.db"))) })
	t.Run("PostgreSQL", func(t *testing.T) { test(t, build(t, testenv.Postgres(t))) })
}

func build(t *testing.T, address string) *archive {
	t.Helper()
	a := &archive{t: t, clock: time.Date(2026, 12, 31, 15, 0, 0, 0, time.UTC), who: map[guitu.Role]guitu.Officer{}}
	db, err := store.Open(context.Background(), address, store.Options{Now: func() time.Time { return a.clock }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	a.db, a.Trail = db, trail.New(db)
	a.update(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.SetDesks(ctx, []guitu.Desk{{Name: "部值班台"}}); err != nil {
			return err
		}
		desks, err := tx.Desks(ctx)
		if err != nil {
			return err
		}
		for _, r := range guitu.Roles {
			o := guitu.Officer{Name: "某" + r.Words(), Role: r, Desk: desks[0]}
			if err := tx.CreateOfficer(ctx, &o); err != nil {
				return err
			}
			a.who[r] = o
		}
		r := guitu.Rumor{Status: guitu.Actual, State: guitu.RumorOpen, Topic: guitu.Plea, FirstSeen: tx.Now, LastSeen: tx.Now}
		err = tx.CreateRumor(ctx, &r)
		a.rumor = r.ID
		return err
	})
	return a
}

func (a *archive) update(fn func(ctx context.Context, tx *store.Tx) error) {
	a.t.Helper()
	ctx := context.Background()
	if err := a.db.Update(ctx, func(tx *store.Tx) error { return fn(ctx, tx) }); err != nil {
		a.t.Fatal(err)
	}
}

// deed writes an entry whose details try to look like its other parts.
func (a *archive) deed(ruling string) {
	a.update(func(_ context.Context, tx *store.Tx) error {
		tx.Audit(guitu.Entry{OfficerID: a.who[guitu.RoleOfficer].ID, Deed: guitu.DeedRumorRule, ThingID: a.rumor, Detail: map[string]string{
			"ruling": ruling, "z": `","officer":9,"`,
		}})
		return nil
	})
}

func is(t *testing.T, err error, want guitu.Kind) {
	t.Helper()
	if got := guitu.KindOf(err); got != want {
		t.Fatalf("error %v of kind %q, want %q", err, got, want)
	}
}

func (a *archive) export(what string, f trail.Format, year int) string {
	a.t.Helper()
	var b bytes.Buffer
	err := a.Export(context.Background(), &b, trail.Request{What: what, Format: f, Year: year, Location: beijing, By: a.who[guitu.RoleAuditor].ID})
	is(a.t, err, "")
	return b.String()
}

func TestOnlyAuditorsRead(t *testing.T) {
	each(t, func(t *testing.T, a *archive) {
		ctx := context.Background()
		for r, o := range a.who {
			want := guitu.Forbidden
			if r == guitu.RoleAuditor {
				want = ""
			}
			_, err := a.Entries(ctx, guitu.TrailFilter{Limit: 1}, o.ID)
			is(t, err, want)
			_, err = a.Views(ctx, guitu.ViewFilter{Limit: 1}, o.ID)
			is(t, err, want)
			var b bytes.Buffer
			is(t, a.Export(ctx, &b, trail.Request{What: trail.Audit, Format: trail.JSON, Year: 2026, Location: beijing, By: o.ID}), want)
			if want != "" && b.Len() > 0 {
				t.Errorf("%s was refused and got %s", r, b.String())
			}
		}
		is(t, a.Export(ctx, &bytes.Buffer{}, trail.Request{What: "officers", Format: trail.CSV, Year: 2026, Location: beijing}), guitu.Invalid)
	})
}

// Whoever has the lines needs nothing else to check them.
func TestExportAudit(t *testing.T) {
	each(t, func(t *testing.T, a *archive) {
		a.deed("refuted") // 23:00 of the last day of 2026 in Beijing
		a.clock = a.clock.Add(time.Hour)
		a.deed("confirmed") // the first moment of 2027
		a.deed("unproven")
		all := strings.Split(strings.TrimSpace(a.export(trail.Audit, trail.JSON, 2026)+a.export(trail.Audit, trail.JSON, 2027)), "\n")
		previous := ""
		for i, line := range all {
			var e map[string]any
			if err := json.Unmarshal([]byte(line), &e); err != nil {
				t.Fatalf("line %d: %v: %s", i, err, line)
			}
			hash, _ := e["hash"].(string)
			sum := sha256.Sum256([]byte(strings.Replace(line, `,"hash":"`+hash+`"`, "", 1)))
			if hex.EncodeToString(sum[:]) != hash || e["previous"] != previous {
				t.Errorf("line %d does not prove itself, after %q: %s", i, previous, line)
			}
			previous = hash
		}
		if !strings.Contains(all[len(all)-1], `"audit.export"`) {
			t.Errorf("the last entry is %s, want that of the export itself", all[len(all)-1])
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.export(trail.Audit, trail.CSV, 2027), "\ufeff"))).ReadAll()
		if err != nil || len(rows) < 4 || rows[0][0] != "entry" || rows[1][4] != "核查结论" || rows[1][7] == "" || rows[2][7] != rows[1][8] {
			t.Errorf("as CSV: %v, %v", rows, err)
		}
	})
}

func TestExportViews(t *testing.T) {
	each(t, func(t *testing.T, a *archive) {
		a.update(func(ctx context.Context, tx *store.Tx) error {
			for _, note := range []string{"", "=1+1", "接到群众来电"} {
				v := guitu.View{Officer: a.who[guitu.RoleOfficer], RumorID: a.rumor, Reason: guitu.ViewOther, Note: note}
				if err := tx.CreateView(ctx, &v); err != nil {
					return err
				}
			}
			return nil
		})
		lines := strings.Split(strings.TrimSpace(a.export(trail.Views, trail.JSON, 2026)), "\n")
		if len(lines) != 3 || !strings.Contains(lines[2], `"note":"接到群众来电"`) || !strings.Contains(lines[0], `"thing":"rumor"`) {
			t.Errorf("lines %q", lines)
		}
		if rows := a.export(trail.Views, trail.CSV, 2026); !strings.Contains(rows, "'=1+1") || strings.Contains(rows, ",=1+1") {
			t.Errorf("a note is a formula: %s", rows)
		}
		if other := a.export(trail.Views, trail.JSON, 2025); other != "" {
			t.Errorf("another year has %s", other)
		}
	})
}

func TestVerify(t *testing.T) {
	each(t, func(t *testing.T, a *archive) {
		ctx := context.Background()
		a.deed("refuted")
		noted, err := a.Verify(ctx, store.Head{})
		is(t, err, "")
		a.deed("confirmed")
		head, err := a.Verify(ctx, noted)
		is(t, err, "")
		if head.Entry != noted.Entry+1 {
			t.Errorf("the trail ends at %+v after %+v", head, noted)
		}
		for _, wrong := range []store.Head{{Entry: noted.Entry, Hash: head.Hash}, {Entry: head.Entry + 1, Hash: head.Hash}} {
			_, err := a.Verify(ctx, wrong)
			var broken *store.BrokenTrail
			if !errors.As(err, &broken) || broken.Entry != wrong.Entry {
				t.Errorf("against %+v: %v", wrong, err)
			}
		}
	})
}
