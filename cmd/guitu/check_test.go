package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares what was printed with a file of testdata. The folder is the package's, which the test may have left.
func golden(t *testing.T, testdata, name, got string) {
	t.Helper()
	path := filepath.Join(testdata, name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestPlan(t *testing.T) {
	testdata, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 6, 23, 59, 0, 0, time.UTC) // Saturday morning in China
	for _, tt := range []struct{ golden, config, text string }{
		{"plan-default.txt", "", ""},
		{"plan-full.txt", "guitu.yaml", full},
		{"plan-some.txt", "guitu.yaml", `
telegram: {token_file: token}
desks: [{name: 值班台, telegram_chat: -5}, {name: 一县, area: "999999"}]
sources: [{kind: feed, name: a, url: "http://u:hush@rss.example/a?key=hush"}]
schedule: {notices: 0 9 29 2 *}
`},
	} {
		t.Run(tt.golden, func(t *testing.T) {
			workplace(t, fullFiles)
			if err := os.WriteFile("guitu.yaml", []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			c, _, err := loadConfig(tt.config, false)
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if err := (plan{c}).print(&out, now); err != nil {
				t.Fatal(err)
			}
			golden(t, testdata, tt.golden, out.String())
			for _, secret := range []string{"hush", "1:abc", "SUB=x", "a-secret-of"} {
				if strings.Contains(out.String(), secret) {
					t.Errorf("the plan shows %q", secret)
				}
			}
		})
	}
}

func TestPlanNamesTheEnvironment(t *testing.T) {
	workplace(t, nil)
	t.Setenv("GUITU_DATABASE", "postgres://guitu:hush@db/guitu?password=hush")
	t.Setenv("GUITU_TELEGRAM_TOKEN", "1:hush")
	c, _, err := loadConfig("", false)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := (plan{c}).print(&out, time.Now()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"PostgreSQL, postgres://guitu:xxxxx@db/guitu  (from GUITU_DATABASE)", "with token ***  (from GUITU_TELEGRAM_TOKEN)"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the plan lacks %q:\n%s", want, &out)
		}
	}
	if strings.Contains(out.String(), "hush") {
		t.Errorf("the plan shows a secret:\n%s", &out)
	}
}
