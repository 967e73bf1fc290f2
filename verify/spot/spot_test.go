package spot_test

import (
	"regexp"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"guitu"
	"guitu/verify/spot"
)

func TestSpot(t *testing.T) {
	tests := []struct {
		name, text string
		want       guitu.Topic
	}{
		{"plea", "急寻！林小川，男，5岁，今天下午在青山公园走失，穿蓝色外套，家人万分着急，有线索请联系19900000001，求转发", guitu.Plea},
		{"plea in traditional characters", "求轉發！朋友的女兒今天上午在東山市場附近被人抱走了，大人都急瘋了，知情者請聯繫19900000002", guitu.Plea},
		{"plea with invisible characters and entities", "寻\u200b人&nbsp;5岁男\u200b孩走\u200b失，求转&nbsp;发 １９９０００００００３", guitu.Plea},
		{"plea in disguise", "急*寻！林小川，男，5岁，今天下午在青山公园走*失，穿蓝色外套，家人万分着急，有线.索请联.系19900000001，求/转/发", guitu.Plea},
		{"runaway", "女儿昨晚离家出走至今未归，15岁，穿校服，请大家帮忙留意，电话199-0000-0004，扩散", guitu.Plea},
		{"found child", "刚在河西路口捡到一个三岁左右的小男孩，说不清家里的电话，谁认识孩子请转告家人，帮忙转发", guitu.Plea},
		{"scare", "大家注意了，最近来了一帮人专门偷小孩，邻居家的娃差点被抱走，有孩子的一定要看好！", guitu.AbductionScare},
		{"scare with horrors", "听说隔壁小区有人抢孩子，找到的时候器官都没了，太恐怖了，家长们提高警惕", guitu.AbductionScare},
		{"adult", "寻人：父亲76岁，患老年痴呆，昨天在北门走失，至今没有消息，请大家转发，电话19900000005", guitu.AdultMissing},

		{"chatter", "今天带孩子去公园玩，天气真好", ""},
		{"debunk", "【辟谣】网传“三岁女孩被拐走”系谣言，警方未接到相关报警，请勿转发", guitu.Debunk},
		{"found", "走失的5岁男孩已经找到，平安回家，感谢大家转发", guitu.FoundNews},
		{"closed case", "警方抓获3名拐卖儿童的犯罪嫌疑人，被拐男童已获救，嫌疑人被刑拘", guitu.FoundNews},
		{"found by the police", "13岁男孩沉迷游戏离家出走，坐了三站地铁，民警找到他时他正在网吧里睡觉，妈妈抱着他大哭，网友：回家免不了一顿打", guitu.FoundNews},
		{"brought home", "青山县老城区一名学生放学后失踪，家人寻找一夜，第二天被环卫工送回家，原来是考试没考好不敢回去，心疼又好笑", guitu.FoundNews},
		{"trial", "拐卖儿童案一审宣判，主犯被判处死刑", ""},
		{"pet", "寻狗启事：家里的泰迪昨天走失，是孩子最好的朋友，求扩散，重谢，电话19900000006", ""},
		{"phone lost", "手机丢了，里面有孩子的照片，捡到的请联系19900000007，求转发", ""},
		{"found document", "捡到一张准考证，谁认识这个孩子请转告，别耽误考试，联系电话19900000008", ""},
		{"film", "这部电影讲的是孩子被拐后父亲寻子的故事，主演演技在线，票房大卖", ""},
		{"advice", "防拐指南：教孩子记住家里电话，走失了找穿制服的工作人员", ""},
		{"figurative", "长大以后，我们都把童心弄丢了", ""},
		{"disaster", "客机失联，机上有12名儿童，搜救仍在进行", ""},
		{"empty", "", ""},

		{"forwarded plea", "转发微博//@小甲:急寻！5岁男孩今天下午在青山公园走失，穿蓝色外套，有线索请联系19900000001，求转发", guitu.Plea},
		{"found, above a plea", "已经找到了，大家别转了//@小甲:帮转//@小乙:急寻！5岁男孩今天下午在青山公园走失，穿蓝色外套，有线索请联系19900000001，求转发", guitu.FoundNews},
		{"false, above a plea", "假的，打过电话了，是空号//@小甲:急寻！5岁男孩今天下午在青山公园走失，穿蓝色外套，有线索请联系19900000001，求转发", guitu.Debunk},
		{"doubt, above a plea", "真的假的？//@小甲:急寻！5岁男孩今天下午在青山公园走失，穿蓝色外套，有线索请联系19900000001，求转发", guitu.Plea},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := spot.Spot(tt.text)
			if f.Spotted != (tt.want != "" && !tt.want.Evidence()) || f.Topic != tt.want {
				t.Errorf("Spot(%q) = %v %q %.2f %v, want %q", tt.text, f.Spotted, f.Topic, f.Score, rules(f), tt.want)
			}
			for _, h := range f.Hits {
				if tt.text[h.Start:h.End] != h.Text || h.Text == "" {
					t.Errorf("Spot(%q): hit %+v is not what the post has there", tt.text, h)
				}
			}
		})
	}
}

