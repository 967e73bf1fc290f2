package claim

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

var (
	bareNumber  = regexp.MustCompile(`^[ :(]?\d{5}`)
	someMobile  = regexp.MustCompile(`^(?:86)?(1[3-9]\d{9})(\d*)$`)
	landlineAll = regexp.MustCompile(`^(?:86)?(0(?:10|2\d)\d{8}|0[3-9]\d{2}\d{7,8}|[48]00\d{7})$`)
)

// FuzzShortcuts checks that what spares a search or an expression never hides what it would find.
func FuzzShortcuts(f *testing.F) {
	f.Add("今年15,身高1米2,姓名:林小川", "身高")
	f.Add("男: 6,\xe5女5", "女")
	f.Add("年龄:,6", "龄:")
	f.Add("", "从")
	f.Add("女孩“小禾”,在", "8619900000001")
	f.Add("小名:冬冬", "从")
	for _, n := range []string{"861990000000112", "05399900001", "053999000012", "01099000001", "8602199000001", "4009900001", "80099000012", "11990000"} {
		f.Add(n, "0")
	}
	f.Fuzz(func(t *testing.T, s, w string) {
		r := &reader{s: s}
		r.survey()
		if w != "" && utf8.ValidString(w) {
			if got, want := r.index(w), strings.Index(s, w); got != want {
				t.Errorf("index of %q in %q = %d, want %d", w, s, got, want)
			}
		}
		if bareAge.MatchString(s) && !r.numberBehindLabel() {
			t.Errorf("numberBehindLabel of %q = false, but bareAge reads it", s)
		}
		if m := nicknamed.FindStringSubmatch(s); m != nil && !petFollows(s) {
			if name := []rune(m[1]); name[0] == '小' || len(name) == 2 && name[0] == name[1] {
				t.Errorf("petFollows of %q = false, but nicknamed reads %s", s, m[1])
			}
		}
		digits := strings.Map(func(c rune) rune {
			if c < '0' || c > '9' {
				return -1
			}
			return c
		}, s)
		p, rest, ok := mobile(digits)
		if m := someMobile.FindStringSubmatch(digits); (m != nil) != ok || ok && (m[1] != p || m[2] != rest) {
			t.Errorf("mobile(%q) = %q, %q, %v, want %q", digits, p, rest, ok, m)
		}
		p, ok = landline(digits)
		if m := landlineAll.FindStringSubmatch(digits); (m != nil) != ok || ok && m[1] != p {
			t.Errorf("landline(%q) = %q, %v, want %q", digits, p, ok, m)
		}
		if s != "" && bareNumber.MatchString(s) != number(s) {
			t.Errorf("number(%q) = %v", s, number(s))
		}
	})
}

func TestCuesSpareSearches(t *testing.T) {
	r := &reader{s: strings.Repeat("急寻孩子,昨天傍晚有个五岁多的小男孩在临沂市兰山区虚构市场旁边被人抱走了,有知情者请告知,万分感谢。", 2)}
	r.survey()
	spared := 0
	for _, w := range timeLabels {
		if !r.cues.may(w) {
			spared++
		}
	}
	if spared < len(timeLabels)-1 {
		t.Errorf("%d of %d absent words are searched for", len(timeLabels)-spared, len(timeLabels))
	}
}
