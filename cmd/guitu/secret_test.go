package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

func TestSecretNeverPrints(t *testing.T) {
	const plain = "correct-horse"
	s := newSecret(plain)
	type holder struct {
		Open   Secret
		hidden Secret
		Point  *Secret
		List   []Secret
		Map    map[string]Secret
	}
	h := holder{s, s, &s, []Secret{s}, map[string]Secret{"k": s}}

	var printed []string
	for _, verb := range strings.Split("vsqxXdtbcoUefgGpTw", "") {
		for _, flag := range []string{"", "+", "#", "-20", "020", " "} {
			format := "%" + flag + verb
			printed = append(printed, fmt.Sprintf(format, s), fmt.Sprintf(format, &s), fmt.Sprintf(format, h), fmt.Sprintf(format, &h))
		}
	}
	printed = append(printed, fmt.Sprint(s, h), fmt.Errorf("call %v: %w", s, errors.New("no")).Error())
	for _, marshal := range []func(any) ([]byte, error){json.Marshal, yaml.Marshal} {
		for _, v := range []any{s, &s, h, &h} {
			b, err := marshal(v)
			if err != nil {
				t.Fatalf("marshal: %v", err)
			}
			printed = append(printed, string(b))
		}
	}
	var log bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(handler).Info("said", "secret", s, "pointer", &s, "holder", h, "text", s.String())
	}
	printed = append(printed, log.String())

	for _, p := range printed {
		for _, leak := range []string{plain, fmt.Sprintf("%x", plain), fmt.Sprintf("%X", plain), fmt.Sprintf("%d", []byte(plain))} {
			if strings.Contains(p, leak) {
				t.Errorf("printed %q, which holds %q", p, leak)
			}
		}
	}
	// The mask must show, or a reader takes a secret that is there for one that is missing.
	if b, err := json.Marshal(s); err != nil || string(b) != `"***"` {
		t.Errorf("as JSON: %s, %v", b, err)
	}
	if b, err := yaml.Marshal(s); err != nil || !strings.Contains(string(b), masked) {
		t.Errorf("as YAML: %s, %v", b, err)
	}
	if !strings.Contains(log.String(), "secret=***") || !strings.Contains(log.String(), `"secret":"***"`) {
		t.Errorf("logged %s", &log)
	}
	if got := fmt.Sprint(s); got != masked {
		t.Errorf("Sprint = %q, want %q", got, masked)
	}
	if s.Reveal() != plain {
		t.Errorf("Reveal = %q, want %q", s.Reveal(), plain)
	}
}

func TestSecretEmpty(t *testing.T) {
	var s Secret
	if got := fmt.Sprintf("%v|%s|%t|%q", s, s.Reveal(), s.IsZero(), newSecret("")); got != "||true|" {
		t.Errorf("an empty secret prints %q, want %q", got, "||true|")
	}
}

func TestSecretFromYAML(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"postgres://u:p@h/db", "postgres://u:p@h/db"},
		{"'quoted'", "quoted"},
		{"", ""},
	} {
		var got struct{ S Secret }
		if err := yaml.UnmarshalWithOptions([]byte("s: "+tt.in), &got, yaml.Strict()); err != nil || got.S.Reveal() != tt.want {
			t.Errorf("%q reads as %q, %v, want %q", tt.in, got.S.Reveal(), err, tt.want)
		}
	}
	var got struct{ S Secret }
	err := yaml.UnmarshalWithOptions([]byte("s: [hush]"), &got)
	var e yaml.Error
	if !errors.As(err, &e) || e.GetToken() == nil || strings.Contains(e.GetMessage(), "hush") {
		t.Errorf("a list reads as %v, want an error with a position and without the value", err)
	}
}
