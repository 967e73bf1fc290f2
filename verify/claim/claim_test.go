package claim_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"guitu"
	"guitu/internal/gazetteer"
	"guitu/verify/claim"
)

func TestRead(t *testing.T) {
	tests := []struct {
		name, text string
		want       guitu.Claim
	}{
		{
			"notice",
			"寻人启事：林小川，男，5岁半，2026年3月1日下午2点左右在山东省临沂市兰山区青山公园走失，身穿蓝色外套、灰裤子。联系人：林大海 199-0000-0001，必有重谢5万元",
			guitu.Claim{
				Name: "林小川", Sex: "男", Age: "5岁半", MissingAt: "2026年3月1日下午2点左右", LostAt: time.Date(2026, 3, 1, 6, 0, 0, 0, time.UTC), Place: "山东省临沂市兰山区青山公园", Area: "371302",
				Phones: []string{"19900000001"}, Contacts: []string{"林大海"}, Reward: "必有重谢5万元", Clothing: "身穿蓝色外套、灰裤子",
			},
		},
		{
			"relay without a name",
			"今天上午一个三岁多的小女孩在临沂东山市场附近被人抱走了，监控里是一个四十多岁男人，知情者请联系19900000002",
			guitu.Claim{Sex: "女", Age: "三岁多", MissingAt: "今天上午", Place: "临沂东山市场附近", Area: "371300", Phones: []string{"19900000002"}},
		},
		{
			"labels",
			"姓名：周一诺 性别：女 年龄：7岁 失踪时间：2026年2月3日 失踪地点：南京市鼓楼区西河小学门口 电话：（025）99000001",
			guitu.Claim{Name: "周一诺", Sex: "女", Age: "7岁", MissingAt: "2026年2月3日", LostAt: time.Date(2026, 2, 2, 16, 0, 0, 0, time.UTC), Place: "南京市鼓楼区西河小学门口", Area: "320106", Phones: []string{"02599000001"}},
		},
		{
			"origin is not the place",
			"9岁女孩陈一鸣在济南市天桥区走失，山西省运城市人",
			guitu.Claim{Name: "陈一鸣", Sex: "女", Age: "9岁", Place: "济南市天桥区", Area: "370105"},
		},
		{
			"a place without 在",
			"今天早上临沂市兰山区青山花园门口，一个四岁女娃被一个短头发女人强行拉上面包车带走",
			guitu.Claim{Sex: "女", Age: "四岁", MissingAt: "今天早上", Place: "临沂市兰山区青山花园门口", Area: "371302", Taker: "一个短头发女人"},
		},
		{"nothing", "今天天气真好", guitu.Claim{}},
		{"empty", "", guitu.Claim{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if p, ok := gazetteer.Point(tt.want.Area); ok {
				tt.want.Point = &p
			}
			got := claim.Read(tt.text, time.Time{})
			got.Spans = nil // see TestSpans
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Read(%q) (-want +got):\n%s", tt.text, diff)
			}
		})
	}
}

func TestPhones(t *testing.T) {
	for _, tt := range []struct {
		text string
		want []string
	}{
		{"电话19900000001", []string{"19900000001"}},
		{"电话199 0000 0002，199-0000-0003", []string{"19900000002", "19900000003"}},
		{"电话１９９０００００００４", []string{"19900000004"}},
		{"电话①⑨⑨0000000⑤", []string{"19900000005"}},
		{"电话壹玖玖零零零零零零零陆", []string{"19900000006"}},
		{"电话一九九〇〇〇〇〇〇〇七", []string{"19900000007"}},
		{"电话+86 199-0000-0008", []string{"19900000008"}},
		{"电话199OOOOooo9", []string{"19900000009"}},
		{"电话1990000oo10", []string{"19900000010"}},
		{"电话1️⃣9️⃣9️⃣0️⃣0️⃣0️⃣0️⃣0️⃣0️⃣1️⃣1️⃣", []string{"19900000011"}},
		{"19900000012 19900000013", []string{"19900000012", "19900000013"}},
		{"19900000014，19900000014", []string{"19900000014"}},
		{"0539-9900001", []string{"05399900001"}},
		{"(010)99000001", []string{"01099000001"}},
		{"拨打110", []string{"110"}},
		{"110米高", nil},
		{"身份证号199000000150000000", nil},
		{"QQ:19900000016", nil},
		{"邮箱19900000016@example.com", nil},
		{"abc19900000016", nil},
		{"tel19900000016", []string{"19900000016"}},
		{"I99ooooooi6", []string{"19900000016"}},
		{"快递单号19900000016", nil},
		{"19900000016@某某报", []string{"19900000016"}},
		{"https://example.com/19900000017", nil},
		{"三岁，2026年3月1日", nil},
		{"1990000001", nil},
	} {
		if diff := cmp.Diff(tt.want, claim.Read(tt.text, time.Time{}).Phones); diff != "" {
			t.Errorf("phones of %q (-want +got):\n%s", tt.text, diff)
		}
	}
}

