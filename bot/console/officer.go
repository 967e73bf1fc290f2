package console

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"guitu"
)

// officerBody is an officer's page, for administrators.
type officerBody struct {
	Officer guitu.Officer
	Roles   []guitu.Role
	Until   string // the last day of the certificate, "" for no end
	Expires string // what is to be said about the certificate, "" when nothing is
	Error   string
}

func (c *console) officerPage(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	o, err := c.officer(r)
	if err != nil {
		return err
	}
	return c.showOfficer(w, r, me, o, http.StatusOK, "")
}

func (c *console) showOfficer(w http.ResponseWriter, r *http.Request, me, o guitu.Officer, status int, trouble string) error {
	b := officerBody{Officer: o, Roles: guitu.Roles[:], Expires: certificate(o, c.opts.Now(), c.opts.Location), Error: trouble}
	if !o.CertifiedUntil.IsZero() {
		b.Until = lastDay(o.CertifiedUntil, c.opts.Location).Format(time.DateOnly)
	}
	return c.render(w, r, status, "officer", page{Title: o.Name, Me: me, Body: b})
}

// lastDay is the last day on which a certificate holds: it ends with the midnight after.
func lastDay(until time.Time, zone *time.Location) time.Time {
	return until.In(zone).Add(-time.Nanosecond)
}

// warnDays is how long before its end a certificate is spoken of.
const warnDays = 30

// certificate says what an officer should know about the certificate, "" while it holds for long.
func certificate(o guitu.Officer, now time.Time, zone *time.Location) string {
	switch left := o.CertifiedUntil.Sub(now); {
	case o.CertifiedUntil.IsZero() || left > warnDays*24*time.Hour:
		return ""
	case left <= 0:
		return "资格已于" + lastDay(o.CertifiedUntil, zone).Format("2006年1月2日") + "到期，不能作出核查结论或发布警报，请联系管理员续期。"
	default:
		return "资格将于" + lastDay(o.CertifiedUntil, zone).Format("2006年1月2日") + "到期，还有" + span(left) + "，请联系管理员续期。"
	}
}

func (c *console) setRole(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	o, err := c.officer(r)
	if err != nil {
		return err
	}
	role := guitu.Role(r.PostForm.Get("role"))
	if !slices.Contains(guitu.Roles[:], role) {
		return c.showOfficer(w, r, me, o, http.StatusUnprocessableEntity, "请选择角色。")
	}
	if err := c.backend.SetRole(r.Context(), o.ID, role, me.ID); err != nil {
		return err
	}
	c.opts.Log.InfoContext(r.Context(), "role set", "for", o.ID, "role", role, "officer", me.ID)
	return c.done(w, r, officerPath(o.ID), o.Name+"：角色改为"+role.Words()+"。")
}

// certify records a certificate. Its last day counts to its midnight.
func (c *console) certify(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	o, err := c.officer(r)
	if err != nil {
		return err
	}
	var until time.Time
	if day := r.PostForm.Get("until"); day != "" {
		d, err := time.ParseInLocation(time.DateOnly, day, c.opts.Location)
		if err != nil || d.Year() < 2000 || d.Year() > 2200 {
			return c.showOfficer(w, r, me, o, http.StatusUnprocessableEntity, "到期日无法识别，请按“2026-03-31”的样子填写。")
		}
		until = d.AddDate(0, 0, 1).UTC()
	}
	err = c.backend.Certify(r.Context(), o.ID, strings.TrimSpace(r.PostForm.Get("number")), until, me.ID)
	if guitu.KindOf(err) == guitu.Invalid {
		return c.showOfficer(w, r, me, o, http.StatusUnprocessableEntity, guitu.Message(err))
	}
	if err != nil {
		return err
	}
	c.opts.Log.InfoContext(r.Context(), "certificate set", "for", o.ID, "until", until, "officer", me.ID)
	return c.done(w, r, officerPath(o.ID), o.Name+"：资格已更新。")
}

func officerPath(id int64) string { return "/console/officers/" + strconv.FormatInt(id, 10) }
