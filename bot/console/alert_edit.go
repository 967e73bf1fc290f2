package console

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"guitu"
)

// editBody is the form of an alert's facts: of a draft, or of an issued one that is to be amended.
type editBody struct {
	Alert  guitu.Alert
	Amend  bool // the alert is out: what changes is told
	Form   facts
	Where  where
	Photos []guitu.Photo
	Tiers  []tierRow
	Desks  []guitu.Desk
	Key    string
	Error  string // of the whole, said above
	Saved  time.Time
	Focus  string // the field at which the officer goes on
	Change amendForm

	HandError string // why the draft was not handed over
}

// tierRow is a tier to choose.
type tierRow struct {
	Tier guitu.Tier
	Word string
	Rule guitu.TierRule
}

// F is one field of the form for the template.
func (b editBody) F(name string) formField {
	return formField{
		Name: name, Word: alertWords[name], Value: b.Form.V[name], Error: b.Form.Errors[name],
		Unconfirmed: b.Form.Unconfirmed[name], Stored: b.Form.Stored[name], Conflict: b.Form.differs(name),
	}
}

type formField struct {
	Name, Word, Value, Error, Stored string
	Unconfirmed, Conflict            bool
}

// Invalid reports whether what was typed can't be read.
func (f formField) Invalid() bool { return f.Error != "" }

func (f facts) differs(name string) bool { _, ok := f.Stored[name]; return ok }

// Reaches are the rings to choose from.
func (b editBody) Reaches() []int { return guitu.Rings[:] }

// Action is where the form goes.
func (b editBody) Action() string {
	if b.Amend {
		return alertPath(b.Alert.ID) + "/amend"
	}
	return alertPath(b.Alert.ID) + "/edit"
}

func alertPath(id int64) string { return "/console/alerts/" + strconv.FormatInt(id, 10) }

// beginAlert makes a draft, of a story where the path names one.
func (c *console) beginAlert(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	key := r.PostForm.Get("key")
	if !isKey(key) {
		return guitu.Errorf(guitu.Invalid, "表单不完整，没有作任何更改。请返回上一页重新提交。")
	}
	b := guitu.BeginRequest{OfficerID: me.ID, Key: pressKey(me, key)}
	if r.PathValue("id") != "" {
		q, err := c.question(r, me)
		if err != nil {
			return err
		}
		b.RumorID = q.Rumor.ID
	}
	a, err := c.opts.Alerts.Begin(r.Context(), b)
	if err != nil {
		return err
	}
	c.opts.Log.InfoContext(r.Context(), "draft begun in the console", "alert", a.ID, "rumor", b.RumorID, "officer", me.ID)
	http.Redirect(w, r, alertPath(a.ID)+"/edit", http.StatusSeeOther)
	return nil
}

// editPage shows a draft to those who may change it.
func (c *console) editPage(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	a, photos, err := c.opts.Alerts.Alert(r.Context(), id, me.ID)
	if err != nil {
		return err
	}
	if a.State != guitu.AlertDraft {
		http.Redirect(w, r, alertPath(id), http.StatusSeeOther)
		return nil
	}
	if err := c.viewedOnce(r, id, me, "编辑草稿"); err != nil {
		return err
	}
	b := editBody{Alert: a, Photos: photos, Form: c.formOf(a.Facts)}
	if err := c.suggestContact(r, me, &b.Form); err != nil {
		return err
	}
	if a.Facts.Child.Name == "" {
		b.Focus = "name"
	}
	return c.showEdit(w, r, me, http.StatusOK, b)
}

// viewedOnce records that an officer reads a case, once a session: a page that is sent again after each press is one look.
func (c *console) viewedOnce(r *http.Request, id int64, me guitu.Officer, reason string) error {
	key := "seen:" + strconv.FormatInt(id, 10)
	if c.sessions.GetBool(r.Context(), key) {
		return nil
	}
	if _, err := c.opts.Alerts.View(r.Context(), id, me.ID, reason); err != nil {
		return err
	}
	c.sessions.Put(r.Context(), key, true)
	return nil
}

