// Package testenv finds what a test needs beside Go: a PostgreSQL server, a browser, an emulator, a validator, real data. A test whose
// need is not met is skipped with the words that say what to install; with GUITU_NO_SKIP=1 it fails instead, so that a
// continuous-integration run cannot be green by leaving things out.
package testenv

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// The environment variables that tests read.
const (
	postgresURL = "TEST_POSTGRES_URL"
	chromium    = "TEST_CHROMIUM"
	emulator    = "TEST_TELEGRAM_EMULATOR"
	pds         = "TEST_PDS"
	mosquitto   = "TEST_MOSQUITTO"
	dendrite    = "TEST_DENDRITE"
	mailpit     = "TEST_MAILPIT"
	data        = "GUITU_DATA"
	capSchema   = "TEST_CAP_SCHEMA"
	noSkip      = "GUITU_NO_SKIP"
)

// databases numbers the databases that this process makes.
var databases atomic.Int64

// Postgres returns the URL of an empty PostgreSQL database of the test's own, which is dropped when the test ends. The server
// is the one that TEST_POSTGRES_URL names, by a user who may create databases.
func Postgres(t testing.TB) string {
	t.Helper()
	server := need(t, postgresURL, "install PostgreSQL (Debian: postgresql), start it, and set it to the URL of a database whose user may create others")
	u, err := url.Parse(server)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		t.Fatalf("%s: not a postgres:// URL", postgresURL)
	}
	db, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatalf("open the server of %s: %v", postgresURL, err)
	}
	t.Cleanup(func() { db.Close() })
	name := fmt.Sprintf("guitu_test_%d_%d", os.Getpid(), databases.Add(1))
	statement(t, db, "CREATE DATABASE "+name)
	t.Cleanup(func() { statement(t, db, "DROP DATABASE "+name+" WITH (FORCE)") })
	u.Path = "/" + name
	return u.String()
}

// statement runs one statement outside the test's own context, which has ended when a database is dropped.
func statement(t testing.TB, db *sql.DB, text string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if _, err := db.ExecContext(ctx, text); err != nil {
		t.Errorf("%s: %v", text, err)
	}
}

// Chromium returns the path of the browser that TEST_CHROMIUM names.
func Chromium(t testing.TB) string {
	t.Helper()
	return exists(t, chromium, need(t, chromium, "install Chromium (Debian: chromium, fonts-noto-cjk) and set it to the program's path"))
}

// telegramModules returns the node_modules folder, named by TEST_TELEGRAM_EMULATOR, that holds the npm package
// telegram-test-api.
func telegramModules(t testing.TB) string {
	t.Helper()
	dir := need(t, emulator, "install Node.js, run `npm install telegram-test-api@4.2.1` in an empty folder and set it to that folder's node_modules")
	exists(t, emulator, filepath.Join(dir, "telegram-test-api"))
	return dir
}

// Data returns the folder of labelled real posts that GUITU_DATA names. The posts are other people's and cannot be installed,
// so a test that wants them is skipped without them even when nothing else may be.
func Data(t testing.TB) string {
	t.Helper()
	dir := os.Getenv(data)
	if dir == "" {
		t.Skipf("%s is not set: it names the folder of labelled real posts, which is not part of the project", data)
	}
	return exists(t, data, dir)
}

// CAPSchema returns the path of the XML schema of CAP 1.2 that TEST_CAP_SCHEMA names. OASIS keeps all rights to it, so that it is
// no part of the project, and a test that wants it is skipped without it even when nothing else may be.
func CAPSchema(t testing.TB) string {
	t.Helper()
	path := os.Getenv(capSchema)
	if path == "" {
		t.Skipf("%s is not set: it names CAP-v1.2.xsd of https://docs.oasis-open.org/emergency/cap/v1.2/, which is not part of the project", capSchema)
	}
	return exists(t, capSchema, path)
}

// Program returns the path of a program that a Debian package holds.
func Program(t testing.TB, name, debian string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv(noSkip) == "1" {
		t.Fatalf("%s is not installed and %s forbids skipping: install it (Debian: %s)", name, noSkip, debian)
	}
	t.Skipf("%s is not installed (Debian: %s)", name, debian)
	return ""
}

// Met ends a test when what it needs is not there: err says what, nil when it is there, and remedy what to do.
func Met(t testing.TB, err error, remedy string) {
	t.Helper()
	if err == nil {
		return
	}
	if os.Getenv(noSkip) == "1" {
		t.Fatalf("%v and %s forbids skipping: %s", err, noSkip, remedy)
	}
	t.Skipf("%v: %s", err, remedy)
}

// need returns the value of an environment variable, or ends the test with what to do.
func need(t testing.TB, variable, remedy string) string {
	t.Helper()
	value := os.Getenv(variable)
	if value != "" {
		return value
	}
	if os.Getenv(noSkip) == "1" {
		t.Fatalf("%s is not set and %s forbids skipping: %s", variable, noSkip, remedy)
	}
	t.Skipf("%s is not set: %s", variable, remedy)
	return ""
}

// exists ends the test when a path that a variable promised is not there: a wrong setting is an error, not a reason to skip.
func exists(t testing.TB, variable, path string) string {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%s: %v", variable, err)
	}
	return path
}
