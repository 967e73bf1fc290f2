package mqtt_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/eclipse/paho.golang/paho"

	"guitu"
	"guitu/internal/testenv"
	"guitu/internal/testenv/golden"
	"guitu/publishers"
	"guitu/publishers/mqtt"
	"guitu/publishers/publisherstest"
)

const user, password = "guitu", "publisherstest-Secret_x9"

// listener collects what a subscriber to everything hears, and what stands for one who comes later.
type listener struct {
	t       testing.TB
	address string
}

// heard connects, and returns what stands by topic.
func (l listener) stands() map[string]*paho.Publish {
	l.t.Helper()
	got := map[string]*paho.Publish{}
	var mu sync.Mutex
	end := make(chan struct{})
	c := l.subscribe(func(p *paho.Publish) {
		if p.Topic == "end" {
			close(end)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		got[p.Topic] = p
	})
	defer c.Disconnect(&paho.Disconnect{})
	// Retained messages come before what is published after the subscription.
	if _, err := c.Publish(l.t.Context(), &paho.Publish{Topic: "end", QoS: 1, Payload: []byte("x")}); err != nil {
		l.t.Fatal(err)
	}
	<-end
	mu.Lock()
	defer mu.Unlock()
	return got
}

func (l listener) subscribe(hear func(*paho.Publish)) *paho.Client {
	l.t.Helper()
	conn, err := net.Dial("tcp", l.address)
	if err != nil {
		l.t.Fatal(err)
	}
	c := paho.NewClient(paho.ClientConfig{Conn: conn, OnPublishReceived: []func(paho.PublishReceived) (bool, error){
		func(r paho.PublishReceived) (bool, error) { hear(r.Packet); return true, nil },
	}})
	if _, err := c.Connect(l.t.Context(), &paho.Connect{
		CleanStart: true, KeepAlive: 60, Username: user, UsernameFlag: true, Password: []byte(password), PasswordFlag: true,
	}); err != nil {
		l.t.Fatal(err)
	}
	if _, err := c.Subscribe(l.t.Context(), &paho.Subscribe{Subscriptions: []paho.SubscribeOptions{{Topic: "#", QoS: 1}}}); err != nil {
		l.t.Fatal(err)
	}
	return c
}

var made = time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)

