package site

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"guitu"
)

// beijing is the time of all of China, by which a child's age counts.
var beijing = time.FixedZone("Asia/Shanghai", 8*60*60)

// noIndex keeps what may name a child out of search engines and their caches.
const noIndex = "noindex, nofollow, noarchive"

// alertView is an alert in one language.
type alertView struct {
	guitu.Standing
	item       // what holds
	W          *alertWords
	Active     bool
	Updated    bool // something was told after it was issued
	StateWord  string
	StateWhy   string
	AsOf       string
	Title      string // of lists and search engines: without a name
	Facts      []fact
	Call       *call // the officer or the desk, nil once it is over
	Shots      []shot
	History    []step
	TipPath    string // of the form for tips, "" when nobody takes any
	TipChat    string // address of a chat in which they are taken, "" for none
	PosterPath string // of the page with the poster, "" when there is none
	LargePath  string
	CAPPath    string // of the last message
	JSONPath   string
	Readable   bool // the last message can be read as CAP
}

type fact struct{ Label, Text, Lang string }

type call struct{ Name, Phone, Spaced string }

type shot struct {
	Path, Alt     string
	Width, Height int
}

type step struct {
	At         time.Time
	Minute     string
	Word, Note string
}

// alertView prepares an alert for people.
func (s *Site) alertView(l *language, st guitu.Standing) *alertView {
	w := &l.Alert
	last := st.Last()
	v := &alertView{
		Standing: st, item: s.item(l, last.Notice), W: w, Active: !st.State.Over(), StateWord: w.States[st.State], StateWhy: w.Why[st.State],
		AsOf:      strings.ReplaceAll(w.AsOf, "{time}", s.now().In(s.location).Format(l.Minute)),
		LargePath: l.Prefix + "/n/" + st.Code + "/text", CAPPath: capPath(last.Message.Identifier), JSONPath: "/n/" + st.Code + ".json",
	}
	v.Readable = readable(st, last)
	v.Title = w.OverHeadline
	if v.Active {
		v.Title = strings.NewReplacer("{who}", w.who(l, last.Message.Facts), "{place}", last.Notice.Place).Replace(w.Looking)
	}
	if st.Status == guitu.Exercise {
		v.Title = "【演练】" + v.Title
	}
	for _, t := range st.Told {
		c := t.Message.Cause
		v.Updated = v.Updated || c == guitu.CauseUpdate || c == guitu.CauseCorrect
		at := t.Message.Sent.In(s.location)
		v.History = append(v.History, step{at, at.Format(l.Minute), w.Causes[c], t.Message.Note})
	}
	slices.Reverse(v.History)
	if !v.Active {
		return v
	}
	v.Facts = s.facts(l, last)
	if c := last.Message.Facts.Contact; c.Phone != "" {
		v.Call = &call{c.Name, c.Phone, spaced(c.Phone)}
	}
	for _, p := range st.Photos {
		v.Shots = append(v.Shots, shot{photoPath(p.Token), p.Alt, p.Width, p.Height})
	}
	if s.tips != nil {
		v.TipPath = v.Path + "/tip"
		if s.tipChat != nil {
			v.TipChat = s.tipChat(st.Code)
		}
	}
	if s.pictures != nil {
		v.PosterPath = l.Prefix + "/n/" + st.Code + "/poster"
	}
	return v
}

// facts lists what is known of a child and its loss.
func (s *Site) facts(l *language, t guitu.Told) []fact {
	w, f := &l.Alert, t.Message.Facts
	var all []fact
	add := func(label, text, lang string) {
		if text != "" {
			all = append(all, fact{label, text, lang})
		}
	}
	number := func(form string, n int) string {
		if n <= 0 {
			return ""
		}
		return fill(form, strconv.Itoa(n))
	}
	zh := guitu.Chinese
	add(w.Name, f.Child.Name, zh)
	add(w.Sex, w.Sexes[f.Child.Sex], l.Tag)
	if years, ok := ageOf(f); ok {
		add(w.Age, w.years(years), l.Tag)
	}
	add(w.Height, number(w.Centimetres, f.Child.Height), l.Tag)
	add(w.Weight, number(w.Kilograms, f.Child.Weight), l.Tag)
	add(w.Clothing, f.Child.Clothing, zh)
	add(w.Features, f.Child.Features, zh)
	if !f.MissingAt.IsZero() {
		add(w.Missing, f.MissingAt.In(s.location).Format(l.Minute)+s.zone(l), l.Tag)
	}
	add(w.Place, guitu.PlaceIn(t.Notice.Place, f.Place), zh)
	add(w.Circumstances, f.Circumstances, zh)
	tier, english := f.Tier.Words()
	if l == inEnglish {
		tier = english
	}
	add(w.Tier, tier, l.Tag)
	if r := t.Message.Circle.Radius; r > 0 {
		add(w.Circle, fill(w.Within, strconv.FormatFloat(r, 'f', -1, 64)), l.Tag)
	}
	return all
}

