package guitu_test

import (
	"strings"
	"testing"

	"guitu"
)

func TestParseViewReason(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want guitu.ViewReason
		note string
	}{
		{"case", guitu.ViewCase, ""},
		{"督办指导：年度抽查", guitu.ViewSupervise, "年度抽查"},
		{"其他：a：b", guitu.ViewOther, "a：b"},
		{"看看", guitu.ViewOther, "看看"},
		{"看看：别的", guitu.ViewOther, "看看：别的"},
		{"tip：" + strings.Repeat("长", 300), guitu.ViewTip, strings.Repeat("长", guitu.MaxViewNote)},
	} {
		if got, note := guitu.ParseViewReason(tt.in); got != tt.want || note != tt.note {
			t.Errorf("%q is %q with the note %q, want %q and %q", tt.in, got, note, tt.want, tt.note)
		}
	}
}
