package publisherstest

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"guitu"
)

// edit checks that an edited post reads as the notice that it is given, and that no other post is touched.
func edit(t testing.TB, h Harness) {
	w, p := connect(t, h)
	e, ok := p.(guitu.Editor)
	if !ok {
		return
	}
	pub := Publication("ED", "先这样说。")
	pub.Receipt = mustPublish(t, p, pub)
	other := mustPublish(t, p, Publication("EO", "不要动我。"))
	pub.Notice.CorrectedBy = "C2RRCT"
	for range 2 {
		if err := e.Edit(bounded(t), pub); err != nil {
			t.Fatalf("Edit: %v", err)
		}
		edited := unharmed(t, h, w, pub.Receipt, other)
		if !strings.Contains(edited.Text, "C2RRCT") || !strings.Contains(edited.Text, "先这样说。") {
			t.Errorf("Edit of a corrected notice made it\n%s\nwant the text as it was, and by what it is corrected", edited.Text)
		}
	}

	anew := pub
	anew.Notice = Publication("ED", "后那样说。").Notice
	if err := e.Edit(bounded(t), anew); err != nil {
		t.Fatalf("Edit to another text: %v", err)
	}
	edited := unharmed(t, h, w, pub.Receipt, other)
	if !strings.Contains(edited.Text, "后那样说。") || strings.Contains(edited.Text, "先这样说。") || strings.Contains(edited.Text, "C2RRCT") {
		t.Errorf("Edit to another text left\n%s", edited.Text)
	}
	long := pub
	long.Notice = Publication("ED", strings.Repeat("很长的说明。", h.Limits.Text)).Notice
	if err := e.Edit(bounded(t), long); err != nil {
		t.Errorf("Edit of a text over the limit: %v", err)
	}
	edited = unharmed(t, h, w, pub.Receipt, other)
	for _, s := range []string{keepZh, long.Link, long.Notice.Code} {
		if !strings.Contains(edited.Text, s) {
			t.Errorf("Edit of a text over the limit: the post lacks %q:\n%s", s, edited.Text)
		}
	}
}

// unharmed returns an edited post, and fails unless the other one stands as it was published.
func unharmed(t testing.TB, h Harness, w *wire, edited, other guitu.Receipt) Post {
	t.Helper()
	posts := w.fake.Posts()
	if len(posts) != 2 {
		t.Fatalf("Edit left %d posts, want 2", len(posts))
	}
	if o := postAt(t, h, w, other); !strings.Contains(o.Text, "不要动我。") || strings.Contains(o.Text, "C2RRCT") {
		t.Errorf("Edit changed another post:\n%s", o.Text)
	}
	return postAt(t, h, w, edited)
}

// editTrouble checks what an Edit says that did not succeed.
func editTrouble(t testing.TB, h Harness) {
	w, p := connect(t, h)
	e, ok := p.(guitu.Editor)
	if !ok {
		return
	}
	pub := Publication("ET", "先这样说。")
	pub.Receipt = mustPublish(t, p, pub)
	pub.Notice.CorrectedBy = "C2RRCT"
	fails := func() error { t.Helper(); return callFails(t, "Edit", func() error { return e.Edit(bounded(t), pub) }) }
	troubles(t, h, w, "Edit", fails)
	w.inject(w.afterActing(cut))
	pub.Notice.CorrectedBy = "D2RRCT" // else the server has nothing to change
	none(t, "Edit, answer lost", fails(), guitu.ErrRejected, guitu.ErrUnauthorized)

	w.inject(nil)
	if h.Acknowledges {
		return
	}
	w.fake.Remove(pub.Receipt.ExternalID)
	if err := fails(); !errors.Is(err, guitu.ErrRejected) {
		t.Errorf("Edit of a post that is gone: %v, want ErrRejected", err)
	}
}

// troubles checks what a call says when the server did not act.
func troubles(t testing.TB, h Harness, w *wire, name string, fails func() error) {
	t.Helper()
	var retry *guitu.RetryError
	w.inject(answering(h.TooMany))
	if err := fails(); !errors.As(err, &retry) {
		t.Errorf("%s, too many calls: %v, want a *guitu.RetryError", name, err)
	}
	w.inject(answering(h.Unauthorized))
	if err := fails(); !errors.Is(err, guitu.ErrUnauthorized) {
		t.Errorf("%s, wrong credentials: %v, want ErrUnauthorized", name, err)
	}
	for _, fault := range []fault{answering(page(http.StatusBadGateway)), answering(page(http.StatusInternalServerError)), answering(cut)} {
		w.inject(fault)
		none(t, name+" on a broken server", fails(), guitu.ErrRejected, guitu.ErrUnauthorized)
	}
}

