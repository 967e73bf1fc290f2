package partner_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"guitu"
	"guitu/publishers/partner"
	"guitu/publishers/publisherstest"
	"guitu/publishers/rest"
)

// book keeps what two partners say.
type book struct {
	mu     sync.Mutex
	of     map[string]string // key → partner
	raised map[string]partner.Reach
	state  guitu.ChannelState
	all    []guitu.Delivery
	since  time.Time
	broken bool
}

func (b *book) Raise(_ context.Context, name, key string, r partner.Reach) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.broken:
		return errors.New("the database is away")
	case b.of[key] != name:
		return guitu.Errorf(guitu.NotFound, "没有")
	}
	before := b.raised[key]
	b.raised[key] = partner.Reach{Devices: max(before.Devices, r.Devices), Views: max(before.Views, r.Views)}
	return nil
}

func (b *book) Deliveries(_ context.Context, name string, since time.Time) ([]guitu.Delivery, error) {
	if name != "partner:a" || b.broken {
		return nil, errors.New("the database is away")
	}
	b.since = since
	return b.all, nil
}

func (b *book) State(context.Context, string) (guitu.ChannelState, error) { return b.state, nil }

// desk is a desk of two partners, whose time is made.
func desk(t *testing.T, b *book, address string) (*partner.Desk, [2]*partner.Publisher) {
	t.Helper()
	var two [2]*partner.Publisher
	for i, name := range []string{"a", "b"} {
		p, err := partner.New(address, whsec(name), partner.Options{Name: "partner:" + name, Options: rest.Options{Timeout: 2 * time.Second}})
		if err != nil {
			t.Fatal(err)
		}
		two[i] = p
	}
	return partner.NewDesk(two[:], b, partner.DeskOptions{Now: func() time.Time { return made }}), two
}