func fill(form, n string) string { return strings.ReplaceAll(form, "{n}", n) }

// spaced groups a telephone number as it is read out: 199 0000 1234.
func spaced(phone string) string {
	if len(phone) != 11 || phone[0] != '1' {
		return phone
	}
	return phone[:3] + " " + phone[3:7] + " " + phone[7:]
}

// ageOf is the child's age when it was lost.
func ageOf(f guitu.Facts) (years int, ok bool) {
	if f.MissingAt.IsZero() {
		return f.Child.Age, f.Child.AgeKnown
	}
	years, ok = f.Child.AgeAt(f.MissingAt.In(beijing))
	return years, ok && years >= 0
}

// showAlert answers with the status page of an alert.
func (s *Site) showAlert(w http.ResponseWriter, r *http.Request, l *language, code string) {
	s.withAlert(w, r, l, code, func(v *alertView) {
		p := s.page(l, "/n/"+code, v.Title+" · "+l.SiteName)
		p.Alert, p.NoIndex, p.Summary = v, true, v.StateWhy
		s.render(w, r, "alert", http.StatusOK, keepNever, p)
	})
}

// largePrint answers with an alert in letters for those who see badly: nothing else is on the page.
func (s *Site) largePrint(l *language) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		code := r.PathValue("code")
		s.withAlert(w, r, l, code, func(v *alertView) {
			p := s.page(l, "/n/"+code+"/text", l.Alert.LargeTitle+" · "+l.SiteName)
			p.Alert, p.NoIndex, p.Large = v, true, true
			s.render(w, r, "large", http.StatusOK, keepNever, p)
		})
	}
}

// posterPage answers with a page that prints the poster.
func (s *Site) posterPage(l *language) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		code := r.PathValue("code")
		s.withAlert(w, r, l, code, func(v *alertView) {
			if !v.Active || v.PosterPath == "" {
				s.noPage(w, r, l)
				return
			}
			p := s.page(l, "/n/"+code+"/poster", l.Alert.PosterTitle+" · "+l.SiteName)
			p.Alert, p.NoIndex = v, true
			s.render(w, r, "poster", http.StatusOK, keepNever, p)
		})
	}
}

// withAlert reads an alert for a page, or answers that there is none.
func (s *Site) withAlert(w http.ResponseWriter, r *http.Request, l *language, code string, show func(*alertView)) {
	st, err := s.alert(r.Context(), code)
	switch {
	case guitu.KindOf(err) == guitu.NotFound:
		s.unknownCode(w, r, l, code)
	case err != nil:
		s.trouble(w, r, l, err)
	default:
		w.Header().Set("X-Robots-Tag", noIndex)
		show(s.alertView(l, st))
	}
}

// alert reads an alert by a code of the right form.
func (s *Site) alert(ctx context.Context, code string) (guitu.Standing, error) {
	if normal, ok := guitu.NormalizeCode(code); !ok || normal != code {
		return guitu.Standing{}, guitu.Errorf(guitu.NotFound, "没有这个警报")
	}
	return s.reader.Alert(ctx, code)
}

// alerts answers with a page of the alerts that go on.
func (s *Site) alerts(l *language) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p := s.page(l, "/alerts", l.Alert.MoreTitle+" · "+l.SiteName)
		f := guitu.StandingFilter{Limit: pageSize + 1}
		if code := r.URL.Query().Get("before"); code != "" {
			st, err := s.alert(r.Context(), code)
			if err != nil {
				s.trouble(w, r, l, err)
				return
			}
			f.Before, p.Later = st.AlertID, true
		}
		list, err := s.reader.Alerts(r.Context(), f)
		if err != nil {
			s.trouble(w, r, l, err)
			return
		}
		if len(list) > pageSize {
			list = list[:pageSize]
			p.Older = list[pageSize-1].Code
		}
		for _, st := range list {
			p.Alerts = append(p.Alerts, s.alertView(l, st))
		}
		s.render(w, r, "alerts", http.StatusOK, keepBriefly, p)
	}
}

