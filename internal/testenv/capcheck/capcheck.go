// Package capcheck judges CAP messages by programs that know nothing of guitu, for tests: xmllint by the schema, xmlsec1 by the
// signature.
package capcheck

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"guitu/internal/testenv"
)

// Valid fails the test unless the messages are valid by the schema of CAP 1.2.
func Valid(t testing.TB, messages ...[]byte) {
	t.Helper()
	lint := testenv.Program(t, "xmllint", "libxml2-utils")
	args := []string{"--noout", "--nonet", "--schema", testenv.CAPSchema(t)}
	for _, m := range messages {
		args = append(args, file(t, "message-*.xml", m))
	}
	if out, err := exec.CommandContext(t.Context(), lint, args...).CombinedOutput(); err != nil {
		t.Errorf("xmllint: %v\n%s", err, out)
	}
}

// WellFormed fails the test unless a document is well-formed XML.
func WellFormed(t testing.TB, document []byte) {
	t.Helper()
	lint := testenv.Program(t, "xmllint", "libxml2-utils")
	if out, err := exec.CommandContext(t.Context(), lint, "--noout", "--nonet", file(t, "document-*.xml", document)).CombinedOutput(); err != nil {
		t.Errorf("xmllint: %v\n%s", err, out)
	}
}

// Signed reports whether a message is signed by the key of a certificate (PEM), and what the program said.
func Signed(t testing.TB, message, certificate []byte) (ok bool, said string) {
	t.Helper()
	sec := testenv.Program(t, "xmlsec1", "xmlsec1")
	out, err := exec.CommandContext(t.Context(), sec, "--verify", "--enabled-key-data", "x509",
		"--trusted-pem", file(t, "certificate-*.pem", certificate), file(t, "message-*.xml", message)).CombinedOutput()
	return err == nil, string(out)
}

func file(t testing.TB, pattern string, content []byte) string {
	t.Helper()
	f, err := os.CreateTemp(t.TempDir(), pattern)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return filepath.Clean(f.Name())
}
