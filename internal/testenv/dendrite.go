package testenv

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the server's own way to register
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Matrix is a running Matrix server with one account and one room.
type Matrix struct {
	URL   string
	Token string // of the account
	Room  string // id

	t testing.TB
}

// StartMatrix starts a Dendrite server. TEST_DENDRITE names the folder of its programs dendrite, generate-keys and generate-config.
// It talks to no other server, and ends with the test.
func StartMatrix(t testing.TB) *Matrix {
	t.Helper()
	programs := need(t, dendrite, "build github.com/matrix-org/dendrite/cmd/{dendrite,generate-keys,generate-config}@v0.13.8 and set it to their folder")
	exists(t, dendrite, filepath.Join(programs, "dendrite"))
	dir := t.TempDir()
	run := func(name string, args ...string) []byte {
		cmd := exec.CommandContext(t.Context(), filepath.Join(programs, name), args...)
		cmd.Dir = dir
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s of %s: %v", name, dendrite, err)
		}
		return out
	}
	run("generate-keys", "--private-key", "matrix_key.pem")
	config := string(run("generate-config", "-dir", dir, "-server", "localhost"))
	const secret = "registration-secret"
	for from, to := range map[string]string{
		"disable_federation: false":      "disable_federation: true",
		`registration_shared_secret: ""`: `registration_shared_secret: "` + secret + `"`,
		"in_memory: false":               "in_memory: true",
		"enabled: true\n    threshold":   "enabled: false\n    threshold", // how fast calls may come
		"  - server_name: matrix.org\n":  "  - server_name: localhost\n",
		"private_key: matrix_key.pem":    "private_key: " + filepath.Join(dir, "matrix_key.pem"),
	} {
		config = strings.Replace(config, from, to, 1)
	}
	file := filepath.Join(dir, "dendrite.yaml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, filepath.Join(programs, "dendrite"), "-config", file, "-http-bind-address", address)
	cmd.Dir = dir
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		cancel()
		t.Fatalf("start the server of %s: %v", dendrite, err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait() // it was killed
		if t.Failed() {
			t.Logf("the Matrix server said:\n%.4000s", log.String())
		}
	})
	m := &Matrix{URL: "http://" + address, t: t}
	for range 1000 {
		resp, err := http.Get(m.URL + "/_matrix/client/versions") //nolint:noctx // it answers or is not there yet
		if err == nil {
			resp.Body.Close()
			break
		}
		time.Sleep(20 * time.Millisecond) // there is nothing else to wait for
	}
	var nonce struct {
		Nonce string `json:"nonce"`
	}
	m.Call(http.MethodGet, "/_synapse/admin/v1/register", nil, &nonce)
	mac := hmac.New(sha1.New, []byte(secret))
	fmt.Fprintf(mac, "%s\x00guitu\x00passw0rd!\x00notadmin", nonce.Nonce)
	var account struct {
		Token string `json:"access_token"`
	}
	m.Call(http.MethodPost, "/_synapse/admin/v1/register", map[string]any{
		"nonce": nonce.Nonce, "username": "guitu", "password": "passw0rd!", "admin": false, "mac": hex.EncodeToString(mac.Sum(nil)),
	}, &account)
	m.Token = account.Token
	var room struct {
		ID string `json:"room_id"`
	}
	m.Call(http.MethodPost, "/_matrix/client/v3/createRoom", map[string]string{"preset": "public_chat", "name": "寻人"}, &room)
	m.Room = room.ID
	return m
}

// Call makes a call as the account and reads its answer.
func (m *Matrix) Call(method, path string, body, answer any) {
	m.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		m.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(m.t.Context(), method, m.URL+path, bytes.NewReader(b))
	if err != nil {
		m.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+m.Token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		m.t.Fatal(err)
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		m.t.Fatalf("%s %s: %s %s, %v", method, path, resp.Status, said, err)
	}
	if err := json.Unmarshal(said, answer); err != nil {
		m.t.Fatalf("%s %s: %v", method, path, err)
	}
}
