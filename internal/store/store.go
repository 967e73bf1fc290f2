package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	_ "modernc.org/sqlite" // the embedded database

	"guitu"
)

// Options of a DB. The zero value works.
type Options struct {
	Now    func() time.Time // default time.Now
	Log    *slog.Logger     // default discards
	Status guitu.Status     // default guitu.Actual; a database serves one status for ever
}

// DB is the database. It is safe for concurrent use.
type DB struct {
	write, read *sql.DB // the same pool on PostgreSQL
	listen      *pgxpool.Pool
	postgres    bool
	driver      riverdriver.Driver[*sql.Tx]
	river       *river.Client[*sql.Tx] // inserts only
	now         func() time.Time
	status      guitu.Status
}

// Open opens the database at a file path or a postgres:// URL, and brings its tables up to date. A database that was begun with
// another status is refused: an exercise never shares one with the real thing.
func Open(ctx context.Context, address string, o Options) (*DB, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Status == "" {
		o.Status = guitu.Actual
	}
	db := &DB{now: o.Now, status: o.Status}
	if err := db.open(ctx, address); err != nil {
		return nil, err
	}
	err := db.prepare(ctx, o)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// IsPostgres reports whether address is a PostgreSQL URL and not a file path.
func IsPostgres(address string) bool {
	return strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://")
}

func (db *DB) open(ctx context.Context, address string) error {
	if !IsPostgres(address) {
		return db.openSQLite(ctx, address)
	}
	// Errors of the URL parser quote the URL, and with it the password.
	cfg, err := pgxpool.ParseConfig(address)
	if err != nil {
		return errors.New("database: not a valid postgres:// URL")
	}
	cfg.MaxConns = 1
	if db.listen, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	db.postgres = true
	db.write = stdlib.OpenDB(*cfg.ConnConfig)
	db.write.SetMaxOpenConns(16)
	db.write.SetMaxIdleConns(8)
	db.read = db.write
	db.driver = riverdatabasesql.NewWithPgxListener(db.write, db.listen)
	if err := db.write.PingContext(ctx); err != nil {
		return errors.Join(fmt.Errorf("open database: %w", err), db.Close())
	}
	return nil
}

// pragmas are set on each SQLite connection. A commit is on the disk when it returns (synchronous FULL), and every transaction
// that writes takes the write lock at its start (txlock, below): upgrading a read lock fails under load, busy_timeout or not.
const pragmas = "_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)" +
	"&_pragma=cache_size(-8000)"

func (db *DB) openSQLite(ctx context.Context, path string) error {
	name := "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + pragmas
	var err error
	if db.write, err = sql.Open("sqlite", name+"&_txlock=immediate"); err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	db.write.SetMaxOpenConns(1)
	if db.read, err = sql.Open("sqlite", name+"&_pragma=query_only(1)"); err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	db.read.SetMaxOpenConns(4)
	db.driver = riversqlite.New(db.write)
	if err := db.write.PingContext(ctx); err != nil {
		return errors.Join(fmt.Errorf("open database %s: %w", path, err), db.Close())
	}
	return nil
}

// prepare migrates, checks the status and makes the client that inserts jobs.
func (db *DB) prepare(ctx context.Context, o Options) error {
	if err := db.migrate(ctx, o.Log); err != nil {
		return err
	}
	var err error
	// River's own log lines are about its workers; a client that only inserts has none worth keeping.
	db.river, err = river.NewClient(db.driver, &river.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return fmt.Errorf("prepare jobs: %w", err)
	}
	return db.Update(ctx, func(tx *Tx) error {
		_, err := tx.exec(ctx, `INSERT INTO settings (name, value) VALUES ('status', $1) ON CONFLICT (name) DO NOTHING`, o.Status)
		if err != nil {
			return err
		}
		var have guitu.Status
		if err := tx.row(ctx, `SELECT value FROM settings WHERE name = 'status'`).Scan(&have); err != nil {
			return err
		}
		if have != o.Status {
			return fmt.Errorf("this database holds %s data and can't be used for %s", have, o.Status)
		}
		return nil
	})
}

// Driver is the database as River needs it.
func (db *DB) Driver() riverdriver.Driver[*sql.Tx] { return db.driver }

// IsPostgres reports whether the database is PostgreSQL, and so can be shared by several processes.
func (db *DB) IsPostgres() bool { return db.postgres }

// Status is what everything in the database is: actual or exercise.
func (db *DB) Status() guitu.Status { return db.status }

// Now is the database's clock.
func (db *DB) Now() time.Time { return db.now().UTC() }

// Close closes all connections.
func (db *DB) Close() error {
	var errs []error
	if db.read != nil && db.read != db.write {
		errs = append(errs, db.read.Close())
	}
	if db.write != nil {
		errs = append(errs, db.write.Close())
	}
	if db.listen != nil {
		db.listen.Close()
	}
	return errors.Join(errs...)
}

// Ping reports whether the database answers.
func (db *DB) Ping(ctx context.Context) error {
	var one int
	return db.read.QueryRowContext(ctx, `SELECT 1`).Scan(&one)
}

// Tx is a transaction. Use it in one goroutine and not after its function returned.
type Tx struct {
	Now   time.Time // one clock for all that the transaction does; UTC, milliseconds
	tx    *sql.Tx
	db    *DB
	trail []guitu.Entry // written before the commit
}

// Update runs fn in a transaction that may write, and commits it if fn returns nil.
func (db *DB) Update(ctx context.Context, fn func(*Tx) error) error {
	return db.run(ctx, db.write, nil, fn)
}

// View runs fn in a transaction that only reads and sees one state of the database.
func (db *DB) View(ctx context.Context, fn func(*Tx) error) error {
	return db.run(ctx, db.read, &sql.TxOptions{ReadOnly: true, Isolation: db.snapshot()}, fn)
}

// snapshot is the isolation in which a reader sees one state. SQLite's readers always do, and its driver knows no levels.
func (db *DB) snapshot() sql.IsolationLevel {
	if db.postgres {
		return sql.LevelRepeatableRead
	}
	return sql.LevelDefault
}

func (db *DB) run(ctx context.Context, pool *sql.DB, o *sql.TxOptions, fn func(*Tx) error) error {
	t, err := pool.BeginTx(ctx, o)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer t.Rollback() //nolint:errcheck // after Commit it does nothing, and before it the first error counts
	tx := &Tx{Now: db.Now().Truncate(time.Millisecond), tx: t, db: db}
	if err := fn(tx); err != nil {
		return err
	}
	if err := tx.writeTrail(ctx); err != nil {
		return err
	}
	if err := t.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

func (t *Tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	r, err := t.tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

func (t *Tx) row(ctx context.Context, query string, args ...any) *sql.Row {
	return t.tx.QueryRowContext(ctx, query, args...)
}

// scanner is a *sql.Row or the current row of *sql.Rows.
type scanner interface{ Scan(dest ...any) error }

// collect reads all rows of a query.
func collect[T any](ctx context.Context, t *Tx, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := t.tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// found turns "no rows" into NotFound with a message for people.
func found(err error, message string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return guitu.Errorf(guitu.NotFound, "%s", message)
	}
	return err
}

// Lock makes transactions that take the same lock wait for each other until they end.
func (t *Tx) Lock(ctx context.Context, name string) error {
	if !t.db.postgres {
		return nil // SQLite's writers always wait for each other
	}
	_, err := t.exec(ctx, `SELECT pg_advisory_xact_lock(hashtext($1))`, name)
	return err
}

// ms is how a time is stored: milliseconds since 1970 UTC, 0 for the zero time.
func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// at is ms backwards.
func at(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// id is how a reference that may be absent is stored.
func id(n int64) sql.NullInt64 { return sql.NullInt64{Int64: n, Valid: n != 0} }

// orZero scans a reference that may be absent.
type orZero struct{ to *int64 }

func (z orZero) Scan(v any) error {
	var n sql.NullInt64
	err := n.Scan(v)
	*z.to = n.Int64
	return err
}

// asJSON stores a value in a text column. The types stored so always marshal.
func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// fromJSON scans what asJSON stored.
type fromJSON struct{ to any }

func (j fromJSON) Scan(v any) error {
	switch v := v.(type) {
	case string:
		return json.Unmarshal([]byte(v), j.to)
	case []byte:
		return json.Unmarshal(v, j.to)
	}
	return fmt.Errorf("scan JSON from %T", v)
}

// timestamp scans a stored time.
type timestamp struct{ to *time.Time }

func (s timestamp) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("scan time from %T", v)
	}
	*s.to = at(n)
	return nil
}

// NewID makes a random identifier of 128 bits.
func NewID() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails: it ends the program instead
	return hex.EncodeToString(b)
}
