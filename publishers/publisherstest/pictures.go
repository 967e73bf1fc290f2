package publisherstest

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"guitu"
)

// pictures checks that a picture arrives as it is, with what it shows, beside the text.
func pictures(t testing.TB, h Harness) {
	w, p := connect(t, h)
	pub := Publication("PI", "有图。")
	pub.Pictures = []guitu.Picture{Picture(1, "海报：一名男孩 <b>&")}
	r := mustPublish(t, p, pub)
	post := onlyPost(t, w)
	if !h.Nameless && r.ExternalID != post.ID {
		t.Errorf("Publish with a picture = receipt %q, want the post's %q", r.ExternalID, post.ID)
	}
	for _, s := range []string{"有图。", keepZh, pub.Link, pub.Notice.Code} {
		if !strings.Contains(post.Text, s) {
			t.Errorf("the text beside a picture lacks %q:\n%s", s, post.Text)
		}
	}
	samePictures(t, "Publish with a picture", h, post, pub.Pictures)
}

// picturesLimit checks that a channel gets no more pictures than it takes, no longer text beside them and no longer description,
// and that what is too much does not keep the rest back.
func picturesLimit(t testing.TB, h Harness) {
	if h.Limits.Pictures == 0 || h.Acknowledges {
		return
	}
	w, p := connect(t, h)
	pub := Publication("PM", strings.Repeat("长", 3*h.Limits.Text))
	for i := range h.Limits.Pictures + 2 {
		pub.Pictures = append(pub.Pictures, Picture(i, fmt.Sprintf("图%d", i)+strings.Repeat("长", 2*h.Limits.Alt)))
	}
	mustPublish(t, p, pub)
	post := onlyPost(t, w)
	samePictures(t, "Publish with too many pictures", h, post, pub.Pictures)
	if c, most := h.count(post.Text), h.Limits.Beside(pub.Pictures).Text; c > most {
		t.Errorf("the text beside pictures has %d, limit %d", c, most)
	}
	for _, s := range []string{keepZh, pub.Link, pub.Notice.Code} {
		if !strings.Contains(post.Text, s) {
			t.Errorf("the cut text beside pictures lacks %q:\n%s", s, post.Text)
		}
	}
}

// samePictures fails unless a post has those of the wanted pictures that the channel takes.
func samePictures(t testing.TB, what string, h Harness, post Post, want []guitu.Picture) {
	t.Helper()
	want = h.Limits.Take(want)
	if len(post.Pictures) != len(want) {
		t.Errorf("%s: the post has %d pictures, want %d", what, len(post.Pictures), len(want))
		return
	}
	for i, got := range post.Pictures {
		d := Digest(want[i].Bytes)
		if h.Limits.ByURL {
			d = Digest([]byte(want[i].URL))
		}
		if got.Digest != d {
			t.Errorf("%s: picture %d has the digest %.8s, want %.8s", what, i, got.Digest, d)
		}
		if alt := h.Limits.AltText(want[i], guitu.Chinese); h.Limits.Alt > 0 && got.Alt != alt {
			t.Errorf("%s: picture %d is described as %q, want %q", what, i, got.Alt, alt)
		}
	}
}

// replyTo checks that a publication answers the one that it follows, and goes out all the same when that one is gone.
func replyTo(t testing.TB, h Harness) {
	if !h.Replies {
		return
	}
	w, p := connect(t, h)
	first := mustPublish(t, p, Publication("RA", "第一条。"))
	second := Publication("RB", "第二条。")
	second.ReplyTo = first
	if post := postAt(t, h, w, mustPublish(t, p, second)); post.ReplyTo != first.ExternalID {
		t.Errorf("the second publication answers %q, want %q", post.ReplyTo, first.ExternalID)
	}
	w.fake.Remove(first.ExternalID)
	third := Publication("RC", "第三条。")
	third.ReplyTo = first
	mustPublish(t, p, third)
}

// cutBefore checks that a connection that broke before the server acted is no refusal, and that Find sees that nothing stands.
func cutBefore(t testing.TB, h Harness) {
	w, p := connect(t, h)
	pub := Publication("CT", "断了。")
	w.inject(answering(cut))
	none(t, "a connection cut before the server acted", publishFails(t, p, pub), guitu.ErrRejected, guitu.ErrUnauthorized)
	w.inject(nil)
	if n := len(w.fake.Posts()); n != 0 {
		t.Errorf("a connection cut before the server acted: %d posts, want none", n)
	}
	if f, ok := p.(guitu.Finder); ok {
		if r, found, err := f.Find(bounded(t), pub); err != nil || found {
			t.Errorf("Find of what never arrived = %+v, %v, %v; want none", r, found, err)
		}
	}
	mustPublish(t, p, pub)
	onlyPost(t, w)
}

// probe checks that the account can be looked at without a post.
func probe(t testing.TB, h Harness) {
	w, p := connect(t, h)
	b, ok := p.(guitu.Prober)
	if !ok {
		return
	}
	if a, err := b.Probe(bounded(t)); err != nil || a.Name == "" {
		t.Errorf("Probe = %+v, %v; want an account with a name", a, err)
	}
	if n := len(w.fake.Posts()); n != 0 {
		t.Errorf("Probe made %d posts", n)
	}
	fails := func() error {
		t.Helper()
		return callFails(t, "Probe", func() error { _, err := b.Probe(bounded(t)); return err })
	}
	w.inject(answering(h.Unauthorized))
	err := fails()
	if !errors.Is(err, guitu.ErrUnauthorized) || !strings.Contains(err.Error(), h.Credential) {
		t.Errorf("Probe, wrong credentials: %v, want ErrUnauthorized that names the %s", err, h.Credential)
	}
	w.inject(answering(page(http.StatusBadGateway)))
	none(t, "Probe on a broken server", fails(), guitu.ErrRejected, guitu.ErrUnauthorized)
}