func TestReadIgnoresLaterDates(t *testing.T) {
	const text = "孩子2026年3月1日走失，2027年1月1日前有效"
	posted := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	if got := claim.Read(text, posted).MissingAt; got != "2026年3月1日" {
		t.Errorf("missing at %q, want the date before the post", got)
	}
	if got := claim.Read("2027年1月1日孩子走失", posted).MissingAt; got != "" {
		t.Errorf("missing at %q, want nothing: it lies after the post", got)
	}
}

// A post of the greatest length must not cost seconds, so that no more than its beginning is read.
func TestReadLongPosts(t *testing.T) {
	const far = "林小川，男，5岁，在临沂走失，电话19900000001"
	if c := claim.Read(strings.Repeat("在北京被", 16<<10/len("在北京被")+1)+far, time.Time{}); c.Name != "" || c.Phones != nil {
		t.Errorf("Read what stands behind 16 KiB: %q %q", c.Name, c.Phones)
	}
	if c := claim.Read(strings.Repeat("好", 1000)+"。"+far, time.Time{}); c.Name != "林小川" || len(c.Phones) != 1 {
		t.Errorf("Read %q %q behind a thousand characters, want the name and the phone", c.Name, c.Phones)
	}
}

// Every field stands where its span says, in the text as posted.
func TestSpans(t *testing.T) {
	for group, fs := range forms {
		for _, f := range fs {
			if n := checkSpans(t, f.text); n == 0 && (f.name != "" || f.age != "" || f.phones != "") {
				t.Errorf("%s: no spans of %q", group, f.text)
			}
		}
	}
}

func checkSpans(t *testing.T, post string) int {
	t.Helper()
	c := claim.Read(post, posted)
	values := map[string][]string{
		"name": {c.Name}, "age": {c.Age}, "born": {c.Born}, "height": {c.Height}, "weight": {c.Weight}, "missing_at": {c.MissingAt}, "place": {c.Place},
		"contacts": c.Contacts, "reward": {c.Reward}, "clothing": {c.Clothing}, "features": {c.Features}, "taker": {c.Taker},
	}
	seen, last := map[string]int{}, 0
	for _, p := range c.Spans {
		if p.Start < last || p.Start >= p.End || p.End > len(post) {
			t.Fatalf("%s stands from %d to %d of %d bytes, after %d, in %q", p.Field, p.Start, p.End, len(post), last, post)
		}
		text := post[p.Start:p.End]
		last = p.Start
		seen[p.Field]++
		switch p.Field {
		case "phones", "sex":
		default:
			if !slices.Contains(values[p.Field], text) {
				t.Errorf("%s is %q, but its span says %q, in %q", p.Field, values[p.Field], text, post)
			}
		}
	}
	if seen["phones"] != len(c.Phones) || seen["contacts"] != len(c.Contacts) || (seen["sex"] == 1) != (c.Sex != "") {
		t.Errorf("%d spans of phones, %d of contacts, %d of sex: %+v of %q", seen["phones"], seen["contacts"], seen["sex"], c, post)
	}
	return len(c.Spans)
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{
		"林小川，男，5岁，在临沂市兰山区走失，穿蓝衣服，必有重谢5万元，联系人林大海19900000001", "失踪地点：&nbsp;\xff", "壹玖玖零零零零零零零陆",
		"在在在在被", "名字：赵", "岁岁岁3岁", "·欧阳·", "身高1米2体重40斤特征：痣", "2019年3月5日生，属猪，被一个女人带走", "从路上到途中走失@ABC 2临沂·某处", "找张三19900000001//@甲:找张三19900000001，李四19900000002",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := claim.Read(s, posted)
		checkSpans(t, s)
		for _, field := range append([]string{c.Name, c.Sex, c.Age, c.Born, c.Height, c.Weight, c.MissingAt, c.Place, c.Reward, c.Clothing, c.Features, c.Taker}, c.Contacts...) {
			if utf8.ValidString(s) && !utf8.ValidString(field) {
				t.Errorf("Read(%q): %q cuts a character", s, field)
			}
		}
		for _, p := range c.Phones {
			if strings.Trim(p, "0123456789") != "" {
				t.Errorf("Read(%q): phone %q", s, p)
			}
		}
		if c.LostAt.After(posted.Add(time.Hour)) {
			t.Errorf("Read(%q): lost at %v, after the post", s, c.LostAt)
		}
	})
}

