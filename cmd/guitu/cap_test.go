package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"
)

// TestCapKey checks that what the command makes is what the configuration takes, and that nothing is overwritten.
func TestCapKey(t *testing.T) {
	workplace(t, nil)
	c := capKeyCmd{Name: "guitu.example", KeyFile: "cap.key", CertificateFile: "cap.pem", Years: 5}
	var out bytes.Buffer
	if err := c.Run(&out); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile("cap.key")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("guitu.yaml", out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	config, warnings, err := loadConfig("guitu.yaml", false)
	if err != nil || config.CAP.signer == nil || time.Until(config.CAP.signer.Expires()) < 4*365*24*time.Hour {
		t.Fatalf("the configuration that it printed: %v, warnings %v", err, warnings)
	}
	if info, err := os.Stat("cap.key"); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key has the mode %v, %v; want 0600", info.Mode(), err)
	}
	if err := c.Run(&out); err == nil {
		t.Error("a key was overwritten")
	}
	if after, err := os.ReadFile("cap.key"); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the key has changed: %v", err)
	}
	for name, bad := range map[string]string{
		"a key without a certificate": "cap:\n  key_file: cap.key\n",
		"a certificate for a key":     "cap:\n  key_file: cap.pem\n  certificate_file: cap.pem\n",
		"a hub that is none":          "site:\n  hub: here\n",
	} {
		if err := os.WriteFile("guitu.yaml", []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := loadConfig("guitu.yaml", false); err == nil || strings.Contains(err.Error(), "PRIVATE") {
			t.Errorf("%s: %v, want an error that shows nothing of the key", name, err)
		}
	}
}
