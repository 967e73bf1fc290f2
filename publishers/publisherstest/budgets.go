package publisherstest

import (
	"net/http"
	"testing"

	"guitu"
)

// budgets checks that no call makes more requests than it takes from the account's budgets: what is counted before a call is all
// that the channel will count.
func budgets(t testing.TB, h Harness) {
	w, p := connect(t, h)
	b, ok := p.(guitu.Budgeted)
	if !ok || len(b.Budgets()) == 0 {
		return
	}
	if h.Counts == nil {
		t.Fatal("the publisher has budgets, and the harness does not say what the channel counts")
	}
	counted := map[string]int{}
	w.inject(func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
		for _, name := range h.Counts(r) {
			counted[name]++ // one call at a time
		}
		next.ServeHTTP(rw, r)
	})
	within := func(what string, c guitu.Call, pub guitu.Publication, do func() error) {
		t.Helper()
		clear(counted)
		if err := do(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		for _, budget := range b.Budgets() {
			takes := budget.Takes(c, pub)
			if got := counted[budget.Name]; got > takes {
				t.Errorf("%s made %d requests of %q, and takes %d", what, got, budget.Name, takes)
			}
			delete(counted, budget.Name)
		}
		for name := range counted {
			t.Errorf("%s made requests of %q, which is no budget of the publisher", what, name)
		}
	}
	publish := func(what string, pub guitu.Publication) guitu.Publication {
		t.Helper()
		within(what, guitu.CallPublish, pub, func() (err error) {
			pub.Receipt, err = p.Publish(bounded(t), pub)
			return err
		})
		return pub
	}
	first := publish("Publish", Publication("BA", "一。"))
	shown := Publication("BB", "有图。")
	for i := range h.Limits.Pictures + 1 {
		shown.Pictures = append(shown.Pictures, Picture(i, "图"))
	}
	shown = publish("Publish with pictures", shown)
	broken := Publication("BC", "图坏了。")
	broken.Pictures = []guitu.Picture{{Name: "x.png", Type: "image/png", Bytes: []byte("no picture")}}
	publish("Publish with a picture that is none", broken)
	if h.Replies {
		w.fake.Remove(first.Receipt.ExternalID)
		reply := Publication("BD", "答。")
		reply.ReplyTo = first.Receipt
		publish("Publish of a reply to what is gone", reply)
	}
	if f, ok := p.(guitu.Finder); ok {
		within("Find", guitu.CallFind, shown, func() error { _, _, err := f.Find(bounded(t), shown); return err })
	}
	if e, ok := p.(guitu.Editor); ok {
		within("Edit", guitu.CallEdit, shown, func() error { return e.Edit(bounded(t), shown) })
	}
	if u, ok := p.(guitu.Puller); ok {
		within("Pull", guitu.CallPull, shown, func() error { return u.Pull(bounded(t), shown) })
	}
	if o, ok := p.(guitu.Prober); ok {
		within("Probe", guitu.CallProbe, guitu.Publication{}, func() error { _, err := o.Probe(bounded(t)); return err })
	}
}
