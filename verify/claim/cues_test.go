package claim

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

var bareNumber = regexp.MustCompile(`^[ :(]?\d{5}`)

// FuzzShortcuts checks that what spares a search or an expression never hides what it would find.
func FuzzShortcuts(f *testing.F) {
	f.Add("今年15,身高1米2,姓名:林小川", "身高")
	f.Add("男: 6,\xe5女5", "女")
	f.Add("年龄:,6", "龄:")
	f.Add("", "从")
	f.Fuzz(func(t *testing.T, s, w string) {
		r := &reader{s: s}
		r.cues.draw(s)
		if w != "" && utf8.ValidString(w) {
			if got, want := r.index(w), strings.Index(s, w); got != want {
				t.Errorf("index of %q in %q = %d, want %d", w, s, got, want)
			}
		}
		if bareAge.MatchString(s) && !r.numberBehindLabel() {
			t.Errorf("numberBehindLabel of %q = false, but bareAge reads it", s)
		}
		if s != "" && bareNumber.MatchString(s) != number(s) {
			t.Errorf("number(%q) = %v", s, number(s))
		}
	})
}

func TestCuesSpareSearches(t *testing.T) {
	var c cues
	c.draw(strings.Repeat("急寻孩子,昨天傍晚有个五岁多的小男孩在临沂市兰山区虚构市场旁边被人抱走了,有知情者请告知,万分感谢。", 2))
	spared := 0
	for _, w := range timeLabels {
		if !c.may(w) {
			spared++
		}
	}
	if spared < len(timeLabels)-1 {
		t.Errorf("%d of %d absent words are searched for", len(timeLabels)-spared, len(timeLabels))
	}
}
