package text_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"guitu/verify/text"
)

func TestNormalise(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"traditional", "幫忙尋找孩子", "帮忙寻找孩子"},
		{"full width", "电话：１９９Ａ（急）", "电话:199a(急)"},
		{"entities", "急&nbsp;&nbsp;寻&amp;找&#65;&bogus &;", "急 寻&找a&bogus &;"},
		{"zero width", "走\u200b丢\ufeff了", "走丢了"},
		{"circled", "①③⑨", "139"},
		{"keycap", "1️⃣9️⃣", "19"},
		{"white space", "a \t\n\u3000b", "a b"},
		{"control", "a\x00b", "ab"},
		{"invalid", "a\xffb", "a\ufffdb"},
		{"empty", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := text.Normalise(tt.in).String; got != tt.want {
				t.Errorf("Normalise(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestSpan(t *testing.T) {
	const in = "請&nbsp;尋①人！"
	n := text.Normalise(in)
	for _, tt := range []struct{ find, want string }{
		{"请", "請"},
		{"寻1", "尋①"},
		{" ", "&nbsp;"},
		{n.String, in},
	} {
		i := strings.Index(n.String, tt.find)
		if i < 0 {
			t.Fatalf("%q not in %q", tt.find, n.String)
		}
		start, end := n.Span(i, i+len(tt.find))
		if got := in[start:end]; got != tt.want {
			t.Errorf("span of %q = %q, want %q", tt.find, got, tt.want)
		}
	}
}

func FuzzNormalise(f *testing.F) {
	for _, s := range []string{"急&nbsp;寻①③", "a\xff&#x;&#xFFFFFFF;", "ﷺ", "e\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n := text.Normalise(s)
		if !utf8.ValidString(n.String) {
			t.Fatalf("Normalise(%q) is not UTF-8: %q", s, n.String)
		}
		if again := text.Normalise(n.String).String; !strings.Contains(n.String, "&") && again != n.String {
			t.Errorf("Normalise(%q) = %q, and of that %q", s, n.String, again)
		}
		last := 0
		for i, r := range n.String {
			start, end := n.Span(i, i+utf8.RuneLen(r))
			if start < last || end < start || end > len(s) {
				t.Fatalf("Normalise(%q): span of byte %d is %d:%d after %d", s, i, start, end, last)
			}
			last = start
		}
	})
}

func BenchmarkNormalise(b *testing.B) {
	const post = "【近日热点】记者从有关部门获悉，新的条例将于下月施行，市民可通过网站查询详情，相关负责人表示将加强宣传，請大家互相轉告，电话１９９００００００１２"
	text.Normalise(post)
	b.SetBytes(int64(len(post)))
	b.ReportAllocs()
	for b.Loop() {
		text.Normalise(post)
	}
}
