package main

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestScreen(t *testing.T) {
	in := strings.Join([]string{
		`{"id":"a","text":"急寻！林小川，男，5岁，今天下午在青山公园走失，穿蓝色外套，家人万分着急，有线索请联系19900000001，求转发","time":"2026-03-01T10:00:00Z"}`,
		``,
		`{"id":7,"text":"今天天气真好"}`,
		`not json`,
		`{"id":"c"}`,
		`{"id":"d","text":"x","time":"yesterday"}`,
		"{\"id\":\"e\",\"text\":\"\xff\"}",
		`{"id":"f","text":"` + strings.Repeat("长", maxLine) + `"}`,
		`{"id":"g","text":"再见","time":"2026-03-01 18:00"}`,
	}, "\n")
	var out, errs strings.Builder
	err := screen(strings.NewReader(in), &out, &errs)
	if !errors.Is(err, errLines) {
		t.Errorf("screen = %v, want %v", err, errLines)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 3 {
		t.Fatalf("screen wrote %d lines, want 3:\n%s", len(lines), out.String())
	}
	var first struct {
		ID      string
		Spotted bool
		Score   float64
		Kind    string
		Claim   struct {
			Name   string
			Phones []string
		}
		Hits []struct {
			Rule, Text string
			Start, End int
		}
	}
	if err := json.Unmarshal([]byte(lines[0]), &first); err != nil {
		t.Fatal(err)
	}
	if first.ID != "a" || !first.Spotted || first.Kind != "plea" || first.Claim.Name != "林小川" || len(first.Claim.Phones) != 1 || len(first.Hits) == 0 {
		t.Errorf("first line = %s", lines[0])
	}
	if want := `{"id":7,"spotted":false,"score":`; !strings.HasPrefix(lines[1], want) || !strings.HasSuffix(lines[1], `"kind":"","claim":null,"hits":[]}`) {
		t.Errorf("second line = %s", lines[1])
	}
	for _, want := range []string{"line 4: ", `line 5: no "text"`, `line 6: "time" is no time: "yesterday"`, "line 7: invalid UTF-8", "line 8: longer than 1048576 bytes"} {
		if !strings.Contains(errs.String(), want) {
			t.Errorf("errors lack %q:\n%s", want, errs.String())
		}
	}
}

func TestScreenGoodInput(t *testing.T) {
	var out, errs strings.Builder
	if err := screen(strings.NewReader(`{"id":1,"text":""}`), &out, &errs); err != nil || errs.Len() > 0 {
		t.Errorf("screen = %v, %q, want neither", err, errs.String())
	}
	if want := `{"id":1,"spotted":false,"score":0,"kind":"","claim":null,"hits":[]}` + "\n"; out.String() != want {
		t.Errorf("screen wrote %q, want %q", out.String(), want)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error)  { return 0, errors.New("torn cable") }
func (broken) Write([]byte) (int, error) { return 0, errors.New("full disk") }

func TestScreenBroken(t *testing.T) {
	if err := screen(broken{}, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), "torn cable") {
		t.Errorf("screen of a broken reader = %v", err)
	}
	if err := screen(strings.NewReader(`{"text":"x"}`), broken{}, io.Discard); err == nil || !strings.Contains(err.Error(), "full disk") {
		t.Errorf("screen to a broken writer = %v", err)
	}
}
