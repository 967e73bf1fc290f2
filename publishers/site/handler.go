package site

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"html/template"
	"net/http"
	"strings"
	"time"

	"guitu"
)

//go:embed templates assets
var files embed.FS

// pages are the page templates, each within the frame of base.html.
var pages = func() map[string]*template.Template {
	m := map[string]*template.Template{}
	for _, name := range []string{"front", "notice", "alert", "alerts", "poster", "large", "check", "about", "trouble", "tip", "receipt", "statistics"} {
		m[name] = template.Must(template.ParseFS(files, "templates/base.html", "templates/part_*.html", "templates/"+name+".html"))
	}
	return m
}()

var (
	stylesheet = asset("site.css")
	icon       = asset("icon.svg")
	// stylesheetPath changes with the content, so that the stylesheet can be kept for ever.
	stylesheetPath = "/assets/site." + digest(stylesheet)[:12] + ".css"
)

func asset(name string) []byte {
	b, err := files.ReadFile("assets/" + name)
	if err != nil {
		panic(err)
	}
	return b
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// How long an answer may be kept by browsers and proxies. Notices are short-lived there because a correction must be seen.
const (
	keepBriefly = "public, max-age=60"
	keepAnHour  = "public, max-age=3600"
	keepForEver = "public, max-age=31536000, immutable"
	keepNever   = "no-store"
)

// pageSize is the number of notices on a front page, feedSize that in a feed.
const (
	pageSize = 20
	feedSize = 50
)

// ServeHTTP answers for everything below "/".
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self' data:; "+
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	if s.exercise {
		h.Set("X-Robots-Tag", "noindex, nofollow")
	}
	s.mux.ServeHTTP(w, r)
}

func (s *Site) routes() *http.ServeMux {
	m := http.NewServeMux()
	for _, l := range languages {
		m.HandleFunc("GET "+l.Prefix+"/{$}", s.front(l))
		m.HandleFunc("GET "+l.Prefix+"/n/{code}", s.notice(l))
		m.HandleFunc("GET "+l.Prefix+"/n/{code}/text", s.largePrint(l))
		m.HandleFunc("GET "+l.Prefix+"/n/{code}/poster", s.posterPage(l))
		m.HandleFunc("GET "+l.Prefix+"/alerts", s.alerts(l))
		m.HandleFunc("GET "+l.Prefix+"/check", s.check(l))
		m.HandleFunc("GET "+l.Prefix+"/about", s.about(l))
		if s.statistics != nil {
			m.HandleFunc("GET "+l.Prefix+"/statistics", s.statisticsPage(l))
		}
		m.HandleFunc("GET "+l.Prefix+"/feed.atom", s.feed(l, writeAtom, atomType))
		m.HandleFunc("GET "+l.Prefix+"/feed.json", s.feed(l, writeJSONFeed, jsonFeedType))
		m.HandleFunc("GET "+l.Prefix+"/feeds/areas/{file}", s.areaFeed(l))
	}
	s.tipRoutes(m)
	m.HandleFunc("GET /n/{code}/"+posterName, s.poster)
	m.HandleFunc("GET /p/{token}", s.photo)
	m.HandleFunc("GET /alerts.geojson", s.geoJSON)
	m.HandleFunc("GET "+capIndexPath, s.capIndex)
	m.HandleFunc("GET "+certificatePath, s.certificate)
	m.HandleFunc("GET /cap/areas/{file}", s.capAreaIndex)
	m.HandleFunc("GET /cap/{file}", s.capFile)
	m.HandleFunc("GET /en", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/en/", http.StatusMovedPermanently)
	})
	m.HandleFunc("GET "+stylesheetPath, func(w http.ResponseWriter, r *http.Request) {
		serve(w, r, "text/css; charset=utf-8", keepForEver, time.Time{}, stylesheet)
	})
	m.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, r *http.Request) {
		serve(w, r, "image/svg+xml", keepAnHour, time.Time{}, icon)
	})
	m.HandleFunc("GET /robots.txt", func(w http.ResponseWriter, r *http.Request) {
		// Exercises are kept out of search engines by noindex, which only those can read who may fetch the page.
		serve(w, r, "text/plain; charset=utf-8", keepAnHour, time.Time{},
			[]byte("User-agent: *\nAllow: /practice/\nDisallow: /console/\nDisallow: /check\nDisallow: /en/check\nDisallow: /p/\nDisallow: /cap/\n"))
	})
	m.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) { s.noPage(w, r, languageOf(r)) })
	return m
}

