package console

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"guitu"
)

// amendPage is the form of facts of an alert that is out.
func (c *console) amendPage(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	b, err := c.amending(r, me)
	if err != nil {
		return err
	}
	if b.Alert.State != guitu.AlertActive {
		http.Redirect(w, r, alertPath(b.Alert.ID), http.StatusSeeOther)
		return nil
	}
	if err := c.viewedOnce(r, b.Alert.ID, me, "更新警报"); err != nil {
		return err
	}
	b.Form = c.formOf(b.Alert.Facts)
	return c.showEdit(w, r, me, http.StatusOK, b)
}

func (c *console) amending(r *http.Request, me guitu.Officer) (editBody, error) {
	id, err := pathID(r)
	if err != nil {
		return editBody{}, err
	}
	a, photos, err := c.opts.Alerts.Alert(r.Context(), id, me.ID)
	return editBody{Alert: a, Photos: photos, Amend: true}, err
}

// amend tells what changed. Nothing goes out before the officer says whether it is a new fact or a correction, and what the public
// is to read.
func (c *console) amend(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	b, err := c.amending(r, me)
	if err != nil {
		return err
	}
	do := r.PostForm.Get("do")
	c.quickTime(r, do)
	b.Key = r.PostForm.Get("key")
	if !isKey(b.Key) {
		b.Key = newKey()
	}
	var out guitu.Facts
	b.Form, out = c.readFacts(r.PostForm, b.Alert.Facts, me.Desk)
	b.Change = amendForm{Kind: r.PostForm.Get("kind"), Note: strings.TrimSpace(r.PostForm.Get("note"))}
	version, _ := strconv.Atoi(r.PostForm.Get("version")) // what is no version is an outdated one
	if do != "amend" {
		if err := c.photosOf(r, me, &b, do); err != nil {
			return err
		}
		if b.Alert, b.Photos, err = c.opts.Alerts.Alert(r.Context(), b.Alert.ID, me.ID); err != nil {
			return err
		}
		b.Alert.Facts, b.Focus = out, goOn(do)
		return c.showEdit(w, r, me, http.StatusOK, b)
	}
	b.Change.check()
	if b.Change.KindError != "" || b.Change.NoteError != "" || len(b.Form.Errors) > 0 {
		b.Alert.Facts = out
		return c.showEdit(w, r, me, http.StatusUnprocessableEntity, b)
	}
	concerns, err := c.opts.Alerts.Consider(r.Context(), b.Alert.ID, me.ID, out)
	if err != nil {
		return c.unsaved(w, r, me, b, out, err)
	}
	if b.Change.stands(concerns, r.PostForm["ack"]) {
		b.Alert.Facts, b.Error = out, "没有发布：请看表格末尾须改正和须确认的地方。"
		return c.showEdit(w, r, me, http.StatusUnprocessableEntity, b)
	}
	a, err := c.opts.Alerts.Amend(r.Context(), guitu.AmendRequest{
		AlertID: b.Alert.ID, OfficerID: me.ID, Version: version, Facts: out, Acknowledged: r.PostForm["ack"],
		Correction: b.Change.Kind == "correct", Note: b.Change.Note, Key: contentKey(pressKey(me, b.Key), version, out),
	})
	if err != nil {
		return c.unsaved(w, r, me, b, out, err)
	}
	c.opts.Log.InfoContext(r.Context(), "amended in the console", "alert", a.ID, "officer", me.ID)
	return c.done(w, r, alertPath(a.ID)+"/channels", "更新已发布。")
}

// stands reports whether something stands against an update: what blocks, or what is odd and was not ticked.
func (f *amendForm) stands(concerns []guitu.Concern, ticked []string) bool {
	f.Blocks, f.Odd = concernRows(concerns)
	f.Ticked = map[string]bool{}
	for _, code := range ticked {
		f.Ticked[code] = true
	}
	_, unread := find(f.Odd, func(k concernRow) bool { return !f.Ticked[k.Code] })
	return unread || len(f.Blocks) > 0
}

// check says what is missing.
func (f *amendForm) check() {
	if !slices.Contains([]string{"update", "correct"}, f.Kind) {
		f.KindError = "请选择是补充新情况，还是更正错误。"
	}
	if n := len([]rune(f.Note)); n == 0 || n > guitu.MaxNote {
		f.NoteError = "请写明公众该知道什么变了，最多 " + strconv.Itoa(guitu.MaxNote) + " 字。"
	}
}
