package publisherstest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"guitu"
)

// patience is how long a call may take that has nothing to wait for.
const patience = 5 * time.Second

// check is one promise of a publisher.
type check struct {
	name string
	run  func(t testing.TB, h Harness)
}

var checks = []check{
	{"Publishes", publishes},
	{"SameKeyTwice", sameKeyTwice},
	{"Preview", preview},
	{"TooMany", tooMany},
	{"Rejected", rejected},
	{"Unauthorized", unauthorized},
	{"ServerError", serverError},
	{"Unreachable", unreachable},
	{"AnswerLost", answerLost},
	{"Find", find},
	{"CutBefore", cutBefore},
	{"Edit", edit},
	{"EditTrouble", editTrouble},
	{"EditPictures", editPictures},
	{"Pull", pull},
	{"Pictures", pictures},
	{"PicturesLimit", picturesLimit},
	{"ReplyTo", replyTo},
	{"Probe", probe},
	{"Budgets", budgets},
	{"Limit", limit},
	{"Grapheme", grapheme},
	{"AsTyped", asTyped},
	{"CancelledBefore", cancelledBefore},
	{"CancelledDuring", cancelledDuring},
	{"Concurrent", concurrent},
	{"Sent", sent},
}

func publishes(t testing.TB, h Harness) {
	w, p := connect(t, h)
	first := p.Name()
	if first == "" || p.Name() != first {
		t.Errorf("Name() = %q, want one that stays", p.Name())
	}
	pub := Publication("PB", "经核查，没有这件事。\n再次说明：没有这件事。")
	r := mustPublish(t, p, pub)
	post := onlyPost(t, w)
	if !h.Nameless && (r.ExternalID == "" || r.ExternalID != post.ID) {
		t.Errorf("Publish = receipt %q, want the post's %q", r.ExternalID, post.ID)
	}
	text := pub.Notice.Texts[guitu.Chinese]
	want := append(strings.Split(text.Description, "\n"), text.Headline, text.Keep, text.Instruction, pub.Link, pub.Notice.Code)
	for _, s := range want {
		if !strings.Contains(post.Text, s) {
			t.Errorf("the post lacks %q:\n%s", s, post.Text)
		}
	}
}

func sameKeyTwice(t testing.TB, h Harness) {
	if !h.Idempotent {
		return
	}
	w, p := connect(t, h)
	pub := Publication("SK", "只有一次。")
	first, second := mustPublish(t, p, pub), mustPublish(t, p, pub)
	if first != second {
		t.Errorf("the same key twice = %+v and %+v, want the same receipt", first, second)
	}
	onlyPost(t, w)
}

// preview holds what an officer is shown before pressing against what stands on the channel after, short and cut.
func preview(t testing.TB, h Harness) {
	for _, description := range []string{"只有一行。", strings.Repeat("很长的说明，有 <b> 和 & 在里面。", 2000)} {
		w, p := connect(t, h)
		shown, ok := p.(guitu.Previewer)
		if !ok {
			return
		}
		pub := Publication("PV", description)
		pub.Pictures = []guitu.Picture{Picture(1, "海报"), Picture(2, "照片")}
		text, pictures := shown.Preview(pub)
		want := strings.Fields(text)
		mustPublish(t, p, pub)
		post := onlyPost(t, w)
		if len(post.Pictures) != len(pictures) {
			t.Errorf("the post has %d pictures, and its preview %d", len(post.Pictures), len(pictures))
		}
		if got := strings.Fields(post.Text); !slices.Equal(got, want) {
			t.Errorf("the post reads\n%s\nand its preview\n%s", strings.Join(got, " "), strings.Join(want, " "))
		}
	}
}

func tooMany(t testing.TB, h Harness) {
	w, p := connect(t, h)
	w.inject(answering(h.TooMany))
	err := publishFails(t, p, Publication("TM", "太快。"))
	var retry *guitu.RetryError
	if !errors.As(err, &retry) {
		t.Fatalf("too many calls: %v, want a *guitu.RetryError", err)
	}
	if retry.After < RetryAfter || retry.After > 2*RetryAfter {
		t.Errorf("too many calls: retry after %s, want %s", retry.After, RetryAfter)
	}
	none(t, "too many calls", err, guitu.ErrUnknown, guitu.ErrRejected, guitu.ErrUnauthorized)
	w.inject(nil)
	mustPublish(t, p, Publication("TM", "太快。"))
}

