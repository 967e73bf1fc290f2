package partner

import (
	"bytes"
	"context"
	"embed"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"guitu"
)

//go:embed assets
var assets embed.FS

const (
	pagePath  = "/partners/page/"
	stylePath = "/partners/page.css"
	// shownFor is how far back a page goes.
	shownFor = 30 * 24 * time.Hour
	// testTimeout is how long a test may take.
	testTimeout = 10 * time.Second
	// maxWords is how much of a partner's own answer is shown, in bytes.
	maxWords = 500
)

var pageTemplate = template.Must(template.New("page.html").Funcs(template.FuncMap{
	"state": func(s guitu.DeliveryState) string { return stateWords[s] },
	"kind":  func(k guitu.NoticeKind) string { return kindWords[k] },
	"count": thousands,
}).ParseFS(assets, "assets/page.html"))

var stateWords = map[guitu.DeliveryState]string{
	guitu.DeliveryDue: "等待推送", guitu.DeliveryHeld: "暂缓推送", guitu.DeliverySending: "正在推送", guitu.DeliverySent: "已送达",
	guitu.DeliveryUnknown: "未收到答复", guitu.DeliveryRefused: "被拒收", guitu.DeliveryGivenUp: "未送达", guitu.DeliveryWithdrawn: "无需推送",
	guitu.DeliveryEdited: "已送达，有更改", guitu.DeliveryPulled: "已撤下", guitu.DeliveryStanding: "待人工处理", guitu.DeliveryHandled: "已人工处理",
}

var kindWords = map[guitu.NoticeKind]string{
	guitu.NoticeAlert: "寻人", guitu.NoticeUpdate: "更新", guitu.NoticeClosed: "结案", guitu.NoticeCancel: "撤销", guitu.NoticeDebunk: "辟谣",
	guitu.NoticeFound: "找回", guitu.NoticeOver: "过时", guitu.NoticeCorrection: "更正", guitu.NoticeBulletin: "通报",
}

// view is what a page shows.
type view struct {
	Name, Token string
	Until       time.Time
	State       guitu.ChannelState
	Deliveries  []guitu.Delivery
	Last        *guitu.Delivery // the latest that met with trouble
	Devices     int64           // of all
	Views       int64
	Test        *trial
	Style       string
	zone        *time.Location
}

// Day writes a time.
func (v view) Day(t time.Time) string { return t.In(v.zone).Format("2006-01-02 15:04:05") }

// Bad reports whether a delivery needs somebody.
func (v view) Bad(s guitu.DeliveryState) bool {
	return s == guitu.DeliveryRefused || s == guitu.DeliveryGivenUp || s == guitu.DeliveryUnknown || s == guitu.DeliveryHeld
}

// trial is what came of a test.
type trial struct {
	OK     bool
	Status int    // 0 when there was no answer
	Body   string // the beginning of it
	Error  string
	Millis int64
	Later  bool // too many tests
}

// page shows a partner what went to it. It holds no data of children: whoever has the link may read it.
func (d *Desk) page(w http.ResponseWriter, r *http.Request) {
	if s, until := d.holder(r.PathValue("token")); s != nil {
		d.show(w, r, s, until, nil)
		return
	}
	d.closed(w)
}

// try sends a test and shows what came of it. A page elsewhere can't ask for it: it has no token, and the browser's word is looked at.
func (d *Desk) try(w http.ResponseWriter, r *http.Request) {
	s, until := d.holder(r.PathValue("token"))
	if s == nil {
		d.closed(w)
		return
	}
	begun := d.o.Now()
	if !s.tests.AllowN(begun, 1) {
		d.show(w, r, s, until, &trial{Later: true})
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), testTimeout)
	defer cancel()
	a, err := s.test(ctx)
	t := trial{OK: err == nil, Status: a.Status, Body: words(a.Body), Millis: d.o.Now().Sub(begun).Milliseconds()}
	if err != nil {
		t.Error = err.Error()
	}
	d.show(w, r, s, until, &t)
}

func (d *Desk) show(w http.ResponseWriter, r *http.Request, s *seat, until time.Time, t *trial) {
	v := view{Name: s.Name(), Token: r.PathValue("token"), Until: until, Test: t, Style: stylePath, zone: d.o.Location}
	var err error
	if v.State, err = d.book.State(r.Context(), s.Name()); err == nil {
		v.Deliveries, err = d.book.Deliveries(r.Context(), s.Name(), d.o.Now().Add(-shownFor))
	}
	if err != nil {
		d.o.Log.ErrorContext(r.Context(), "page of a partner", "channel", s.Name(), "error", err)
		http.Error(w, "暂时无法显示，请稍后再试。", http.StatusServiceUnavailable)
		return
	}
	for i := range v.Deliveries {
		one := &v.Deliveries[i]
		v.Devices, v.Views = v.Devices+one.Reached.Devices, v.Views+one.Reached.Views
		if one.Trouble != "" && (v.Last == nil || one.At.After(v.Last.At)) {
			v.Last = one
		}
	}
	status := http.StatusOK
	if t != nil && t.Later {
		w.Header().Set("Retry-After", "10")
		status = http.StatusTooManyRequests
	}
	write(w, status, v)
}

// closed is what everybody else sees: it does not say whether there was such a page.
func (d *Desk) closed(w http.ResponseWriter) {
	write(w, http.StatusNotFound, view{Style: stylePath, zone: d.o.Location})
}

func write(w http.ResponseWriter, status int, v view) {
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, v); err != nil {
		http.Error(w, "暂时无法显示，请稍后再试。", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer") // the address is the key
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}

func serveStyle(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	http.ServeFileFS(w, r, assets, "assets/page.css")
}

// words are the beginning of an answer, for people.
func words(body []byte) string {
	if len(body) > maxWords {
		body = body[:maxWords]
	}
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || r < ' ' && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, string(body))
}

// thousands writes a number in groups of three digits.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
