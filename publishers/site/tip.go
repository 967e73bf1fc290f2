package site

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"guitu"
)

// Tips takes what citizens report. Errors for people are *guitu.Error.
type Tips interface {
	// Take keeps a tip and returns its receipt; the same Key again returns the same one.
	Take(ctx context.Context, r guitu.TipRequest) (receipt string, err error)
	// Receipt answers to a receipt, NotFound when there is none any more.
	Receipt(ctx context.Context, receipt string) (guitu.TipReceipt, error)
}

// tipForm is what a citizen has typed, or the receipt for it.
type tipForm struct {
	Code, Key, Error           string
	Text, Place, Seen, Contact string
	Outcome                    bool
	Receipt                    *guitu.TipReceipt
	Word                       string // how the receipt's alert stands
}

// tipTime is how a browser writes the time of a field.
const tipTime = "2006-01-02T15:04"

// maxTipForm bounds what a citizen sends: the photo and some words. uploadTime is how long a telephone may take for it.
const (
	maxTipForm = guitu.MaxTipPicture + 64<<10
	uploadTime = time.Minute
)

// tipRoutes adds the pages of tips, where they are taken.
func (s *Site) tipRoutes(m *http.ServeMux) {
	if s.tips == nil {
		return
	}
	guard := http.NewCrossOriginProtection()
	for _, l := range languages {
		m.HandleFunc("GET "+l.Prefix+"/n/{code}/tip", s.tipPage(l))
		m.Handle("POST "+l.Prefix+"/n/{code}/tip", guard.Handler(s.takeTip(l)))
		m.HandleFunc("GET "+l.Prefix+"/tips/{receipt}", s.tipReceipt(l))
	}
}

func (s *Site) tipPage(l *language) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.showTip(w, r, l, http.StatusOK, tipForm{Code: r.PathValue("code"), Key: rand.Text()})
	}
}

// showTip answers with the form, or with the status page's answer when nobody looks any more.
func (s *Site) showTip(w http.ResponseWriter, r *http.Request, l *language, status int, f tipForm) {
	s.withAlert(w, r, l, f.Code, func(v *alertView) {
		if !v.Active {
			http.Redirect(w, r, v.Path, http.StatusSeeOther)
			return
		}
		p := s.page(l, "/n/"+f.Code+"/tip", l.Tip.Title+" · "+l.SiteName)
		p.Alert, p.Tip, p.NoIndex = v, &f, true
		s.render(w, r, "tip", status, keepNever, p)
	})
}

func (s *Site) takeTip(l *language) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		//nolint:errcheck // a server that can't wait longer refuses the slow ones, as it would have
		http.NewResponseController(w).SetReadDeadline(s.now().Add(uploadTime))
		r.Body = http.MaxBytesReader(w, r.Body, maxTipForm)
		f := tipForm{Code: r.PathValue("code"), Key: rand.Text()}
		if err := r.ParseMultipartForm(1 << 20); err != nil && !errors.Is(err, http.ErrNotMultipart) {
			f.Error = l.Tip.TooLarge
			s.showTip(w, r, l, http.StatusRequestEntityTooLarge, f)
			return
		}
		f.Text, f.Place, f.Seen = r.PostForm.Get("text"), r.PostForm.Get("place"), r.PostForm.Get("seen")
		f.Contact, f.Outcome = r.PostForm.Get("contact"), r.PostForm.Get("outcome") == "yes"
		t := guitu.TipRequest{
			Code: f.Code, Text: f.Text, Place: f.Place, Contact: f.Contact, Outcome: f.Outcome, Sender: senderOf(r),
			Key: "site:" + r.PostForm.Get("key"),
		}
		// A time that can't be read is no time: nobody is to lose a tip for it.
		if at, err := time.ParseInLocation(tipTime, f.Seen, s.location); err == nil {
			t.SeenAt = at
		}
		var err error
		if t.Photo, err = photoOf(r); err == nil {
			var receipt string
			if receipt, err = s.tips.Take(r.Context(), t); err == nil {
				http.Redirect(w, r, l.Prefix+"/tips/"+receipt, http.StatusSeeOther)
				return
			}
		}
		if k := guitu.KindOf(err); k != guitu.Invalid && k != guitu.Conflict {
			s.trouble(w, r, l, err)
			return
		}
		f.Error = guitu.Message(err)
		s.showTip(w, r, l, http.StatusUnprocessableEntity, f)
	}
}

// photoOf reads the photo of a form, nil when there is none.
func photoOf(r *http.Request) ([]byte, error) {
	if r.MultipartForm == nil {
		return nil, nil
	}
	defer r.MultipartForm.RemoveAll() //nolint:errcheck // the system clears its temporary files too
	file, head, err := r.FormFile("photo")
	if errors.Is(err, http.ErrMissingFile) || err == nil && head.Size == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(file)
}

// tipReceipt says what became of a tip, and nothing of what it said.
func (s *Site) tipReceipt(l *language) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		rec, err := s.tips.Receipt(r.Context(), r.PathValue("receipt"))
		if err != nil {
			s.trouble(w, r, l, err)
			return
		}
		w.Header().Set("X-Robots-Tag", noIndex)
		p := s.page(l, "/tips/"+rec.Code, l.Tip.ReceiptTitle+" · "+l.SiteName)
		p.Tip, p.NoIndex = &tipForm{Receipt: &rec, Word: l.Alert.States[rec.State]}, true
		if rec.Outcome != "" {
			zh, en := rec.Outcome.Words()
			if p.Tip.Word = zh; l == inEnglish {
				p.Tip.Word = en
			}
		}
		s.render(w, r, "receipt", http.StatusOK, keepNever, p)
	}
}

// senderOf names where a request comes from: an address, or its /64 where one household holds so many. Behind a proxy on this machine
// it is what the proxy says.
func senderOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	addr, err := netip.ParseAddr(host)
	if err == nil && addr.IsLoopback() {
		all := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		if said, bad := netip.ParseAddr(strings.TrimSpace(all[len(all)-1])); bad == nil {
			addr = said
		}
	}
	if addr = addr.Unmap().WithZone(""); err != nil || addr.Is4() {
		return addr.String()
	}
	p, err := addr.Prefix(64)
	if err != nil {
		return addr.String()
	}
	return p.String()
}
