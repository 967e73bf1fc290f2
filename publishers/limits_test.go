package publishers_test

import (
	"fmt"
	"strings"
	"testing"

	"guitu"
	"guitu/internal/testenv/golden"
	"guitu/publishers"
	"guitu/publishers/publisherstest"
)

func TestCounts(t *testing.T) {
	tests := []struct {
		text                                            string
		utf16, graphemes, runes, bytes, hanzi, weighted int
	}{
		{"", 0, 0, 0, 0, 0, 0},
		{"abc", 3, 3, 3, 3, 2, 3},
		{"走失", 2, 2, 2, 6, 2, 4},
		{"𠮷", 2, 1, 1, 4, 2, 2},
		{"👩‍👩‍👧‍👦", 11, 1, 7, 25, 11, 2},
		{"🇨🇳", 4, 1, 2, 8, 4, 2},
		{"👍🏽", 4, 1, 2, 8, 4, 2},
		{"😀", 2, 1, 1, 4, 2, 2},
		{"é", 1, 1, 1, 2, 1, 1},
		{"مرحبا", 5, 5, 5, 10, 5, 5},
		{"看https://guitu.example/n/K7QW3M 。", 33, 33, 33, 37, 18, 28},
	}
	for _, tt := range tests {
		got := [6]int{
			publishers.UTF16(tt.text), publishers.Graphemes(tt.text), publishers.Runes(tt.text), publishers.Bytes(tt.text),
			publishers.Hanzi(tt.text), publishers.Weighted(tt.text),
		}
		if want := [6]int{tt.utf16, tt.graphemes, tt.runes, tt.bytes, tt.hanzi, tt.weighted}; got != want {
			t.Errorf("%q counts %v, want %v", tt.text, got, want)
		}
	}
}

// channels are limits as channels have them.
var channels = []struct {
	name string
	publishers.Limits
}{
	{"Telegram", publishers.Limits{Text: 4096}},
	{"Weibo", publishers.Limits{Text: 140, Count: publishers.Hanzi}},
	{"X", publishers.Limits{Text: 280, Count: publishers.Weighted}},
	{"SMS", publishers.Limits{Text: 140, Count: publishers.Bytes}},
}

// TestGolden shows each kind of notice as channels of each size render it, in both languages.
func TestGolden(t *testing.T) {
	for _, s := range publisherstest.Samples() {
		for _, lang := range []string{guitu.Chinese, guitu.English} {
			var b strings.Builder
			for _, c := range channels {
				text := publishers.Plain(s.Notice, lang, "https://guitu.example/n/"+s.Notice.Code, c.Limits)
				count := c.Count
				if count == nil {
					count = publishers.UTF16
				}
				fmt.Fprintf(&b, "==== %s: %d of %d\n%s\n\n", c.name, count(text), c.Text, text)
				if keep := s.Notice.Texts[lang].Keep; !strings.Contains(text, keep) {
					t.Errorf("%s in %s for %s lacks %q", s.Name, lang, c.name, keep)
				}
			}
			golden.Check(t, "testdata/"+s.Name+"."+lang+".txt", b.String())
		}
	}
}

// TestPlainKeeps checks at each limit that what must stay stays, in the units of each channel.
func TestPlainKeeps(t *testing.T) {
	n := publisherstest.Samples()[0].Notice
	zh := n.Texts[guitu.Chinese]
	zh.Description = strings.Repeat("走失时穿红色羽绒服👩‍👩‍👧‍👦，", 40)
	n.Texts[guitu.Chinese] = zh
	for _, c := range channels {
		count := c.Count
		if count == nil {
			count = publishers.UTF16
		}
		least := count(publishers.Plain(n, guitu.Chinese, link, publishers.Limits{Count: c.Count}))
		for limit := 0; limit < 600; limit += 3 {
			got := publishers.Plain(n, guitu.Chinese, link, publishers.Limits{Text: limit, Count: c.Count})
			for _, s := range []string{zh.Keep, link, n.Code} {
				if !strings.Contains(got, s) {
					t.Fatalf("%s, limit %d: %q is missing in\n%s", c.name, limit, s, got)
				}
			}
			if have := count(got); have > max(limit, least) {
				t.Errorf("%s, limit %d: the text has %d", c.name, limit, have)
			}
			if strings.HasPrefix(got, "\n") || strings.Contains(got, "\n\n\n") {
				t.Errorf("%s, limit %d: empty lines in %q", c.name, limit, got)
			}
		}
	}
}

func TestLimitsPictures(t *testing.T) {
	small, large := publisherstest.Picture(1, "小"), publisherstest.Picture(2, "大")
	large.Bytes = make([]byte, 5000)
	l := publishers.Limits{Text: 10, Caption: 5, Pictures: 2, PictureBytes: 4000, Alt: 4}
	if got := l.Take([]guitu.Picture{large, small, small, small}); len(got) != 2 || len(got[0].Bytes) > 4000 || len(got[1].Bytes) > 4000 {
		t.Errorf("Take of four pictures, one of them too large = %d pictures, want the 2 first that fit", len(got))
	}
	if got := (publishers.Limits{}).Take([]guitu.Picture{small}); len(got) != 0 {
		t.Errorf("Take of a channel without pictures = %d pictures", len(got))
	}
	absent := small
	absent.Bytes = nil
	if got := l.Take([]guitu.Picture{absent, small}); len(got) != 1 || len(got[0].Bytes) == 0 {
		t.Errorf("Take of a picture without bytes and one with = %d pictures, want the second", len(got))
	}
	l.ByURL = true
	if got := l.Take([]guitu.Picture{absent}); len(got) != 1 {
		t.Errorf("Take by address of a picture without bytes = %d pictures, want it", len(got))
	}
	if got := l.Beside([]guitu.Picture{small}).Text; got != 5 {
		t.Errorf("Beside a picture the limit is %d, want 5", got)
	}
	if got := l.Beside(nil).Text; got != 10 {
		t.Errorf("Beside no picture the limit is %d, want 10", got)
	}
	small.Alt = map[string]string{guitu.Chinese: "一二三四五"}
	if got := l.AltText(small, guitu.English); got != "一二三…" {
		t.Errorf("AltText = %q, want the Chinese one, cut", got)
	}
}
