package site

import (
	"bytes"
	"context"
	"crypto/sha1" // CAP 1.2, 3.2.3 knows no other digest; what proves a message is its signature
	"encoding/hex"
	"encoding/xml"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"guitu"
	"guitu/internal/cap"
)

const (
	capIndexPath    = "/cap/index.atom"
	certificatePath = "/cap/certificate.pem"
	atomType        = "application/atom+xml; charset=utf-8"
)

// The index lists the alerts that go on and, so that readers who were away learn of it, those that ended within capSince.
const (
	capSince = 7 * 24 * time.Hour
	capSize  = 500
)

func capPath(identifier string) string { return "/cap/" + url.PathEscape(identifier) + ".xml" }

// readable reports whether a message of an alert can be read. Once the alert is over, only what ended it can: the rest told of the child.
func readable(st guitu.Standing, t guitu.Told) bool {
	return t.Message.Type == guitu.MsgCancel || !st.State.Over()
}

// capFile answers with one message: /cap/IDENTIFIER.xml.
func (s *Site) capFile(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Robots-Tag", noIndex)
	identifier, ok := strings.CutSuffix(r.PathValue("file"), ".xml")
	if !ok {
		s.noPage(w, r, inChinese)
		return
	}
	st, err := s.reader.AlertByMessage(r.Context(), identifier)
	if err != nil {
		s.trouble(w, r, inChinese, err)
		return
	}
	for _, t := range st.Told {
		if t.Message.Identifier != identifier {
			continue
		}
		if last := st.Last(); !readable(st, t) {
			if last.Message.Type == guitu.MsgCancel {
				w.Header().Set("Link", "<"+s.base+capPath(last.Message.Identifier)+`>; rel="latest-version"`)
			}
			s.gone(w, r, inChinese)
			return
		}
		s.writeCAP(w, r, st, t)
		return
	}
	s.noPage(w, r, inChinese)
}