func TestSpotManyAtOnce(t *testing.T) {
	const post = "急寻5岁女孩，今天走失，求转发"
	want := spot.Spot(post).Score
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				if got := spot.Spot(post).Score; got != want {
					t.Errorf("score = %v, want %v", got, want)
				}
			}
		})
	}
	wg.Wait()
}

// TestSpotLongPost holds the work for a hostile post down: the longest allowed, of nothing but keywords.
func TestSpotLongPost(t *testing.T) {
	post := strings.Repeat("孩子走失", guitu.MaxText)
	f := spot.Spot(post)
	for _, h := range f.Hits {
		if post[h.Start:h.End] != h.Text {
			t.Errorf("hit %+v is not what the post has there", h)
		}
	}
}

func FuzzSpot(f *testing.F) {
	for _, s := range []string{"急寻5岁女孩&nbsp;走失１９９００００００01", "抢\u200b孩子\xff器官", "3岁岁岁", "@抢孩子日报 @", "199 - 0000-0000"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := spot.Spot(s)
		if got.Score < 0 || got.Score > 1 || got.Spotted && !got.Ask || got.Ask != (got.Topic != "" && !got.Topic.Evidence()) {
			t.Errorf("Spot(%q) = %+v", s, got)
		}
		for _, h := range got.Hits {
			if h.Start < 0 || h.End < h.Start || h.End > len(s) || s[h.Start:h.End] != h.Text {
				t.Fatalf("Spot(%q): hit %+v", s, h)
			}
			if utf8.ValidString(s) && !utf8.ValidString(h.Text) {
				t.Errorf("Spot(%q): hit %+v cuts a character", s, h)
			}
		}
	})
}

var stream = []string{
	"今天带孩子去公园玩，天气真好，晚上一起吃了火锅，明天还要上班",
	"急寻！林小川，男，5岁，今天下午在青山公园走失，穿蓝色外套，家人万分着急，有线索请联系19900000001，求转发，好人一生平安，看到的朋友请多多留意",
	"转发微博",
	"【近日热点】记者从有关部门获悉，新的条例将于下月施行，市民可通过网站查询详情，相关负责人表示将加强宣传",
}

func BenchmarkSpot(b *testing.B) {
	spot.Spot(stream[0])
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		spot.Spot(stream[n%len(stream)])
		n++
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "posts/s")
}

// BenchmarkPeerRegexp finds the same keywords with one alternation of the standard library, and does nothing with them.
func BenchmarkPeerRegexp(b *testing.B) {
	var words []string
	for _, w := range spot.Keywords() {
		words = append(words, regexp.QuoteMeta(w))
	}
	re := regexp.MustCompile(strings.Join(words, "|"))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		re.FindAllStringIndex(stream[n%len(stream)], -1)
		n++
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "posts/s")
}