func rejected(t testing.TB, h Harness) {
	w, p := connect(t, h)
	w.inject(answering(h.Rejected))
	before := w.count()
	err := publishFails(t, p, Publication("RJ", "不收。"))
	if !errors.Is(err, guitu.ErrRejected) {
		t.Errorf("a post refused for good: %v, want ErrRejected", err)
	}
	none(t, "a post refused for good", err, guitu.ErrUnknown, guitu.ErrUnauthorized)
	if n := w.count() - before; n > 2 {
		t.Errorf("a post refused for good was sent %d times", n)
	}
}

func unauthorized(t testing.TB, h Harness) {
	w, p := connect(t, h)
	w.inject(answering(h.Unauthorized))
	err := publishFails(t, p, Publication("UA", "过期。"))
	if !errors.Is(err, guitu.ErrUnauthorized) {
		t.Errorf("wrong credentials: %v, want ErrUnauthorized", err)
	}
	none(t, "wrong credentials", err, guitu.ErrUnknown, guitu.ErrRejected)
	if !strings.Contains(err.Error(), h.Credential) {
		t.Errorf("wrong credentials: %v, want it to say that it is the %s", err, h.Credential)
	}
}

func serverError(t testing.TB, h Harness) {
	for _, status := range []int{500, 502, 503, 504} {
		w, p := connect(t, h)
		pub := Publication(fmt.Sprintf("SE%d", status), "出错。")
		w.inject(answering(page(status)))
		err := publishFails(t, p, pub)
		none(t, fmt.Sprintf("a %d", status), err, guitu.ErrRejected, guitu.ErrUnauthorized)

		// The same answer can come from a gateway after the server behind it acted.
		w.inject(w.afterActing(page(status)))
		err = publishFails(t, p, pub)
		none(t, fmt.Sprintf("a %d", status), err, guitu.ErrRejected, guitu.ErrUnauthorized)
		if (status == http.StatusBadGateway || status == http.StatusGatewayTimeout) && !h.Idempotent && !errors.Is(err, guitu.ErrUnknown) {
			t.Errorf("a %d of a server that acted: %v, want ErrUnknown", status, err)
		}
	}
}

func unreachable(t testing.TB, h Harness) {
	w, p := connect(t, h)
	w.srv.CloseClientConnections()
	w.srv.Close()
	err := publishFails(t, p, Publication("UR", "连不上。"))
	none(t, "a server that is not there", err, guitu.ErrUnknown, guitu.ErrRejected, guitu.ErrUnauthorized)
}

func answerLost(t testing.TB, h Harness) {
	losses := []struct {
		name string
		h    http.HandlerFunc
	}{
		{"a connection cut after the server acted", cut},
		{"an answer cut short", cutShort},
		{"an answer that is no answer", page(http.StatusOK)},
	}
	if h.Acknowledges {
		losses = losses[:2]
	}
	for _, loss := range losses {
		w, p := connect(t, h)
		pub := Publication("AL", "没有回音。")
		w.inject(w.afterActing(loss.h))
		err := publishFails(t, p, pub)
		none(t, loss.name, err, guitu.ErrRejected, guitu.ErrUnauthorized)
		if !h.Idempotent && !errors.Is(err, guitu.ErrUnknown) {
			t.Errorf("%s: %v, want ErrUnknown", loss.name, err)
		}
		if n := len(w.fake.Posts()); n != 1 {
			t.Errorf("%s: the post stands there %d times, want once", loss.name, n)
		}
		w.inject(nil)
		if f, ok := p.(guitu.Finder); ok {
			if r, found, err := f.Find(bounded(t), pub); err != nil || !found || r.ExternalID != w.fake.Posts()[0].ID {
				t.Errorf("%s: Find = %+v, %v, %v; want the post", loss.name, r, found, err)
			}
		}
	}
}

