package console

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"guitu"
	"guitu/bot"
)

// verdictForm is the form of a ruling or a correction as it was filled in.
type verdictForm struct {
	Key         string // identifies the press: sent twice, it decides once
	Press       string // the data of the chosen action, as on a chat's button
	Basis       string
	Error       string // why nothing was decided, said above the form
	ChoiceError string
	BasisError  string
}

// Failed reports whether the form was sent and refused.
func (f verdictForm) Failed() bool { return f.Error != "" || f.ChoiceError != "" || f.BasisError != "" }

func newKey() string { return rand.Text() }

// isKey reports whether newKey may have made a key.
func isKey(key string) bool {
	return len(key) >= 16 && len(key) <= 64 && strings.Trim(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == ""
}

// pressKey makes a form's key one that never meets another officer's, or a chat's.
func pressKey(me guitu.Officer, key string) string { return fmt.Sprintf("console:%d:%s", me.ID, key) }

// choices are the rulings that q allows, in the words of the chat's buttons; an outdated story's endings stand beside the others,
// so that one press chooses everything.
func choices(q guitu.Question, me guitu.Officer) []bot.Action {
	var cs []bot.Action
	for _, a := range bot.Actions(q, &me) {
		switch {
		case a.Press.Verb == bot.VerbHand, a.Press.Verb == bot.VerbSame, a.Press.Verb == bot.VerbDraft: // have forms of their own
		case a.Press.Verb == bot.VerbCorrect:
			cs = append(cs, a.Choices...)
		case len(a.Choices) > 0:
			for _, e := range a.Choices {
				e.Label = bot.VerdictLabel(e.Press.Ruling, e.Press.Ending).Zh
				cs = append(cs, e)
			}
		default:
			cs = append(cs, a)
		}
	}
	return cs
}

// decide rules on a story or corrects a verdict. The chosen press carries the verdict that the officer saw, so that a decision
// on an outdated view is refused.
func (c *console) decide(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	q, err := c.question(r, me)
	if err != nil {
		return err
	}
	f := verdictForm{
		Key:   r.PostForm.Get("key"),
		Press: r.PostForm.Get("press"),
		Basis: strings.TrimSpace(strings.ReplaceAll(r.PostForm.Get("basis"), "\r\n", "\n")),
	}
	press := f.check(q.Rumor.ID)
	if f.Failed() {
		return c.showStory(w, r, me, http.StatusUnprocessableEntity, q, storyBody{Form: f})
	}
	v, err := c.backend.Decide(r.Context(), guitu.Decision{
		RumorID:   q.Rumor.ID,
		OfficerID: me.ID,
		Ruling:    press.Ruling,
		Ending:    press.Ending,
		Basis:     f.Basis,
		Corrects:  press.Corrects,
		Key:       pressKey(me, f.Key),
	})
	if err != nil {
		return c.undecided(w, r, me, f, err)
	}
	c.opts.Log.InfoContext(r.Context(), "ruled in the console", "rumor", v.RumorID, "verdict", v.ID, "officer", me.ID)
	return c.done(w, r, storyPath(q.Rumor.ID), "已记录核查结论："+bot.VerdictLabel(v.Ruling, v.Ending).Zh+"。")
}

// check reads the choice and says what is missing.
func (f *verdictForm) check(rumorID int64) bot.Press {
	if !isKey(f.Key) {
		f.Error = "表单不完整，没有作任何更改。请核对后重新提交。"
		f.Key = newKey()
	}
	press, err := bot.ParsePress(f.Press)
	ruled := press.Verb == bot.VerbRule || press.Verb == bot.VerbPick
	switch {
	case err != nil || !ruled || press.RumorID != rumorID || press.Ruling == guitu.Outdated && press.Ending == "":
		f.Press, f.ChoiceError = "", "请选择一项核查结论。"
	case f.Basis == "" && (press.Ruling.NeedsBasis() || press.Corrects != 0):
		f.BasisError = "请写明如何核查。“不实”“过时”和更正都必须填写。"
	}
	if n := utf8.RuneCountInString(f.Basis); n > guitu.MaxBasis {
		f.BasisError = fmt.Sprintf("核查方式最多 %d 字，现有 %d 字。", guitu.MaxBasis, n)
	} else if !utf8.ValidString(f.Basis) || strings.ContainsRune(f.Basis, 0) {
		f.BasisError = "核查方式含有无法识别的字符。"
	}
	return press
}

// undecided shows the story as it stands, with what the officer typed.
func (c *console) undecided(w http.ResponseWriter, r *http.Request, me guitu.Officer, f verdictForm, cause error) error {
	status := statusOf(cause)
	if status == http.StatusForbidden || status == http.StatusNotFound {
		return cause
	}
	f.Error = guitu.Message(cause)
	switch status {
	case http.StatusConflict:
		// The choice was made on another view: it must be made afresh, under a key of its own.
		f.Error += "本次提交没有作任何更改，请先看下面的最新情况。"
		f.Press, f.Key = "", newKey()
	case http.StatusInternalServerError:
		// Whether it was decided is not known. The key stays, so that sending it again decides once.
		c.opts.Log.ErrorContext(r.Context(), "decide", "officer", me.ID, "error", cause)
		f.Error += "您填写的内容还在下面，可直接再次提交，不会重复记录。"
	}
	q, err := c.question(r, me)
	if err != nil {
		return err
	}
	return c.showStory(w, r, me, status, q, storyBody{Form: f})
}

// handOver passes an open story to another desk.
func (c *console) handOver(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	q, err := c.question(r, me)
	if err != nil {
		return err
	}
	key := r.PostForm.Get("key")
	deskID, err := strconv.ParseInt(r.PostForm.Get("desk"), 10, 64)
	if trouble := handTrouble(key, deskID, err); trouble != "" {
		return c.showStory(w, r, me, http.StatusUnprocessableEntity, q, storyBody{Form: verdictForm{Key: newKey()}, HandError: trouble})
	}
	err = c.backend.HandOver(r.Context(), guitu.Handover{
		RumorID: q.Rumor.ID, DeskID: deskID, OfficerID: me.ID, Key: pressKey(me, key),
	})
	switch guitu.KindOf(err) {
	case "":
	case guitu.Conflict, guitu.Invalid:
		status, message := statusOf(err), guitu.Message(err)
		if q, err = c.question(r, me); err != nil {
			return err
		}
		return c.showStory(w, r, me, status, q, storyBody{Form: verdictForm{Key: newKey()}, HandError: message})
	default:
		return err
	}
	c.opts.Log.InfoContext(r.Context(), "handed over in the console", "rumor", q.Rumor.ID, "desk", deskID, "officer", me.ID)
	// Afterwards the story may be another area's, so the list is where the officer can go on.
	return c.done(w, r, "/console/", fmt.Sprintf("传言 #%d 已转交。", q.Rumor.ID))
}

// handTrouble says what is wrong with the form that hands a story over, "" when nothing is.
func handTrouble(key string, deskID int64, notANumber error) string {
	switch {
	case notANumber != nil || deskID <= 0:
		return "请选择要转交的值班台。"
	case !isKey(key):
		return "表单不完整，没有作任何更改。请重新提交。"
	}
	return ""
}

// handTo orders the desks to which q can be handed: those that the chat offers first, then all others.
func handTo(q guitu.Question, desks []guitu.Desk) []guitu.Desk {
	likely, _ := bot.DeskActions(q, desks)
	var first, rest []guitu.Desk
	for _, a := range likely {
		i := slices.IndexFunc(desks, func(d guitu.Desk) bool { return d.ID == a.Press.DeskID })
		first = append(first, desks[i])
	}
	for _, d := range desks {
		here := q.Assignment != nil && q.Assignment.Ended.IsZero() && q.Assignment.Desk.ID == d.ID
		if !here && !slices.ContainsFunc(first, func(f guitu.Desk) bool { return f.ID == d.ID }) {
			rest = append(rest, d)
		}
	}
	return append(first, rest...)
}

func storyPath(id int64) string { return "/console/stories/" + strconv.FormatInt(id, 10) }
