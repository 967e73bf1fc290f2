package console

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"guitu"
)

const (
	jobsPath = "/console/jobs/"

	// pagePolicy lets a page load its style sheet and its icon, post to its own server, and nothing else.
	pagePolicy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	// scriptPolicy lets a page load the console's own script besides, which sends the page's own form.
	scriptPolicy = pagePolicy + "; script-src 'self'; connect-src 'self'"
	// jobsPolicy is what River UI needs: its own script bundle, which sets inline styles and calls its own API.
	jobsPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
		"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

// secured sets the headers that every answer carries.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		policy := pagePolicy
		if strings.HasPrefix(r.URL.Path, jobsPath) {
			policy = jobsPolicy
		}
		h.Set("Content-Security-Policy", policy)
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		h.Set("X-Robots-Tag", "noindex, nofollow")
		next.ServeHTTP(w, r)
	})
}

// sameOrigin refuses forms that another site's page sends.
func (c *console) sameOrigin(next http.Handler) http.Handler {
	p := http.NewCrossOriginProtection()
	if u, err := url.Parse(c.opts.PublicURL); err == nil && u.Host != "" {
		// Behind a proxy that rewrites Host, the browser's Origin is the public address.
		if err := p.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
			panic("console: public address: " + err.Error())
		}
	}
	p.SetDenyHandler(c.sessions.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.opts.Log.WarnContext(r.Context(), "cross-origin form refused", "path", r.URL.Path)
		c.fail(w, r, guitu.Officer{}, guitu.Errorf(guitu.Forbidden, "请求来自其他网站，已拒绝，没有作任何更改。"))
	})))
	return p.Handler(next)
}

// guard lets those through who may call rt.
func (c *console) guard(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		me, err := c.admit(w, r, rt.access)
		if err != nil {
			c.fail(w, r, me, err)
			return
		}
		if rt.access != anyone && me.ID == 0 {
			return // admit has answered
		}
		if r.Method == http.MethodPost {
			if err := c.readForm(w, r, rt.uploads()); err != nil {
				var tooLarge *http.MaxBytesError
				if !errors.As(err, &tooLarge) {
					err = guitu.Errorf(guitu.Invalid, "表单无法读取，没有作任何更改。")
				}
				c.fail(w, r, me, err)
				return
			}
		}
		if err := rt.serve(w, r, me); err != nil {
			c.fail(w, r, me, err)
		}
	})
}

// readForm reads a form into r.PostForm, and its files when upload allows any.
func (c *console) readForm(w http.ResponseWriter, r *http.Request, upload bool) error {
	if !upload {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		return r.ParseForm()
	}
	// A telephone in the countryside sends a photo for longer than the server waits for words.
	//nolint:errcheck // a server that can't wait longer refuses the slow ones, as it would have
	http.NewResponseController(w).SetReadDeadline(c.opts.Now().Add(uploadTime))
	r.Body = http.MaxBytesReader(w, r.Body, maxUpload)
	err := r.ParseMultipartForm(maxUpload)
	if errors.Is(err, http.ErrNotMultipart) {
		return nil // ParseForm, which ran first, has read it
	}
	return err
}

// guardJobs lets administrators through to the job page.
func (c *console) guardJobs(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		me, err := c.admit(w, r, admins)
		switch {
		case err != nil:
			c.fail(w, r, me, err)
		case me.ID != 0:
			r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
			next.ServeHTTP(w, r)
		}
	})
}

