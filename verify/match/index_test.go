package match_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/verify/claim"
	"guitu/verify/match"
)

const (
	girl  = "求转发！今天上午一个三岁多的小女孩在东山市场附近被人抱走了，孩子说得出爸爸的电话，监控里是一个中年男人，大人都急疯了，知情者请联系19900001001"
	other = "急寻！周小桐，女，7岁，昨天下午在西河小学门口走失，穿红色外套，家人万分着急，有线索请联系周先生19900002002"
)

func read(text string) guitu.Claim { return claim.Read(text, time.Time{}) }

func TestFind(t *testing.T) {
	x := match.New()
	for id, text := range map[int64]string{1: girl, 2: other} {
		if !x.Add(id, 10*id, text, read(text)) {
			t.Fatalf("Add(%d) of the first post taught nothing", id)
		}
	}
	tests := []struct {
		name, text string
		relation   match.Relation
		story, kin int64
		exemplar   int64
	}{
		{"copy", girl, match.Same, 1, 0, 10},
		{"debunk", "【辟谣】网传“" + girl + "”系谣言，警方未接到报警", match.About, 1, 0, 10},
		{"found", "周小桐已经安全找到，谢谢大家帮忙转发！急寻：周小桐，女，7岁，昨天下午在西河小学门口走失", match.About, 2, 0, 20},
		{"other phone and place", "扩散！今天上午一个三岁多的小女孩在北门超市附近被人抱走了，孩子说得出爸爸的电话，监控里是一个中年男人，大人都急疯了，知情者请联系19900003003", match.Same, 1, 0, 10},
		{"another child in the same words", "求转发！今天上午一个九岁的小男孩在东山市场附近被人抱走了，孩子说得出爸爸的电话，监控里是一个中年男人，大人都急疯了，知情者请联系19900004004", match.Family, 0, 1, 10},
		{"the phone alone", "这个电话199-0000-2002是走失孩子家里的", match.Same, 2, 0, 20},
		{"the name alone", "周小桐，女，七岁，还没有回家，请大家帮忙找找", match.Same, 2, 0, 20},
		{"another child", "寻人：林一诺，男，12岁，今天在南站走失", match.Unknown, 0, 0, 0},
		{"nothing", "", match.Unknown, 0, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := x.Find(tt.text, read(tt.text))
			if got.Relation != tt.relation || got.Story != tt.story || got.Kin != tt.kin || got.Exemplar != tt.exemplar {
				t.Errorf("Find(%q) = %+v, want %s, story %d, kin %d, exemplar %d", tt.text, got, tt.relation, tt.story, tt.kin, tt.exemplar)
			}
			if known := got.Story != 0; known != (got.Score > 0.5) {
				t.Errorf("Find(%q) = %+v: the score is on the wrong side of a half", tt.text, got)
			}
			if got.Story != 0 && len(got.Reasons) == 0 {
				t.Errorf("Find(%q) gives no reason", tt.text)
			}
		})
	}
}

func TestCommonPhonesIdentifyNobody(t *testing.T) {
	x := match.New()
	a := "陈一鸣，男，5岁，在东湖公园走失，请拨打110"
	b := "孙晓雨，女，11岁，放学后未归，有消息请拨打110"
	x.Add(1, 0, a, read(a))
	if got := x.Find(b, read(b)); got.Story != 0 {
		t.Errorf("Find = %+v, want a new story", got)
	}
}

func TestRemove(t *testing.T) {
	x := match.New()
	x.Add(1, 0, girl, read(girl))
	x.Add(2, 0, other, read(other))
	x.Remove(1)
	x.Remove(1)
	x.Remove(99)
	if got := x.Find(girl, read(girl)); got.Story != 0 || got.Kin != 0 {
		t.Errorf("after Remove, Find = %+v, want nothing", got)
	}
	if got := x.Find(other, read(other)); got.Story != 2 {
		t.Errorf("after Remove of another story, Find = %+v, want story 2", got)
	}
	if x.Len() != 1 {
		t.Errorf("Len = %d, want 1", x.Len())
	}
}

// TestFlood adds one post ten thousand times, with a phone that changes now and then.
func TestFlood(t *testing.T) {
	x := match.New()
	first := read(girl)
	var marked []string
	for i := range 10_000 {
		phone := fmt.Sprintf("199000%05d", i%50)
		text := strings.Replace(girl, "19900001001", phone, 1) + fmt.Sprint(" 转", i)
		// The claims differ in the phone alone; reading ten thousand of them is not what is tested here.
		c := first
		c.Phones = []string{phone}
		if i > 0 {
			if m := x.Find(text, c); m.Story != 1 {
				t.Fatalf("copy %d: Find = %+v, want story 1", i, m)
			}
		}
		if x.Add(1, 0, text, c) {
			marked = append(marked, text)
		}
	}
	if len(marked) < 50 || len(marked) > 60 {
		t.Errorf("%d of 10000 copies taught something, want 50 phones and little more", len(marked))
	}
	// The marked posts rebuild the index.
	again := match.New()
	slices.Reverse(marked)
	for _, text := range marked {
		again.Add(1, 0, text, read(text))
	}
	if m := again.Find(girl, read(girl)); m.Story != 1 {
		t.Errorf("after rebuilding, Find = %+v, want story 1", m)
	}
}

// synthetic makes a post of story i: a child of its own in one of twenty wordings.
func synthetic(i int) (string, guitu.Claim) {
	names := []rune("晨曦雨桐梓涵子轩浩宇欣怡思远若溪佳宁俊杰")
	name := "赵" + string(names[i%len(names)]) + string(names[i/len(names)%len(names)]) + fmt.Sprint(i)
	wording := []string{"今天上午在学校门口走失", "昨晚离家至今未归", "放学后没有回家", "在超市与家人走散", "下午在公园玩耍时不见"}[i%5]
	text := fmt.Sprintf("急寻%s，%d岁，%s，第%d小区，身高%d厘米，穿%d号蓝色外套，家人十分着急，有线索请联系199%08d，万分感谢，编号%d", name, i%15+2, wording, i%977, 90+i%70, i%31, i, i*7919)
	c := guitu.Claim{Name: name, Sex: []string{"男", "女"}[i%2], Age: fmt.Sprint(i%15+2, "岁"), Phones: []string{fmt.Sprintf("199%08d", i)}}
	return text, c
}

func BenchmarkFind30000(b *testing.B) {
	x := match.New()
	for i := range 30_000 {
		text, c := synthetic(i)
		x.Add(int64(i+1), 0, text, c)
	}
	var took []time.Duration
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		text, c := synthetic(i * 7 % 40_000)
		start := time.Now()
		x.Find(text, c)
		took = append(took, time.Since(start))
		i++
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}

func BenchmarkAddCopy(b *testing.B) {
	x := match.New()
	c := read(girl)
	x.Add(1, 0, girl, c)
	b.ReportAllocs()
	for b.Loop() {
		x.Add(1, 0, girl, c)
	}
}
