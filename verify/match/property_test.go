package match_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"guitu"
	"guitu/verify/match"
)

// child is an invented child; a story of a template.
type child struct{ name, sex, age, place, phone string }

func children(rng *rand.Rand, n int) []child {
	pick := func(from string) string {
		r := []rune(from)
		return string(r[rng.IntN(len(r))])
	}
	all := make([]child, n)
	for i := range all {
		all[i] = child{
			name:  pick("赵钱孙李周吴郑王冯陈褚卫") + pick("晨曦雨桐梓涵子轩浩宇欣怡思远若溪") + pick("佳宁俊杰一诺可心乐童安然"),
			sex:   pick("男女"),
			age:   fmt.Sprint(2+rng.IntN(13), "岁"),
			place: pick("东西南北") + pick("山河湖江") + []string{"小学门口", "公园", "市场", "车站", "医院旁"}[rng.IntN(5)],
			phone: fmt.Sprintf("1990000%04d", rng.IntN(10_000)),
		}
	}
	return all
}

// templates are wordings of my own into which children are poured.
var templates = []string{
	"急寻！%[1]s，%[2]s，%[3]s，昨天下午在%[4]s走失，身穿深色外套，家人万分着急，有线索请联系%[5]s，谢谢大家",
	"求扩散：孩子叫%[1]s，%[3]s，%[2]s孩，放学后在%[4]s就再也没有回家，奶奶哭了一整夜，看到的好心人请打电话%[5]s",
	"各位街坊请留意，%[1]s，%[2]s，今年%[3]s，今早出门买早点，最后一次有人见到是在%[4]s，父母电话%[5]s，必有重谢",
}

func (c child) in(template string) string {
	return fmt.Sprintf(template, c.name, c.sex, c.age, c.place, c.phone)
}

// TestJunkInsertedStaysTheSame inserts what copies pick up on their way.
func TestJunkInsertedStaysTheSame(t *testing.T) {
	junk := []string{
		"\u200b", "　", " ", "😭", "🙏🙏", "[蜡烛]", "[抱拳]", "!!!", "。。。", "@某某同城 ", "http://t.cn/abc123", "&nbsp;", "#帮转#", "～",
		"//@路人甲：转", "扩散", "转！", "帮忙转发", "\ufeff", "（转）",
	}
	kids := children(rand.New(rand.NewPCG(1, 1)), 40)
	x := match.New()
	for i, c := range kids {
		post := c.in(templates[i%len(templates)])
		x.Add(int64(i+1), int64(i+1), post, read(post))
	}
	rapid.Check(t, func(t *rapid.T) {
		i := rapid.IntRange(0, len(kids)-1).Draw(t, "child")
		post := kids[i].in(templates[i%len(templates)])
		put := rapid.MapOfN(rapid.IntRange(0, utf8.RuneCountInString(post)-1), rapid.SampledFrom(junk), 0, 12).Draw(t, "junk")
		var b strings.Builder
		for at, r := range []rune(post) {
			// Junk within a number makes it another number; that is tested in verify/claim.
			if !strings.ContainsRune("0123456789", r) {
				b.WriteString(put[at])
			}
			b.WriteRune(r)
		}
		copied := b.String()
		if m := match.Compare(post, copied); m.Relation != match.Same {
			t.Errorf("Compare(%q, %q) = %+v, want the same story", post, copied, m)
		}
		if m := x.Find(copied, read(copied)); m.Story != int64(i+1) {
			t.Errorf("Find(%q) = %+v, want story %d", copied, m, i+1)
		}
	})
}

// TestCopyIsFound finds every post again, however short, in an index that holds many like it.
func TestCopyIsFound(t *testing.T) {
	const long = "孩子今天中午从家里跑出去就没有回来请附近的邻居帮忙看一看监控谢谢"
	x := match.New()
	posts := map[int64]string{}
	add := func(post string) {
		n := int64(len(posts) + 1)
		posts[n] = post
		x.Add(n, n, post, read(post))
	}
	runes := []rune(long)
	for n := 1; n <= len(runes); n++ {
		add(string(runes[:n]))
	}
	for _, c := range children(rand.New(rand.NewPCG(4, 4)), 300) {
		add(c.in(templates[0]))
		add(c.name + "在哪里")
	}
	for n, post := range posts {
		if m := x.Find(post, read(post)); m.Relation != match.Same || posts[m.Exemplar] != post {
			t.Errorf("Find(%q) = %+v, want post %d", post, m, n)
		}
		if m := match.Compare(post, post); m.Relation != match.Same {
			t.Errorf("Compare(%q, itself) = %+v", post, m)
		}
	}
}

