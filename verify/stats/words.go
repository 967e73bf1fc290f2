package stats

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"guitu"
)

// beijing is the time zone of everything that the public reads.
var beijing = time.FixedZone("Asia/Shanghai", 8*60*60)

// Definitions says what the figures of a report of StatisticsVersion mean, one sentence each. It is printed under every table.
func Definitions(lang string) []string {
	zh, en := Ours.Words()
	if lang == guitu.English {
		return []string{
			fmt.Sprintf("Definitions, version %d. Times are Beijing time.", guitu.StatisticsVersion),
			"Published: alerts whose first message went out in the period. Those cancelled as issued in error are counted apart. Exercises never count.",
			"Closed: published ones with a recorded outcome when the report was made. Open: all other published ones, also those that expired.",
			"Found alive and found dead are kept apart. A false report counts as found alive unless recorded otherwise.",
			"The base of the shares is the number published, also for outcomes. Percentages: " + en + ".",
			"Outcome: as recorded by the officer who closed the case.",
			"Time to publish: from when the child was lost to the first message. Time to find: from the first message until the child was found. Distance: between both places, in a straight line. All are medians of the cases in which both ends are recorded.",
			"Rumors flagged: stories on which officers were first asked in the period. Their verdicts are those that held when the report was made; time to verdict is the median from asking to the first verdict.",
			fmt.Sprintf("Groups of fewer than %d are counted together with others, and medians of fewer are withheld, so that no figure points to a child.", Least),
		}
	}
	return []string{
		fmt.Sprintf("统计口径第%d版。时间为北京时间。", guitu.StatisticsVersion),
		"发布：期间内首次发布的寻人信息；因发布错误而撤销的另计。演练一律不计。",
		"结案：其中截至统计时已登记结果的。未结案：其余的，包括已到期的。",
		"生还与死亡分别统计；虚假报警除另有登记外计入生还。",
		"各项占比均以发布数为基数，包括各类结果。百分比" + zh + "。",
		"结果：以结案民警登记的为准。",
		"发布用时：从走失到首次发布。找到用时：从首次发布到找到。距离：走失地与找到地之间的直线距离。均取两端有记录的案件的中位数。",
		"转核查的网传信息：期间内首次请民警核查的。核查结论为截至统计时有效的结论；核查用时为从请民警核查到首次结论的中位数。",
		fmt.Sprintf("不足%d例的合并统计，不足%d例的不公布中位数，以免指向具体的孩子。", Least, Least),
	}
}

// Period words are the period of a report: a year, a month, or its first and last day.
func Period(r guitu.Report, lang string) string {
	from, to := r.From.In(beijing), r.To.In(beijing)
	last := to.Add(-time.Nanosecond)
	day := func(t time.Time) bool { return t.Day() == 1 && t.Hour() == 0 && t.Minute() == 0 }
	formats := map[bool][3]string{false: {"2006年", "2006年1月", "2006年1月2日"}, true: {"2006", "January 2006", "2 January 2006"}}[lang == guitu.English]
	switch {
	case day(from) && from.Month() == time.January && to.Equal(from.AddDate(1, 0, 0)):
		return from.Format(formats[0])
	case day(from) && to.Equal(from.AddDate(0, 1, 0)):
		return from.Format(formats[1])
	case lang == guitu.English:
		return from.Format(formats[2]) + " to " + last.Format(formats[2])
	}
	return from.Format(formats[2]) + "至" + last.Format(formats[2])
}

// Row is one line of a report's table.
type Row struct {
	Key   string // stable, for programs: "published", "outcome:ran_away"
	Label string
	Value string
	Share string // of those published; "" where it makes no sense
}

