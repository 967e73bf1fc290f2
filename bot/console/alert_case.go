package console

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"time"

	"guitu"
	"guitu/bot"
)

// caseBody is everything of a case.
type caseBody struct {
	guitu.Case
	May      bool // the reader may change it
	Me       guitu.Officer
	Reason   string // for which it is read
	Timeline []moment
	Partly   bool
	Standing []guitu.Delivery
	Pending  []guitu.Approval // that wait for somebody
	Desks    []guitu.Desk
	Tiers    []tierRow
	Key      string
	Form     changeForm
}

// Active reports whether people are looking.
func (b caseBody) Active() bool { return b.Alert.State == guitu.AlertActive }

// Closable reports whether it can be closed with an outcome.
func (b caseBody) Closable() bool { return b.Active() || b.Alert.State == guitu.AlertExpired }

// Gone reports whether the data of the child are deleted.
func (b caseBody) Gone() bool { return !b.Alert.Redacted.IsZero() }

// Own reports whether the reader asked for an approval.
func (b caseBody) Own(a guitu.Approval) bool { return a.By.ID == b.Me.ID }

// Wider are the rings beyond the one that is told.
func (b caseBody) Wider() []int {
	var kms []int
	for _, km := range guitu.Rings {
		if km > b.Alert.Reach {
			kms = append(kms, km)
		}
	}
	return kms
}

// moment is one line of a case's timeline.
type moment struct {
	At           time.Time
	What, Detail string
	Who          string
	URL          string
	Bad          bool
}

// reason returns why an officer reads a case, "" when that is to be asked. Who holds it or began it works on it.
func (c *console) reason(r *http.Request, me guitu.Officer, id int64) (string, error) {
	if s := c.sessions.GetString(r.Context(), reasonKey(alertPath(id))); s != "" {
		return s, nil
	}
	a, _, err := c.opts.Alerts.Alert(r.Context(), id, me.ID)
	switch {
	case guitu.KindOf(err) == guitu.Forbidden:
		return "", nil
	case err != nil:
		return "", err
	case a.Desk.ID == me.Desk.ID || a.Author.ID == me.ID:
		return guitu.ViewCase.Words(), nil
	}
	return "", nil
}

// alertCase shows a case to whom it is shown with a record.
func (c *console) alertCase(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	why, err := c.reason(r, me, id)
	if err != nil {
		return err
	}
	if why == "" {
		return c.showWhy(w, r, me, http.StatusOK, alertPath(id), "")
	}
	a, _, err := c.opts.Alerts.Alert(r.Context(), id, me.ID)
	if err == nil && a.State == guitu.AlertDraft {
		// Whoever is asked to agree sees the draft as a case; everybody else goes on with it.
		approvals, err := c.opts.Alerts.Approvals(r.Context(), id, me.ID)
		if err != nil {
			return err
		}
		if _, asked := find(pending(approvals), func(p guitu.Approval) bool { return p.By.ID != me.ID }); !asked {
			http.Redirect(w, r, alertPath(id)+"/edit", http.StatusSeeOther)
			return nil
		}
	}
	return c.showCase(w, r, me, http.StatusOK, id, why, changeForm{})
}

func (c *console) showCase(w http.ResponseWriter, r *http.Request, me guitu.Officer, status int, id int64, why string, f changeForm) error {
	ctx := r.Context()
	all, err := c.opts.Alerts.View(ctx, id, me.ID, why)
	if err != nil {
		return err
	}
	b := caseBody{Case: all, Me: me, Reason: why, Key: newKey(), Form: f}
	if _, _, err := c.opts.Alerts.Alert(ctx, id, me.ID); err == nil {
		b.May = c.mayIssue(me)
	}
	b.Timeline = timeline(all)
	b.Partly, _, b.Standing = progress(all.Deliveries)
	b.Pending = pending(all.Approvals)
	for _, t := range guitu.Tiers {
		b.Tiers = append(b.Tiers, tierRow{t, tierName(t), c.opts.Alerts.Rule(t)})
	}
	desks, err := c.backend.Desks(ctx)
	if err != nil {
		return err
	}
	for _, d := range desks {
		if d.ID != all.Alert.Desk.ID {
			b.Desks = append(b.Desks, d)
		}
	}
	title := "案件 " + all.Alert.Code
	if all.Alert.Code == "" {
		title = "草稿 #" + strconv.FormatInt(id, 10)
	}
	return c.render(w, r, status, "alert_case", page{Title: title, Me: me, Body: b})
}

// timeline puts everything that happened in order, the latest first.
func timeline(k guitu.Case) []moment {
	var ms []moment
	for _, m := range k.Messages {
		detail := strconv.Itoa(int(m.Circle.Radius)) + " 公里"
		if m.Note != "" {
			detail += "：" + m.Note
		}
		ms = append(ms, moment{At: m.Sent, What: "消息 " + strconv.Itoa(m.Number) + " · " + causeName(m.Cause), Detail: detail, Who: m.Officer.Name})
	}
	for _, d := range k.Deliveries {
		ms = append(ms, moment{
			At: d.At, What: "投递 · " + d.Channel, Detail: deliveryWord(d), URL: d.Receipt.URL,
			Bad: d.State == guitu.DeliveryUnknown || d.State == guitu.DeliveryRefused || d.State == guitu.DeliveryGivenUp || d.State == guitu.DeliveryStanding,
		})
	}
	for _, e := range k.Events {
		ms = append(ms, moment{At: e.At, What: eventWord(e.Kind), Detail: e.Detail, Who: e.Officer})
	}
	slices.SortStableFunc(ms, func(a, b moment) int { return cmp.Compare(b.At.UnixNano(), a.At.UnixNano()) })
	return fold(ms)
}

// fold makes one line of several in a row that say the same, as a draft that saves itself makes them: the latest, with how many.
func fold(ms []moment) []moment {
	var folded []moment
	times := 1
	for _, m := range ms {
		last := len(folded) - 1
		if last >= 0 && m.Detail == "" && folded[last].What == m.What && folded[last].Who == m.Who && (times > 1 || folded[last].Detail == "") {
			times++
			folded[last].Detail = strconv.Itoa(times) + " 次"
			continue
		}
		folded, times = append(folded, m), 1
	}
	return folded
}

// Age says the age when lost, with the birth date where it is known.
func (b caseBody) Age() string {
	c := b.Alert.Facts.Child
	years, ok := c.AgeAt(b.Alert.Facts.MissingAt)
	switch {
	case !ok:
		return ""
	case c.Born.IsZero():
		return numeralAge(years)
	}
	return numeralAge(years) + "（" + c.Born.Format(time.DateOnly) + " 出生）"
}

// ending is one way to close a case, as the form sends it.
type ending struct{ Value, Word string }

// Endings are the ways in which a case can be closed.
func (b caseBody) Endings() (es []ending) {
	for _, e := range bot.CaseEndings() {
		es = append(es, ending{string(e.Outcome) + "/" + string(e.Life), e.Label})
	}
	return es
}