func find(t testing.TB, h Harness) {
	w, p := connect(t, h)
	f, ok := p.(guitu.Finder)
	if !ok {
		return
	}
	pub := Publication("FD", "找得到。")
	if r, found, err := f.Find(bounded(t), pub); err != nil || found {
		t.Errorf("Find before Publish = %+v, %v, %v; want none", r, found, err)
	}
	want := mustPublish(t, p, pub)
	mustPublish(t, p, Publication("FE", "另一个。"))
	if r, found, err := f.Find(bounded(t), pub); err != nil || !found || r.ExternalID != want.ExternalID {
		t.Errorf("Find = %+v, %v, %v; want %+v", r, found, err, want)
	}
	w.inject(answering(page(http.StatusBadGateway)))
	if r, found, err := f.Find(bounded(t), pub); err == nil {
		t.Errorf("Find on a broken server = %+v, %v, nil; want an error: not found must be certain", r, found)
	}
}

func limit(t testing.TB, h Harness) {
	if h.Acknowledges {
		return
	}
	w, p := connect(t, h)
	// What stands around the description is learned from a short one.
	mustPublish(t, p, Publication("LA", "长"))
	around := h.count(onlyPost(t, w).Text) - h.count("长")
	room := (h.Limits.Text - around) / h.count("长")
	if room < 2 {
		t.Fatalf("the limit %d leaves no room beside %d", h.Limits.Text, around)
	}
	for name, n := range map[string]int{"LB": room - 1, "LC": room, "LD": room + 1, "LE": room + 40, "LF": 20 * h.Limits.Text} {
		pub := Publication(name, strings.Repeat("长", n))
		text := postAt(t, h, w, mustPublish(t, p, pub)).Text
		if c := h.count(text); c > h.Limits.Text {
			t.Errorf("a description of %d: the post has %d, limit %d", n, c, h.Limits.Text)
		}
		if got := strings.Count(text, "长"); n <= room && got != n {
			t.Errorf("a description of %d, for which there is room, arrived with %d", n, got)
		}
		for _, s := range []string{pub.Notice.Place, keepZh, pub.Link, pub.Notice.Code} {
			if !strings.Contains(text, s) {
				t.Errorf("a description of %d: the post lacks %q:\n%s", n, s, text)
			}
		}
	}
}

func grapheme(t testing.TB, h Harness) {
	if h.Acknowledges {
		return
	}
	const family = "👩‍👩‍👧‍👦"
	w, p := connect(t, h)
	// Every place for the cut, for one of them falls between the parts.
	for i := range utf8.RuneCountInString(family) + 4 {
		pub := Publication(fmt.Sprintf("GR%02d", i), strings.Repeat("长", i)+strings.Repeat(family, h.Limits.Text/h.count(family)+9))
		mustPublish(t, p, pub)
		posts := w.fake.Posts()
		text := posts[len(posts)-1].Text
		if !utf8.ValidString(text) {
			t.Errorf("the post is not UTF-8: %q", text)
		}
		if rest := strings.ReplaceAll(text, family, ""); strings.ContainsAny(rest, "👩👧👦\u200d") {
			t.Errorf("the cut went through a character: %q", rest)
		}
	}
}

func asTyped(t testing.TB, h Harness) {
	texts := map[string]string{
		"AA": "表情 😀👍🏽👩‍👩‍👧‍👦🇨🇳 结束",
		"AB": "罕见字 𠮷𡈽䶮㛃 结束",
		"AC": "从右到左 مرحبا שלום 结束",
		"AD": `HTML <b>粗</b> &lt;i&gt; &amp; "引号" '单引号' <a href="x">y</a> <script>`,
		"AE": "Markdown *星* _下划线_ ~~删~~ `码` [字](http://x.example) # 题 > 引 - 项 1. 项 + = | {} . ! \\ \\_ 结束",
		"AF": "话题 #寻人# @某人 /start 50% off %s %d \\n 结束",
	}
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for k := range texts {
			if !yield(k) {
				return
			}
		}
	}) {
		w, p := connect(t, h)
		pub := Publication(name, texts[name])
		// A short channel has room for the description, too.
		pub.Notice.Texts[guitu.Chinese] = guitu.Text{Headline: "【演练】", Description: texts[name]}
		mustPublish(t, p, pub)
		want := texts[name]
		if h.Typed != nil {
			want = h.Typed(want)
		}
		if got := onlyPost(t, w).Text; !strings.Contains(got, want) {
			t.Errorf("the post lacks what was typed\nwant %q\nin   %q", want, got)
		}
	}
}

