package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guitu/internal/testenv/golden"
)

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
			golden.Check(t, filepath.Join(testdata, tt.golden), out.String())
			for _, secret := range []string{"hush", "1:abc", "SUB=x", "a-secret-of"} {
				if strings.Contains(out.String(), secret) {
					t.Errorf("the plan shows %q", secret)
				}
			}
		})
	}
}

// Whoever reads the plan sees when nobody would hear in chat that a source stands still.
func TestPlanSaysWhoIsWarned(t *testing.T) {
	const source = "sources: [{kind: feed, name: a, url: \"http://rss.example/a\"}]\n"
	for _, tt := range []struct{ config, want string }{
		{"", "nobody is told in chat"},
		{"telegram: {token_file: token}\n", "the top desk has no chat"},
		{"telegram: {token_file: token}\ndesks: [{name: 部, telegram_chat: -7}, {name: 县, area: \"371302\", telegram_chat: -8}]\n", "or else chat -7\n"},
	} {
		workplace(t, map[string]string{"token": "1:abc", "guitu.yaml": source + tt.config})
		c, _, err := loadConfig("guitu.yaml", false)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := (plan{c}).print(&out, time.Now()); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), tt.want) {
			t.Errorf("%s: the plan does not say %q:\n%s", tt.config, tt.want, out.String())
		}
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
