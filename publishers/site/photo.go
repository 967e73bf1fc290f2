package site

import (
	"net/http"
	"net/url"
	"strconv"

	"guitu"
)

// posterName is the name of the picture of an alert that people pass on.
const posterName = "poster.png"

func photoPath(token string) string { return "/p/" + url.PathEscape(token) }

// photo answers for a photo while its alert shows it. Nobody may keep it, and once it is revoked it is gone.
func (s *Site) photo(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Robots-Tag", noIndex+", noimageindex")
	p, body, err := s.reader.Photo(r.Context(), r.PathValue("token"))
	switch {
	case err != nil:
		s.trouble(w, r, inChinese, err)
	case p.Revoked || len(body) == 0:
		s.gone(w, r, inChinese)
	case p.Type != "image/jpeg" && p.Type != "image/png" && p.Type != "image/webp":
		// What a browser might take for a page is never shown.
		s.gone(w, r, inChinese)
	default:
		s.picture(w, r, p.Type, body)
	}
}

// poster answers with the poster of an alert that goes on.
func (s *Site) poster(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Robots-Tag", noIndex+", noimageindex")
	st, err := s.alert(r.Context(), r.PathValue("code"))
	if err != nil {
		s.trouble(w, r, inChinese, err)
		return
	}
	if st.State.Over() {
		s.gone(w, r, inChinese)
		return
	}
	if s.pictures == nil {
		s.noPage(w, r, inChinese)
		return
	}
	// Drawing takes a moment of a whole core: the readers of one poster wait for one drawing, and few are drawn at a time.
	body, err := s.posters.do(r.Context(), st.Last().Notice.ID, func() ([]byte, error) { return s.draw(r, st.Last().Notice) })
	if err != nil {
		s.trouble(w, r, inChinese, err)
		return
	}
	s.picture(w, r, "image/png", body)
}

func (s *Site) draw(r *http.Request, n guitu.Notice) ([]byte, error) {
	all, err := s.pictures(r.Context(), n)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		if p.Name == posterName && p.Type == "image/png" {
			return p.Bytes, nil
		}
	}
	return nil, guitu.Errorf(guitu.NotFound, "没有海报")
}

// picture answers with a picture that nobody may keep.
func (s *Site) picture(w http.ResponseWriter, r *http.Request, mediaType string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Cache-Control", "private, no-store")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}

// gone says that something was taken back, to people and to machines: 410 tells caches and search engines to drop it.
func (s *Site) gone(w http.ResponseWriter, r *http.Request, l *language) {
	p := s.page(l, "/", l.Alert.Gone+" · "+l.SiteName)
	p.Heading, p.Message = l.Alert.Gone, l.Alert.GoneWhy
	s.render(w, r, "trouble", http.StatusGone, keepNever, p)
}
