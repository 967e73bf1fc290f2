package console

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"guitu"
)

// Rosters knows who is on duty when. Leads change the roster of their desk, administrators every one.
type Rosters interface {
	// Roster lists the shifts of a desk in the week of an instant, the first first.
	Roster(ctx context.Context, deskID int64, week time.Time) ([]guitu.Shift, error)
	// Duty says who is on duty at a desk, and who takes over.
	Duty(ctx context.Context, deskID int64) (guitu.Duty, error)
	AddShifts(ctx context.Context, deskID int64, shifts []guitu.Shift, by int64) error
	DropShift(ctx context.Context, deskID, shiftID, by int64) error
	// CopyWeek plans a week like the one before it, and returns how many shifts it added.
	CopyWeek(ctx context.Context, deskID int64, week time.Time, by int64) (added int, err error)
}

type rosterBody struct {
	Desk     guitu.Desk
	Desks    []guitu.Desk // to choose from, for administrators
	Week     time.Time    // its Monday
	Days     []rosterDay
	Duty     guitu.Duty
	May      bool // the reader may change it
	Officers []guitu.Officer
	Form     shiftForm
}

type rosterDay struct {
	Day    time.Time // its midnight
	Shifts []guitu.Shift
}

// weekdays are what the days of a week are called, from Monday.
var weekdays = [...]string{"周一", "周二", "周三", "周四", "周五", "周六", "周日"}

// Date is the day of the month.
func (d rosterDay) Date() string { return d.Day.Format("01-02") }

// Name is what the day is called.
func (d rosterDay) Name() string { return weekdays[(int(d.Day.Weekday())+6)%7] }

type shiftForm struct {
	Officer     int64
	Days        []int // from Monday, 0 to 6
	From, Until string
	Error       string
}

// Has reports whether a day was ticked.
func (f shiftForm) Has(day int) bool { return slices.Contains(f.Days, day) }

func (c *console) roster(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	desk, week, err := c.rosterOf(r, me, r.URL.Query())
	if err != nil {
		return err
	}
	return c.showRoster(w, r, me, http.StatusOK, desk, week, shiftForm{From: "08:00", Until: "20:00"})
}

// rosterOf reads the desk and the week that a page or a form names: the own desk and this week when it names none.
func (c *console) rosterOf(r *http.Request, me guitu.Officer, v url.Values) (guitu.Desk, time.Time, error) {
	week, _ := guitu.Week(c.opts.Now())
	if s := v.Get("week"); s != "" {
		day, err := time.ParseInLocation(time.DateOnly, s, c.opts.Location)
		if err != nil || day.Year() < 2000 || day.Year() > 2200 {
			return guitu.Desk{}, week, guitu.Errorf(guitu.Invalid, "日期无法识别。")
		}
		week, _ = guitu.Week(day.Add(12 * time.Hour))
	}
	id, err := strconv.ParseInt(v.Get("desk"), 10, 64)
	if v.Get("desk") == "" || err == nil && id == me.Desk.ID {
		if me.Desk.ID == 0 {
			return guitu.Desk{}, week, guitu.Errorf(guitu.Forbidden, "您还没有值班台，请联系管理员。")
		}
		return me.Desk, week, nil
	}
	if me.Role != guitu.RoleAdmin {
		return guitu.Desk{}, week, guitu.Errorf(guitu.Forbidden, "只能查看本值班台的班次。")
	}
	all, err := c.backend.Desks(r.Context())
	if err != nil {
		return guitu.Desk{}, week, err
	}
	i := slices.IndexFunc(all, func(d guitu.Desk) bool { return d.ID == id })
	if i < 0 {
		return guitu.Desk{}, week, guitu.Errorf(guitu.NotFound, "没有这个值班台。")
	}
	return all[i], week, nil
}

func (c *console) showRoster(w http.ResponseWriter, r *http.Request, me guitu.Officer, status int, desk guitu.Desk, week time.Time, f shiftForm) error {
	ctx := r.Context()
	b := rosterBody{Desk: desk, Week: week.In(c.opts.Location), Form: f}
	b.May = me.Role == guitu.RoleAdmin || me.Role == guitu.RoleLead && me.Desk.ID == desk.ID
	shifts, err := c.backend.Roster(ctx, desk.ID, week)
	if err != nil {
		return err
	}
	for i := range weekdays {
		day := rosterDay{Day: b.Week.AddDate(0, 0, i)}
		for _, s := range shifts {
			if s.From.Before(day.Day.AddDate(0, 0, 1)) && s.Until.After(day.Day) {
				day.Shifts = append(day.Shifts, s)
			}
		}
		b.Days = append(b.Days, day)
	}
	if b.Duty, err = c.backend.Duty(ctx, desk.ID); err != nil {
		return err
	}
	if b.May {
		all, err := c.backend.Officers(ctx)
		if err != nil {
			return err
		}
		for _, o := range all {
			if o.Desk.ID == desk.ID && !o.Disabled && o.Role != guitu.RoleAuditor {
				b.Officers = append(b.Officers, o)
			}
		}
	}
	if me.Role == guitu.RoleAdmin {
		if b.Desks, err = c.backend.Desks(ctx); err != nil {
			return err
		}
	}
	return c.render(w, r, status, "roster", page{Title: "排班", Me: me, Body: b})
}

