package testenv

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// StartMosquitto starts an MQTT broker for one account and returns its host:port. TEST_MOSQUITTO names the program. It ends with
// the test.
func StartMosquitto(t testing.TB, user, password string) string {
	t.Helper()
	program := exists(t, mosquitto, need(t, mosquitto, "install Mosquitto (Debian: mosquitto) and set it to the program's path"))
	dir := t.TempDir()
	accounts := filepath.Join(dir, "accounts")
	passwd := exec.CommandContext(t.Context(), "mosquitto_passwd", "-c", "-b", accounts, user, password)
	if out, err := passwd.CombinedOutput(); err != nil {
		t.Fatalf("mosquitto_passwd: %v: %s", err, out)
	}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().(*net.TCPAddr)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	// It gives up being root only where it is.
	conf := fmt.Sprintf("listener %d 127.0.0.1\nallow_anonymous false\npassword_file %s\nuser root\nlog_dest stderr\nlog_type error\n", address.Port, accounts)
	file := filepath.Join(dir, "mosquitto.conf")
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-c", file) //nolint:noctx // it ends with the test, after the context
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatalf("start the broker of %s: %v", mosquitto, err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	})
	for range 500 {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address.String())
		if err == nil {
			conn.Close()
			return address.String()
		}
		time.Sleep(10 * time.Millisecond) // there is nothing else to wait for
	}
	t.Fatal("the broker does not listen")
	return ""
}
