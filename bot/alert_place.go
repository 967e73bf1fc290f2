package bot

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"guitu"
)

// pointUnit is in how many parts of a degree a button names a point: 11 m, and a location shared indoors is no better.
const pointUnit = 10000

// locate shows a location that was shared with the county that it is guessed to be in, to be confirmed.
func (c *Conversation) locate(ctx context.Context, o guitu.Officer, alertID int64, p guitu.Point) (Answer, error) {
	a, _, err := c.o.Alert.Alerts.Alert(ctx, alertID, o.ID)
	if err != nil {
		return Answer{}, err
	}
	if a.State != guitu.AlertDraft {
		return Answer{}, guitu.Errorf(guitu.Conflict, "警报 #%d 已不是草稿，位置没有改动。", alertID)
	}
	area, ok := c.o.Alert.Read.Nearest(p)
	if !ok || !inChina(p) {
		return Answer{}, guitu.Errorf(guitu.Invalid, "这个位置不在中国境内，请检查后重新发送。")
	}
	press := Press{
		Verb: VerbAlert, AlertID: alertID, Version: a.Version, Do: "at",
		Arg: fmt.Sprintf("%.0f.%.0f", math.Round(p.Lat*pointUnit), math.Round(p.Lng*pointUnit)),
	}
	name := c.o.Alert.Read.Name(area)
	text := fmt.Sprintf("警报草稿 #%d，位置：最近的县（市、区）是%s，距其中心约 %s 公里。", alertID, name, c.away(area, p))
	choices := []Action{{Label: "采用，区划为" + name, Press: press}}
	if said := a.Facts.Area; said != "" && said != area {
		was := c.o.Alert.Read.Name(said)
		text += fmt.Sprintf("\n请注意：草稿写的是%s，这个位置距其中心约 %s 公里。", was, c.away(said, p))
		press.Do = "pin"
		choices = append(choices, Action{Label: "采用，区划仍为" + was, Press: press})
	}
	return Answer{Say: &Utterance{Text: text, Choices: append(choices, alertAction(alertID, "next", "不采用")), To: o}}, nil
}

// inChina reports whether p lies where China does: 3 to 54 degrees north, 73 to 136 east.
func inChina(p guitu.Point) bool { return p.Lat >= 3 && p.Lat <= 54 && p.Lng >= 73 && p.Lng <= 136 }

// away is how far a point is from the centre of an area in kilometres.
func (c *Conversation) away(area guitu.Area, p guitu.Point) string {
	centre, ok := c.o.Alert.Read.Centre(area)
	if !ok {
		return "?"
	}
	return strconv.FormatFloat(centre.Distance(p), 'f', 0, 64)
}

// place takes a location that an officer has confirmed: with the county around it ("at"), or within the one that the draft names
// ("pin").
func (c *Conversation) place(ctx context.Context, in Incoming, o guitu.Officer, a guitu.Alert, press Press) (Answer, error) {
	north, east, _ := strings.Cut(press.Arg, ".")
	p := guitu.Point{Lat: float64(number(north)) / pointUnit, Lng: float64(number(east)) / pointUnit}
	area, ok := c.o.Alert.Read.Nearest(p)
	if !ok || !inChina(p) {
		return Answer{}, guitu.Errorf(guitu.Invalid, "无法识别这个按钮。")
	}
	fields := []string{"point"}
	if press.Do == "at" {
		fields = append(fields, "area")
	}
	return c.edit(ctx, in, o, a, func(f *guitu.Facts) error {
		f.Point = &p
		if press.Do == "at" {
			f.Area = area
		}
		return nil
	}, fields...)
}

// placed puts the words for a place into facts. A location that was shared stays while the words do not name another county.
func (c *Conversation) placed(f *guitu.Facts, text string) {
	centre, known := c.o.Alert.Read.Centre(f.Area)
	shared := f.Point != nil && f.Area != "" && (!known || *f.Point != centre)
	area, middle, named := c.o.Alert.Read.Place(text)
	f.Place = text
	switch {
	case named && shared && area == f.Area, !named && shared:
	case named:
		f.Area, f.Point = area, &middle
	default:
		f.Area, f.Point = "", nil
	}
}