// addShifts plans one officer's shift on each of the ticked days.
func (c *console) addShifts(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	desk, week, err := c.rosterOf(r, me, r.PostForm)
	if err != nil {
		return err
	}
	f := shiftForm{From: r.PostForm.Get("from"), Until: r.PostForm.Get("until")}
	shifts := f.read(r.PostForm, week.In(c.opts.Location))
	if f.Error == "" {
		err := c.backend.AddShifts(r.Context(), desk.ID, shifts, me.ID)
		switch guitu.KindOf(err) {
		case "":
			c.opts.Log.InfoContext(r.Context(), "shifts planned", "desk", desk.ID, "shifts", len(shifts), "officer", me.ID)
			return c.done(w, r, rosterPath(desk.ID, week, c.opts.Location), fmt.Sprintf("已排 %d 个班次。", len(shifts)))
		case guitu.Invalid, guitu.Conflict:
			f.Error = guitu.Message(err) + "。没有作任何更改。"
		default:
			return err
		}
	}
	return c.showRoster(w, r, me, http.StatusUnprocessableEntity, desk, week, f)
}

// read makes the shifts that a form asks for. One that ends no later than it begins ends on the next day.
func (f *shiftForm) read(v url.Values, monday time.Time) (shifts []guitu.Shift) {
	f.Officer, _ = strconv.ParseInt(v.Get("officer"), 10, 64)
	from, err1 := time.Parse("15:04", f.From)
	until, err2 := time.Parse("15:04", f.Until)
	for _, s := range v["day"] {
		if d, err := strconv.Atoi(s); err == nil && d >= 0 && d < len(weekdays) && !f.Has(d) {
			f.Days = append(f.Days, d)
		}
	}
	switch {
	case f.Officer <= 0:
		f.Error = "请选择民警。"
	case len(f.Days) == 0:
		f.Error = "请选择日期。"
	case err1 != nil || err2 != nil:
		f.Error = "请填写起止时间，如 08:00。"
	}
	long := until.Sub(from)
	if long <= 0 {
		long += 24 * time.Hour
	}
	for _, d := range f.Days {
		at := monday.AddDate(0, 0, d).Add(time.Duration(from.Hour())*time.Hour + time.Duration(from.Minute())*time.Minute).UTC()
		shifts = append(shifts, guitu.Shift{Officer: guitu.Officer{ID: f.Officer}, From: at, Until: at.Add(long)})
	}
	return shifts
}

func (c *console) dropShift(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	desk, week, err := c.rosterOf(r, me, r.PostForm)
	if err != nil {
		return err
	}
	if err := c.backend.DropShift(r.Context(), desk.ID, id, me.ID); err != nil {
		return err
	}
	c.opts.Log.InfoContext(r.Context(), "shift dropped", "desk", desk.ID, "shift", id, "officer", me.ID)
	return c.done(w, r, rosterPath(desk.ID, week, c.opts.Location), "班次已删除。")
}

func (c *console) copyWeek(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	desk, week, err := c.rosterOf(r, me, r.PostForm)
	if err != nil {
		return err
	}
	n, err := c.backend.CopyWeek(r.Context(), desk.ID, week, me.ID)
	if err != nil {
		return err
	}
	c.opts.Log.InfoContext(r.Context(), "week copied", "desk", desk.ID, "shifts", n, "officer", me.ID)
	return c.done(w, r, rosterPath(desk.ID, week, c.opts.Location), fmt.Sprintf("已照搬上一周的 %d 个班次。", n))
}

func rosterPath(deskID int64, week time.Time, zone *time.Location) string {
	return "/console/roster?" + url.Values{"desk": {guitu.Ref(deskID)}, "week": {week.In(zone).Format(time.DateOnly)}}.Encode()
}

// Path is the roster of another week.
func (b rosterBody) Path(weeks int) string {
	return rosterPath(b.Desk.ID, b.Week.AddDate(0, 0, 7*weeks), b.Week.Location())
}

// Weekdays are what the days are called.
func (rosterBody) Weekdays() []string { return weekdays[:] }
