package publishers_test

import (
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"guitu"
	"guitu/publishers"
)

func notice() guitu.Notice {
	return guitu.Notice{
		Code: "K7QW3M", Place: "山东省临沂市兰山区",
		Texts: map[string]guitu.Text{
			guitu.Chinese: {
				Headline:    "临沂市兰山区没有发生网传的拐走儿童一事，网传信息不实",
				Description: "第一段。\n第二段👩‍👩‍👧‍👦结束。",
				Instruction: "请不要转发。",
			},
			guitu.English: {Headline: "No such abduction in 临沂市兰山区: claim is false", Description: "One.\nTwo.", Instruction: "Stop."},
		},
	}
}

const link = "https://guitu.example/n/K7QW3M"

func TestPlain(t *testing.T) {
	corrected := notice()
	corrected.CorrectedBy = "C2RRCT"
	tests := []struct {
		name  string
		n     guitu.Notice
		lang  string
		limit int
		want  string
	}{
		{"whole", notice(), guitu.Chinese, 4096, "临沂市兰山区没有发生网传的拐走儿童一事，网传信息不实\n\n第一段。\n第二段👩‍👩‍👧‍👦结束。\n\n请不要转发。\n\n核验码：K7QW3M\n" + link},
		{"English", notice(), guitu.English, 4096, "No such abduction in 临沂市兰山区: claim is false\n\nOne.\nTwo.\n\nStop.\n\nCheck code: K7QW3M\n" + link},
		{"language that is not there", notice(), "fr", 4096, "临沂市兰山区没有发生网传的拐走儿童一事，网传信息不实\n\n第一段。\n第二段👩‍👩‍👧‍👦结束。\n\n请不要转发。\n\n核验码：K7QW3M\n" + link},
		{"corrected", corrected, guitu.Chinese, 4096, "【已更正】本通告已被第C2RRCT号通告更正，不再有效。\n临沂市兰山区没有发生网传的拐走儿童一事，网传信息不实\n\n第一段。\n第二段👩‍👩‍👧‍👦结束。\n\n请不要转发。\n\n核验码：K7QW3M\n" + link},
		{"before the emoji", notice(), guitu.Chinese, 97, "临沂市兰山区没有发生网传的拐走儿童一事，网传信息不实\n\n第一段。\n第二段…\n\n请不要转发。\n\n核验码：K7QW3M\n" + link},
		{"headline only", notice(), guitu.Chinese, 72, "临沂市兰山区没有发生网传的拐走儿童一事，网传信息不实\n\n核验码：K7QW3M\n" + link},
		{"headline cut", notice(), guitu.Chinese, 54, "临沂市兰山区没有发生…\n\n核验码：K7QW3M\n" + link},
		{"place late in the headline", notice(), guitu.English, 70, "临沂市兰山区: No such ab…\n\nCheck code: K7QW3M\n" + link},
		{"no room at all", notice(), guitu.Chinese, 10, "临沂市兰山区\n\n核验码：K7QW3M\n" + link},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := publishers.Plain(tt.n, tt.lang, link, publishers.Limits{Text: tt.limit})
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Plain(%d) (-want +got):\n%s", tt.limit, diff)
			}
		})
	}
}

// TestPlainEveryLimit checks at each limit what Plain promises for all.
func TestPlainEveryLimit(t *testing.T) {
	n := notice()
	n.Texts[guitu.Chinese] = guitu.Text{
		Headline: n.Texts[guitu.Chinese].Headline, Description: strings.Repeat("长👩‍👩‍👧‍👦𠮷\n", 20), Instruction: "请不要转发。",
	}
	before := 0
	for limit := 55; limit < 400; limit++ {
		got := publishers.Plain(n, guitu.Chinese, link, publishers.Limits{Text: limit})
		if c := len(utf16.Encode([]rune(got))); c > limit {
			t.Errorf("Plain(%d) has %d code units", limit, c)
		}
		if !utf8.ValidString(got) || strings.ContainsAny(strings.ReplaceAll(got, "👩‍👩‍👧‍👦", ""), "👩👧👦\u200d") {
			t.Errorf("Plain(%d) is cut through a character: %q", limit, got)
		}
		for _, s := range []string{"临沂市兰山区", link, "K7QW3M"} {
			if !strings.Contains(got, s) {
				t.Errorf("Plain(%d) lacks %q: %q", limit, s, got)
			}
		}
		if len(got) < before-len("👩‍👩‍👧‍👦")-len("请不要转发。\n\n") {
			t.Errorf("Plain(%d) has %d bytes, and %d with less room", limit, len(got), before)
		}
		before = len(got)
	}
}