// writeCAP signs a message, unless the reader has it.
func (s *Site) writeCAP(w http.ResponseWriter, r *http.Request, st guitu.Standing, t guitu.Told) {
	m, err := s.capMessage(r.Context(), st, t)
	if err != nil {
		s.trouble(w, r, inChinese, err)
		return
	}
	body, err := cap.XML(m)
	if err != nil {
		s.trouble(w, r, inChinese, err)
		return
	}
	mark := digest(body)
	if s.signer != nil {
		mark = digest([]byte(mark + s.signer.Fingerprint()))
	}
	etag := `"` + mark[:32] + `"`
	if s.signer != nil && !strings.Contains(r.Header.Get("If-None-Match"), etag) {
		if body, err = s.signer.XML(m); err != nil {
			s.trouble(w, r, inChinese, err)
			return
		}
	}
	h := w.Header()
	h.Set("Content-Type", cap.MediaType+"; charset=utf-8")
	h.Set("Cache-Control", keepBriefly)
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("ETag", etag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// capMessage is a message as it is written. While the alert shows pictures they are named with their digests.
func (s *Site) capMessage(ctx context.Context, st guitu.Standing, t guitu.Told) (cap.Message, error) {
	m := cap.Message{AlertMessage: t.Message, Notice: t.Notice, Web: s.Link(st.Code)}
	// A tier and a contact are of the message as it was sent; what it shows of pictures is what stands now.
	for _, id := range t.Message.Facts.Photos {
		for _, p := range st.Photos {
			if p.ID != id {
				continue
			}
			p, body, err := s.reader.Photo(ctx, p.Token)
			if err != nil {
				return m, err
			}
			if p.Revoked {
				continue
			}
			sum := sha1.Sum(body)
			m.Pictures = append(m.Pictures, cap.Picture{
				URL: s.base + photoPath(p.Token), Type: p.Type, Alt: p.Alt, Size: len(body), SHA1: hex.EncodeToString(sum[:]),
			})
		}
	}
	return m, nil
}

// certificate answers with the certificate by which signatures are checked.
func (s *Site) certificate(w http.ResponseWriter, r *http.Request) {
	if s.signer == nil {
		s.noPage(w, r, inChinese)
		return
	}
	serve(w, r, "application/x-pem-file", keepAnHour, time.Time{}, s.signer.Certificate())
}

// capIndex answers with the index of the whole country.
func (s *Site) capIndex(w http.ResponseWriter, r *http.Request) { s.writeCAPIndex(w, r, "") }

// capAreaIndex answers with the index of an area: /cap/areas/371300.atom.
func (s *Site) capAreaIndex(w http.ResponseWriter, r *http.Request) {
	area, ok := areaOf(r.PathValue("file"), ".atom")
	if !ok {
		s.noPage(w, r, inChinese)
		return
	}
	s.writeCAPIndex(w, r, area)
}

// areaOf reads the area of a file's name: 371300.atom.
func areaOf(file, suffix string) (guitu.Area, bool) {
	digits, ok := strings.CutSuffix(file, suffix)
	area, err := guitu.ParseArea(digits)
	return area, ok && err == nil && area != ""
}

func (s *Site) writeCAPIndex(w http.ResponseWriter, r *http.Request, area guitu.Area) {
	f := guitu.StandingFilter{Area: area, Since: s.now().Add(-capSince), Limit: capSize + 1}
	self, next := s.base+r.URL.Path, ""
	if code := r.URL.Query().Get("before"); code != "" {
		st, err := s.alert(r.Context(), code)
		if err != nil {
			s.trouble(w, r, inChinese, err)
			return
		}
		f.Before, self = st.AlertID, self+"?before="+code
	}
	list, err := s.reader.Alerts(r.Context(), f)
	if err != nil {
		s.trouble(w, r, inChinese, err)
		return
	}
	if len(list) > capSize {
		list = list[:capSize]
		next = s.base + r.URL.Path + "?before=" + list[capSize-1].Code
	}
	a := s.capFeed(self, next, area)
	updated := time.Unix(0, 0)
	for _, st := range list {
		t := st.Last()
		// An alert whose time is over, and of which that was not yet said, has nothing to read.
		if !readable(st, t) {
			continue
		}
		if t.Message.Sent.After(updated) {
			updated = t.Message.Sent
		}
		a.Entries = append(a.Entries, s.capEntry(st, t))
	}
	a.Updated = updated.In(s.location).Format(time.RFC3339)
	body, err := writeXML(a)
	if err != nil {
		s.trouble(w, r, inChinese, err)
		return
	}
	w.Header().Set("X-Robots-Tag", noIndex)
	w.Header().Set("Access-Control-Allow-Origin", "*")
	serve(w, r, atomType, keepBriefly, time.Time{}, body)
}

func (s *Site) capFeed(self, next string, area guitu.Area) atomFeed {
	a := atomFeed{
		Lang: guitu.Chinese, ID: self, Title: s.mark("归途 · CAP 1.2"), Sub: inChinese.Alert.MoreTitle, Author: atomAuthor{inChinese.SiteName, s.base + "/"},
		Links: []atomLink{
			{Rel: "self", Type: "application/atom+xml", Href: self},
			{Rel: "alternate", Type: "text/html", Lang: guitu.Chinese, Href: s.base + "/alerts"},
		},
	}
	if area != "" {
		a.Title += " · " + string(area)
	} else {
		a.Links = append(a.Links, s.hubLinks()...)
	}
	if next != "" {
		a.Links = append(a.Links, atomLink{Rel: "next", Type: "application/atom+xml", Href: next})
	}
	if s.signer != nil {
		a.Links = append(a.Links, atomLink{Rel: "related", Type: "application/x-pem-file", Title: "certificate", Href: s.base + certificatePath})
	}
	return a
}

// mark marks a title of an exercise.
func (s *Site) mark(title string) string {
	if s.exercise {
		return "【演练】" + strings.TrimPrefix(title, "【演练】")
	}
	return title
}

// capEntry is one alert in the index, by its last message.
func (s *Site) capEntry(st guitu.Standing, t guitu.Told) atomEntry {
	it := s.item(inChinese, t.Notice)
	at := t.Message.Sent.In(s.location).Format(time.RFC3339)
	file := s.base + capPath(t.Message.Identifier)
	return atomEntry{
		ID: file, Title: it.Text.Headline, Published: at, Updated: at,
		Links: []atomLink{
			{Rel: "alternate", Type: cap.MediaType, Href: file},
			{Rel: "related", Type: "text/html", Lang: guitu.Chinese, Href: it.URL},
		},
		Categories: []atomCategory{
			{Scheme: s.base + "/about#cap", Term: string(t.Message.Type)},
			{Scheme: s.base + "/about#status", Term: string(st.Status)},
			{Scheme: s.base + "/about#areas", Term: string(t.Notice.Area), Label: t.Notice.Place},
		},
		Content: atomContent{"text", it.Text.Instruction},
	}
}

// writeXML writes a feed as a document.
func writeXML(a atomFeed) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	enc := xml.NewEncoder(&b)
	enc.Indent("", " ")
	if err := enc.Encode(a); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// CAP returns the message on which a notice of an alert rests, signed where the site signs, for channels that hand it on. It is a
// *guitu.RetryError while the site does not show the notice yet.
func (s *Site) CAP(ctx context.Context, n guitu.Notice) ([]byte, error) {
	st, err := s.reader.Alert(ctx, n.Code)
	if err != nil && guitu.KindOf(err) != guitu.NotFound {
		return nil, err
	}
	for _, t := range st.Told {
		if t.Notice.ID != n.ID || !readable(st, t) {
			continue
		}
		m, err := s.capMessage(ctx, st, t)
		if err != nil {
			return nil, err
		}
		if s.signer != nil {
			return s.signer.XML(m)
		}
		return cap.XML(m)
	}
	return nil, &guitu.RetryError{After: unseen, Err: errors.New("the site does not show the notice yet")}
}
