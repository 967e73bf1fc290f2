package bot_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guitu"
	"guitu/bot"
	"guitu/internal/testenv/golden"
)

var (
	noon   = time.Date(2026, 11, 24, 4, 0, 0, 0, time.UTC)
	county = guitu.Desk{ID: 3, Name: "兰山区值班台", Area: "371302", TelegramChat: "-1003"}
	wang   = guitu.Officer{ID: 7, Name: "王警官", Role: guitu.RoleOfficer, Desk: county, TelegramUser: 700, OnDuty: true}
)

// question is a story in all its fields, of invented people.
func question() guitu.Question {
	return guitu.Question{
		Rumor: guitu.Rumor{
			ID: 17, Status: guitu.Actual, State: guitu.RumorOpen, Topic: guitu.Plea, Posts: 12, Reach: 340,
			Claim: guitu.Claim{
				Name: "甄小归", Sex: "女", Age: "3岁", MissingAt: "今天上午", Place: "临沂市兰山区某小区附近", Area: "371302",
				Phones: []string{"19900000001"}, Contacts: []string{"甄大山"}, Clothing: "红色外套", Reward: "重谢",
				Born: "2023年5月", Height: "95厘米", Weight: "28斤", LostAt: noon.Add(-4 * time.Hour), Features: "左耳后有痣", Taker: "一名中年男子",
			},
			Hits: []guitu.Hit{
				{Rule: "lost child", Text: "走丢", Weight: 0.4},
				{Rule: "phone", Text: "199 0000 0001", Weight: 0.2},
				{Rule: "lost child", Text: "不见了", Weight: 0.1},
				{Rule: "lost child", Text: "走丢", Weight: 0.1},
				{Rule: "unnamed", Text: "小说", Weight: -0.1},
			},
			FirstSeen: noon.Add(-3 * time.Hour), LastSeen: noon,
		},
		Samples: []guitu.Post{{
			URL: "https://weibo.example/1", Author: "路人甲", PostedAt: noon.Add(-3 * time.Hour), Reposts: 88,
			Text: "急！甄小归今天上午走丢，<b>红色外套</b>，联系甄大山 199-0000-0001，旧案王某宝",
		}, {
			URL: "javascript://weibo.example/%0aalert(1)", PostedAt: noon, Text: "转发：孩子不见了",
		}},
		PostsLast24: 9,
		Evidence: guitu.Evidence{Debunks: 2, Found: 1, Latest: []guitu.Post{
			{Evidence: guitu.FoundNews, URL: "https://weibo.example/9", Author: "路人乙", PostedAt: noon, Text: "甄小归找到了，19900000001 不用再打"},
			{Evidence: guitu.Debunk, URL: "javascript://weibo.example/%0aalert(1)", PostedAt: noon.Add(-time.Hour), Text: "假的，勿传"},
		}},
		Seen: []guitu.Asset{
			{Kind: guitu.AssetPhone, Value: "19900000001", RumorID: 12, Since: noon.AddDate(0, -9, 0), RuledAt: noon.AddDate(0, -9, 1)},
			{Kind: guitu.AssetName, Value: "甄大山", RumorID: 12, Since: noon.AddDate(0, -9, 0), RuledAt: noon.AddDate(0, -9, 1)},
			{Kind: guitu.AssetPicture, Value: "8f00ff00ff00ff01", RumorID: 9, Since: noon.AddDate(-1, 0, 0), RuledAt: noon.AddDate(-1, 0, 1)},
		},
		Precedent: &guitu.Precedent{
			Rumor: guitu.Rumor{
				ID: 5, Topic: guitu.Plea, FirstSeen: noon.AddDate(-1, 0, 0),
				Claim: guitu.Claim{Name: "王某宝", Sex: "女", Age: "3岁", Place: "某市"},
			},
			Verdict: &guitu.Verdict{
				ID: 2, Ruling: guitu.Refuted, Officer: guitu.Officer{Name: "李警官"}, At: noon.AddDate(-1, 0, 1),
				Basis: "电话 19900000002 询问王某宝家长，孩子在家",
			},
		},
		Assignment: &guitu.Assignment{ID: 1, RumorID: 17, Desk: county, Reason: "route", At: noon, Due: noon.Add(30 * time.Minute)},
	}
}