// suggestContact fills in whom the officer named last.
func (c *console) suggestContact(r *http.Request, me guitu.Officer, f *facts) error {
	if f.V["contact"] != "" || f.V["contact_name"] != "" || f.Unconfirmed["contact"] {
		return nil
	}
	last, err := c.opts.Alerts.List(r.Context(), guitu.AlertFilter{OfficerID: me.ID, Limit: listLimit})
	if err != nil {
		return err
	}
	f.V["contact_name"] = me.Name
	for _, a := range last {
		if a.Author.ID == me.ID && a.Facts.Contact.Phone != "" {
			f.V["contact_name"], f.V["contact"] = a.Facts.Contact.Name, a.Facts.Contact.Phone
			return nil
		}
	}
	return nil
}

func (c *console) showEdit(w http.ResponseWriter, r *http.Request, me guitu.Officer, status int, b editBody) error {
	if b.Key == "" {
		b.Key = newKey()
	}
	city, _ := guitu.ParseArea(r.PostForm.Get("pick_city")) // what is no area is not chosen
	b.Where = c.offer(b.Alert.Facts, guitu.Area(r.PostForm.Get("pick_province")), city)
	for _, t := range guitu.Tiers {
		word, _ := t.Words()
		b.Tiers = append(b.Tiers, tierRow{t, word, c.opts.Alerts.Rule(t)})
	}
	all, err := c.backend.Desks(r.Context())
	if err != nil {
		return err
	}
	for _, d := range all {
		if d.ID != b.Alert.Desk.ID {
			b.Desks = append(b.Desks, d)
		}
	}
	title := "警报草稿 #" + strconv.FormatInt(b.Alert.ID, 10)
	if b.Amend {
		title = "更新警报 " + b.Alert.Code
	}
	return c.render(w, r, status, "alert_edit", page{Title: title, Me: me, Body: b, Script: true})
}

// saveDraft keeps what was typed. What cannot be read stays on the page with its error; all else is kept.
func (c *console) saveDraft(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	a, photos, err := c.opts.Alerts.Alert(ctx, id, me.ID)
	if err != nil {
		return err
	}
	do := r.PostForm.Get("do")
	c.quickTime(r, do)
	b := editBody{Alert: a, Photos: photos, Key: r.PostForm.Get("key")}
	if !isKey(b.Key) {
		b.Key = newKey()
	}
	var out guitu.Facts
	b.Form, out = c.readFacts(r.PostForm, a.Facts, me.Desk)
	if a.State != guitu.AlertDraft {
		b.Error = "这份草稿已经发布或弃用，刚才的内容没有保存。需要更改请到案件页。"
		return c.showEdit(w, r, me, http.StatusConflict, b)
	}
	if !same(out, a.Facts) {
		version, _ := strconv.Atoi(r.PostForm.Get("version")) // what is no version is an outdated one
		saved, err := c.opts.Alerts.Edit(ctx, guitu.EditRequest{
			AlertID: id, OfficerID: me.ID, Version: version, Facts: out, Key: contentKey(pressKey(me, b.Key), version, out),
		})
		if err != nil {
			return c.unsaved(w, r, me, b, out, err)
		}
		b.Alert = saved
	}
	if err := c.photosOf(r, me, &b, do); err != nil {
		return err
	}
	b.Saved = c.opts.Now()
	return c.saved(w, r, me, b, do)
}

// saved answers a form that was kept.
func (c *console) saved(w http.ResponseWriter, r *http.Request, me guitu.Officer, b editBody, do string) error {
	path := alertPath(b.Alert.ID)
	switch {
	case r.PostForm.Get("auto") != "":
		return c.showEdit(w, r, me, http.StatusOK, b)
	case len(b.Form.Errors) > 0:
		return c.showEdit(w, r, me, http.StatusUnprocessableEntity, b)
	case do == "handover":
		return c.handOverDraft(w, r, me, b)
	case do == "check":
		http.Redirect(w, r, path+"/check", http.StatusSeeOther)
	case do == "place" || do == "now" || do == "hour" || do == "morning":
		b.Focus = goOn(do)
		return c.showEdit(w, r, me, http.StatusOK, b)
	case do == "photo" || strings.HasPrefix(do, "drop-photo:"):
		http.Redirect(w, r, path+"/edit#photos", http.StatusSeeOther)
	default:
		return c.done(w, r, path+"/edit", "草稿已保存，可随时继续，也可移交其他值班台。")
	}
	return nil
}

