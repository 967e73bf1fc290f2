package rumors

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"guitu"
	"guitu/internal/testenv/golden"
)

const lanshan = "临沂市兰山区"

var ruledAt = time.Date(2026, 11, 24, 7, 58, 30, 0, time.UTC)

func story(topic guitu.Topic, sex, age string) guitu.Rumor {
	return guitu.Rumor{
		ID: 7, Status: guitu.Actual, State: guitu.RumorRuled, Topic: topic,
		Claim: guitu.Claim{
			Name: "张小桐", Sex: sex, Age: age, MissingAt: "今天上午", Place: "临沂市兰山区某小区附近", Area: "371302",
			Phones: []string{"19900001234"}, Contacts: []string{"周大川", "李女士"}, Reward: "10万元", Clothing: "红色上衣",
		},
	}
}

func verdict(ruling guitu.Ruling, ending guitu.Ending) guitu.Verdict {
	return guitu.Verdict{
		ID: 3, RumorID: 7, Ruling: ruling, Ending: ending, At: ruledAt,
		Basis: "经联系张小桐的父亲周大川（电话199 0000 1234），孩子一直在家。\n辖区无此类警情，车牌鲁Q12345的车主已澄清",
		Desk:  guitu.Desk{Name: "兰山区值班台"}, Officer: guitu.Officer{Name: "吴警官"},
	}
}

var sample = []guitu.Post{
	{URL: "https://m.weibo.example/status/1", Text: "张小桐 19900001234"},
	{URL: "javascript:alert(1)"},
	{URL: "https://m.weibo.example/status/1"},
	{URL: "https://name:secret@m.weibo.example/status/2"},
	{URL: ""},
	{URL: "http://tieba.example/p/2"},
}

func earlier(kind guitu.NoticeKind) *guitu.Notice {
	return &guitu.Notice{
		Code: "K7QW3M", Kind: kind,
		MadeAt: time.Date(2026, 11, 22, 17, 30, 0, 0, time.UTC), // the 23rd in Beijing
	}
}

// TestComposeGolden holds every wording that the public can read: go test ./verify/rumors -run Compose -update.
func TestComposeGolden(t *testing.T) {
	kinds := []struct {
		name      string
		verdict   guitu.Verdict
		corrected *guitu.Notice
		want      guitu.NoticeKind
	}{
		{"debunk", verdict(guitu.Refuted, ""), nil, guitu.NoticeDebunk},
		{"found", verdict(guitu.Outdated, guitu.Found), nil, guitu.NoticeFound},
		{"over", verdict(guitu.Outdated, guitu.Over), nil, guitu.NoticeOver},
		{"correction_confirmed", verdict(guitu.Confirmed, ""), earlier(guitu.NoticeDebunk), guitu.NoticeCorrection},
		{"correction_unproven", verdict(guitu.Unproven, ""), earlier(guitu.NoticeDebunk), guitu.NoticeCorrection},
		{"correction_refuted", verdict(guitu.Refuted, ""), earlier(guitu.NoticeFound), guitu.NoticeCorrection},
		{"correction_found", verdict(guitu.Outdated, guitu.Found), earlier(guitu.NoticeOver), guitu.NoticeCorrection},
		{"correction_over", verdict(guitu.Outdated, guitu.Over), earlier(guitu.NoticeCorrection), guitu.NoticeCorrection},
	}
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			var b strings.Builder
			for _, topic := range []guitu.Topic{guitu.Plea, guitu.AbductionScare, guitu.AdultMissing} {
				for _, status := range []guitu.Status{guitu.Actual, guitu.Exercise} {
					for _, place := range []string{lanshan, ""} {
						for _, age := range []string{"3岁多", ""} {
							r := story(topic, "女", age)
							if topic == guitu.AdultMissing && age != "" {
								r.Claim.Age = "七十二岁"
							}
							r.Status = status
							n, ok := compose(r, k.verdict, sample, place, k.corrected)
							if !ok || n.Kind != k.want {
								t.Fatalf("compose(%s) = kind %q, %v; want %q, true", k.name, n.Kind, ok, k.want)
							}
							fmt.Fprintf(&b, "== %s, %s, place %q, age %q\n%s\n", topic, status, place, r.Claim.Age, n.Claimed)
							for _, lang := range []string{guitu.Chinese, guitu.English} {
								x := n.Texts[lang]
								fmt.Fprintf(&b, "-- %s\n%s\n\n%s\n\n%s\n", lang, x.Headline, x.Description, x.Instruction)
							}
							b.WriteString("\n")
						}
					}
				}
			}
			golden.Check(t, filepath.Join("testdata", "compose", k.name+".txt"), b.String())
		})
	}
}

