package console

import (
	"context"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"guitu"
)

// Archive is the audit trail and the log of who read a child's data. Only auditors may call it.
type Archive interface {
	// Entries lists entries of the audit trail.
	Entries(ctx context.Context, f guitu.TrailFilter, by int64) ([]guitu.Entry, error)
	// Views lists who read a child's data.
	Views(ctx context.Context, f guitu.ViewFilter, by int64) ([]guitu.View, error)
	// ExportYear writes a year of one of both, "audit" or "views", as "csv" or "jsonl", and records that.
	ExportYear(ctx context.Context, w io.Writer, what, format string, year int, by int64) error
}

// things are the kinds of things to choose from, in the order of their words.
var things = map[string]string{
	"alert": "警报", "approval": "申请", "asset": "登记", "audit": "导出", "channel": "渠道", "delivery": "投递", "desk": "值班台",
	"factor": "第二重验证", "officer": "民警", "photo": "照片", "roster": "排班", "rumor": "传言", "source": "信源", "tip": "线索",
}

type auditBody struct {
	Entries []guitu.Entry
	Names   map[int64]string // of officers
	Thing   string
	Things  []string
	Number  int64 // of the thing, 0 for all
	Older   string
	First   bool
	Year    int
}

// What is what an export of the page holds.
func (auditBody) What() string { return "audit" }

// Word is what a kind of thing is called.
func (auditBody) Word(thing string) string {
	if w := things[thing]; w != "" {
		return w
	}
	return thing
}

// audit lists the trail, the newest first.
func (c *console) audit(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	q := r.URL.Query()
	older, err := before(q)
	if err != nil {
		return err
	}
	f := guitu.TrailFilter{Before: older, Newest: true, Limit: listLimit + 1, Thing: q.Get("thing")}
	if f.Thing != "" && things[f.Thing] == "" {
		return guitu.Errorf(guitu.Invalid, "没有这种对象。")
	}
	if s := q.Get("number"); s != "" {
		if f.ThingID, err = strconv.ParseInt(s, 10, 64); err != nil || f.ThingID < 0 {
			return guitu.Errorf(guitu.Invalid, "编号应为数字。")
		}
	}
	b := auditBody{
		Thing: f.Thing, Number: f.ThingID, Things: slices.Sorted(maps.Keys(things)), First: older == 0, Names: map[int64]string{},
		Year: c.opts.Now().In(c.opts.Location).Year(),
	}
	if b.Entries, err = c.backend.Entries(r.Context(), f, me.ID); err != nil {
		return err
	}
	if len(b.Entries) > listLimit {
		b.Entries = b.Entries[:listLimit]
		q.Set("before", guitu.Ref(b.Entries[listLimit-1].ID))
		b.Older = "/console/audit?" + q.Encode()
	}
	all, err := c.backend.Officers(r.Context())
	if err != nil {
		return err
	}
	for _, o := range all {
		b.Names[o.ID] = o.Name
	}
	return c.render(w, r, http.StatusOK, "audit", page{Title: "审计记录", Me: me, Body: b})
}

type viewsBody struct {
	Views []guitu.View
	Older string
	First bool
	Year  int
}

// What is what an export of the page holds.
func (viewsBody) What() string { return "views" }

// views lists who read a child's data, the newest first.
func (c *console) views(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	older, err := before(r.URL.Query())
	if err != nil {
		return err
	}
	b := viewsBody{First: older == 0, Year: c.opts.Now().In(c.opts.Location).Year()}
	b.Views, err = c.backend.Views(r.Context(), guitu.ViewFilter{Before: older, Newest: true, Limit: listLimit + 1}, me.ID)
	if err != nil {
		return err
	}
	if len(b.Views) > listLimit {
		b.Views = b.Views[:listLimit]
		b.Older = "/console/views?" + url.Values{"before": {guitu.Ref(b.Views[listLimit-1].ID)}}.Encode()
	}
	return c.render(w, r, http.StatusOK, "views", page{Title: "查阅记录", Me: me, Body: b})
}

// exportFor is how long an export may take; the server's own limit is for pages.
const exportFor = 30 * time.Minute

// export sends a year as a file.
func (c *console) export(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	what, format := r.PostForm.Get("what"), r.PostForm.Get("format")
	year, err := strconv.Atoi(r.PostForm.Get("year"))
	if err != nil {
		return guitu.Errorf(guitu.Invalid, "请填写年份。")
	}
	types := map[string]string{"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8"}
	if types[format] == "" || what != "audit" && what != "views" {
		return guitu.Errorf(guitu.Invalid, "没有这种导出。")
	}
	if err := http.NewResponseController(w).SetWriteDeadline(c.opts.Now().Add(exportFor)); err != nil {
		c.opts.Log.WarnContext(r.Context(), "export keeps the deadline of pages", "error", err)
	}
	f := &file{w: w, kind: types[format], name: "guitu-" + what + "-" + strconv.Itoa(year) + "." + format}
	err = c.backend.ExportYear(r.Context(), f, what, format, year, me.ID)
	if err != nil && f.begun {
		// A file that ends early must not look whole.
		c.opts.Log.ErrorContext(r.Context(), "export broke off", "officer", me.ID, "error", err)
		panic(http.ErrAbortHandler)
	}
	if err == nil {
		f.begin() // also a year in which nothing was
		c.opts.Log.InfoContext(r.Context(), "exported", "what", what, "year", year, "officer", me.ID)
	}
	return err
}

// file is an answer that is a file, once something is written.
type file struct {
	w          http.ResponseWriter
	kind, name string
	begun      bool
}

func (f *file) begin() {
	if !f.begun {
		f.begun = true
		f.w.Header().Set("Content-Type", f.kind)
		f.w.Header().Set("Content-Disposition", `attachment; filename="`+f.name+`"`)
		f.w.WriteHeader(http.StatusOK)
	}
}

func (f *file) Write(b []byte) (int, error) {
	f.begin()
	return f.w.Write(b)
}