// handOverDraft passes a draft on with all that was typed.
func (c *console) handOverDraft(w http.ResponseWriter, r *http.Request, me guitu.Officer, b editBody) error {
	deskID, err := strconv.ParseInt(r.PostForm.Get("to"), 10, 64)
	if b.HandError = handTrouble(b.Key, deskID, err); b.HandError != "" {
		return c.showEdit(w, r, me, http.StatusUnprocessableEntity, b)
	}
	_, err = c.opts.Alerts.HandOver(r.Context(), guitu.HandOverRequest{
		AlertID: b.Alert.ID, OfficerID: me.ID, DeskID: deskID, Key: pressKey(me, b.Key) + ":handover",
	})
	if err != nil {
		return err
	}
	c.opts.Log.InfoContext(r.Context(), "alert handed over in the console", "alert", b.Alert.ID, "desk", deskID, "officer", me.ID)
	return c.done(w, r, "/console/alerts", fmt.Sprintf("草稿 #%d 已保存并移交。", b.Alert.ID))
}

// goOn is the field at which an officer goes on after a button within the form.
func goOn(do string) string {
	if do == "place" {
		return "place"
	}
	return "time"
}

// unsaved shows a form that was not kept: with what somebody else made of it meanwhile.
func (c *console) unsaved(w http.ResponseWriter, r *http.Request, me guitu.Officer, b editBody, out guitu.Facts, cause error) error {
	b.Error = guitu.Message(cause)
	status := statusOf(cause)
	switch status {
	case http.StatusForbidden, http.StatusNotFound:
		return cause
	case http.StatusConflict:
		now, photos, err := c.opts.Alerts.Alert(r.Context(), b.Alert.ID, me.ID)
		if err != nil {
			return err
		}
		b.Alert, b.Photos, b.Key = now, photos, newKey()
		b.Form.against(c.formOf(now.Facts))
		b.Alert.Facts = out
		b.Error += "您填写的内容都还在下面，尚未保存；不同之处已标出。再次保存将以您填写的为准。"
	case http.StatusInternalServerError:
		c.opts.Log.ErrorContext(r.Context(), "edit alert", "alert", b.Alert.ID, "officer", me.ID, "error", cause)
		b.Error += "您填写的内容还在下面，请再次保存。"
	}
	return c.showEdit(w, r, me, status, b)
}

// quickTime fills in the time that a button stands for.
func (c *console) quickTime(r *http.Request, do string) {
	now := c.opts.Now().In(c.opts.Location)
	var t time.Time
	switch do {
	case "now":
		t = now
	case "hour":
		t = now.Add(-time.Hour)
	case "morning":
		t = time.Date(now.Year(), now.Month(), now.Day(), 8, 0, 0, 0, now.Location())
	default:
		return
	}
	r.PostForm.Set("date", t.Format(time.DateOnly))
	r.PostForm.Set("time", t.Format("15:04"))
}

// same reports whether two facts say the same.
func same(a, b guitu.Facts) bool {
	x, err1 := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err1 == nil && err2 == nil && bytes.Equal(x, y)
}

// contentKey is the key of a form's content on a version: the same form sent twice is kept once, and a form that has more in it than
// one whose answer was lost is another one.
func contentKey(key string, version int, content any) string {
	text, _ := json.Marshal(content) // facts are plain values
	sum := sha256.Sum256(text)
	return fmt.Sprintf("%s:%d:%s", key, version, hex.EncodeToString(sum[:8]))
}
