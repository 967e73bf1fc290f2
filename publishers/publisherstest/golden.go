package publisherstest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"guitu"
	"guitu/internal/testenv/golden"
)

// sent holds what the channel is really sent for each kind of notice, and what people read there then, against a file: to be looked at as
// a reader would. Alerts go with a poster and a photo of the child. Headers are left out.
func sent(t testing.TB, h Harness) {
	if h.Golden == "" {
		return
	}
	w, p := connect(t, h)
	rec := &tape{volatile: append([]string{"sign", "timestamp", "access_token"}, h.Volatile...)}
	w.inject(rec.serve)
	var b strings.Builder
	for _, s := range Samples() {
		pub := SamplePublication(p, s)
		before := len(w.fake.Posts())
		mustPublish(t, p, pub)
		fmt.Fprintf(&b, "======== %s\n%s", s.Name, rec.take())
		for _, post := range w.fake.Posts()[before:] {
			fmt.Fprintf(&b, "-------- reads, %d of %d\n%s\n", h.count(post.Text), h.Limits.Beside(h.Limits.Take(pub.Pictures)).Text, post.Text)
			for _, picture := range post.Pictures {
				fmt.Fprintf(&b, "[picture: %s]\n", picture.Alt)
			}
		}
		b.WriteString("\n")
	}
	golden.Check(t, h.Golden, strings.ReplaceAll(b.String(), w.srv.URL, "https://channel.example"))
}

// SamplePublication returns a sample as jobs gives it to a channel: an alert with its poster and a photo of the child, which has an address
// alone where nothing can be changed or taken down.
func SamplePublication(p guitu.Publisher, s Sample) guitu.Publication {
	pub := guitu.Publication{Key: "notice-" + s.Name, Notice: s.Notice, Link: "https://guitu.example/n/" + s.Notice.Code}
	if s.Notice.Kind != guitu.NoticeAlert && s.Notice.Kind != guitu.NoticeUpdate {
		return pub
	}
	poster, photo := Picture(1, "寻人海报：苗小满，男，7岁"), Picture(2, "苗小满的照片")
	photo.Name, photo.Child = "photo-1.png", true
	_, edits := p.(guitu.Editor)
	_, pulls := p.(guitu.Puller)
	if !edits && !pulls {
		photo.Bytes = nil
	}
	pub.Pictures = []guitu.Picture{poster, photo}
	return pub
}

// tape writes down requests.
type tape struct {
	volatile []string

	mu   sync.Mutex
	text strings.Builder
}

func (r *tape) serve(w http.ResponseWriter, req *http.Request, next http.Handler) {
	body, _ := io.ReadAll(req.Body)
	req.Body = io.NopCloser(bytes.NewReader(body))
	r.mu.Lock()
	fmt.Fprintf(&r.text, "%s %s\n%s", req.Method, r.address(req.URL), r.body(req.Header.Get("Content-Type"), body))
	r.mu.Unlock()
	next.ServeHTTP(w, req)
}

// take returns what was written down since it was taken last.
func (r *tape) take() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.text.Reset()
	return r.text.String()
}

func (r *tape) address(u *url.URL) string {
	text := strings.ReplaceAll(u.Path, Secret, "***")
	if q := r.values(u.Query()); q != "" {
		text += "?" + q
	}
	return text
}

func (r *tape) values(v url.Values) string {
	var all []string
	for _, k := range slices.Sorted(maps.Keys(v)) {
		if !slices.Contains(r.volatile, k) {
			all = append(all, k+"="+strings.Join(v[k], ","))
		}
	}
	return strings.ReplaceAll(strings.Join(all, "&"), Secret, "***")
}

func (r *tape) body(kind string, body []byte) string {
	media, params, _ := mime.ParseMediaType(kind)
	var v any
	switch {
	case len(body) == 0:
		return ""
	case strings.HasPrefix(media, "image/"):
		return fmt.Sprintf("(%s, %d bytes)\n", media, len(body))
	case media == "multipart/form-data":
		return r.form(multipart.NewReader(bytes.NewReader(body), params["boundary"]))
	case media == "application/x-www-form-urlencoded":
		q, err := url.ParseQuery(string(body))
		if err != nil {
			return err.Error() + "\n"
		}
		return strings.ReplaceAll(r.values(q), "&", "\n&") + "\n"
	case json.Unmarshal(body, &v) == nil:
		var b bytes.Buffer
		out := json.NewEncoder(&b)
		out.SetEscapeHTML(false)
		out.SetIndent("", " ")
		_ = out.Encode(r.without(v)) // it was JSON
		return strings.ReplaceAll(b.String(), Secret, "***")
	}
	return string(body) + "\n"
}

// form writes down a form with files.
func (r *tape) form(in *multipart.Reader) string {
	var fields []string
	for {
		part, err := in.NextPart()
		if err != nil {
			slices.Sort(fields) // Multipart keeps no order
			return strings.Join(fields, "\n") + "\n"
		}
		body, _ := io.ReadAll(part)
		switch name := part.FormName(); {
		case part.FileName() != "":
			fields = append(fields, fmt.Sprintf("%s: (%s, %s, %d bytes)", name, part.FileName(), part.Header.Get("Content-Type"), len(body)))
		case !slices.Contains(r.volatile, name):
			fields = append(fields, name+": "+strings.ReplaceAll(string(body), Secret, "***"))
		}
	}
}

// without returns JSON without the volatile fields.
func (r *tape) without(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for _, k := range r.volatile {
			delete(v, k)
		}
		for k := range v {
			v[k] = r.without(v[k])
		}
	case []any:
		for i := range v {
			v[i] = r.without(v[i])
		}
	}
	return v
}
