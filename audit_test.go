package guitu_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"
	"time"

	"guitu"
)

// The bytes that are hashed are for ever: an auditor's own program checks old trails by them.
func TestEntryCanonical(t *testing.T) {
	e := guitu.Entry{
		ID: 2, At: time.Date(2026, 3, 1, 12, 0, 0, 7e6, time.FixedZone("", 8*3600)), OfficerID: 5, Deed: guitu.DeedRumorRule, ThingID: 17,
		Detail: map[string]string{"ruling": "refuted", "desk": "3", "note": "<&>"},
	}
	const want = `{"at":"2026-03-01T04:00:00.007Z","deed":"rumor.rule","detail":{"desk":"3","note":"<&>","ruling":"refuted"},` +
		`"entry":2,"officer":5,"previous":"ab","thing":17}`
	if got := string(e.Canonical("ab")); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	const sum = "5c1e9d674b05d5dc2ad0d25cd63f7dfe32632bc0b6af9f1fd1f1d56611fdcf30"
	if got := e.Digest("ab"); got != sum {
		t.Errorf("digest %s, want %s", got, sum)
	}
	if e.Digest("ab") == e.Digest("ac") {
		t.Error("the hash before does not count")
	}
	if got := string(guitu.Entry{Deed: "a.b"}.Canonical("")); got != `{"at":"0001-01-01T00:00:00.000Z","deed":"a.b","detail":{},"entry":0,"officer":0,"previous":"","thing":0}` {
		t.Errorf("an empty entry is %s", got)
	}
	if got := guitu.DeedAlertIssue.Thing(); got != "alert" {
		t.Errorf("an alert is issued, not a %q", got)
	}
}

// Each deed has words of its own, and the kind of its thing before the dot.
func TestDeedWords(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "audit.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	said, n := map[string]guitu.Deed{}, 0
	ast.Inspect(f, func(node ast.Node) bool {
		v, ok := node.(*ast.ValueSpec)
		if !ok || len(v.Values) != 1 || !strings.HasPrefix(v.Names[0].Name, "Deed") {
			return true
		}
		n++
		lit, ok := v.Values[0].(*ast.BasicLit)
		if !ok {
			t.Fatalf("%s is no literal", v.Names[0].Name)
		}
		d := guitu.Deed(strings.Trim(lit.Value, `"`))
		if w := d.Words(); w == string(d) || said[w] != "" {
			t.Errorf("%s is called %q, like %q", d, w, said[w])
		} else {
			said[w] = d
		}
		if d.Thing() == string(d) {
			t.Errorf("%s names no thing", d)
		}
		return true
	})
	if n < 50 {
		t.Errorf("only %d deeds were looked at", n)
	}
}
