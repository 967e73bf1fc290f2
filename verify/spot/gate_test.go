package spot

import (
	"bufio"
	"encoding/json"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guitu/internal/testenv"
	"guitu/verify/text"
)

// holdGate holds that the gate changes nothing but the time it takes.
func holdGate(t *testing.T, post string) {
	t.Helper()
	if diff := cmp.Diff(embedded().look(clip(post)), Spot(post)); diff != "" {
		t.Errorf("the gate changes what is found in %q (-without +with):\n%s", post, diff)
	}
}

// holdHopeless holds that a post whose n-grams are not looked at would not have come to anything with them.
func holdHopeless(t *testing.T, post string) {
	t.Helper()
	m := embedded()
	var p page
	p.turn(clip(post), nil)
	p.judge()
	p.marks()
	if _, ok := p.hopeless(m); !ok {
		return
	}
	p.grams()
	score, topic := logistic(m.Logit(&p.sketch)), p.evidence(m, &p.sketch)
	if score >= Ask || topic != "" {
		t.Errorf("%q is not hopeless: %.2f %q", post, score, topic)
	}
}

func TestGateOnRealPosts(t *testing.T) {
	dir := testenv.Data(t)
	for _, name := range []string{"spot.dev.jsonl", "variants.dev.jsonl", "reposts.dev.jsonl", "template_flood.dev.jsonl", "extract.dev.jsonl", "debunks.dev.jsonl"} {
		rows, passed, spotted := 0, 0, 0
		for _, post := range realTexts(t, filepath.Join(dir, name)) {
			rows++
			holdGate(t, post)
			holdHopeless(t, post)
			if loadGate().passes(post) {
				passed++
			}
			if embedded().look(clip(post)).Topic != "" {
				spotted++
			}
		}
		if rows == 0 {
			t.Errorf("%s: no posts", name)
		}
		t.Logf("%s: of %d posts, %d pass the gate, %d have a topic", name, rows, passed, spotted)
	}
}

// realTexts reads the texts of a file of GUITU_DATA.
func realTexts(t *testing.T, path string) (out []string) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var row struct{ Text string }
		if err := json.Unmarshal(sc.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		out = append(out, row.Text)
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestGateSeesEveryWord writes each word that a finding can rest on in many ways.
func TestGateSeesEveryWord(t *testing.T) {
	traditional := spelledAs(t, func(r rune) bool { return r >= 0x4E00 && r <= 0x9FFF })
	compatible := spelledAs(t, func(r rune) bool { return r >= 0x2100 && r <= 0x33FF || r >= 0xF900 && r <= 0xFFEF })
	n := 0
	for c := range classCount {
		if points[c] == 0 {
			continue
		}
		for _, w := range vocabulary(c) {
			n++
			entities := ""
			for _, r := range w {
				entities += "&#" + itoa(int(r)) + ";"
			}
			for _, form := range []string{
				w, strings.ToUpper(w), traditional.Replace(w), compatible.Replace(w), entities,
				strings.Join(strings.Split(w, ""), "\u200b"), strings.Join(strings.Split(w, ""), " "),
				strings.Join(strings.Split(w, ""), "*"), strings.Join(strings.Split(w, ""), "&nbsp;"),
				strings.Join(strings.Split(w, ""), "。"), strings.Join(strings.Split(w, ""), "😭"), "\xff" + strings.Join(strings.Split(w, ""), "\xe8"),
				strings.Repeat("无关", 300) + w, strings.Repeat("a", 511) + w, strings.Repeat("人", 510) + w + "x",
			} {
				s := scan{gate: loadGate()}
				// Once it has enough, it looks no further.
				if enough := s.read("x" + form + "y"); !enough && s.seen&(1<<c) == 0 {
					t.Errorf("the gate sees no %s in %.100q", c, form)
				}
			}
		}
	}
	if n < 1000 {
		t.Errorf("only %d words", n)
	}
}

// spelledAs replaces characters by another one of a range that has the same spelling: 寻 by 尋, tel by ℡.
func spelledAs(t *testing.T, in func(rune) bool) *strings.Replacer {
	var pairs []string
	for r := range rune(0x10000) {
		if s := string(text.AppendRune(nil, r)); in(r) && s != string(r) && s != "" {
			pairs = append(pairs, s, string(r))
		}
	}
	if len(pairs) < 100 {
		t.Fatalf("only %d other spellings", len(pairs)/2)
	}
	return strings.NewReplacer(pairs...)
}

func itoa(n int) string {
	b, err := json.Marshal(n)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// madePosts returns posts of words, junk and anything together at random.
func madePosts(n int) (posts []string) {
	junk := []string{
		"\u200b", "&nbsp;", " ", "\ufe0f", "&amp;", "\xff", "，", "3", "１", "岁", "歲", "a", "😭", "&#x", ";", "\n", "无", "\x00", "ﷺ", "㈱", "3岁", "５&#27506;",
		"！！！", "...", "…", "//@小甲:", "@小乙日报", "http", "[泪]", "【", "】", "199-0000-0000", "十二岁", "。",
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	var words [][]string
	for c := range classCount {
		if w := vocabulary(c); len(w) > 0 {
			words = append(words, w)
		}
	}
	pick := func(from []string) string { return from[rnd.IntN(len(from))] }
	for range n {
		var b strings.Builder
		for range 1 + rnd.IntN(8) {
			w := []rune(pick(words[rnd.IntN(len(words))]))
			for i, r := range w {
				b.WriteRune(r)
				if i+1 < len(w) && rnd.IntN(6) == 0 {
					b.WriteString(pick(junk))
				}
			}
			for rnd.IntN(2) == 0 {
				b.WriteString(pick(junk))
			}
		}
		posts = append(posts, b.String())
	}
	return posts
}

func TestGateOnMadePosts(t *testing.T) {
	found := 0
	for _, post := range madePosts(20_000) {
		holdGate(t, post)
		holdHopeless(t, post)
		if embedded().look(post).Topic != "" {
			found++
		}
	}
	if found < 1000 {
		t.Errorf("only %d of the posts have a topic", found)
	}
}

func TestEmojiAreSilent(t *testing.T) {
	for r := rune(firstEmoji); r <= lastEmoji; r++ {
		if s := string(text.AppendRune(nil, r)); strings.ContainsFunc(s, speaks) {
			t.Errorf("%U is spelled %q", r, s)
		}
	}
}

// TestGateStopsChatter holds that the gate is one.
func TestGateStopsChatter(t *testing.T) {
	for _, post := range []string{
		"", "转发微博", "今天带孩子去公园玩，天气真好", "记者从有关部门获悉，新的条例将于下月施行", "大家注意安全，求转发",
		"走", "走不失", strings.Repeat("好", 10_000), "&nbsp;&lt;b&gt; https://example.com/?a=1&b=2;",
	} {
		if loadGate().passes(post) {
			t.Errorf("the gate lets %.60q pass", post)
		}
	}
}

func FuzzGate(f *testing.F) {
	for _, s := range []string{"急寻5岁女孩&nbsp;走失１９９００００００01", "抢\u200b孩子\xff器官", "3岁岁岁", "走 失孩", "&#36208;失&孩;", "尋\ufffd人\U000E0001启事"} {
		f.Add(s)
	}
	f.Fuzz(holdGate)
}