// signed is a report with a signature.
func signed(t testing.TB, secret, id string, at time.Time, body string) *http.Request {
	t.Helper()
	sign, err := webhooks.NewWebhook(whsec(secret))
	if err != nil {
		t.Fatal(err)
	}
	signature, err := sign.Sign(id, at, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, partner.AckPath, strings.NewReader(body))
	r.Header.Set(webhooks.HeaderWebhookID, id)
	r.Header.Set(webhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	r.Header.Set(webhooks.HeaderWebhookSignature, signature)
	return r
}

func answer(d http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w
}

func TestAck(t *testing.T) {
	b := &book{of: map[string]string{"delivery-1": "partner:a", "delivery-2": "partner:b"}, raised: map[string]partner.Reach{}}
	d, _ := desk(t, b, "https://partner.example")
	const good = `{"id":"delivery-1","reach":{"devices":1200,"views":34}}`
	for _, tt := range []struct {
		name, secret, body string
		at                 time.Duration
		want               int
	}{
		{"a report", "a", good, 0, 204},
		{"the same again", "a", good, 0, 204},
		{"less than before", "a", `{"id":"delivery-1","reach":{"devices":3,"views":40}}`, 0, 204},
		{"of an edit", "b", `{"id":"delivery-2-edit-0123456789abcdef","reach":{"devices":5,"views":0}}`, 0, 204},
		{"of a pull", "b", `{"id":"delivery-2-pull","reach":{"devices":6,"views":0}}`, 0, 204},
		{"a clock that is nearly right", "a", good, -5 * time.Minute, 204},
		{"too old", "a", good, -5*time.Minute - time.Second, 401},
		{"too new", "a", good, 5*time.Minute + time.Second, 401},
		{"a stranger", "c", good, 0, 401},
		{"another partner's notice", "b", good, 0, 404},
		{"no notice", "a", `{"id":"test-1","reach":{"devices":1,"views":1}}`, 0, 404},
		{"below zero", "a", `{"id":"delivery-1","reach":{"devices":-1,"views":1}}`, 0, 400},
		{"beyond all devices", "a", `{"id":"delivery-1","reach":{"devices":9000000000000,"views":1}}`, 0, 400},
		{"no reach", "a", `{"id":"delivery-1"}`, 0, 400},
		{"no id", "a", `{"reach":{"devices":1,"views":1}}`, 0, 400},
		{"two", "a", good + good, 0, 400},
		{"no JSON", "a", "devices=1", 0, 400},
		{"one of our own events sent back", "a", `{"type":"test","timestamp":"x","data":{}}`, 0, 400},
		{"too long", "a", `{"id":"delivery-1","reach":{"devices":1,"views":1},"x":"` + strings.Repeat("x", 5000) + `"}`, 0, 413},
	} {
		if got := answer(d, signed(t, tt.secret, "report", made.Add(tt.at), tt.body)).Code; got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
	want := map[string]partner.Reach{"delivery-1": {Devices: 1200, Views: 40}, "delivery-2": {Devices: 6}}
	if !maps.Equal(b.raised, want) {
		t.Errorf("raised %v, want %v", b.raised, want)
	}
	changed := signed(t, "a", "report", made, good)
	changed.Header.Set(webhooks.HeaderWebhookID, "another")
	if got := answer(d, changed).Code; got != 401 {
		t.Errorf("a signature of another id: %d, want 401", got)
	}
	b.broken = true
	if got := answer(d, signed(t, "a", "report", made, good)).Code; got != 503 {
		t.Errorf("without the database: %d, want 503, so that the report comes again", got)
	}
	var codes []int
	for range 300 {
		codes = append(codes, answer(d, signed(t, "a", "report", made, good)).Code)
	}
	if !slices.Contains(codes, 429) {
		t.Error("300 reports at once are all taken")
	}
	if got := answer(d, signed(t, "b", "report", made, good)).Code; got == 429 {
		t.Error("one partner's flood holds another up")
	}
}

func FuzzAck(f *testing.F) {
	f.Add(`{"id":"delivery-1","reach":{"devices":1200,"views":34}}`)
	f.Add(`{"id":"delivery-1-edit-","reach":{"devices":1e3}}`)
	f.Add("[]")
	f.Fuzz(func(t *testing.T, body string) {
		b := &book{of: map[string]string{"delivery-1": "partner:a"}, raised: map[string]partner.Reach{}}
		p, err := partner.New("https://partner.example", whsec("a"), partner.Options{Name: "partner:a"})
		if err != nil {
			t.Fatal(err)
		}
		d := partner.NewDesk([]*partner.Publisher{p}, b, partner.DeskOptions{Now: func() time.Time { return made }})
		code := answer(d, signed(t, "a", "report", made, body)).Code
		if r, raised := b.raised["delivery-1"]; raised != (code == 204) || r.Devices < 0 || r.Views < 0 {
			t.Errorf("%q: %d and %+v", body, code, b.raised)
		}
	})
}

// pagesOf is a book with something to show.
func pagesOf() *book {
	at := made.Add(-time.Hour)
	return &book{
		state: guitu.ChannelState{Paused: true, Trouble: "secret: status 401", Since: at},
		all: []guitu.Delivery{
			{ID: 3, Code: "K7QW3M", Kind: guitu.NoticeClosed, State: guitu.DeliverySent, At: at.Add(3), Reached: guitu.Reached{Devices: 1234567, Views: 8901, At: at}},
			{ID: 2, Code: "K7QW3M", Kind: guitu.NoticeUpdate, State: guitu.DeliveryRefused, Trouble: `渠道拒绝：<b>status 422</b>`, At: at.Add(2)},
			{ID: 1, Code: "K7QW3M", Kind: guitu.NoticeAlert, State: guitu.DeliveryEdited, Trouble: "旧问题", At: at},
		},
	}
}

func TestPage(t *testing.T) {
	b := pagesOf()
	var got []partner.Event
	var mu sync.Mutex
	fail := false
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		var e partner.Event
		if err := json.NewDecoder(r.Body).Decode(&e); err != nil {
			t.Error(err)
		}
		got = append(got, e)
		if fail {
			w.WriteHeader(http.StatusUnauthorized)
		}
		fmt.Fprint(w, `<script>"收到"</script>`)
	}))
	defer app.Close()
	d, two := desk(t, b, app.URL)
	link := two[0].Link(made.Add(time.Hour))
	w := answer(d, httptest.NewRequest(http.MethodGet, link, nil))
	page := w.Body.String()
	for _, s := range []string{
		"partner:a", "K7QW3M", "结案", "更新", "寻人", "已送达", "被拒收", "1,234,567", "8,901", "共 3 条", "推送已于 2026-11-24 07:00:00 暂停",
		"secret: status 401", "&lt;b&gt;status 422&lt;/b&gt;", `<form method="post" action="` + link + `#test">`,
	} {
		if !strings.Contains(page, s) {
			t.Errorf("the page lacks %q:\n%s", s, page)
		}
	}
	if strings.Contains(page, "旧问题") {
		t.Error("the last trouble is not the latest")
	}
	if b.since != made.Add(-30*24*time.Hour) {
		t.Errorf("the page goes back to %s, want 30 days", b.since)
	}
	for name, want := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if style := answer(d, httptest.NewRequest(http.MethodGet, "/partners/page.css", nil)); style.Code != 200 || !strings.Contains(page, "/partners/page.css") {
		t.Errorf("the stylesheet answers %d", style.Code)
	}

	press := func(more ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, "https://guitu.example"+link, nil)
		for i := 0; i+1 < len(more); i += 2 {
			r.Header.Set(more[i], more[i+1])
		}
		return answer(d, r)
	}
	if w := press("Sec-Fetch-Site", "cross-site"); w.Code != 403 || len(got) != 0 {
		t.Errorf("the button pressed by another site: %d and %d events, want 403 and none", w.Code, len(got))
	}
	if w := press("Sec-Fetch-Site", "same-origin"); w.Code != 200 || !strings.Contains(w.Body.String(), "已收下：HTTP 200") ||
		!strings.Contains(w.Body.String(), "&lt;script&gt;&#34;收到&#34;") {
		t.Errorf("a test that arrived: %d\n%s", w.Code, w.Body)
	}
	fail = true
	if w := press(); !strings.Contains(w.Body.String(), "没有收下") || !strings.Contains(w.Body.String(), "status 401") {
		t.Errorf("a test that was not taken:\n%s", w.Body)
	}
	if len(got) != 2 || got[0].Type != partner.Test || len(got[0].Data.Texts) != 0 {
		t.Errorf("the partner got %+v, want two tests", got)
	}
	press()
	if w := press(); w.Code != 429 || len(got) != 3 || !strings.Contains(w.Body.String(), "太频繁") {
		t.Errorf("a fourth test at once: %d and %d events, want 429 and three", w.Code, len(got))
	}
	b.broken = true
	if w := answer(d, httptest.NewRequest(http.MethodGet, link, nil)); w.Code != 503 {
		t.Errorf("without the database: %d, want 503", w.Code)
	}
}