func cancelledBefore(t testing.TB, h Harness) {
	w, p := connect(t, h)
	before := w.count()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := p.Publish(ctx, Publication("CB", "已取消。"))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Publish with a cancelled context: %v, want context.Canceled", err)
	}
	none(t, "a context cancelled before the call", err, guitu.ErrUnknown, guitu.ErrRejected)
	if n := w.count() - before; n != 0 {
		t.Errorf("Publish with a cancelled context made %d requests", n)
	}
	noSecret(t, err)
}

func cancelledDuring(t testing.TB, h Harness) {
	w, p := connect(t, h)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	released := make(chan struct{})
	t.Cleanup(func() { close(released) })
	w.inject(w.afterActing(func(http.ResponseWriter, *http.Request) {
		cancel()
		<-released
	}))
	start := time.Now()
	_, err := p.Publish(ctx, Publication("CD", "中途取消。"))
	if err == nil {
		t.Fatalf("Publish = nil though its context was cancelled before the answer")
	}
	if d := time.Since(start); d > patience {
		t.Errorf("Publish returned %s after its context was cancelled", d)
	}
	if !h.Idempotent && !errors.Is(err, guitu.ErrUnknown) {
		t.Errorf("a context cancelled after the server acted: %v, want ErrUnknown", err)
	}
	noSecret(t, err)
}

func concurrent(t testing.TB, h Harness) {
	w, p := connect(t, h)
	n := h.Parallel
	if n == 0 {
		n = 8
	}
	receipts, errs := make([]guitu.Receipt, n), make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			receipts[i], errs[i] = p.Publish(bounded(t), Publication(fmt.Sprintf("CC%02d", i), fmt.Sprintf("第%02d条。", i)))
		})
	}
	wg.Wait()
	posts := w.fake.Posts()
	if len(posts) != n {
		t.Errorf("%d publications at once made %d posts", n, len(posts))
	}
	for i := range n {
		if errs[i] != nil {
			t.Errorf("Publish, one of %d at once: %v", n, errs[i])
			continue
		}
		want := fmt.Sprintf("第%02d条。", i)
		at := slices.IndexFunc(posts, func(p Post) bool { return strings.Contains(p.Text, want) })
		switch {
		case at < 0:
			t.Errorf("no post has %q", want)
		case !h.Nameless && posts[at].ID != receipts[i].ExternalID:
			t.Errorf("the receipt of %q is %q, want %q", want, receipts[i].ExternalID, posts[at].ID)
		}
	}
}

// bounded returns a context that ends before the test run does, however long a paced publisher waits.
func bounded(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func mustPublish(t testing.TB, p guitu.Publisher, pub guitu.Publication) guitu.Receipt {
	t.Helper()
	r, err := p.Publish(bounded(t), pub)
	if err != nil {
		t.Fatalf("Publish: %v", err)
	}
	return r
}

func publishFails(t testing.TB, p guitu.Publisher, pub guitu.Publication) error {
	t.Helper()
	start := time.Now()
	r, err := p.Publish(bounded(t), pub)
	if err == nil {
		t.Fatalf("Publish = %+v, nil; want an error", r)
	}
	// Waiting is the caller's job, which knows what else is due.
	if d := time.Since(start); d > patience {
		t.Errorf("Publish took %s to say %v", d, err)
	}
	noSecret(t, err)
	return err
}

func onlyPost(t testing.TB, w *wire) Post {
	t.Helper()
	posts := w.fake.Posts()
	if len(posts) != 1 {
		t.Fatalf("%d posts on the channel, want 1", len(posts))
	}
	return posts[0]
}

// none fails when err is one of the kinds that it must not be.
func none(t testing.TB, what string, err error, kinds ...error) {
	t.Helper()
	for _, k := range kinds {
		if errors.Is(err, k) {
			t.Errorf("%s: %v, want an error that is not %q", what, err, k)
		}
	}
}

// noSecret fails when the credential, or the part of it after a colon, can be read in err or anything that it wraps.
func noSecret(t testing.TB, err error) {
	t.Helper()
	if err == nil {
		return
	}
	_, part, _ := strings.Cut(Secret, ":")
	for _, s := range []string{err.Error(), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err)} {
		if strings.Contains(s, part) {
			t.Errorf("the error shows the credential: %s", strings.ReplaceAll(s, part, "***"))
			return
		}
	}
	switch e := err.(type) { //nolint:errorlint // walks the chain link by link
	case interface{ Unwrap() error }:
		noSecret(t, e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, e := range e.Unwrap() {
			noSecret(t, e)
		}
	}
}
