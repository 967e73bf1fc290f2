package console

import (
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"github.com/skip2/go-qrcode"

	"guitu"
)

// factorPath is where an officer shows, sets up or ends the second factor of one's own.
const factorPath = "/console/factor"

// errNoFactor refuses what may publish to whoever has no second factor.
var errNoFactor = guitu.Errorf(guitu.Forbidden, "发布、更新或结束警报，要先为控制台登录启用第二重验证：在手机上装一个验证器应用，一分钟即可完成。")

// factorBody is the page of the second factor in whichever state it is.
type factorBody struct {
	Ask      bool // a code is asked for before anything else
	Required bool // nothing else works without one
	Left     int  // recovery codes
	Next     string
	QR       template.HTML // while enrolling
	Secret   string        // to be typed where there is no camera, in groups of four
	Recovery []string      // shown once
	Error    string
}

// passed reports whether the session has shown the second factor.
func (c *console) passed(r *http.Request) bool {
	return c.sessions.GetInt64(r.Context(), keyFactor) != 0
}

// factorPage shows what comes next: the code that is asked for, the state of the factor, or how to begin.
func (c *console) factorPage(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	return c.showFactor(w, r, me, http.StatusOK, factorBody{Next: inside(r.URL.Query().Get("next"))})
}

func (c *console) showFactor(w http.ResponseWriter, r *http.Request, me guitu.Officer, status int, b factorBody) error {
	b.Ask = me.Factor && !c.passed(r)
	b.Required = c.opts.RequireFactor && !me.Factor
	if me.Factor {
		var err error
		if b.Left, err = c.backend.RecoveryCodes(r.Context(), me.ID); err != nil {
			return err
		}
	}
	if b.Ask {
		me = guitu.Officer{} // nothing of the menu works yet
	}
	return c.render(w, r, status, "factor", page{Title: "第二重验证", Me: me, Body: b})
}

// passFactor lets a session in that shows a right code.
func (c *console) passFactor(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	next := inside(r.PostForm.Get("next"))
	err := c.backend.PassFactor(r.Context(), me.ID, r.PostForm.Get("code"))
	switch guitu.KindOf(err) {
	case "":
	case guitu.Invalid, guitu.Forbidden:
		c.opts.Log.WarnContext(r.Context(), "second factor refused", "officer", me.ID)
		return c.showFactor(w, r, me, statusOf(err), factorBody{Next: next, Error: guitu.Message(err)})
	default:
		return err
	}
	if err := c.letIn(r); err != nil {
		return err
	}
	c.opts.Log.InfoContext(r.Context(), "second factor shown", "officer", me.ID)
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

// letIn makes the session one that has shown the second factor, under another token: the one before may have been seen.
func (c *console) letIn(r *http.Request) error {
	if err := c.sessions.RenewToken(r.Context()); err != nil {
		return err
	}
	c.sessions.Put(r.Context(), keyFactor, c.opts.Now().Unix())
	return nil
}

// beginFactor shows the QR code that an authenticator app reads.
func (c *console) beginFactor(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	return c.showEnrol(w, r, me, http.StatusOK, "")
}

func (c *console) showEnrol(w http.ResponseWriter, r *http.Request, me guitu.Officer, status int, trouble string) error {
	issuer := "归途"
	if c.opts.Exercise {
		issuer = "归途演练"
	}
	address, err := c.backend.EnrolFactor(r.Context(), me.ID, issuer)
	if err != nil {
		return err
	}
	u, err := url.Parse(address)
	if err != nil {
		return guitu.Errorf(guitu.Internal, "系统出错，请稍后再试。") // the parser's error quotes the secret
	}
	qr, err := drawQR(address)
	if err != nil {
		return err
	}
	return c.showFactor(w, r, me, status, factorBody{QR: qr, Secret: grouped(u.Query().Get("secret")), Error: trouble})
}

// drawQR draws an address as SVG: the page's policy lets no other picture in that is not a file of its own.
func drawQR(address string) (template.HTML, error) {
	qr, err := qrcode.New(address, qrcode.Medium)
	if err != nil {
		return "", guitu.Errorf(guitu.Internal, "系统出错，请稍后再试。")
	}
	var path strings.Builder
	bits := qr.Bitmap()
	for y, row := range bits {
		for x, dark := range row {
			if dark {
				path.WriteString("M" + guitu.Ref(int64(x)) + " " + guitu.Ref(int64(y)) + "h1v1h-1z")
			}
		}
	}
	side := guitu.Ref(int64(len(bits)))
	// Nothing but numbers stands in it.
	return template.HTML(`<svg class="qr" viewBox="0 0 ` + side + ` ` + side + `" role="img" aria-label="二维码，请用验证器应用扫描" ` +
		`shape-rendering="crispEdges"><rect width="100%" height="100%" fill="#fff"/><path fill="#000" d="` + path.String() + `"/></svg>`), nil
}

// grouped writes a code in groups of four.
func grouped(s string) string {
	var b strings.Builder
	for i, r := range s {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// confirmFactor makes the factor count, and shows the recovery codes once.
func (c *console) confirmFactor(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	recovery, err := c.backend.ConfirmFactor(r.Context(), me.ID, r.PostForm.Get("code"))
	switch guitu.KindOf(err) {
	case "":
	case guitu.Invalid:
		return c.showEnrol(w, r, me, http.StatusUnprocessableEntity, guitu.Message(err))
	default:
		return err
	}
	if err := c.letIn(r); err != nil {
		return err
	}
	c.opts.Log.InfoContext(r.Context(), "second factor set up", "officer", me.ID)
	me.Factor = true
	return c.showRecovery(w, r, me, recovery)
}

func (c *console) showRecovery(w http.ResponseWriter, r *http.Request, me guitu.Officer, recovery []string) error {
	for i, code := range recovery {
		recovery[i] = grouped(code)
	}
	return c.showFactor(w, r, me, http.StatusOK, factorBody{Recovery: recovery})
}

func (c *console) renewRecovery(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	recovery, err := c.backend.RenewRecovery(r.Context(), me.ID, r.PostForm.Get("code"))
	if kind := guitu.KindOf(err); kind == guitu.Invalid || kind == guitu.Forbidden {
		return c.showFactor(w, r, me, statusOf(err), factorBody{Error: guitu.Message(err)})
	}
	if err != nil {
		return err
	}
	return c.showRecovery(w, r, me, recovery)
}

func (c *console) dropFactor(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	err := c.backend.DropFactor(r.Context(), me.ID, r.PostForm.Get("code"))
	if kind := guitu.KindOf(err); kind == guitu.Invalid || kind == guitu.Forbidden {
		return c.showFactor(w, r, me, statusOf(err), factorBody{Error: guitu.Message(err)})
	}
	if err != nil {
		return err
	}
	c.sessions.Remove(r.Context(), keyFactor)
	c.opts.Log.InfoContext(r.Context(), "second factor ended", "officer", me.ID)
	return c.done(w, r, factorPath, "已停用第二重验证。")
}

// resetFactor helps an officer who lost the phone and the recovery codes.
func (c *console) resetFactor(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	o, err := c.officer(r)
	if err != nil {
		return err
	}
	if err := c.backend.ResetFactor(r.Context(), o.ID, me.ID); err != nil {
		return err
	}
	c.opts.Log.InfoContext(r.Context(), "second factor reset", "for", o.ID, "officer", me.ID)
	return c.done(w, r, officerPath(o.ID), o.Name+"：第二重验证已重置，请本人重新绑定。")
}
