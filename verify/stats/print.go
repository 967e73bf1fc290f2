package stats

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/rivo/uniseg"

	"guitu"
)

// Table prints a report with its definitions under it, as plain text in columns.
func Table(r guitu.Report, lang string, areaName func(guitu.Area) string) string {
	var b strings.Builder
	title, asOf := "寻人与核查统计　", "统计时间："
	if lang == guitu.English {
		title, asOf = "Alerts and rumors, ", "Counted at "
	}
	b.WriteString(title + Period(r, lang) + "\n" + asOf + r.AsOf.In(beijing).Format("2006-01-02 15:04") + "\n\n")
	rows := Rows(r, lang, areaName)
	var label, value int
	for _, row := range rows {
		label, value = max(label, uniseg.StringWidth(row.Label)), max(value, uniseg.StringWidth(row.Value))
	}
	for _, row := range rows {
		line := row.Label + spaces(label-uniseg.StringWidth(row.Label)+2) + spaces(value-uniseg.StringWidth(row.Value)) + row.Value
		if row.Share != "" {
			line += spaces(10-len(row.Share)) + row.Share
		}
		b.WriteString(line + "\n")
	}
	b.WriteString("\n" + strings.Join(Definitions(lang), "\n") + "\n")
	return b.String()
}

func spaces(n int) string { return strings.Repeat(" ", max(1, n)) }

// CSV writes a report for programs and spreadsheets: a line for each figure, with the base of its share. Medians that are withheld
// are empty.
func CSV(w io.Writer, r guitu.Report) error {
	out := csv.NewWriter(w)
	lines := [][]string{
		{"key", "value", "base", "percent"},
		{"definitions_version", count(r.Version), "", ""},
		{"from", r.From.In(beijing).Format("2006-01-02T15:04:05-07:00"), "", ""},
		{"to", r.To.In(beijing).Format("2006-01-02T15:04:05-07:00"), "", ""},
		{"as_of", r.AsOf.In(beijing).Format("2006-01-02T15:04:05-07:00"), "", ""},
	}
	medians := map[string]guitu.Median{
		"publishing_minutes": r.Publishing, "finding_hours": r.Finding, "distance_km": r.Distance, "checking_minutes": r.Rumors.Checking,
	}
	for _, row := range Rows(r, guitu.English, func(guitu.Area) string { return "" }) {
		line := []string{row.Key, row.Value, "", ""}
		if m, ok := medians[row.Key]; ok {
			line[1] = ""
			if m.Cases >= Least {
				line[1], line[2] = strconv.FormatFloat(m.Value, 'f', 1, 64), count(m.Cases)
			}
		}
		if row.Share != "" {
			line[2], line[3] = count(r.Published), strings.TrimSuffix(row.Share, "%")
		}
		lines = append(lines, line)
	}
	if err := out.WriteAll(lines); err != nil {
		return fmt.Errorf("write statistics: %w", err)
	}
	return nil
}

// Texts are the words of a bulletin.
func Texts(b guitu.Bulletin) map[string]guitu.Text {
	return map[string]guitu.Text{guitu.Chinese: chinese(b), guitu.English: english(b)}
}

func chinese(b guitu.Bulletin) guitu.Text {
	r := b.Report
	all := []string{fmt.Sprintf("%s共发布寻人信息%d条，截至%s结案%d条（%s），其中生还%d人（占发布数的%s），死亡%d人；未结案%d条。",
		Period(r, guitu.Chinese), r.Published, r.AsOf.In(beijing).Format("2006年1月2日"), r.Closed, Ours.Percent(r.Closed, r.Published),
		r.Alive, Ours.Percent(r.Alive, r.Published), r.Dead, r.Open)}
	var list []string
	for _, o := range r.Outcomes {
		list = append(list, outcomeNames(o.Outcomes, guitu.Chinese)+strconv.Itoa(o.Count))
	}
	if len(list) > 0 {
		all = append(all, "结果："+strings.Join(list, "，")+"。")
	}
	if m := r.Finding; m.Cases >= Least {
		all = append(all, fmt.Sprintf("从发布到找到的用时中位数为%.1f小时（%d例）。", m.Value, m.Cases))
	}
	c := r.Rumors
	all = append(all, fmt.Sprintf("核查网传信息%d条：属实%d，不实%d，已过时%d，暂无法核实%d，等待核查%d。",
		c.Flagged, c.Confirmed, c.Refuted, c.Outdated, c.Unproven, c.Waiting))
	if b.Late {
		all = append(all, "本通报应于"+b.Due.In(beijing).Format("2006年1月2日")+"发布，延迟补发。")
	}
	zh, _ := Ours.Words()
	all = append(all, fmt.Sprintf("占比均以发布数为基数，%s；不足%d例的合并统计。完整表格与统计口径见公示页。", zh, Least))
	return guitu.Text{
		Headline:    fmt.Sprintf("%s寻人通报：发布%d，结案%d，生还%d", Period(r, guitu.Chinese), r.Published, r.Closed, r.Alive),
		Description: strings.Join(all, "\n"),
		Instruction: "发现儿童走失请立即拨打110，不需要等24小时。",
	}
}

func english(b guitu.Bulletin) guitu.Text {
	r := b.Report
	all := []string{fmt.Sprintf("%s: %d alerts published; by %s, %d closed (%s), of whom %d were found alive (%s of those published) and %d dead; %d open.",
		Period(r, guitu.English), r.Published, r.AsOf.In(beijing).Format("2 January 2006"), r.Closed, Ours.Percent(r.Closed, r.Published),
		r.Alive, Ours.Percent(r.Alive, r.Published), r.Dead, r.Open)}
	var list []string
	for _, o := range r.Outcomes {
		list = append(list, outcomeNames(o.Outcomes, guitu.English)+" "+strconv.Itoa(o.Count))
	}
	if len(list) > 0 {
		all = append(all, "Outcomes: "+strings.Join(list, "; ")+".")
	}
	if m := r.Finding; m.Cases >= Least {
		all = append(all, fmt.Sprintf("Median time from publication to finding: %.1f hours (%d cases).", m.Value, m.Cases))
	}
	c := r.Rumors
	all = append(all, fmt.Sprintf("Rumors checked: %d. Confirmed %d, refuted %d, outdated %d, not verifiable %d, waiting %d.",
		c.Flagged, c.Confirmed, c.Refuted, c.Outdated, c.Unproven, c.Waiting))
	if b.Late {
		all = append(all, "This bulletin was due on "+b.Due.In(beijing).Format("2 January 2006")+" and is late.")
	}
	_, en := Ours.Words()
	all = append(all, fmt.Sprintf("The base of all shares is the number published; %s; groups of fewer than %d are counted together. The full table and its definitions are on the public site.", en, Least))
	return guitu.Text{
		Headline:    fmt.Sprintf("%s: %d published, %d closed, %d alive", Period(r, guitu.English), r.Published, r.Closed, r.Alive),
		Description: strings.Join(all, "\n"),
		Instruction: "If a child is missing call 110 at once; there is no need to wait 24 hours.",
	}
}