// languageOf returns the language of a path.
func languageOf(r *http.Request) *language {
	if strings.HasPrefix(r.URL.Path, inEnglish.Prefix+"/") {
		return inEnglish
	}
	return inChinese
}

func (s *Site) front(l *language) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p := s.page(l, "/", l.SiteName)
		p.Summary = l.Mission
		var before int64
		// A page begins after a notice, so that it shows the same when more have come.
		if code := r.URL.Query().Get("before"); code != "" {
			n, err := s.reader.Notice(r.Context(), code)
			if err != nil {
				s.trouble(w, r, l, err)
				return
			}
			before, p.Later = n.ID, true
			p.Title = l.OlderNotices + " · " + p.Title
		}
		notices, err := s.reader.Notices(r.Context(), "", before, pageSize+1)
		if err != nil {
			s.trouble(w, r, l, err)
			return
		}
		if len(notices) > pageSize {
			notices = notices[:pageSize]
			p.Older = notices[pageSize-1].Code
		}
		if !p.Later {
			if err := s.ongoing(r.Context(), l, p); err != nil {
				s.trouble(w, r, l, err)
				return
			}
		}
		for _, n := range notices {
			// An alert that goes on stands above all others, and not here again.
			if n.AlertID == 0 || n.Kind.Ends() {
				p.Items = append(p.Items, s.item(l, n))
			}
		}
		s.render(w, r, "front", http.StatusOK, keepBriefly, p)
	}
}

// frontAlerts is the number of alerts on the front page; the rest has a page of its own.
const frontAlerts = 10

// ongoing puts the alerts that go on at the top of the front page.
func (s *Site) ongoing(ctx context.Context, l *language, p *page) error {
	list, err := s.reader.Alerts(ctx, guitu.StandingFilter{Limit: frontAlerts + 1})
	if err != nil {
		return err
	}
	if len(list) > frontAlerts {
		list, p.MoreAlerts = list[:frontAlerts], true
	}
	for _, st := range list {
		p.Alerts = append(p.Alerts, s.alertView(l, st))
	}
	return nil
}

func (s *Site) notice(l *language) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		typed := r.PathValue("code")
		if code, ok := strings.CutSuffix(typed, ".json"); ok {
			s.showJSON(w, r, code)
			return
		}
		code, ok := guitu.NormalizeCode(typed)
		if !ok {
			s.unknownCode(w, r, l, typed)
			return
		}
		n, err := s.reader.Notice(r.Context(), code)
		switch {
		case guitu.KindOf(err) == guitu.NotFound:
			s.unknownCode(w, r, l, typed)
			return
		case err != nil:
			s.trouble(w, r, l, err)
			return
		case typed != code:
			http.Redirect(w, r, l.Prefix+"/n/"+code, http.StatusMovedPermanently)
			return
		case n.AlertID != 0:
			s.showAlert(w, r, l, code)
			return
		}
		it := s.item(l, n)
		p := s.page(l, "/n/"+code, it.Text.Headline+" · "+l.SiteName)
		p.Item, p.Review = &it, s.claimReview(l, it)
		if len(it.Paragraphs) > 0 {
			p.Summary = it.Paragraphs[0]
		}
		// The page of a correction that has not come out is not there: it is named, but not linked.
		if n.CorrectedBy != "" {
			_, err := s.reader.Notice(r.Context(), n.CorrectedBy)
			if err != nil && guitu.KindOf(err) != guitu.NotFound {
				s.trouble(w, r, l, err)
				return
			}
			p.Item.CorrectionShown = err == nil
		}
		s.render(w, r, "notice", http.StatusOK, keepBriefly, p)
	}
}

// check answers for the form: the notice's page when there is one with the code, and a plain "not from us" when there is not.
func (s *Site) check(l *language) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		typed := strings.TrimSpace(r.URL.Query().Get("code"))
		if typed == "" {
			s.render(w, r, "check", http.StatusOK, keepAnHour, s.page(l, "/check", l.Check+" · "+l.SiteName))
			return
		}
		// Whoever holds a link pastes the link. Only one of this site's says anything.
		for _, l := range languages {
			if rest, ok := strings.CutPrefix(typed, s.base+l.Prefix+"/n/"); ok {
				typed = rest
			}
		}
		code, ok := guitu.NormalizeCode(typed)
		if !ok {
			s.unknownCode(w, r, l, typed)
			return
		}
		switch _, err := s.reader.Notice(r.Context(), code); {
		case guitu.KindOf(err) == guitu.NotFound:
			s.unknownCode(w, r, l, typed)
		case err != nil:
			s.trouble(w, r, l, err)
		default:
			w.Header().Set("Cache-Control", keepNever)
			http.Redirect(w, r, l.Prefix+"/n/"+code, http.StatusSeeOther)
		}
	}
}

