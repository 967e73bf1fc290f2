package rumors_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"guitu"
	"guitu/internal/store"
	"guitu/internal/testenv"
	"guitu/verify/rumors"
	"guitu/verify/spot"
)

// first fills a database as the first version left it: its schema, its clusters, and no engine in the settings.
func first(t *testing.T, address string, statements string) {
	t.Helper()
	ctx := context.Background()
	dialect, folder := goose.DialectSQLite3, "sqlite"
	var db *sql.DB
	if store.IsPostgres(address) {
		dialect, folder = goose.DialectPostgres, "postgres"
		c, err := pgx.ParseConfig(address)
		if err != nil {
			t.Fatal(err)
		}
		db = stdlib.OpenDB(*c)
		for _, table := range []string{"rumors", "desks", "officers"} { // numbers that are given do not move the sequences on
			statements += ";\nSELECT setval(pg_get_serial_sequence('" + table + "', 'id'), 200)"
		}
	} else {
		var err error
		if db, err = sql.Open("sqlite", address); err != nil {
			t.Fatal(err)
		}
	}
	defer db.Close()
	p, err := goose.NewProvider(dialect, db, os.DirFS("../../internal/store/migrations/"+folder), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(ctx, 1); err != nil {
		t.Fatal(err)
	}
	for s := range strings.SplitSeq(statements, ";\n") {
		if _, err := db.ExecContext(ctx, s); err != nil {
			t.Fatalf("%v: %s", err, s)
		}
	}
}

// The stories of the first version's database.
const (
	mixed   = 101 + iota // open, at the county: two children
	scrap                // open, at the top: more posts of the first child
	settled              // ruled
	copied               // open: a copy of the ruled one
	odd                  // open: two children, and an officer put them together
	lone                 // open: one post, as it should be
)

// settledChild was ruled on, oddChild was merged by hand with loneChild's kind.
const (
	settledChild = "寻人：孙小北，男，11岁，周五放学后在成都市武侯区走失，穿灰色运动服，请知情者拨打19900003333，恳请转发"
	oddChild     = "急寻孩子！钱多多，女，8岁，上午在武汉市洪山区走失，戴粉色帽子，联系电话19900006666，求转发"
	oddOther     = "寻人启事：吴天天，男，4岁，傍晚在西安市雁塔区走失，抱着玩具熊，联系电话19900008888，求扩散"
)

// filled is a house over a database of the first version.
func filled(t *testing.T, address string) *house {
	t.Helper()
	var b strings.Builder
	b.WriteString("INSERT INTO settings (name, value) VALUES ('status', 'Actual');\n")
	quote := func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
	story := func(id int, state string) {
		fmt.Fprintf(&b, `INSERT INTO rumors (id, status, state, topic, area, claim, hits, score, posts, reach, first_seen, last_seen)
			VALUES (%d, 'Actual', '%s', 'plea', '', '{"name":"旧"}', '[]', 0.9, 0, 0, 1767225600000, 1767225600000);`+"\n", id, state)
		fmt.Fprintf(&b, `INSERT INTO events (at, rumor_id, kind, detail) VALUES (1767225600000, %d, 'taken', 'weibo');`+"\n", id)
	}
	n := 0
	post := func(rumor int, text string) {
		n++
		fmt.Fprintf(&b, `INSERT INTO posts (source, external_id, rumor_id, url, author, text, posted_at, seen_at, reposts, images, exemplar)
			VALUES ('old', '%d', %d, '', '', %s, 1767225600000, 1767225600000, 0, 'null', TRUE);`+"\n", n, rumor, quote(text))
		fmt.Fprintf(&b, "UPDATE rumors SET posts = posts + 1, reach = reach + 1 WHERE id = %d;\n", rumor)
	}
	for id, state := range map[int]string{mixed: "open", scrap: "open", settled: "ruled", copied: "open", odd: "open", lone: "open"} {
		story(id, state)
	}
	post(mixed, child)
	post(mixed, otherChild)
	post(scrap, childMoved)
	post(settled, settledChild)
	post(mixed, otherChild+"！")
	post(copied, "转："+settledChild)
	post(odd, oddChild)
	post(odd, oddOther)
	post(lone, nowhere)
	post(scrap, child+"！")
	post(mixed, debunkOfChild)
	post(copied, "【辟谣】网传“孙小北，男，11岁，在成都市武侯区走失”系不实信息，请勿传播。")
	fmt.Fprintf(&b, "INSERT INTO desks (id, name, area, telegram_chat, active) VALUES (1, '部值班台', '', 'top', TRUE);\n")
	fmt.Fprintf(&b, "INSERT INTO officers (id, name, role, desk_id) VALUES (1, '甲', 'officer', 1);\n")
	for i, id := range []int{mixed, scrap, copied, odd, lone} {
		fmt.Fprintf(&b, "INSERT INTO assignments (rumor_id, desk_id, reason, at, due) VALUES (%d, 1, 'route', 1767225600000, 0);\n", id)
		fmt.Fprintf(&b, "INSERT INTO cards (rumor_id, chat, message, shown) VALUES (%d, 'top', '%d', 1);\n", id, i+1)
	}
	fmt.Fprintf(&b, `INSERT INTO verdicts (rumor_id, ruling, ending, basis, officer_id, desk_id, at, current, key)
		VALUES (%d, 'refuted', '', '查过', 1, 1, 1767225600000, TRUE, 'k')`, settled)
	first(t, address, b.String())

	c := &clock{t: atNoon}
	h := &house{t: t, db: open(t, address, c), clock: c, desks: map[string]guitu.Desk{}, officers: map[string]int64{}}
	h.Rumors = rumors.New(h.db, options())
	h.update(func(ctx context.Context, tx *store.Tx) error {
		// What officers did since is told by the history.
		if err := tx.Log(ctx, odd, 1, guitu.EventMerged, "收入传言 #99"); err != nil {
			return err
		}
		return tx.SetSources(ctx, []store.SourceSetup{{Name: source, Kind: "weibo"}})
	})
	return h
}

func TestRegroup(t *testing.T) {
	run := func(t *testing.T, address string) {
		ctx := context.Background()
		h := filled(t, address)
		for range 2 { // a second start enqueues nothing twice
			is(t, h.Renew(ctx), "")
		}
		if n := h.steps("regroup"); n != 1 {
			t.Fatalf("%d regroup steps, want 1", n)
		}
		if q := h.question(mixed); q.Rumor.State != guitu.RumorOpen || q.Rumor.Posts != 4 || q.Assignment == nil {
			t.Fatalf("after the migration: %+v", q)
		}
		// An officer was asked about the second child, so that it is asked about though its posts alone would not be enough.
		unsure := func(post string) guitu.Finding {
			f := spot.Spot(post)
			f.Spotted = f.Spotted && !strings.HasPrefix(post, otherChild)
			return f
		}
		h.SpotWith(unsure)
		// Every bit is done by a process that dies after it: what it kept in mind is lost, what it committed is not.
		calls, done := 0, false
		for ; !done && calls < 500; calls++ {
			var err error
			if done, err = h.Regroup(ctx); err != nil {
				t.Fatal(err)
			}
			if calls%5 == 4 && calls < 100 {
				h.Rumors = rumors.New(h.db, options())
				h.SpotWith(unsure)
			}
		}
		if !done || calls < 10 {
			t.Fatalf("done %v after %d calls", done, calls)
		}
		check := func() {
			t.Helper()
			all := h.stories()
			if len(all) != 7 {
				t.Fatalf("%d stories, want one more: %+v", len(all), all)
			}
			born := all[6]
			for _, want := range []struct {
				id    int64
				state guitu.RumorState
				posts int
				name  string
				into  int64
			}{
				{mixed, guitu.RumorOpen, 3, "张小桐", 0},
				{scrap, guitu.RumorMerged, 0, "", mixed},
				{settled, guitu.RumorRuled, 2, "旧", 0},
				{copied, guitu.RumorMerged, 0, "", settled},
				{odd, guitu.RumorOpen, 2, "旧", 0},
				{lone, guitu.RumorOpen, 1, "王豆豆", 0},
				{born.ID, guitu.RumorOpen, 2, "李大宝", 0},
			} {
				r := h.question(want.id).Rumor
				if r.State != want.state || r.Posts != want.posts || want.name != "" && r.Claim.Name != want.name || r.MergedInto != want.into {
					t.Errorf("story %d: %s, %d posts, of %q, into %d; want %+v", want.id, r.State, r.Posts, r.Claim.Name, r.MergedInto, want)
				}
			}
			for _, id := range []int64{mixed, settled} {
				if e := h.question(id).Evidence; e.Debunks != 1 {
					t.Errorf("evidence on story %d: %+v, want the debunk that was counted as a copy", id, e)
				}
			}
			for _, id := range []int64{scrap, copied} {
				if a := h.question(id).Assignment; a.Ended.IsZero() {
					t.Errorf("story %d is merged and waits still", id)
				}
			}
			if a := h.question(mixed).Assignment; a == nil || !a.Ended.IsZero() {
				t.Errorf("the story that stayed waits at %+v", a)
			}
			// One route for the new story and those whose place is known now; no verdict, no notice, no second card.
			if n := h.steps("deliver") + h.steps("ask"); n != 0 {
				t.Errorf("%d deliveries and cards", n)
			}
			if got := h.happened(born.ID, guitu.EventRaised); len(got) != 1 {
				t.Errorf("the new story was raised %q, want once", got)
			}
			if got := h.happened(scrap, guitu.EventRegrouped); len(got) != 1 {
				t.Errorf("history of the merged story: %q, want once where it went", got)
			}
		}
		check()
		routes, shows := h.steps("route"), h.steps("show")
		// It is done, for this process and the next.
		h.Rumors = rumors.New(h.db, options())
		is(t, h.Renew(ctx), "")
		for done = false; !done; {
			var err error
			if done, err = h.Regroup(ctx); err != nil { // a step that was enqueued before
				t.Fatal(err)
			}
		}
		check()
		if h.steps("regroup") != 1 || h.steps("route") != routes || h.steps("show") != shows {
			t.Errorf("%d regroups, %d routes, %d shows; want 1, %d, %d", h.steps("regroup"), h.steps("route"), h.steps("show"), routes, shows)
		}
		// Later posts go where the posts like them are.
		h.take(h.batch(child, otherChild, settledChild))
		for id, want := range map[int64]int{mixed: 4, h.stories()[6].ID: 3, settled: 3} {
			if r := h.question(id).Rumor; r.Posts != want {
				t.Errorf("story %d has %d posts, want %d", id, r.Posts, want)
			}
		}
		if len(h.stories()) != 7 {
			t.Errorf("%d stories, want no further one", len(h.stories()))
		}
	}
	t.Run("SQLite", func(t *testing.T) { t.Parallel(); run(t, filepath.Join(t.TempDir(), "test.db")) })
	t.Run("PostgreSQL", func(t *testing.T) { t.Parallel(); run(t, testenv.Postgres(t)) })
}

func TestRenewNewDatabase(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		is(t, h.Renew(ctx), "")
		h.take(h.batch(child))
		is(t, h.Renew(ctx), "")
		// A later version's stories are not taken back.
		h.update(func(ctx context.Context, tx *store.Tx) error { return tx.SetSetting(ctx, "engine", "1000") })
		is(t, h.Renew(ctx), "")
		if n := h.steps("regroup"); n != 0 {
			t.Errorf("%d regroup steps in a database that this engine filled", n)
		}
	})
}
