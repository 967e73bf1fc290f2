package console

import (
	"net/http"
	"slices"
	"strconv"

	"guitu"
)

// alertsBody is the list of alerts.
type alertsBody struct {
	Filter guitu.AlertFilter
	States []guitu.AlertState
	Tiers  []guitu.Tier
	Desks  []guitu.Desk
	Areas  []guitu.Area // of desks
	Alerts []guitu.Alert
	Mine   bool // the reader may begin a draft
	Key    string
	Older  string
	First  bool
}

// alerts lists alerts, masked.
func (c *console) alerts(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	q := r.URL.Query()
	f := guitu.AlertFilter{
		OfficerID: me.ID, State: guitu.AlertState(q.Get("state")), Tier: guitu.Tier(q.Get("tier")), Limit: listLimit + 1,
	}
	if f.State != "" && !slices.Contains(alertStates[:], f.State) || f.Tier != "" && !slices.Contains(guitu.Tiers[:], f.Tier) {
		return guitu.Errorf(guitu.Invalid, "没有这种状态或等级。")
	}
	var err error
	if f.Area, err = guitu.ParseArea(q.Get("area")); err != nil {
		return err
	}
	if s := q.Get("desk"); s != "" {
		if f.DeskID, err = strconv.ParseInt(s, 10, 64); err != nil {
			return guitu.Errorf(guitu.Invalid, "没有这个值班台。")
		}
	}
	if f.Text, err = searched(q.Get("text")); err != nil {
		return err
	}
	if code, ok := guitu.NormalizeCode(f.Text); ok {
		f.Text = code
	}
	if f.Before, err = before(q); err != nil {
		return err
	}
	b := alertsBody{
		Filter: f, States: alertStates[:], Tiers: guitu.Tiers[:], Mine: c.mayIssue(me), Key: newKey(), First: f.Before == 0,
	}
	if b.Desks, err = c.backend.Desks(r.Context()); err != nil {
		return err
	}
	for _, d := range b.Desks {
		if d.Area != "" && !slices.Contains(b.Areas, d.Area) {
			b.Areas = append(b.Areas, d.Area)
		}
	}
	if b.Alerts, err = c.opts.Alerts.List(r.Context(), f); err != nil {
		return err
	}
	if len(b.Alerts) > listLimit {
		b.Alerts = b.Alerts[:listLimit]
		q.Set("before", strconv.FormatInt(b.Alerts[listLimit-1].ID, 10))
		b.Older = "/console/alerts?" + q.Encode()
	}
	return c.render(w, r, http.StatusOK, "alerts", page{Title: "警报", Me: me, Body: b})
}

// mayIssue reports whether an officer is one who issues alerts at all. Which ones is the backend's to say.
func (c *console) mayIssue(me guitu.Officer) bool { return me.Desk.ID != 0 && c.refusal(me) == "" }