// editPictures checks that an Edit that succeeds leaves the pictures that it was given and no others: a child's photo above all.
// A channel that can't change pictures must say so, and lose the post by Pull where it can.
func editPictures(t testing.TB, h Harness) {
	w, p := connect(t, h)
	e, ok := p.(guitu.Editor)
	if !ok || h.Limits.Pictures == 0 {
		return
	}
	pub := Publication("EP", "有图。")
	first, second := Picture(1, "第一张"), Picture(2, "第二张")
	pub.Pictures = []guitu.Picture{first}
	pub.Receipt = mustPublish(t, p, pub)
	for name, want := range map[string][]guitu.Picture{"another picture": {second}, "no picture": nil} {
		anew := pub
		anew.Notice, anew.Pictures = Publication("EP", "换了"+name+"。").Notice, want
		switch err := e.Edit(bounded(t), anew); {
		case err == nil:
			post := postAt(t, h, w, pub.Receipt)
			samePictures(t, "Edit with "+name, h, post, want)
			if !strings.Contains(post.Text, "换了"+name) {
				t.Errorf("Edit with %s left the text\n%s", name, post.Text)
			}
		case !errors.Is(err, guitu.ErrRejected):
			t.Errorf("Edit with %s: %v, want nil or ErrRejected", name, err)
		default:
			if post := postAt(t, h, w, pub.Receipt); strings.Contains(post.Text, "换了"+name) {
				t.Errorf("Edit with %s was refused, and changed the text all the same:\n%s", name, post.Text)
			}
		}
	}
}

// pull checks that a post can be taken down, once and again, and no other with it.
func pull(t testing.TB, h Harness) {
	w, p := connect(t, h)
	u, ok := p.(guitu.Puller)
	if !ok {
		return
	}
	pub := Publication("PU", "要撤下。")
	if h.Limits.Pictures > 0 {
		pub.Pictures = []guitu.Picture{Picture(1, "图")}
	}
	pub.Receipt = mustPublish(t, p, pub)
	other := mustPublish(t, p, Publication("PO", "不要动我。"))
	fails := func() error { t.Helper(); return callFails(t, "Pull", func() error { return u.Pull(bounded(t), pub) }) }
	troubles(t, h, w, "Pull", fails)
	if n := len(w.fake.Posts()); n != 2 {
		t.Fatalf("a Pull that failed left %d posts, want 2", n)
	}
	w.inject(nil)
	for range 2 {
		if err := u.Pull(bounded(t), pub); err != nil {
			t.Fatalf("Pull: %v", err)
		}
		if post := onlyPost(t, w); post.ID != other.ExternalID {
			t.Errorf("Pull left %s, want the other post %s", post.ID, other.ExternalID)
		}
	}
	if f, ok := p.(guitu.Finder); ok {
		if r, found, err := f.Find(bounded(t), pub); err != nil || found {
			t.Errorf("Find after Pull = %+v, %v, %v; want none", r, found, err)
		}
	}

	lost := Publication("PL", "没有回音。")
	lost.Receipt = mustPublish(t, p, lost)
	w.inject(w.afterActing(cut))
	none(t, "Pull, answer lost", callFails(t, "Pull", func() error { return u.Pull(bounded(t), lost) }), guitu.ErrRejected, guitu.ErrUnauthorized)
	w.inject(nil)
	if err := u.Pull(bounded(t), lost); err != nil {
		t.Errorf("Pull again after its answer was lost: %v", err)
	}
}

// postAt returns the post of a receipt, or the latest one of a channel that names none.
func postAt(t testing.TB, h Harness, w *wire, r guitu.Receipt) Post {
	t.Helper()
	posts := w.fake.Posts()
	i := slices.IndexFunc(posts, func(p Post) bool { return p.ID == r.ExternalID })
	if h.Nameless {
		i = len(posts) - 1
	}
	if i < 0 {
		t.Fatalf("no post with the id %q of the receipt", r.ExternalID)
	}
	return posts[i]
}

// callFails makes a call that must fail, and searches its error for the credential.
func callFails(t testing.TB, name string, call func() error) error {
	t.Helper()
	err := call()
	if err == nil {
		t.Fatalf("%s = nil; want an error", name)
	}
	noSecret(t, err)
	return err
}