func TestComposeNothing(t *testing.T) {
	for _, ruling := range []guitu.Ruling{guitu.Confirmed, guitu.Unproven} {
		if n, ok := compose(story(guitu.Plea, "女", "3岁"), verdict(ruling, ""), sample, lanshan, nil); ok {
			t.Errorf("compose(%s) = %+v, true; want none", ruling, n)
		}
	}
}

func TestComposeFields(t *testing.T) {
	old := earlier(guitu.NoticeDebunk)
	n, _ := compose(story(guitu.Plea, "女", "3岁"), verdict(guitu.Outdated, guitu.Found), sample, lanshan, nil)
	if len(n.Sources) > 0 {
		t.Errorf("a found notice leads to the posts %q", n.Sources)
	}
	n, _ = compose(story(guitu.Plea, "女", "3岁"), verdict(guitu.Refuted, ""), sample, lanshan, old)
	n.Texts = nil
	want := guitu.Notice{
		Kind: guitu.NoticeCorrection, Status: guitu.Actual, Area: "371302", Place: lanshan,
		Claimed: "一名约3岁女童在临沂市兰山区走失", Corrects: "K7QW3M", MadeAt: ruledAt,
		Sources: []string{"https://m.weibo.example/status/1", "http://tieba.example/p/2"},
	}
	if diff := cmp.Diff(want, n); diff != "" {
		t.Errorf("compose (-want +got):\n%s", diff)
	}
}

// TestComposeLaws checks what holds for every notice, whatever the story: the headline's length, and what must never be said.
func TestComposeLaws(t *testing.T) {
	number := regexp.MustCompile(`[0-9]{5,}`)
	places := []string{
		"", "兰山区", lanshan, "山东省临沂市兰山区", "新疆维吾尔自治区克孜勒苏柯尔克孜自治州阿合奇县",
		"云南省双江拉祜族佤族布朗族傣族自治县", strings.Repeat("长", 80) + "区",
	}
	checked := 0
	for _, topic := range []guitu.Topic{guitu.Plea, guitu.AbductionScare, guitu.AdultMissing, ""} {
		for _, sex := range []string{"女", "男", ""} {
			for _, age := range []string{"8个月", "3岁", "16岁", "72岁", ""} {
				for _, place := range places {
					for _, status := range []guitu.Status{guitu.Actual, guitu.Exercise} {
						for _, old := range []*guitu.Notice{nil, earlier(guitu.NoticeDebunk)} {
							for _, ruling := range guitu.Rulings {
								for _, ending := range []guitu.Ending{guitu.Found, guitu.Over, ""} {
									r, v := story(topic, sex, age), verdict(ruling, ending)
									r.Status = status
									if ruling != guitu.Refuted {
										v.Basis = "孩子已经溺亡，系谣言"
									}
									n, ok := compose(r, v, sample, place, old)
									if !ok {
										continue
									}
									checked++
									for lang, x := range n.Texts {
										all := x.Headline + "\n" + x.Description + "\n" + x.Instruction + "\n" + n.Claimed
										if c := utf8.RuneCountInString(x.Headline); c > 60 || strings.Contains(x.Headline, "\n") {
											t.Errorf("%s headline %q: %d runes, want at most 60 in one line", lang, x.Headline, c)
										}
										if m := number.FindString(strings.ReplaceAll(all, "2026", "")); m != "" {
											t.Errorf("%s text holds the number %s:\n%s", lang, m, all)
										}
										for _, bad := range []string{"张小桐", "小桐", "周大川", "红色", "10万", "谣言", "溺亡", "死", "  ", "鲁Q", "%!", "。。"} {
											if strings.Contains(all, bad) {
												t.Errorf("%s text holds %q:\n%s", lang, bad, all)
											}
										}
										if ruling == guitu.Outdated && ending != guitu.Found &&
											strings.Contains(strings.ToLower(all), map[string]string{guitu.Chinese: "找回", guitu.English: "found"}[lang]) && old == nil {
											t.Errorf("%s text of a matter that is over says found:\n%s", lang, all)
										}
										if got := strings.HasPrefix(x.Headline, "【演练】"); got != (status == guitu.Exercise) {
											t.Errorf("%s headline %q of status %s: marked %v", lang, x.Headline, status, got)
										}
									}
								}
							}
						}
					}
				}
			}
		}
	}
	if checked < 1000 {
		t.Fatalf("checked %d notices, want over 1000", checked)
	}
}

