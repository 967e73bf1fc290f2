package bot

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"guitu"
)

// evidence is what other posts say came of the story.
func (w cardWriter) evidence(e guitu.Evidence) []Line {
	var ls []Line
	if e.Debunks > 0 {
		ls = append(ls, Line{Label: "称不实", Text: fmt.Sprintf("%d 条帖文", e.Debunks)})
	}
	if e.Found > 0 {
		ls = append(ls, Line{Label: "称找回或了结", Text: fmt.Sprintf("%d 条帖文", e.Found)})
	}
	for _, p := range e.Latest {
		ls = append(ls, Line{
			Label: join(" · ", EvidenceLabel(p.Evidence).Zh, w.time(p.PostedAt), w.mask(p.Author)),
			Text:  cut(w.mask(strings.TrimSpace(p.Text)), w.Samples),
			URL:   webAddress(p.URL),
			Quote: true,
		})
	}
	return ls
}

func (w cardWriter) precedent(p *guitu.Precedent) []Line {
	if p == nil {
		return nil
	}
	verdict := "没有核查结论"
	if v := p.Verdict; v != nil {
		verdict = join("，", VerdictLabel(v.Ruling, v.Ending).Zh, v.Officer.Name, w.time(v.At))
		if v.Basis != "" {
			verdict += "，核查方式：" + w.mask(v.Basis)
		}
	}
	return lines(
		Line{Label: "传言 #" + strconv.FormatInt(p.Rumor.ID, 10), Text: join("，", w.summary(p.Rumor), w.mask(p.Rumor.Claim.Place))},
		Line{Label: "最早", Text: w.time(p.Rumor.FirstSeen)},
		Line{Label: "结论", Text: verdict},
	)
}

// known says in which refuted story something stood, and since when.
func (w cardWriter) known(a guitu.Asset) string {
	value := w.mask(a.Value)
	switch a.Kind {
	case guitu.AssetName:
		value = w.name(a.Value)
	case guitu.AssetPicture:
		value = ""
	case guitu.AssetPhone:
	}
	return join(" ", value, fmt.Sprintf("曾见于不实信息 #%d，%s 起，%s 核定", a.RumorID,
		a.Since.In(w.Location).Format(time.DateOnly), a.RuledAt.In(w.Location).Format(time.DateOnly)))
}

// merged is where the story went, and what went into it.
func (w cardWriter) merged(q guitu.Question) []Line {
	ls := w.precedent(q.Into)
	if q.Into != nil {
		ls = append(ls, Line{Label: "说明", Text: "帖文都已归入上述传言，请在那里处理"})
	}
	if len(q.Merged) > 0 {
		var ids []string
		for _, id := range q.Merged {
			ids = append(ids, "#"+strconv.FormatInt(id, 10))
		}
		ls = append(ls, Line{Label: "已收入", Text: "传言 " + strings.Join(ids, "、")})
	}
	if from := q.Rumor.SplitFrom; from != 0 {
		ls = append(ls, Line{Label: "拆自", Text: "传言 #" + strconv.FormatInt(from, 10)})
	}
	return ls
}
