package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// served is a bot that runs as a process of its own.
type served struct{ cmd *exec.Cmd }

// serveUntilGreeting starts the program and waits until it says that it runs.
func serveUntilGreeting(t *testing.T, program, config string) served {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, "serve", "--config", config)
	var log bytes.Buffer
	cmd.Stderr = &log
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if !strings.Contains(line, "guitu is running") {
		cmd.Wait()
		t.Fatalf("start said %q, %v\n%s", line, err, log.String())
	}
	return served{cmd}
}

// end sends a signal and returns once the process has ended.
func (s served) end(t *testing.T, how os.Signal) error {
	t.Helper()
	if err := s.cmd.Process.Signal(how); err != nil {
		t.Fatal(err)
	}
	return s.cmd.Wait()
}

// TestOneProcessOnSQLite: a second process on the same file is refused and told of the first, until that has ended, even by
// kill -9. Other commands use the file meanwhile.
func TestOneProcessOnSQLite(t *testing.T) {
	program, dir := buildProgram(t), t.TempDir()
	address := map[string]string{}
	config := func(name, database string) string {
		address[name] = fmt.Sprintf("127.0.0.1:%d", freePort(t))
		path := filepath.Join(dir, name+".yaml")
		text := fmt.Sprintf("database: %q\nlisten: %s\n", database, address[name])
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	database, alias := filepath.Join(dir, "guitu.db"), filepath.Join(dir, "alias.db")
	first, second := config("first", database), config("second", alias)

	running := serveUntilGreeting(t, program, first)
	if err := os.Symlink(database, alias); err != nil {
		t.Fatal(err)
	}
	refused := func() string {
		t.Helper()
		out, err := exec.CommandContext(t.Context(), program, "serve", "--config", second).CombinedOutput()
		if err == nil {
			t.Fatalf("a second process served the same file: %s", out)
		}
		return string(out)
	}
	want := fmt.Sprintf("guitu: database %s is in use by process %d, which listens on %s;", alias, running.cmd.Process.Pid, address["first"])
	if got := refused(); !strings.HasPrefix(got, want) {
		t.Errorf("the second process said %q, want %q", got, want)
	}
	out, err := exec.CommandContext(t.Context(), program, "signin", "--config", second, "--officer", "管理员").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "/console/enter?code=") {
		t.Errorf("signin beside the running bot: %v, %s", err, out)
	}

	if running.end(t, os.Kill) == nil {
		t.Error("the first process ended well though it was killed")
	}
	running = serveUntilGreeting(t, program, second)
	want = fmt.Sprintf("in use by process %d, which listens on %s;", running.cmd.Process.Pid, address["second"])
	if got := refused(); !strings.Contains(got, want) {
		t.Errorf("after the kill the other process said %q, want %q", got, want)
	}
	if err := running.end(t, os.Interrupt); err != nil {
		t.Errorf("the second process ended with %v", err)
	}
	if err := serveUntilGreeting(t, program, first).end(t, os.Interrupt); err != nil {
		t.Errorf("after a clean end: %v", err)
	}
}

// TestOccupyNeedsNoLock: other databases guard themselves.
func TestOccupyNeedsNoLock(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, database := range []string{"postgres://guitu@db.example/guitu", ":memory:"} {
		for range 2 {
			if lock, err := occupy(database); lock != nil || err != nil {
				t.Errorf("occupy %s: %v, %v; want neither a lock nor an error", database, lock, err)
			}
		}
	}
	if files, err := os.ReadDir("."); len(files) != 0 || err != nil {
		t.Errorf("left %v, %v", files, err)
	}
}
