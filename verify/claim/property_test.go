package claim_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"guitu"
	"guitu/verify/claim"
)

// spoken are the ways in which people write a digit of a phone so that nobody finds it.
var spoken = [][]string{
	{"0", "０", "零", "〇", "0️⃣"},
	{"1", "１", "壹", "幺", "①"},
	{"2", "２", "贰", "②"},
	{"3", "３", "叁", "③"},
	{"4", "４", "肆", "④"},
	{"5", "５", "伍", "⑤"},
	{"6", "６", "陆", "⑥"},
	{"7", "７", "柒", "⑦"},
	{"8", "８", "捌", "⑧"},
	{"9", "９", "玖", "⑨"},
}

// plea is a plea whose facts are known.
type plea struct{ text, name, sex, age, phone string }

// drawPlea draws a plea of invented people, with a phone that nobody has, in digits of any look.
func drawPlea(t *rapid.T) plea {
	p := plea{
		name: rapid.SampledFrom([]string{"林", "周", "郝", "欧阳"}).Draw(t, "surname") + rapid.SampledFrom([]string{"小禾", "一诺", "乐童", "晓晨"}).Draw(t, "given"),
		sex:  rapid.SampledFrom([]string{"男", "女"}).Draw(t, "sex"),
		age:  fmt.Sprintf("%d岁", rapid.IntRange(2, 17).Draw(t, "age")),
		// 1990000xxxx
		phone: fmt.Sprintf("1990000%04d", rapid.IntRange(0, 9999).Draw(t, "phone")),
	}
	written := ""
	for _, d := range p.phone {
		written += rapid.SampledFrom(spoken[d-'0']).Draw(t, "digit")
	}
	p.text = rapid.SampledFrom([]string{
		"【寻人】%s，%s，%s，昨天下午在临沂市兰山区走失，电话：%s，求转发",
		"寻人启事 姓名：%s 性别：%s 年龄：%s 走失地点：临沂市兰山区 联系电话：%s",
		"求扩散！%s，%s，%s，今天在临沂市兰山区走丢，请联系%s",
	}).Draw(t, "form")
	p.text = fmt.Sprintf(p.text, p.name, p.sex, p.age, written)
	return p
}

// TestReadsWhatWasWritten holds that a plea in plain forms is read, whoever is missed and however the phone is spelled, and that
// each span is where the post says so.
func TestReadsWhatWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlea(t)
		c := claim.Read(p.text, time.Time{})
		if c.Name != p.name || c.Sex != p.sex || c.Age != p.age || c.Area != "371302" || len(c.Phones) != 1 || c.Phones[0] != p.phone {
			t.Fatalf("%s: read %s, %s, %s, %s, %v", p.text, c.Name, c.Sex, c.Age, c.Area, c.Phones)
		}
		for _, s := range c.Spans {
			if s.Field == "name" && p.text[s.Start:s.End] != p.name {
				t.Fatalf("%s: the name stands at %q", p.text, p.text[s.Start:s.End])
			}
		}
	})
}

// TestInvisibleChangesNothing holds that characters which nobody sees do not change what is read.
func TestInvisibleChangesNothing(t *testing.T) {
	junk := []string{"", "", "", "\u200b", "\u200d", "\ufe0f", "\u2060", "&zwnj;"}
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlea(t)
		var b strings.Builder
		for _, r := range p.text {
			b.WriteRune(r)
			b.WriteString(rapid.SampledFrom(junk).Draw(t, "junk"))
		}
		strip := strings.NewReplacer("\u200b", "", "\u200d", "", "\ufe0f", "", "\u2060", "", "&zwnj;", "")
		visible := func(c guitu.Claim) guitu.Claim {
			c.Spans = nil
			for _, f := range []*string{&c.Name, &c.Age, &c.Sex, &c.MissingAt, &c.Place} {
				*f = strip.Replace(*f)
			}
			return c
		}
		want, got := claim.Read(p.text, time.Time{}), claim.Read(b.String(), time.Time{})
		if diff := cmp.Diff(visible(want), visible(got)); diff != "" {
			t.Fatalf("%q is read in another way than %q (-want +got):\n%s", b.String(), p.text, diff)
		}
	})
}
