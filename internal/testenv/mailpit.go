package testenv

import (
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"
)

// StartMailpit starts a mail server that keeps what it gets, for one account, and takes mail for addresses that match a regular
// expression only. It returns the host:port for mail and the URL of its interface. TEST_MAILPIT names the program.
func StartMailpit(t testing.TB, user, password, takes string) (smtp, api string) {
	t.Helper()
	program := exists(t, mailpit, need(t, mailpit, "run `go install github.com/axllent/mailpit@v1.27.11` and set it to the program's path"))
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	accounts := filepath.Join(t.TempDir(), "accounts")
	if err := os.WriteFile(accounts, []byte(user+":"+string(hash)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var free [2]string
	for i := range free {
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		free[i] = l.Addr().String()
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(program, "--smtp", free[0], "--listen", free[1], "--smtp-auth-file", accounts, "--smtp-auth-allow-insecure", //nolint:noctx // it ends with the test, after the context
		"--smtp-allowed-recipients", takes, "--quiet", "--disable-version-check")
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatalf("start the server of %s: %v", mailpit, err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	})
	api = "http://" + free[1]
	for range 500 {
		resp, err := http.Get(api + "/readyz") //nolint:noctx // it answers or is not there yet
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return free[0], api
			}
		}
		time.Sleep(20 * time.Millisecond) // there is nothing else to wait for
	}
	t.Fatal("the mail server does not answer")
	return "", ""
}