// TestOrderOfArrival finds the same in indexes that were filled in different orders, with stories of many posts and floods of
// copies.
func TestOrderOfArrival(t *testing.T) {
	type post struct {
		story, number int64
		text          string
		claim         guitu.Claim
	}
	rng := rand.New(rand.NewPCG(2, 2))
	kids := children(rng, 30)
	var posts []post
	add := func(story int, text string) {
		posts = append(posts, post{int64(story + 1), int64(len(posts) + 1), text, read(text)})
	}
	for i, c := range kids {
		for k := range 1 + rng.IntN(4) {
			add(i, c.in(templates[(i+k)%len(templates)]))
		}
	}
	for k := range 150 {
		c := kids[0]
		c.phone = fmt.Sprintf("1990001%04d", k%75)
		c.place = string([]rune("甲乙丙丁戊己庚辛壬癸")[k%10]) + "街口"
		add(0, c.in(templates[k%len(templates)]))
	}
	var queries []post
	for i, c := range kids {
		c.phone, c.place = "19900009999", "旧码头"
		queries = append(queries, post{text: c.in(templates[(i+2)%len(templates)])}, post{text: "请大家帮忙找找" + c.name + "，" + c.age})
	}
	for _, c := range children(rng, 30) {
		queries = append(queries, post{text: c.in(templates[rng.IntN(len(templates))])})
	}
	for i := range queries {
		queries[i].claim = read(queries[i].text)
	}
	var want []match.Match
	for round := range 4 {
		x := match.New()
		var kept []post
		for _, p := range posts {
			if x.Add(p.story, p.number, p.text, p.claim) {
				kept = append(kept, p)
			}
		}
		again := match.New()
		rng.Shuffle(len(kept), func(i, j int) { kept[i], kept[j] = kept[j], kept[i] })
		for _, p := range kept {
			again.Add(p.story, p.number, p.text, p.claim)
		}
		for i, q := range queries {
			got := x.Find(q.text, q.claim)
			if round == 0 {
				want = append(want, got)
				continue
			}
			if got.Relation != want[i].Relation || got.Story != want[i].Story || got.Kin != want[i].Kin {
				t.Errorf("round %d: Find(%q) = %+v, want %+v", round, q.text, got, want[i])
			}
			rebuilt := again.Find(q.text, q.claim)
			// Of posts that are equally near, either may be the exemplar.
			got.Exemplar, rebuilt.Exemplar = 0, 0
			if diff := cmp.Diff(got, rebuilt); diff != "" {
				t.Errorf("round %d: rebuilt from what was kept, Find(%q) differs:\n%s", round, q.text, diff)
			}
		}
		rng.Shuffle(len(posts), func(i, j int) { posts[i], posts[j] = posts[j], posts[i] })
	}
}

// TestSplitAndMerge does to the index what an officer's decisions do.
func TestSplitAndMerge(t *testing.T) {
	// Two wordings of what identity takes for one child: 7, 女, no name. The officer knows better.
	school := "今早一个7岁女孩在校门口被一辆白色面包车带走，车牌看不清，孩子背粉色书包，老师们都出来找了，请住附近的人回看监控"
	market := "外孙女7岁，下午在菜场跟外公走散，扎两条小辫子，手里拿着糖葫芦，外公年纪大了急得站不住，哪位摊主见过请说一声"
	x := match.New()
	x.Add(1, 10, school, read(school))
	x.Add(1, 11, market, read(market))
	for _, p := range []string{school, market} {
		if m := x.Find(p, read(p)); m.Story != 1 {
			t.Fatalf("before the split, Find(%q) = %+v, want story 1", p, m)
		}
	}
	x.Remove(1)
	x.Add(1, 10, school, read(school))
	x.Add(2, 11, market, read(market))
	near := strings.Replace(market, "哪位摊主见过请说一声", "见过的摊主请马上告诉我们", 1)
	if m := x.Find(near, read(near)); m.Story != 2 || m.Exemplar != 11 {
		t.Errorf("after the split, Find(%q) = %+v, want story 2 by exemplar 11", near, m)
	}
	near = strings.Replace(school, "老师们都出来找了", "全校老师都在找", 1)
	if m := x.Find(near, read(near)); m.Story != 1 || m.Exemplar != 10 {
		t.Errorf("after the split, Find(%q) = %+v, want story 1 by exemplar 10", near, m)
	}
	x.Remove(2)
	x.Add(1, 11, market, read(market))
	if m := x.Find(market, read(market)); m.Story != 1 || m.Exemplar != 11 {
		t.Errorf("after the merge, Find(%q) = %+v, want story 1 by exemplar 11", market, m)
	}
}

// TestConcurrentFind lets the race detector see that Find only reads.
func TestConcurrentFind(t *testing.T) {
	x := match.New()
	kids := children(rand.New(rand.NewPCG(3, 3)), 50)
	for i, c := range kids {
		post := c.in(templates[i%len(templates)])
		x.Add(int64(i+1), 0, post, read(post))
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i, c := range kids {
				post := c.in(templates[i%len(templates)])
				if m := x.Find(post, read(post)); m.Story != int64(i+1) {
					t.Errorf("Find(%q) = %+v, want story %d", post, m, i+1)
				}
			}
		})
	}
	wg.Wait()
}
