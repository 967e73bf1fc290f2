package console

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"guitu"
)

// maxName is the longest name of an officer in runes.
const maxName = 40

type officersBody struct {
	Officers []guitu.Officer
	Desks    []guitu.Desk
	Roles    []guitu.Role
	Form     inviteForm
}

type inviteForm struct {
	Name, Role string
	Desk       int64

	Error, NameError, DeskError, RoleError string
}

func (f inviteForm) failed() bool {
	return f.Error != "" || f.NameError != "" || f.DeskError != "" || f.RoleError != ""
}

func (c *console) officers(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	return c.showOfficers(w, r, me, http.StatusOK, inviteForm{Role: string(guitu.RoleOfficer)})
}

func (c *console) showOfficers(w http.ResponseWriter, r *http.Request, me guitu.Officer, status int, f inviteForm) error {
	b := officersBody{Roles: guitu.Roles[:], Form: f}
	var err error
	if b.Officers, err = c.backend.Officers(r.Context()); err != nil {
		return err
	}
	if b.Desks, err = c.backend.Desks(r.Context()); err != nil {
		return err
	}
	return c.render(w, r, status, "officers", page{Title: "民警", Me: me, Body: b})
}

// codeBody is a page that shows a secret once: it is kept nowhere, so loading the page again makes another.
type codeBody struct {
	Intro    string
	Link     string
	Telegram string // "" when the code is for the browser only
	Expires  time.Time
}

func (c *console) invite(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	f := inviteForm{Name: strings.TrimSpace(r.PostForm.Get("name")), Role: r.PostForm.Get("role")}
	f.Desk, _ = strconv.ParseInt(r.PostForm.Get("desk"), 10, 64)
	if n := utf8.RuneCountInString(f.Name); n == 0 || n > maxName || !utf8.ValidString(f.Name) {
		f.NameError = "请填写姓名，最多 " + strconv.Itoa(maxName) + " 字。"
	}
	if f.Desk <= 0 {
		f.DeskError = "请选择值班台。"
	}
	role := guitu.Role(f.Role)
	if !slices.Contains(guitu.Roles[:], role) {
		f.RoleError = "请选择角色。"
	}
	if f.failed() {
		return c.showOfficers(w, r, me, http.StatusUnprocessableEntity, f)
	}
	code, expires, err := c.backend.Invite(r.Context(), f.Desk, role, f.Name, me.ID)
	switch guitu.KindOf(err) {
	case "":
	case guitu.Invalid, guitu.Conflict, guitu.NotFound:
		f.Error = guitu.Message(err)
		return c.showOfficers(w, r, me, statusOf(err), f)
	default:
		return err
	}
	c.opts.Log.InfoContext(r.Context(), "invited", "desk", f.Desk, "role", role, "officer", me.ID)
	return c.render(w, r, http.StatusOK, "code", page{Title: "邀请", Me: me, Body: codeBody{
		Intro:    "请用可靠的途径把下面的其中一种交给 " + f.Name + " 本人。只能使用一次，离开本页后不再显示。",
		Link:     c.link(r, "/console/enter", url.Values{"code": {code}}),
		Telegram: "/start " + code,
		Expires:  expires,
	}})
}

// signInLink helps an officer who has no chat from which to ask for one.
func (c *console) signInLink(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	o, err := c.officer(r)
	if err != nil {
		return err
	}
	code, err := c.backend.SignInLink(r.Context(), o.ID, me.ID)
	if err != nil {
		return err
	}
	c.opts.Log.InfoContext(r.Context(), "sign-in link made", "for", o.ID, "officer", me.ID)
	return c.render(w, r, http.StatusOK, "code", page{Title: "登录链接", Me: me, Body: codeBody{
		Intro: "请用可靠的途径把链接交给 " + o.Name + " 本人。十分钟内有效，只能使用一次，离开本页后不再显示。",
		Link:  c.link(r, "/console/enter", url.Values{"code": {code}}),
	}})
}

// officer returns the officer that the path names.
func (c *console) officer(r *http.Request) (guitu.Officer, error) {
	id, err := pathID(r)
	if err != nil {
		return guitu.Officer{}, err
	}
	return c.backend.Officer(r.Context(), id)
}

// choice reads a yes or no that must be said.
func choice(r *http.Request, field string) (bool, error) {
	switch r.PostForm.Get(field) {
	case "yes":
		return true, nil
	case "no":
		return false, nil
	}
	return false, guitu.Errorf(guitu.Invalid, "表单不完整，没有作任何更改。")
}

func (c *console) ownDuty(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	return c.setDuty(w, r, me, me, "/console/")
}

func (c *console) duty(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	o, err := c.officer(r)
	if err != nil {
		return err
	}
	return c.setDuty(w, r, me, o, "/console/officers")
}

func (c *console) setDuty(w http.ResponseWriter, r *http.Request, me, o guitu.Officer, to string) error {
	on, err := choice(r, "on")
	if err != nil {
		return err
	}
	if err := c.backend.SetDuty(r.Context(), o.ID, on, me.ID); err != nil {
		return err
	}
	c.opts.Log.InfoContext(r.Context(), "duty set", "for", o.ID, "on", on, "officer", me.ID)
	if on {
		return c.done(w, r, to, o.Name+"：已值班。")
	}
	return c.done(w, r, to, o.Name+"：已离岗。")
}

func (c *console) disable(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	o, err := c.officer(r)
	if err != nil {
		return err
	}
	off, err := choice(r, "disabled")
	if err != nil {
		return err
	}
	if off && o.ID == me.ID {
		return guitu.Errorf(guitu.Conflict, "不能停用自己的账号，请由另一位管理员操作。")
	}
	if err := c.backend.SetDisabled(r.Context(), o.ID, off, me.ID); err != nil {
		return err
	}
	c.opts.Log.InfoContext(r.Context(), "access set", "for", o.ID, "disabled", off, "officer", me.ID)
	if off {
		return c.done(w, r, "/console/officers", o.Name+"：账号已停用，登录已失效。")
	}
	return c.done(w, r, "/console/officers", o.Name+"：账号已启用。")
}