// lookalikes are the letters of the code alphabet that may have been meant by one outside of it.
var lookalikes = map[byte]string{'0': "QD", 'O': "QD", '1': "J7T", 'I': "J7T", 'L': "J7T", 'U': "V"}

// maxGuesses bounds the look-ups that one wrong code can cause.
const maxGuesses = 9

// unknownCode says that no notice has the code that was typed. Where a letter was typed that codes never have, it offers the
// notices that may be meant, but does not call one of them the right one.
func (s *Site) unknownCode(w http.ResponseWriter, r *http.Request, l *language, typed string) {
	p := s.page(l, "/check", l.NotOurs+" · "+l.SiteName)
	p.Unknown = true
	code, ok := guitu.NormalizeCode(typed)
	p.Typed = typed
	if len(code) == guitu.CodeLength {
		p.Typed = code
	}
	if !ok && len(code) == guitu.CodeLength {
		for _, guess := range guesses(code) {
			n, err := s.reader.Notice(r.Context(), guess)
			if err == nil {
				p.Items = append(p.Items, s.item(l, n))
			} else if guitu.KindOf(err) != guitu.NotFound {
				s.trouble(w, r, l, err)
				return
			}
		}
	}
	s.render(w, r, "check", http.StatusNotFound, keepNever, p)
}

func guesses(code string) []string {
	list := []string{""}
	for i := range len(code) {
		letters, ok := lookalikes[code[i]]
		if !ok {
			letters = code[i : i+1]
		}
		var longer []string
		for _, g := range list {
			for j := range len(letters) {
				longer = append(longer, g+letters[j:j+1])
			}
		}
		if list = longer; len(list) > maxGuesses {
			return nil
		}
	}
	return list
}

func (s *Site) about(l *language) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.render(w, r, "about", http.StatusOK, keepAnHour, s.page(l, "/about", l.About+" · "+l.SiteName))
	}
}

func (s *Site) noPage(w http.ResponseWriter, r *http.Request, l *language) {
	p := s.page(l, "/", l.NoPage+" · "+l.SiteName)
	p.Heading, p.Message = l.NoPage, l.NoPageWhy
	s.render(w, r, "trouble", http.StatusNotFound, keepNever, p)
}

// trouble answers when the notices could not be read.
func (s *Site) trouble(w http.ResponseWriter, r *http.Request, l *language, err error) {
	if guitu.KindOf(err) == guitu.NotFound {
		s.noPage(w, r, l)
		return
	}
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return // nobody is there to read an answer
	}
	s.log.ErrorContext(r.Context(), "site", "err", err)
	p := s.page(l, "/", l.Broken+" · "+l.SiteName)
	p.Heading, p.Message = l.Broken, l.BrokenWhy
	w.Header().Set("Retry-After", "30")
	s.render(w, r, "trouble", http.StatusServiceUnavailable, keepNever, p)
}

func (s *Site) render(w http.ResponseWriter, r *http.Request, name string, status int, keep string, p *page) {
	p.OK = status == http.StatusOK
	var b bytes.Buffer
	if err := pages[name].ExecuteTemplate(&b, "base.html", p); err != nil {
		s.log.ErrorContext(r.Context(), "site", "page", name, "err", err)
		http.Error(w, p.L.Broken, http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Language", p.L.Tag)
	if status == http.StatusOK {
		serve(w, r, "text/html; charset=utf-8", keep, time.Time{}, b.Bytes())
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", keep)
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(b.Bytes())
	}
}

// serve writes content, or 304 to those who have it. The zero modified sends no Last-Modified.
func serve(w http.ResponseWriter, r *http.Request, mediaType, keep string, modified time.Time, content []byte) {
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Cache-Control", keep)
	h.Set("ETag", `"`+digest(content)[:32]+`"`)
	http.ServeContent(w, r, "", modified, bytes.NewReader(content))
}