// admit finds out who is there and whether a may be served to them. When a stranger meets a closed door it answers the request
// and returns the zero officer.
func (c *console) admit(w http.ResponseWriter, r *http.Request, a access) (guitu.Officer, error) {
	me, err := c.whoIs(r)
	if err != nil || a == anyone {
		return me, err
	}
	if me.ID == 0 {
		c.turnAway(w, r)
		return me, nil
	}
	if a != half && (me.Factor && !c.passed(r) || c.opts.RequireFactor && !me.Factor) {
		c.askFactor(w, r)
		return guitu.Officer{}, nil
	}
	switch {
	case a == publishers:
		if err := me.Acts(c.opts.Now()); err != nil {
			return me, err
		}
		if !me.Factor {
			return me, errNoFactor
		}
	case a == auditors && me.Role != guitu.RoleAuditor:
		return me, guitu.Errorf(guitu.Forbidden, "此页仅限审计员。")
	case a == admins && me.Role != guitu.RoleAdmin:
		return me, guitu.Errorf(guitu.Forbidden, "此页仅限管理员。")
	case a == officers && me.Role == guitu.RoleAuditor:
		return me, guitu.Errorf(guitu.Forbidden, "审计员只能查看审计记录和查阅记录。")
	}
	return me, nil
}

// turnAway sends a stranger to the sign-in page. A form cannot be carried over, so that is said instead.
func (c *console) turnAway(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		http.Redirect(w, r, "/console/enter?"+url.Values{"next": {r.URL.RequestURI()}}.Encode(), http.StatusSeeOther)
		return
	}
	//nolint:errcheck // the reader has gone, or render has logged it
	c.render(w, r, http.StatusUnauthorized, "error", page{Title: "登录已失效", Body: errorBody{
		Message: "登录已失效，刚才的内容没有提交，没有作任何更改。请在另一个窗口重新登录，再返回本页的上一页重新提交。",
		Link:    "/console/enter", LinkText: "去登录",
	}})
}

// askFactor sends somebody who has not shown the second factor to where it is shown or set up.
func (c *console) askFactor(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		http.Redirect(w, r, factorPath+"?"+url.Values{"next": {r.URL.RequestURI()}}.Encode(), http.StatusSeeOther)
		return
	}
	//nolint:errcheck // the reader has gone, or render has logged it
	c.render(w, r, http.StatusForbidden, "error", page{Title: "需要第二重验证", Body: errorBody{
		Message: "请先完成第二重验证。刚才的内容没有提交，没有作任何更改。", Link: factorPath, LinkText: "去验证",
	}})
}

// fail answers with an error page, and logs what people may not see.
func (c *console) fail(w http.ResponseWriter, r *http.Request, me guitu.Officer, err error) {
	p := page{Title: "未能完成", Me: me, Body: errorBody{Message: guitu.Message(err), Link: "/console/", LinkText: "回到待核查"}}
	status := statusOf(err)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.Is(err, errNoFactor):
		p.Body = errorBody{Message: guitu.Message(err), Link: factorPath, LinkText: "启用第二重验证"}
	case errors.As(err, &tooLarge):
		status, p.Body = http.StatusRequestEntityTooLarge, errorBody{Message: "提交的内容过大，没有作任何更改。", Link: "/console/", LinkText: "回到待核查"}
	case r.Context().Err() != nil:
		return
	case status == http.StatusInternalServerError:
		c.opts.Log.ErrorContext(r.Context(), "console request", "method", r.Method, "pattern", r.Pattern, "officer", me.ID, "error", err)
	}
	c.render(w, r, status, "error", p) //nolint:errcheck // there is no page left to say it on
}

type errorBody struct {
	Message, Link, LinkText string
}

// statusOf translates an error's kind into HTTP.
func statusOf(err error) int {
	switch guitu.KindOf(err) {
	case guitu.Invalid:
		return http.StatusUnprocessableEntity
	case guitu.NotFound:
		return http.StatusNotFound
	case guitu.Conflict:
		return http.StatusConflict
	case guitu.Forbidden:
		return http.StatusForbidden
	case guitu.Internal:
	}
	return http.StatusInternalServerError
}

// pathID reads the id in the path.
func pathID(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id <= 0 {
		return 0, guitu.Errorf(guitu.NotFound, "没有这个编号。")
	}
	return id, nil
}