func ruled() guitu.Question {
	q := question()
	q.Rumor.State, q.Rumor.Status = guitu.RumorRuled, guitu.Exercise
	q.Assignment.Ended = noon.Add(10 * time.Minute)
	q.Verdict = &guitu.Verdict{
		ID: 4, RumorID: 17, Ruling: guitu.Outdated, Ending: guitu.Found, Officer: wang, Desk: county,
		At: noon.Add(10 * time.Minute), Basis: "甄大山（19900000001）确认孩子已回家", Corrects: 3,
	}
	q.Notice = &guitu.Notice{Kind: guitu.NoticeFound, Code: "K7M2QX", Due: noon.Add(5 * time.Hour)}
	return q
}

// merged is the story of ruled after it went into another.
func merged() guitu.Question {
	q := ruled()
	q.Rumor.State, q.Rumor.MergedInto, q.Rumor.SplitFrom = guitu.RumorMerged, 5, 3
	q.Samples, q.Evidence, q.Into, q.Precedent, q.Merged = nil, guitu.Evidence{}, q.Precedent, nil, []int64{8, 9}
	return q
}

func text(c bot.Card) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s exercise=%v console=%s\n", c.Title, c.State, c.Exercise, c.Console)
	for _, s := range c.Sections {
		fmt.Fprintf(&b, "[%s] %s\n", s.Key, s.Heading)
		for _, l := range s.Lines {
			fmt.Fprintf(&b, "  %s: %s <%s> quote=%v\n", l.Label, l.Text, l.URL, l.Quote)
		}
	}
	return b.String()
}

func TestNewCard(t *testing.T) {
	area := func(guitu.Area) string { return "山东省临沂市兰山区" }
	golden.Check(t, filepath.Join("testdata", "card.full.txt"), text(bot.NewCard(question(), bot.CardOptions{AreaName: area, Console: "https://guitu.example/console/rumors/17"})))
	golden.Check(t, filepath.Join("testdata", "card.masked.txt"), text(bot.NewCard(question(), bot.CardOptions{Mask: true, Samples: 24})))
	golden.Check(t, filepath.Join("testdata", "card.ruled.txt"), text(bot.NewCard(ruled(), bot.CardOptions{Mask: true})))
	golden.Check(t, filepath.Join("testdata", "card.merged.txt"), text(bot.NewCard(merged(), bot.CardOptions{Mask: true})))
	golden.Check(t, filepath.Join("testdata", "card.bare.txt"), text(bot.NewCard(guitu.Question{Rumor: guitu.Rumor{ID: 1, State: guitu.RumorOpen}}, bot.CardOptions{Mask: true})))
}

// A guessed place is marked as one.
func TestNewCardGuessedArea(t *testing.T) {
	q := question()
	q.Rumor.Claim.Area, q.Rumor.Claim.AreaHint = "", "371300"
	c, _ := bot.NewCard(q, bot.CardOptions{}).Section(bot.SectionClaim)
	for _, l := range c.Lines {
		if l.Label == "区划" && strings.HasPrefix(l.Text, "371300") && strings.Contains(l.Text, "推测") {
			return
		}
	}
	t.Errorf("no line says that 371300 is a guess: %+v", c.Lines)
}

// A masked card must not hold a name or a number anywhere, whoever it belongs to.
func TestNewCardMasks(t *testing.T) {
	for name, q := range map[string]guitu.Question{"open": question(), "ruled": ruled(), "merged": merged()} {
		full, masked := text(bot.NewCard(q, bot.CardOptions{})), text(bot.NewCard(q, bot.CardOptions{Mask: true}))
		for _, secret := range []string{"甄小归", "甄大山", "王某宝", "19900000001", "19900000002", "199-0000-0001", "199 0000 0001"} {
			if name == "open" && !strings.Contains(full, secret) {
				t.Errorf("%s: the full card lacks %q, so the test proves nothing", name, secret)
			}
			if strings.Contains(masked, secret) {
				t.Errorf("%s: the masked card holds %q:\n%s", name, secret, masked)
			}
		}
	}
}

