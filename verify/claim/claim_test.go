package claim_test

import (
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
				Name: "林小川", Sex: "男", Age: "5岁半", MissingAt: "2026年3月1日下午2点左右", Place: "山东省临沂市兰山区青山公园", Area: "371302",
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
			guitu.Claim{Name: "周一诺", Sex: "女", Age: "7岁", MissingAt: "2026年2月3日", Place: "南京市鼓楼区西河小学门口", Area: "320106", Phones: []string{"02599000001"}},
		},
		{
			"origin is not the place",
			"9岁女孩陈一鸣在济南市天桥区走失，山西省运城市人",
			guitu.Claim{Name: "陈一鸣", Sex: "女", Age: "9岁", Place: "济南市天桥区", Area: "370105"},
		},
		{"nothing", "今天天气真好", guitu.Claim{}},
		{"empty", "", guitu.Claim{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if p, ok := gazetteer.Point(tt.want.Area); ok {
				tt.want.Point = &p
			}
			if diff := cmp.Diff(tt.want, claim.Read(tt.text, time.Time{})); diff != "" {
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

func FuzzRead(f *testing.F) {
	for _, s := range []string{
		"林小川，男，5岁，在临沂市兰山区走失，穿蓝衣服，必有重谢5万元，联系人林大海19900000001",
		"失踪地点：&nbsp;\xff", "壹玖玖零零零零零零零陆", "在在在在被", "名字：赵", "岁岁岁3岁",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := claim.Read(s, time.Time{})
		for _, field := range append([]string{c.Name, c.Sex, c.Age, c.MissingAt, c.Place, c.Reward, c.Clothing}, c.Contacts...) {
			if utf8.ValidString(s) && !utf8.ValidString(field) {
				t.Errorf("Read(%q): %q cuts a character", s, field)
			}
		}
		// The sex can come from a longer word (女孩); everything else is as written.
		for _, field := range []string{c.Name, c.Age, c.MissingAt, c.Place, c.Reward, c.Clothing} {
			if !strings.Contains(s, field) {
				t.Errorf("Read(%q): %q is not as written", s, field)
			}
		}
		for _, p := range c.Phones {
			if strings.Trim(p, "0123456789") != "" {
				t.Errorf("Read(%q): phone %q", s, p)
			}
		}
	})
}
