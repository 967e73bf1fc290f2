package console

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"guitu"
)

// regroup is the part of a story's page where an officer says which posts belong together.
type regroup struct {
	May        bool          // the reader may
	Text       string        // what was searched for
	Alike      []guitu.Rumor // into which it can go
	MergeError string
	SplitError string
}

// alikeLimit is how many stories are offered to go into.
const alikeLimit = 20

// alike fills in what a story's page offers for regrouping.
func (c *console) alike(r *http.Request, me guitu.Officer, q guitu.Question, g *regroup) error {
	g.May = q.Into == nil && maySee(q, me) && c.refusal(me) == ""
	if !g.May {
		return nil
	}
	area, err := reach(me)
	if err != nil {
		return err
	}
	if r.Method == http.MethodGet {
		if g.Text, err = searched(r.URL.Query().Get("find")); err != nil {
			return err
		}
	}
	g.Alike, err = c.backend.Alike(r.Context(), q.Rumor.ID, RumorFilter{Area: area, Text: g.Text, Limit: alikeLimit})
	return err
}

// searched reads what a list is searched for.
func searched(s string) (string, error) {
	s = strings.TrimSpace(s)
	if utf8.RuneCountInString(s) > 50 || !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return "", guitu.Errorf(guitu.Invalid, "搜索内容最多 50 字。")
	}
	return s, nil
}

// merge joins a story to the one that was chosen or whose number was typed.
func (c *console) merge(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	q, err := c.question(r, me)
	if err != nil {
		return err
	}
	into, err := strconv.ParseInt(strings.TrimPrefix(strings.TrimSpace(r.PostForm.Get("number")), "#"), 10, 64)
	if err != nil {
		into, err = strconv.ParseInt(r.PostForm.Get("into"), 10, 64)
	}
	if err != nil || into <= 0 {
		return c.notRegrouped(w, r, me, regroup{MergeError: "请选择要并入的传言，或填写它的编号。"}, guitu.Errorf(guitu.Invalid, ""))
	}
	err = c.backend.Merge(r.Context(), q.Rumor.ID, into, me.ID)
	switch guitu.KindOf(err) {
	case "":
	case guitu.Conflict, guitu.Invalid, guitu.NotFound:
		return c.notRegrouped(w, r, me, regroup{MergeError: guitu.Message(err)}, err)
	default:
		return err
	}
	c.opts.Log.InfoContext(r.Context(), "merged in the console", "rumor", q.Rumor.ID, "into", into, "officer", me.ID)
	return c.done(w, r, storyPath(into), fmt.Sprintf("传言 #%d 已并入本传言。", q.Rumor.ID))
}

// split takes the ticked posts out of a story.
func (c *console) split(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	q, err := c.question(r, me)
	if err != nil {
		return err
	}
	var ids []int64
	for _, s := range r.PostForm["post"] {
		id, err := strconv.ParseInt(s, 10, 64)
		if err != nil || id <= 0 {
			return guitu.Errorf(guitu.Invalid, "没有这条帖文。")
		}
		ids = append(ids, id)
	}
	off, err := c.backend.Split(r.Context(), q.Rumor.ID, ids, me.ID)
	switch guitu.KindOf(err) {
	case "":
	case guitu.Conflict, guitu.Invalid, guitu.NotFound:
		return c.notRegrouped(w, r, me, regroup{SplitError: guitu.Message(err)}, err)
	default:
		return err
	}
	c.opts.Log.InfoContext(r.Context(), "split in the console", "rumor", q.Rumor.ID, "off", off, "officer", me.ID)
	// It may be another area's, so the story that the officer came from says where the posts went.
	return c.done(w, r, storyPath(q.Rumor.ID), fmt.Sprintf("所选帖文已拆出，另成传言 #%d，并已派单。", off))
}

// notRegrouped shows the story as it stands, with what was wrong.
func (c *console) notRegrouped(w http.ResponseWriter, r *http.Request, me guitu.Officer, g regroup, cause error) error {
	q, err := c.question(r, me)
	if err != nil {
		return err
	}
	return c.showStory(w, r, me, statusOf(cause), q, storyBody{Form: verdictForm{Key: newKey()}, Regroup: g})
}