// Officers read why a post was flagged, so every rule of verify/spot has a name in their language.
func TestRulesAreNamed(t *testing.T) {
	var source []byte
	for _, name := range []string{"rules.go", "strongest.go"} {
		b, err := os.ReadFile("../verify/spot/" + name)
		if err != nil {
			t.Fatal(err)
		}
		source = append(source, b...)
	}
	rules := regexp.MustCompile(`(?:says[A-Za-z]+: *|Rule: )"([a-z ]+)",`).FindAllStringSubmatch(string(source), -1)
	if len(rules) < 20 {
		t.Fatalf("found %d rules, want them all", len(rules))
	}
	for _, r := range rules {
		q := guitu.Question{Rumor: guitu.Rumor{Hits: []guitu.Hit{{Rule: r[1], Text: "x"}}}}
		if why, _ := bot.NewCard(q, bot.CardOptions{}).Section(bot.SectionWhy); why.Lines[0].Label == r[1] {
			t.Errorf("rule %q has no name", r[1])
		}
	}
}

func TestActions(t *testing.T) {
	other := wang
	other.Desk = guitu.Desk{ID: 9, Area: "440106"}
	asked := other
	asked.Desk.ID = county.ID
	disabled := wang
	disabled.Disabled = true
	open := []string{"rule:17:0:confirmed", "rule:17:0:refuted", "rule:17:0:outdated", "pick:17:0:outdated:found", "pick:17:0:outdated:over", "rule:17:0:unproven", "hand:17", "same:17:5"}
	correct := []string{"correct:17:4", "pick:17:4:confirmed", "pick:17:4:refuted", "pick:17:4:outdated:over", "pick:17:4:unproven"}
	for _, tt := range []struct {
		name    string
		q       guitu.Question
		officer *guitu.Officer
		want    []string
	}{
		{"many readers", question(), nil, open},
		{"officer of the area", question(), &wang, open},
		{"officer of the asked desk", question(), &asked, open},
		{"officer of elsewhere", question(), &other, nil},
		{"disabled", question(), &disabled, nil},
		{"ruled", ruled(), &wang, correct},
		{"merged", merged(), &wang, nil},
		{"merged, many readers", merged(), nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, a := range bot.Actions(tt.q, tt.officer) {
				got = append(got, a.Press.Data())
				for _, c := range a.Choices {
					got = append(got, c.Press.Data())
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Actions (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDeskActions(t *testing.T) {
	desks := []guitu.Desk{{ID: 1, Name: "部级"}, {ID: 2, Name: "广东", Area: "440000"}, {ID: 4, Name: "临沂", Area: "371300"}, {ID: 5, Name: "罗庄", Area: "371311"}, county}
	var got []string
	as, more := bot.DeskActions(question(), desks)
	for _, a := range as {
		got = append(got, a.Label+" "+a.Press.Data())
	}
	if diff := cmp.Diff([]string{"临沂 to:17:4", "部级 to:17:1", "罗庄 to:17:5", "广东 to:17:2"}, got); diff != "" || more != 0 {
		t.Errorf("DeskActions more = %d (-want +got):\n%s", more, diff)
	}
	many := make([]guitu.Desk, bot.MaxDesks+3)
	for i := range many {
		many[i] = guitu.Desk{ID: int64(100 + i), Name: "台"}
	}
	if as, more := bot.DeskActions(question(), many); len(as) != bot.MaxDesks || more != 3 {
		t.Errorf("DeskActions of %d desks = %d and %d more, want %d and 3", len(many), len(as), more, bot.MaxDesks)
	}
}

func TestParsePress(t *testing.T) {
	huge := int64(9223372036854775807)
	for _, p := range []bot.Press{
		{Verb: bot.VerbRule, RumorID: 17, Ruling: guitu.Refuted},
		{Verb: bot.VerbPick, RumorID: huge, Corrects: huge, Ruling: guitu.Outdated, Ending: guitu.Found},
		{Verb: bot.VerbCorrect, RumorID: huge, Corrects: huge},
		{Verb: bot.VerbTo, RumorID: huge, DeskID: huge},
		{Verb: bot.VerbSame, RumorID: huge, IntoID: huge},
		{Verb: bot.VerbHand, RumorID: 1},
		{Verb: bot.VerbOpen, RumorID: 1},
		{Verb: bot.VerbAlert, AlertID: huge, Version: 2147483647, Do: "issue", Arg: "9999999.ffffffff"},
		{Verb: bot.VerbAlert, AlertID: 1, Do: "drop"},
		{Verb: bot.VerbCase, AlertID: huge, Version: 2147483647, Do: "found", Arg: "false_report.a.1440"},
		{Verb: bot.VerbCase, AlertID: huge, Do: "handled", Arg: "9223372036854775807"},
		{Verb: bot.VerbCase, AlertID: 1, Do: "show"},
		{Verb: bot.VerbTip, Code: "K7M2QX"},
		{Verb: bot.VerbWish, Receipt: "K7M2QX-2345AB"},
	} {
		data := p.Data()
		if len(data) > bot.MaxData {
			t.Errorf("%q is %d bytes, want at most %d", data, len(data), bot.MaxData)
		}
		got, err := bot.ParsePress(data)
		if err != nil || got != p {
			t.Errorf("ParsePress(%q) = %+v, %v, want %+v", data, got, err, p)
		}
	}
	for _, data := range []string{
		"", ":", "rule", "rule:17", "rule:17:0", "rule:017:0:refuted", "rule:+17:0:refuted", "rule:-1:0:refuted", "rule:0:0:refuted",
		"rule:17:0:guilty", "rule:17:0:refuted:found", "rule:17:0:outdated:dead", "rule:17:0:outdated:", "rule:17:-1:refuted", "rule:17:0:refuted:found:x",
		"hand:17:3", "to:17", "to:17:0", "correct:17:0", "same:17", "same:17:0", "same:17:-5", "same:17:05", "RULE:17:0:refuted", "rule:99999999999999999999:0:refuted", "drop:17", "alert:1", "alert:0:0:drop:", "alert:1:0:close:",
		"alert:1:-1:drop:", "alert:01:0:drop:", "alert:1:0:set:SEX", "alert:1:0:set:sex.male:x", "alert:1:0:set:" + strings.Repeat("a", 17),
		"case:1:0:drop:", "case:0:0:show:", "case:1:0:until:12h!", "case:1:0:show:" + strings.Repeat("a", 20), "case:1:0:show",
		"tip", "tip:", "tip:k7m2qx", "tip:K7M2QX:1", "wish:K7M2QX", "wish:K7M2QX-2345AB-",
		strings.Repeat("a", 65), "rule:17:0:refuted\x00", "rule:１７:0:refuted",
	} {
		if p, err := bot.ParsePress(data); guitu.KindOf(err) != guitu.Invalid {
			t.Errorf("ParsePress(%q) = %+v, %v, want an error of kind invalid", data, p, err)
		}
	}
}

func FuzzParsePress(f *testing.F) {
	f.Add("rule:17:0:refuted")
	f.Add("pick:17:4:outdated:found")
	f.Add("to:17:3")
	f.Add("same:17:5")
	f.Add("draft:17")
	f.Add("alert:12:3:ack:1.ab12cd34")
	f.Add("case:12:3:found:lost.a.30")
	f.Add("wish:K7M2QX-2345AB")
	f.Fuzz(func(t *testing.T, data string) {
		p, err := bot.ParsePress(data)
		if err == nil && p.Data() != data {
			t.Errorf("ParsePress(%q).Data() = %q", data, p.Data())
		}
	})
}
