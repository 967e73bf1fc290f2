package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
)

// inMemory is the name under which SQLite keeps a database in the process alone.
const inMemory = ":memory:"

// occupy keeps an SQLite file to this process until the lock is given up: two that serve one file would work every step twice,
// and each would take the other's for dead. The operating system holds the lock, so it ends with the process however that ends.
// It returns nil for databases that need no lock.
func occupy(database string) (*flock.Flock, error) {
	if isPostgres(database) || database == inMemory {
		return nil, nil
	}
	path, err := filepath.EvalSymlinks(database)
	if err != nil {
		path = realPath(database) // there is no such file yet
	}
	// Not the database itself: SQLite's own locks end when any handle on the file is closed.
	lock := flock.New(path+".lock", flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o600))
	held, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock database %s: %w", database, err)
	}
	if !held {
		return nil, &occupiedError{database: database, by: occupant(lock.Path())}
	}
	// What a process that was killed wrote is not true any more.
	if err := os.Truncate(lock.Path(), 0); err != nil {
		return nil, errors.Join(fmt.Errorf("lock database %s: %w", database, err), lock.Unlock())
	}
	return lock, nil
}

// sign writes down who holds the lock, for the process that is refused.
func sign(lock *flock.Flock, addr string) error {
	if lock == nil {
		return nil
	}
	if err := os.WriteFile(lock.Path(), fmt.Appendf(nil, "process %d, which listens on %s\n", os.Getpid(), addr), 0o600); err != nil {
		return fmt.Errorf("sign the database's lock: %w", err)
	}
	return nil
}

// occupant reads who holds a lock.
func occupant(path string) string {
	by, err := os.ReadFile(path)
	if line, _, whole := strings.Cut(string(by), "\n"); err == nil && whole {
		return line
	}
	return "another process" // which has not signed yet
}

// occupiedError says that another process serves the database.
type occupiedError struct{ database, by string }

// Error names the other process and the way out.
func (e *occupiedError) Error() string {
	return fmt.Sprintf("database %s is in use by %s; an SQLite file is for one process, several share a PostgreSQL database", e.database, e.by)
}