// Relative times are counted from the post's, in China's zone; what cannot be told is zero.
func TestLostAt(t *testing.T) {
	const layout = "2006-01-02 15:04"
	for _, tt := range []struct{ when, want string }{
		{"今天", "2026-11-24 00:00"},
		{"今天上午", "2026-11-24 08:00"},
		{"今早七点", "2026-11-24 07:00"},
		{"昨天下午3点半", "2026-11-23 15:30"},
		{"昨晚", "2026-11-23 18:00"},
		{"昨晚9点左右", "2026-11-23 21:00"},
		{"昨晚12点", "2026-11-24 00:00"},
		{"前天傍晚", "2026-11-22 17:00"},
		{"大前天", "2026-11-21 00:00"},
		{"3天前", "2026-11-21 00:00"},
		{"上周六", "2026-11-21 00:00"},
		{"周一早上", "2026-11-23 05:00"},
		{"星期五", "2026-11-20 00:00"},
		{"上上周日", "2026-11-15 00:00"},
		{"22日", "2026-11-22 00:00"},
		{"28号", "2026-10-28 00:00"},
		{"11月22号下午3点多", "2026-11-22 15:00"},
		{"12月9日", "2025-12-09 00:00"},
		{"去年6月1日", "2025-06-01 00:00"},
		{"2016年3月8日下午4点左右", "2016-03-08 16:00"},
		{"2026.11.19", "2026-11-19 00:00"},
		{"20160308下午4点", "2016-03-08 16:00"},
		{"2026年11月21日14:30", "2026-11-21 14:30"},
		{"五月七日上午", "2026-05-07 08:00"},
		{"凌晨2点", ""},
		{"2005年3月", ""},
		{"三年前", ""},
		{"除夕夜", ""},
		{"今天下午3点", ""}, // the post is of noon
		{"2026年2月30日", ""},
	} {
		c := claim.Read("孩子"+tt.when+"在临沂走失", posted)
		got := ""
		if !c.LostAt.IsZero() {
			got = c.LostAt.In(time.FixedZone("", 8*60*60)).Format(layout)
		}
		if got != tt.want {
			t.Errorf("%q (read as %q): lost at %q, want %q", tt.when, c.MissingAt, got, tt.want)
		}
	}
	if c := claim.Read("转发//@甲乙丙:孩子今天上午在临沂走失", posted); c.MissingAt != "今天上午" || !c.LostAt.IsZero() {
		t.Errorf("forwarded: %q, lost at %v, want 今天上午 and no instant: nobody knows of which day", c.MissingAt, c.LostAt)
	}
	if c := claim.Read("孩子今天上午在临沂走失", time.Time{}); !c.LostAt.IsZero() {
		t.Errorf("lost at %v, want nothing: nobody knows when it was posted", c.LostAt)
	}
}