func TestPageIsClosed(t *testing.T) {
	d, two := desk(t, pagesOf(), "https://partner.example")
	good := two[0].Link(made.Add(time.Hour))
	token := strings.TrimPrefix(good, "/partners/page/")
	end, sum, _ := strings.Cut(token, ".")
	later := strconv.FormatInt(made.Add(48*time.Hour).Unix(), 36)
	stranger, err := partner.New("https://partner.example", whsec("other"), partner.Options{Name: "partner:a"})
	if err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"over":             two[0].Link(made),
		"made longer":      "/partners/page/" + later + "." + sum,
		"cut":              strings.TrimSuffix(good, sum[len(sum)-3:]),
		"no signature":     "/partners/page/" + end,
		"empty signature":  "/partners/page/" + end + ".",
		"another secret":   stranger.Link(made.Add(time.Hour)),
		"nothing":          "/partners/page/x",
		"text for the end": "/partners/page/" + url.PathEscape("今天") + "." + sum,
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			w := answer(d, httptest.NewRequest(method, path, nil))
			if w.Code != 404 || !strings.Contains(w.Body.String(), "链接无效") || strings.Contains(w.Body.String(), "K7QW3M") {
				t.Errorf("%s %s: %d, want 404 and nothing shown", method, name, w.Code)
			}
		}
	}
	if w := answer(d, httptest.NewRequest(http.MethodGet, good, nil)); w.Code != 200 {
		t.Errorf("the good one: %d", w.Code)
	}
}

// A partner's mistake in an answer is not recorded.
func TestHeardMistake(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"reach":{"devices":-5,"views":1}}`) }))
	defer srv.Close()
	p := publisher(t, srv.URL, "s3cret", partner.Options{Heard: func(_ context.Context, key string, r partner.Reach) { t.Errorf("heard %s %+v", key, r) }})
	if _, err := p.Publish(t.Context(), publisherstest.Publication("HM", "说明。")); err != nil {
		t.Error(err)
	}
}
