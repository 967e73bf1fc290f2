package main

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"guitu"
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
	err := (screener{}).screen(strings.NewReader(in), &out, &errs)
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
		Ask     bool
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
	if first.ID != "a" || !first.Spotted || !first.Ask || first.Kind != "plea" || first.Claim.Name != "林小川" || len(first.Claim.Phones) != 1 || len(first.Hits) == 0 {
		t.Errorf("first line = %s", lines[0])
	}
	if want := `{"id":7,"spotted":false,"ask":false,"score":`; !strings.HasPrefix(lines[1], want) || !strings.HasSuffix(lines[1], `"kind":"","claim":null,"hits":[]}`) {
		t.Errorf("second line = %s", lines[1])
	}
	for _, want := range []string{"line 4: ", `line 5: no "text"`, `line 6: "time" is no time: "yesterday"`, "line 7: invalid UTF-8", "line 8: longer than 1048576 bytes"} {
		if !strings.Contains(errs.String(), want) {
			t.Errorf("errors lack %q:\n%s", want, errs.String())
		}
	}
}

// TestScreenClaim holds the shape of a claim: what the post does not say is null, and the main fields are always there.
func TestScreenClaim(t *testing.T) {
	var out, errs strings.Builder
	in := `{"id":{"n": 1},"text":"急寻孩子！5岁女孩今天上午在临沂市兰山区走失，求转发，电话19900000001"}` + "\n" + `{"text":"急寻孩子！孩子走失，求转发"}`
	if err := (screener{}).screen(strings.NewReader(in), &out, &errs); err != nil {
		t.Fatal(err, errs.String())
	}
	lines := strings.Split(out.String(), "\n")
	for i, want := range []string{
		`"name":null,"sex":"女","age":"5岁","missing_at":"今天上午","place":"临沂市兰山区","area":"371302","lat":35,"lng":118,"phones":["19900000001"],"reward":null,"clothing":null`,
		`"name":null,"sex":null,"age":null,"missing_at":null,"place":null,"area":null,"lat":null,"lng":null,"phones":[],"reward":null,"clothing":null`,
	} {
		var row struct{ Claim map[string]json.RawMessage }
		if err := json.Unmarshal([]byte(lines[i]), &row); err != nil {
			t.Fatalf("%v in %s", err, lines[i])
		}
		var got []string
		for _, key := range []string{"name", "sex", "age", "missing_at", "place", "area", "lat", "lng", "phones", "reward", "clothing"} {
			value := string(row.Claim[key])
			if degrees, _, ok := strings.Cut(value, "."); ok {
				value = degrees
			}
			got = append(got, `"`+key+`":`+value)
		}
		if got := strings.Join(got, ","); got != want {
			t.Errorf("claim of line %d:\n%s\nwant\n%s", i+1, got, want)
		}
		if _, ok := row.Claim["point"]; ok {
			t.Errorf("claim of line %d has its point twice: %s", i+1, lines[i])
		}
	}
}

// TestScreenNothing holds the short way of saying nothing to the long one.
func TestScreenNothing(t *testing.T) {
	for _, id := range []json.RawMessage{nil, []byte(`7`), []byte(`"a\u2028<b>"`), []byte(`null`), []byte(`-1.50e+3`), []byte(`{"a":[1,2]}`)} {
		want, err := appendScreened(nil, id, guitu.Finding{}, guitu.Claim{})
		if got := appendNothing(nil, id); err != nil || string(got) != string(want) {
			t.Errorf("appendNothing(%s) = %s, want %s (%v)", id, got, want, err)
		}
	}
}

func TestScreenGoodInput(t *testing.T) {
	var out, errs strings.Builder
	if err := (screener{}).screen(strings.NewReader(`{"id":1,"text":""}`), &out, &errs); err != nil || errs.Len() > 0 {
		t.Errorf("screen = %v, %q, want neither", err, errs.String())
	}
	if want := `{"id":1,"spotted":false,"ask":false,"score":0,"kind":"","claim":null,"hits":[]}` + "\n"; out.String() != want {
		t.Errorf("screen wrote %q, want %q", out.String(), want)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error)  { return 0, errors.New("torn cable") }
func (broken) Write([]byte) (int, error) { return 0, errors.New("full disk") }

func TestScreenBroken(t *testing.T) {
	if err := (screener{}).screen(broken{}, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), "torn cable") {
		t.Errorf("screen of a broken reader = %v", err)
	}
	if err := (screener{}).screen(strings.NewReader(`{"text":"x"}`), broken{}, io.Discard); err == nil || !strings.Contains(err.Error(), "full disk") {
		t.Errorf("screen to a broken writer = %v", err)
	}
}