// codeJSON is the answer to a code for programs.
type codeJSON struct {
	Code        string                `json:"code"`
	Genuine     bool                  `json:"genuine"` // false: not from us
	Kind        string                `json:"kind,omitempty"`
	Status      guitu.Status          `json:"status,omitempty"`
	State       string                `json:"state,omitempty"` // of alerts active, closed, cancelled, expired; of notices holds, corrected
	Updated     bool                  `json:"updated,omitempty"`
	Page        string                `json:"page,omitempty"`
	Area        guitu.Area            `json:"area,omitempty"`
	Place       string                `json:"place,omitempty"`
	Released    string                `json:"released,omitempty"`
	Expires     string                `json:"expires,omitempty"`
	Ended       string                `json:"ended,omitempty"`
	CorrectedBy string                `json:"corrected_by,omitempty"`
	Corrects    string                `json:"corrects,omitempty"`
	Texts       map[string]guitu.Text `json:"texts,omitempty"`
	CAP         string                `json:"cap,omitempty"`
	Circle      *guitu.Circle         `json:"circle,omitempty"`
	Photos      []photoJSON           `json:"photos,omitempty"`
	History     []stepJSON            `json:"history,omitempty"`
}

type photoJSON struct {
	URL    string `json:"url"`
	Type   string `json:"type"`
	Alt    string `json:"alt"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
}

type stepJSON struct {
	At    string      `json:"at"`
	Cause guitu.Cause `json:"cause"`
	CAP   string      `json:"cap,omitempty"` // only of what is still to be read
}

// showJSON answers to a code for programs: what a page would say.
func (s *Site) showJSON(w http.ResponseWriter, r *http.Request, typed string) {
	code, ok := guitu.NormalizeCode(typed)
	answer, status := codeJSON{Code: code}, http.StatusNotFound
	if ok {
		n, err := s.reader.Notice(r.Context(), code)
		if err == nil && n.AlertID != 0 {
			var st guitu.Standing
			if st, err = s.reader.Alert(r.Context(), code); err == nil {
				answer, status = s.alertJSON(st), http.StatusOK
			}
		} else if err == nil {
			answer, status = s.noticeJSON(n), http.StatusOK
		}
		if err != nil && guitu.KindOf(err) != guitu.NotFound {
			s.log.ErrorContext(r.Context(), "site", "err", err)
			w.Header().Set("Retry-After", "30")
			answer, status = codeJSON{Code: code}, http.StatusServiceUnavailable
		}
	}
	h := w.Header()
	h.Set("X-Robots-Tag", noIndex)
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cache-Control", keepNever)
	h.Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_ = json.NewEncoder(w).Encode(answer)
	}
}

func (s *Site) noticeJSON(n guitu.Notice) codeJSON {
	it := s.item(inChinese, n)
	j := codeJSON{
		Code: n.Code, Genuine: true, Kind: string(n.Kind), Status: n.Status, State: "holds", Page: it.URL, Area: n.Area, Place: n.Place,
		Released: it.Released.Format(time.RFC3339), CorrectedBy: n.CorrectedBy, Corrects: n.Corrects, Texts: n.Texts,
	}
	if n.CorrectedBy != "" {
		j.State = "corrected"
	}
	return j
}

func (s *Site) alertJSON(st guitu.Standing) codeJSON {
	v := s.alertView(inChinese, st)
	last := st.Last()
	j := codeJSON{
		Code: st.Code, Genuine: true, Kind: "alert", Status: st.Status, State: string(st.State), Updated: v.Updated, Page: v.URL,
		Area: last.Notice.Area, Place: last.Notice.Place, Released: s.stamp(st.IssuedAt), Expires: s.stamp(st.Expires), Ended: s.stamp(st.EndedAt),
		Texts: last.Notice.Texts,
	}
	if v.Active {
		j.CAP, j.Circle = s.base+v.CAPPath, last.Notice.Circle
	}
	for _, p := range st.Photos {
		j.Photos = append(j.Photos, photoJSON{s.base + photoPath(p.Token), p.Type, p.Alt, p.Width, p.Height})
	}
	for _, t := range st.Told {
		e := stepJSON{At: s.stamp(t.Message.Sent), Cause: t.Message.Cause}
		if readable(st, t) {
			e.CAP = s.base + capPath(t.Message.Identifier)
		}
		j.History = append(j.History, e)
	}
	return j
}

// stamp writes a time for programs, "" for none.
func (s *Site) stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(s.location).Format(time.RFC3339)
}
