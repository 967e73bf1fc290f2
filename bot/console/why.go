package console

import (
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"guitu"
)

// whyBody asks why an officer reads a child's data, before any of it is shown.
type whyBody struct {
	Path    string // of what is to be read
	Reasons []guitu.ViewReason
	Error   string
}

// showWhy asks for what a story or a case is to be read; the page says nothing of it.
func (c *console) showWhy(w http.ResponseWriter, r *http.Request, me guitu.Officer, status int, path, trouble string) error {
	return c.render(w, r, status, "why", page{Title: "查看理由", Me: me, Body: whyBody{path, guitu.ViewReasons[:], trouble}})
}

// reasonKey is where a session keeps why something is read.
func reasonKey(path string) string { return "why:" + path }

// giveReason keeps why an officer reads a case for the rest of the session, and giveStoryReason why a story.
func (c *console) giveReason(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	return c.keepReason(w, r, me, alertPath(id))
}

func (c *console) giveStoryReason(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	q, err := c.question(r, me)
	if err != nil {
		return err
	}
	return c.keepReason(w, r, me, storyPath(q.Rumor.ID))
}

func (c *console) keepReason(w http.ResponseWriter, r *http.Request, me guitu.Officer, path string) error {
	kind, text := guitu.ViewReason(r.PostForm.Get("kind")), strings.TrimSpace(r.PostForm.Get("text"))
	switch {
	case !slices.Contains(guitu.ViewReasons[:], kind):
		return c.showWhy(w, r, me, http.StatusUnprocessableEntity, path, "请选择查看理由。")
	case kind == guitu.ViewOther && text == "":
		return c.showWhy(w, r, me, http.StatusUnprocessableEntity, path, "请写明理由。")
	case !utf8.ValidString(text) || utf8.RuneCountInString(text) > maxLine || strings.ContainsRune(text, 0):
		return c.showWhy(w, r, me, http.StatusUnprocessableEntity, path, "理由最多 60 字。")
	}
	why := kind.Words()
	if text != "" {
		why += "：" + text
	}
	c.sessions.Put(r.Context(), reasonKey(path), why)
	http.Redirect(w, r, path, http.StatusSeeOther)
	return nil
}

// storyReason returns why an officer reads a story, "" when that is to be asked. A story that waits, or waited last, at the own desk is
// the officer's work, and so is one of the own area that waits and has no desk yet.
func (c *console) storyReason(r *http.Request, me guitu.Officer, q guitu.Question) string {
	if s := c.sessions.GetString(r.Context(), reasonKey(storyPath(q.Rumor.ID))); s != "" {
		return s
	}
	a := q.Assignment
	if a != nil && a.Desk.ID == me.Desk.ID || a == nil && q.Rumor.State == guitu.RumorOpen && mayRule(q, me) {
		return guitu.ViewCase.Words()
	}
	return ""
}