func publisher(t testing.TB, address, password string, o mqtt.Options) *mqtt.Publisher {
	t.Helper()
	o.User, o.Password, o.Timeout = user, password, 5*time.Second
	o.Now = func() time.Time { return made }
	o.CAP = func(_ context.Context, n guitu.Notice) ([]byte, error) {
		return []byte("<alert>" + n.Code + "</alert>"), nil
	}
	p, err := mqtt.New("mqtt://"+address, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// alert is a publication of an alert whose circle touches two counties of one city and one of another.
func alert(kind guitu.NoticeKind, description string) guitu.Publication {
	p := publisherstest.Publication("MQ", description)
	p.Notice.Kind, p.Notice.AlertID, p.Notice.MessageID = kind, 1, 1
	p.Notice.Areas = []guitu.Area{"371302", "371311", "370102"}
	p.Notice.Circle = &guitu.Circle{Point: guitu.Point{Lat: 35.05, Lng: 118.35}, Radius: 100}
	p.Notice.Expires = made.Add(72 * time.Hour)
	p.Pictures = []guitu.Picture{{URL: "https://guitu.example/p/abc", Type: "image/jpeg", Alt: map[string]string{guitu.Chinese: "照片"}, Child: true}}
	return p
}

var topics = []string{
	"guitu/alerts/370100/MQ2345/cap", "guitu/alerts/370100/MQ2345/json", "guitu/alerts/371300/MQ2345/cap", "guitu/alerts/371300/MQ2345/json",
}

// The life of an alert on a real broker.
func TestAlert(t *testing.T) {
	address := testenv.StartMosquitto(t, user, password)
	l := listener{t, address}
	p := publisher(t, address, password, mqtt.Options{})
	const typed = "表情👩‍👩‍👧‍👦 罕见字𠮷㛃 مرحبا <b>&amp;</b> *_`#\"\\\n二行"
	pub := alert(guitu.NoticeAlert, typed)
	first, err := p.Publish(t.Context(), pub)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := p.Publish(t.Context(), pub); err != nil || again != first {
		t.Errorf("the same again = %+v, %v; want %+v", again, err, first)
	}
	got := l.stands()
	if keys := slices.Sorted(maps.Keys(got)); !slices.Equal(keys, topics) {
		t.Fatalf("what stands is at %q, want %q", keys, topics)
	}
	var d publishers.Document
	m := got["guitu/alerts/371300/MQ2345/json"]
	if err := json.Unmarshal(m.Payload, &d); err != nil {
		t.Fatal(err)
	}
	if d.Texts[guitu.Chinese].Description != typed || d.MsgType != guitu.MsgAlert || d.Circle.Radius != 100 || d.Link != pub.Link ||
		d.Expires != "2026-11-27T16:00:00+08:00" || len(d.Pictures) != 1 || !d.Pictures[0].Child {
		t.Errorf("the document is %+v", d)
	}
	if e := m.Properties.MessageExpiry; e == nil || *e == 0 || *e > 72*60*60 || m.Properties.ContentType != "application/json" {
		t.Errorf("the message has the properties %+v, want at most 72 hours to live", m.Properties)
	}
	if string(got["guitu/alerts/370100/MQ2345/cap"].Payload) != "<alert>MQ2345</alert>" {
		t.Errorf("the CAP message is %q", got["guitu/alerts/370100/MQ2345/cap"].Payload)
	}

	// An update that reaches one city only says so where the alert stands, too.
	pub.Receipt = first
	now := alert(guitu.NoticeUpdate, "【更新】")
	now.Receipt = first
	for range 2 {
		if err := p.Edit(t.Context(), now); err != nil {
			t.Fatal(err)
		}
	}
	for topic, m := range l.stands() {
		if strings.HasSuffix(topic, "json") && !strings.Contains(string(m.Payload), "【更新】") {
			t.Errorf("%s is not edited: %s", topic, m.Payload)
		}
	}

	// Its end is heard, and leaves nothing.
	var mu sync.Mutex
	heard := map[string]bool{}
	all := make(chan struct{}, 100)
	c := l.subscribe(func(p *paho.Publish) {
		mu.Lock()
		defer mu.Unlock()
		if strings.Contains(string(p.Payload), "已结案") && !p.Retain {
			heard[p.Topic] = true
			all <- struct{}{}
		}
	})
	if _, err := p.Publish(t.Context(), alert(guitu.NoticeClosed, "【已结案】")); err != nil {
		t.Fatal(err)
	}
	<-all
	<-all
	_ = c.Disconnect(&paho.Disconnect{})
	if got := l.stands(); len(got) != 0 {
		t.Errorf("after the end there stands %q", slices.Sorted(maps.Keys(got)))
	}
	for range 2 {
		if err := p.Pull(t.Context(), pub); err != nil {
			t.Errorf("Pull: %v", err)
		}
	}
}

// What ends an alert clears also what it does not reach itself.
func TestEndClearsEarlier(t *testing.T) {
	address := testenv.StartMosquitto(t, user, password)
	p := publisher(t, address, password, mqtt.Options{Prefix: "cn/guitu"})
	pub := alert(guitu.NoticeAlert, "说明。")
	var err error
	if pub.Receipt, err = p.Publish(t.Context(), pub); err != nil {
		t.Fatal(err)
	}
	pub.Notice.Ended = true
	if err := p.Edit(t.Context(), pub); err != nil {
		t.Fatal(err)
	}
	if got := (listener{t, address}).stands(); len(got) != 0 {
		t.Errorf("after the end there stands %q", slices.Sorted(maps.Keys(got)))
	}
	// A debunk of nowhere stands apart.
	debunk := publisherstest.Publication("NW", "说明。")
	debunk.Notice.Area = ""
	if _, err := p.Publish(t.Context(), debunk); err != nil {
		t.Fatal(err)
	}
	if got := slices.Sorted(maps.Keys((listener{t, address}).stands())); !slices.Equal(got, []string{"cn/guitu/notices/000000/NW2345/json"}) {
		t.Errorf("there stands %q", got)
	}
}

func TestTrouble(t *testing.T) {
	address := testenv.StartMosquitto(t, user, password)
	pub := alert(guitu.NoticeAlert, "说明。")
	wrong := publisher(t, address, "wr0ng-Secret", mqtt.Options{})
	_, err := wrong.Publish(t.Context(), pub)
	if !errors.Is(err, guitu.ErrUnauthorized) || strings.Contains(err.Error(), "wr0ng") {
		t.Errorf("a wrong password: %v, want ErrUnauthorized and no password", err)
	}
	if _, err := wrong.Probe(t.Context()); !errors.Is(err, guitu.ErrUnauthorized) {
		t.Errorf("Probe with a wrong password: %v, want ErrUnauthorized", err)
	}

	// Whatever breaks on the way, sending again makes it whole, and it stands once.
	for _, after := range []int{0, 1, 40, 200, 1500} {
		cutting := publisher(t, address, password, mqtt.Options{Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := (&net.Dialer{}).DialContext(ctx, network, address)
			return &cut{Conn: c, left: after}, err
		}})
		_, err := cutting.Publish(t.Context(), pub)
		if err == nil || errors.Is(err, guitu.ErrUnknown) || errors.Is(err, guitu.ErrRejected) || errors.Is(err, guitu.ErrUnauthorized) {
			t.Errorf("cut after %d bytes: %v, want an error to try again", after, err)
		}
	}
	p := publisher(t, address, password, mqtt.Options{})
	if _, err := p.Publish(t.Context(), pub); err != nil {
		t.Fatal(err)
	}
	if got := slices.Sorted(maps.Keys((listener{t, address}).stands())); !slices.Equal(got, topics) {
		t.Errorf("there stands %q, want %q", got, topics)
	}

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Publish(ended, pub); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context: %v, want context.Canceled", err)
	}
	// A broker that never answers holds nobody longer than the context.
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	brief, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := publisher(t, silent.Addr().String(), password, mqtt.Options{}).Publish(brief, pub); err == nil || errors.Is(err, guitu.ErrUnknown) {
		t.Errorf("a silent broker: %v, want an error to try again", err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := p.Publish(t.Context(), pub); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// cut is a connection that breaks after some bytes were written.
type cut struct {
	net.Conn
	mu   sync.Mutex
	left int
}

func (c *cut) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left -= len(b); c.left < 0 {
		_ = c.Close()
		return 0, io.ErrClosedPipe
	}
	return c.Conn.Write(b)
}

func TestNewRefuses(t *testing.T) {
	for _, bad := range []string{"", "127.0.0.1:1883", "http://broker.example", "mqtt://", "mqtt://u:p@broker.example"} {
		if _, err := mqtt.New(bad, mqtt.Options{}); err == nil {
			t.Errorf("New of %q is no error", bad)
		}
	}
	for _, bad := range []string{"a/#", "+/a", "/a", "a/"} {
		if _, err := mqtt.New("mqtt://broker.example", mqtt.Options{Prefix: bad}); err == nil {
			t.Errorf("New with the prefix %q is no error", bad)
		}
	}
}

// TestSent holds what each kind of notice changes on a real broker against a file.
func TestSent(t *testing.T) {
	address := testenv.StartMosquitto(t, user, password)
	p := publisher(t, address, password, mqtt.Options{})
	var b strings.Builder
	before := map[string]*paho.Publish{}
	for _, s := range publisherstest.Samples() {
		if _, err := p.Publish(t.Context(), publisherstest.SamplePublication(p, s)); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "======== %s\n", s.Name)
		stands := listener{t, address}.stands()
		for _, topic := range slices.Sorted(maps.Keys(before)) {
			if stands[topic] == nil {
				fmt.Fprintf(&b, "%s is cleared\n", topic)
			}
		}
		for _, topic := range slices.Sorted(maps.Keys(stands)) {
			m := stands[topic]
			if was := before[topic]; was != nil && bytes.Equal(was.Payload, m.Payload) {
				continue
			}
			body := string(m.Payload)
			var out bytes.Buffer
			if json.Indent(&out, m.Payload, "", " ") == nil {
				body = out.String()
			}
			fmt.Fprintf(&b, "%s (%s, expires in %s)\n%s\n", topic, m.Properties.ContentType,
				// The broker counts down.
				(time.Duration(*m.Properties.MessageExpiry) * time.Second).Round(time.Minute), body)
		}
		before = stands
	}
	golden.Check(t, "testdata/sent.txt", b.String())
}
