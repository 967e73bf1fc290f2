package poster

import (
	"context"
	"fmt"
	"image"
	"strconv"
	"strings"

	"guitu"
)

// Announcer is a Reader that knows bulletins, which then have a chart.
type Announcer interface {
	// Bulletin returns a bulletin; NotFound when there is none.
	Bulletin(ctx context.Context, bulletinID int64) (guitu.Bulletin, error)
}

// bar is one line of a chart.
type bar struct {
	label string
	count int
	dead  bool
}

// bars are what a chart shows of a report: how it stands, and then how cases ended.
func bars(r guitu.Report) []bar {
	all := []bar{{"发布", r.Published, false}, {"结案", r.Closed, false}, {"生还", r.Alive, false}, {"死亡", r.Dead, true}, {"未结案", r.Open, false}}
	for _, o := range r.Outcomes {
		var names []string
		dead := true
		for _, outcome := range o.Outcomes {
			zh, _ := outcome.Words()
			names = append(names, zh)
			dead = dead && !outcome.Fits(guitu.Alive)
		}
		all = append(all, bar{strings.Join(names, "、"), o.Count, dead})
	}
	return all
}

// chartOf draws the chart of a bulletin; none where nobody knows bulletins.
func (p *Painter) chartOf(ctx context.Context, n guitu.Notice) ([]guitu.Picture, error) {
	reader, ok := p.reader.(Announcer)
	if !ok {
		return nil, nil
	}
	b, err := reader.Bulletin(ctx, n.BulletinID)
	if err != nil {
		return nil, err
	}
	return one(p.paint(ctx, fmt.Sprint("chart ", n.ID), n, func() (*canvas, error) { return p.chart(n, b.Report) },
		guitu.Picture{Name: "chart.png", Alt: chartAlt(n, b.Report)}))
}

// chart draws bars from zero, all to one scale, with the number at each.
func (p *Painter) chart(n guitu.Notice, r guitu.Report) (*canvas, error) {
	const top, bottom, left = 200, 870, 400
	c := newCanvas(p.fonts, cardSide, cardSide+60)
	c.fill(image.Rect(0, 0, cardSide, 150), blue)
	c.line(image.Rect(margin, 20, cardSide-margin, 130), 0, n.Texts[guitu.Chinese].Headline, style{52, true, white})
	all := bars(r)
	most := 1
	for _, b := range all {
		most = max(most, b.count)
	}
	step := min(64, (bottom-top)/len(all))
	room := cardSide - margin - 110 - left
	for i, b := range all {
		y := top + i*step
		c.line(image.Rect(margin, y, left-20, y+step-8), 1, b.label, style{34, false, black})
		with := blue
		if b.dead {
			with = slate
		}
		end := left + room*b.count/most
		c.fill(image.Rect(left, y+step/8, end, y+step-8-step/8), with)
		c.line(image.Rect(end+12, y, end+110, y+step-8), 0, strconv.Itoa(b.count), style{34, true, black})
	}
	c.fill(image.Rect(left-3, top-8, left, top+step*len(all)), black) // zero
	return c, p.foot(c, n, 898, "单位：条。占比、口径见通报原文")
}

// chartAlt says every number of a chart.
func chartAlt(n guitu.Notice, r guitu.Report) map[string]string {
	var zh []string
	for _, b := range bars(r) {
		zh = append(zh, b.label+strconv.Itoa(b.count))
	}
	en := fmt.Sprintf("Bar chart: published %d, closed %d, found alive %d, found dead %d, open %d.", r.Published, r.Closed, r.Alive, r.Dead, r.Open)
	for _, o := range r.Outcomes {
		var names []string
		for _, outcome := range o.Outcomes {
			_, name := outcome.Words()
			names = append(names, name)
		}
		en += fmt.Sprintf(" %s: %d.", strings.Join(names, " / "), o.Count)
	}
	return exercise(n, "条形图："+strings.Join(zh, "，")+"。核验码："+n.Code+"。", en+" Check code: "+n.Code+".")
}