func TestPublicBasis(t *testing.T) {
	tests := []struct{ basis, want string }{
		{"查无此警情", "查无此警情。"},
		{"该信息系谣言！", "该信息系谣言！"},
		{"电 0539-8123456 找 张小桐\n已回家", "电［号码略］找张某某已回家。"},
		{"身份证37130219900101123X", "身份证［号码略］。"},
		{"李女士称２０２６年未报警", "李女士称２０２６年未报警。"},
		{"周大川驾驶鲁Q·12345", "周某某驾驶［车牌略］。"},
		{"as \n seen 在家", "as seen在家。"},
		{"经\u202e查\x07", "经查。"},
		{"", ""},
	}
	for _, tt := range tests {
		v := verdict(guitu.Refuted, "")
		v.Basis = tt.basis
		if got := publicBasis(story(guitu.Plea, "女", "3岁"), v); got != tt.want {
			t.Errorf("publicBasis(%q) = %q, want %q", tt.basis, got, tt.want)
		}
	}
}

func TestAgeOf(t *testing.T) {
	tests := []struct {
		written string
		years   int
		known   bool
	}{
		{"3岁", 3, true},
		{"３岁", 3, true},
		{"3周岁", 3, true},
		{"三岁多", 3, true},
		{"两岁半", 2, true},
		{"十二岁", 12, true},
		{"十七八岁", 17, true},
		{"七八岁", 7, true},
		{"七十二岁", 72, true},
		{"20来岁", 20, true},
		{"3-4岁", 3, true},
		{"半岁", 0, true},
		{"8个月", 0, true},
		{"八个多月", 0, true},
		{"18个月", 1, true},
		{"6", 6, true},
		{"45天", 0, true},
		{"2014年出生", 0, false},
		{"500岁", 0, false},
		{"不详", 0, false},
		{"", 0, false},
	}
	for _, tt := range tests {
		if years, known := ageOf(tt.written); known != tt.known || known && years != tt.years {
			t.Errorf("ageOf(%q) = %d, %v; want %d, %v", tt.written, years, known, tt.years, tt.known)
		}
	}
}

func TestClaimed(t *testing.T) {
	tests := []struct {
		topic         guitu.Topic
		sex, age      string
		place         string
		chinese, engl string
	}{
		{guitu.AbductionScare, "女", "3岁", lanshan, "一名约3岁女童在临沂市兰山区被拐走", "a girl of about 3 was abducted in 临沂市兰山区"},
		{guitu.AbductionScare, "", "", lanshan, "有儿童在临沂市兰山区被拐走", "a child was abducted in 临沂市兰山区"},
		{guitu.AbductionScare, "", "", "", "有儿童被拐走", "a child was abducted"},
		{guitu.Plea, "男", "6个月", "", "一名男婴走失", "a baby boy went missing"},
		{guitu.Plea, "", "15岁", lanshan, "一名约15岁未成年人在临沂市兰山区走失", "a minor of about 15 went missing in 临沂市兰山区"},
		{guitu.AdultMissing, "男", "76", "", "一名约80岁男子走失", "a man of about 80 went missing"},
		{guitu.AdultMissing, "", "", "", "一名人员走失", "a person went missing"},
	}
	for _, tt := range tests {
		r := story(tt.topic, tt.sex, tt.age)
		if got := claimedChinese(r, tt.place); got != tt.chinese {
			t.Errorf("claimedChinese(%s, %q, %q, %q) = %q, want %q", tt.topic, tt.sex, tt.age, tt.place, got, tt.chinese)
		}
		if got := claimedEnglish(r, tt.place); got != tt.engl {
			t.Errorf("claimedEnglish(%s, %q, %q, %q) = %q, want %q", tt.topic, tt.sex, tt.age, tt.place, got, tt.engl)
		}
	}
}

func TestNearer(t *testing.T) {
	tests := []struct{ place, want string }{
		{"山东省临沂市兰山区", "临沂市兰山区"},
		{"临沂市兰山区", "兰山区"},
		{"青岛市市北区", "市北区"},
		{"市北区", ""},
		{"常德市津市市", "津市市"},
		{"新疆维吾尔自治区克孜勒苏柯尔克孜自治州阿合奇县", "克孜勒苏柯尔克孜自治州阿合奇县"},
		{"大兴安岭地区漠河市", "漠河市"},
		{"北京市", ""},
	}
	for _, tt := range tests {
		if got := nearer(tt.place); got != tt.want {
			t.Errorf("nearer(%q) = %q, want %q", tt.place, got, tt.want)
		}
	}
}