// Rows are the table of a report. areaName names a division, "" for an unknown one.
func Rows(r guitu.Report, lang string, areaName func(guitu.Area) string) []Row {
	w := words(lang)
	of := func(n int) string { return Ours.Percent(n, r.Published) }
	rows := []Row{
		{"published", w.published, count(r.Published), ""},
		{"closed", w.closed, count(r.Closed), of(r.Closed)},
		{"alive", w.alive, count(r.Alive), of(r.Alive)},
		{"dead", w.dead, count(r.Dead), of(r.Dead)},
	}
	if r.Unsaid > 0 {
		rows = append(rows, Row{"unsaid", w.unsaid, count(r.Unsaid), of(r.Unsaid)})
	}
	rows = append(rows, Row{"open", w.open, count(r.Open), of(r.Open)}, Row{"cancelled", w.cancelled, count(r.Cancelled), ""})
	for _, o := range r.Outcomes {
		rows = append(rows, Row{"outcome:" + keys(o.Outcomes), w.outcome + outcomeNames(o.Outcomes, lang), count(o.Count), of(o.Count)})
	}
	for _, a := range r.Areas {
		rows = append(rows, Row{"area:" + areaKey(a), w.area + areaLabel(a, lang, areaName), count(a.Count), of(a.Count)})
	}
	rows = append(rows,
		Row{"publishing_minutes", w.publishing, w.middle(r.Publishing, w.minutes), ""},
		Row{"finding_hours", w.finding, w.middle(r.Finding, w.hours), ""},
		Row{"distance_km", w.distance, w.middle(r.Distance, w.kilometres), ""},
		Row{"rumors_flagged", w.flagged, count(r.Rumors.Flagged), ""},
		Row{"rumors_confirmed", w.confirmed, count(r.Rumors.Confirmed), ""},
		Row{"rumors_refuted", w.refuted, count(r.Rumors.Refuted), ""},
		Row{"rumors_outdated", w.outdated, count(r.Rumors.Outdated), ""},
		Row{"rumors_unproven", w.unproven, count(r.Rumors.Unproven), ""},
		Row{"rumors_waiting", w.waiting, count(r.Rumors.Waiting), ""},
		Row{"checking_minutes", w.checking, w.middle(r.Rumors.Checking, w.minutes), ""})
	return rows
}

func count(n int) string { return strconv.Itoa(n) }

func keys(all []guitu.Outcome) string {
	var names []string
	for _, o := range all {
		names = append(names, string(o))
	}
	return strings.Join(names, "+")
}

func outcomeNames(all []guitu.Outcome, lang string) string {
	var names []string
	for _, o := range all {
		zh, en := o.Words()
		if lang == guitu.English {
			names = append(names, en)
		} else {
			names = append(names, zh)
		}
	}
	if lang == guitu.English {
		return strings.Join(names, " / ")
	}
	return strings.Join(names, "、")
}

func areaKey(a guitu.AreaCount) string {
	key := string(a.Area)
	if a.Area == "" {
		key = "000000" // the code of the country in tables of GB/T 2260
	}
	if a.Rest {
		key += "-rest"
	}
	return key
}

func areaLabel(a guitu.AreaCount, lang string, areaName func(guitu.Area) string) string {
	name := areaName(a.Area)
	if name == "" {
		name = string(a.Area)
	}
	switch {
	case a.Area == "" && lang == guitu.English:
		return map[bool]string{true: "elsewhere", false: "whole country"}[a.Rest]
	case a.Area == "":
		return map[bool]string{true: "其他地区", false: "全国"}[a.Rest]
	case a.Rest && lang == guitu.English:
		return name + ", the rest"
	case a.Rest:
		return name + "其余"
	}
	return name
}

// labels are the words of a table.
type labels struct {
	published, closed, alive, dead, unsaid, open, cancelled, outcome, area, publishing, finding, distance,
	flagged, confirmed, refuted, outdated, unproven, waiting, checking, minutes, hours, kilometres, withheld, cases string
}

// middle prints a median with the number of its cases.
func (w labels) middle(m guitu.Median, unit string) string {
	if m.Cases < Least {
		return w.withheld
	}
	return fmt.Sprintf("%.1f "+unit+w.cases, m.Value, m.Cases)
}

func words(lang string) labels {
	if lang == guitu.English {
		return labels{
			"Published", "Closed", "Found alive", "Found dead", "Closed, not recorded whether alive", "Open", "Cancelled as issued in error",
			"Outcome: ", "Area: ", "Time to publish, median", "Time to find, median", "Distance, median",
			"Rumors flagged", "Rumors confirmed", "Rumors refuted", "Rumors outdated", "Rumors not verifiable", "Rumors waiting",
			"Time to verdict, median", "min", "h", "km", "withheld", " (%d cases)",
		}
	}
	return labels{
		"发布", "结案", "生还", "死亡", "结案但未登记生死", "未结案", "因发布错误撤销",
		"结果：", "地区：", "发布用时中位数", "找到用时中位数", "距离中位数",
		"转核查的网传信息", "核查属实", "核查不实", "已过时", "暂无法核实", "等待核查", "核查用时中位数",
		"分钟", "小时", "公里", "不公布", "（%d例）",
	}
}
