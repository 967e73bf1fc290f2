package spot

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"guitu/verify/text"
)

// plainWord is a word as one finds it without a care for speed.
type plainWord struct {
	Text  string
	Start int // bytes of the one spelling
}

// allWords holds the keywords of rules and of hints, and the class of each.
var allWords = sync.OnceValue(func() (all struct {
	ruled, hinted []string
	class         map[string]class
},
) {
	all.class = map[string]class{}
	for c := range classCount {
		for _, w := range vocabulary(c) {
			all.class[w] = c
			if c > age {
				all.hinted = append(all.hinted, w)
			} else {
				all.ruled = append(all.ruled, w)
			}
		}
	}
	return all
})

// plainWords finds the words of a list in s: the longest at each place, and none within another.
func plainWords(s string, vocabulary []string) (found []plainWord) {
	var all []plainWord
	for _, w := range vocabulary {
		for i := 0; ; {
			j := strings.Index(s[i:], w)
			if j < 0 {
				break
			}
			all = append(all, plainWord{w, i + j})
			i += j + 1
		}
	}
	slices.SortFunc(all, func(a, b plainWord) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(len(b.Text), len(a.Text)))
	})
	end := -1
	for _, w := range all {
		if w.Start+len(w.Text) > end {
			found = append(found, w)
			end = w.Start + len(w.Text)
		}
	}
	return found
}

// disguise is a mark within a word.
var disguise = regexp.MustCompile(`([\x{4E00}-\x{9FFF}])[*/._|~^+=\\·-]([\x{4E00}-\x{9FFF}])`)

// holdPage holds what is read of a post to what one reads without a care for speed.
func holdPage(t *testing.T, p *page, post string) {
	t.Helper()
	p.turn(post, nil)
	s := text.Normalise(post).String
	if disguise.MatchString(s) {
		return // plain search finds no word in it: see TestDisguise
	}
	at := func(i int32) int {
		size := 0
		for _, c := range p.chars[:i] {
			size += utf8.RuneLen(c.Rune)
		}
		return size
	}
	all := allWords()
	plain := [2][]plainWord{plainWords(s, all.ruled), plainWords(s, all.hinted)}
	plain[0] = slices.DeleteFunc(plain[0], func(w plainWord) bool {
		handle := strings.LastIndexByte(s[:w.Start], '@')
		return all.class[w.Text] >= closed && handle >= 0 && w.Start-handle < 60 && !strings.ContainsAny(s[handle:w.Start], " ,。:!?#【】、")
	})
	for k, words := range [][]word{p.ruled, p.hinted} {
		var got []plainWord
		for _, w := range words {
			got = append(got, plainWord{lexicon().words[w.text].text, at(w.start)})
			if x := got[len(got)-1]; at(w.end) != x.Start+len(x.Text) {
				t.Errorf("%q in %q ends at character %d", x.Text, s, w.end)
			}
		}
		if !slices.Equal(got, plain[k]) {
			t.Errorf("the words of %q are %v, want %v", s, got, plain[k])
		}
	}
	signs := []string{"?", "!", "!!!", "【", "#", "@", "//@", "http", "网页链接", "展开全文", "\"", "“", "...", "……", "↓", "[", "。", ",", ":", "、", "①"}
	for i, sign := range signs {
		if got, want := p.survey.signs[i], strings.Count(s, sign); got != want {
			t.Errorf("%q in %q: got %d, want %d", sign, s, got, want)
		}
	}
	if want := strings.ContainsAny(s, ",。!?:;【"); p.survey.parted != want {
		t.Errorf("signs that part sentences in %q: got %v", s, p.survey.parted)
	}
	if want := strings.Count(s, "!") + strings.Count(s, "?") + strings.Count(s, "。") + strings.Count(s, "】"); len(p.survey.stops) != want {
		t.Errorf("%q: %d sentences end, want %d", s, len(p.survey.stops), want)
	}
}

// TestPageAgain holds that nothing of a post is left when its page is turned.
func TestPageAgain(t *testing.T) {
	var again page
	for _, post := range madePosts(3000) {
		holdPage(t, &again, post)
		var fresh page
		fresh.turn(post, nil)
		for _, p := range []*page{&fresh, &again} {
			p.judge()
			p.draw()
		}
		if fresh.sum != again.sum || !slices.Equal(fresh.hits, again.hits) || !slices.Equal(fresh.words, again.words) ||
			!slices.Equal(fresh.sketch.Marks, again.sketch.Marks) || !slices.Equal(fresh.sketch.Grams, again.sketch.Grams) {
			t.Fatalf("%q is read differently on a page that was used", post)
		}
	}
}

func TestDisguise(t *testing.T) {
	for _, tt := range []struct {
		text string
		want []string // the words of rules, as they stand there
	}{
		{"走*失", []string{"走*失"}},
		{"走/失的女.孩", []string{"走/失", "女.孩"}},
		{"拐*卖*儿*童", []string{"拐*卖*儿*童"}},
		{"拐．卖儿·童", []string{"拐.卖儿·童"}},
		{"抢-孩子", []string{"抢-孩子"}},
		{"走**失", nil},
		{"走。失，走!失，走 失，走,失", nil},
		{"走*a", nil},
		{"😭走*失😭", []string{"走*失"}},
		{"*失踪*", []string{"失踪"}},
		{"失踪/孩子", []string{"失踪", "孩子"}},
	} {
		var p page
		p.turn(tt.text, nil)
		var got []string
		for _, w := range p.ruled {
			s := ""
			for _, c := range p.chars[w.start:w.end] {
				s += string(c.Rune)
			}
			got = append(got, s)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("the words of %q are %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, tt := range []struct {
		text string
		want []string
	}{
		{"电话199-0000-0000，急", []string{"phone 199-0000-0000"}},
		{"1 9 9 0 0 0 0 0 0 0 0", []string{"phone 1 9 9 0 0 0 0 0 0 0 0"}},
		{"199 - - 00000000", nil},
		{"199—0000—0000", []string{"phone 199—0000—0000"}},
		{"68-199-0000-0000", nil},
		{"8619900000000", []string{"phone 8619900000000"}},
		{"0990-000000 0", []string{"phone 0990-000000 0"}},
		{"2990000000000", nil},
		{"199000000", nil},
		{"3岁和十二岁半，76岁", []string{"age 3岁", "age 十二岁", "hint 76岁"}},
		{"三四岁", []string{"age 三四岁"}},
		{"岁，周岁，两百岁，200岁", nil},
		{"十几岁", []string{"age 十几岁"}},
		{"５嵗５歲", []string{"age 5岁", "age 5岁"}},
		{"5岁，19900000000，6岁", []string{"age 5岁", "phone 19900000000", "age 6岁"}},
	} {
		var p page
		p.turn(tt.text, nil)
		var got []string
		for _, w := range p.numbered {
			s := w.class.String() + " "
			for _, c := range p.chars[w.start:w.end] {
				s += string(c.Rune)
			}
			got = append(got, s)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("the numbers of %q are %q, want %q", tt.text, got, tt.want)
		}
	}
}

func FuzzPage(f *testing.F) {
	for _, s := range []string{"急寻5岁女孩&nbsp;走失１９９００００００01", "抢\u200b孩子\xff器官!!!!", "3岁岁岁", "@抢孩子日报 @", "199 - 0000-0000......//@"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { holdPage(t, new(page), s) })
}
