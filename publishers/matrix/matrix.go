// Package matrix publishes notices in a room of a Matrix server.
//
// Each event has a transaction id that follows from the delivery, so that sending it again is the same event, and carries the
// delivery's key, by which it can be looked for. An edit leaves the earlier text in the room's history: what shows a picture, or must
// lose a name, is redacted instead, edits and all. Pictures that were uploaded can't be taken back by who uploaded them, so one that
// shows a child goes to a server of one's own only.
package matrix

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"guitu"
	"guitu/publishers"
	"guitu/publishers/rest"
)

// limits: an event may have 65,536 bytes with all around it (spec.matrix.org, size limits), counted as it is sent, and that of an edit
// has the text twice.
var limits = publishers.Limits{Text: 30_000, Count: encoded, Pictures: 4, Alt: 5_000, PictureBytes: 10 << 20}

// encoded counts the bytes of a text as JSON.
func encoded(s string) int {
	b, _ := json.Marshal(s) // a string always marshals
	return len(b) - len(`""`)
}

// Options of a Publisher.
type Options struct {
	rest.Options
	// Name tells rooms apart, "matrix" when it is empty.
	Name string
	// Own says that the server is one's own, which throws redacted pictures away: then pictures that show a child go there too.
	Own bool
}

// Publisher publishes in one room.
type Publisher struct {
	rest   *rest.Client
	server string
	token  string
	room   string
	o      Options
}

var (
	_ guitu.Publisher = (*Publisher)(nil)
	_ guitu.Finder    = (*Publisher)(nil)
	_ guitu.Editor    = (*Publisher)(nil)
	_ guitu.Puller    = (*Publisher)(nil)
	_ guitu.Prober    = (*Publisher)(nil)
	_ guitu.Previewer = (*Publisher)(nil)
)

// New returns a Publisher for a room ("!abc:matrix.example") of the server at an address, where the account of an access token is a
// member that may send and redact.
func New(server, token, room string, o Options) (*Publisher, error) {
	u, err := url.Parse(server)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.Path != "" && u.Path != "/" {
		return nil, fmt.Errorf("matrix: the server should be an address like https://matrix.example, not %q", server)
	}
	if token == "" || !strings.HasPrefix(room, "!") {
		return nil, errors.New("matrix: want an access token and the id of a room, such as !abc:matrix.example")
	}
	if o.Name == "" {
		o.Name = "matrix"
	}
	return &Publisher{rest: rest.New(o.Name, o.Options, token), server: strings.TrimRight(server, "/"), token: token, room: room, o: o}, nil
}

// Name returns "matrix", or the room's name from the configuration.
func (p *Publisher) Name() string { return p.o.Name }

// content is what an event says.
type content struct {
	Type     string    `json:"msgtype"`
	Body     string    `json:"body"`
	File     string    `json:"filename,omitempty"`
	URL      string    `json:"url,omitempty"` // mxc:
	Info     *info     `json:"info,omitempty"`
	Relation *relation `json:"m.relates_to,omitempty"`
	New      *content  `json:"m.new_content,omitempty"`
	Mentions *struct{} `json:"m.mentions,omitempty"` // nobody is called, whatever the text looks like
	Key      string    `json:"guitu.key,omitempty"`
}

type info struct {
	Media  string `json:"mimetype"`
	Size   int    `json:"size"`
	Width  int    `json:"w,omitempty"`
	Height int    `json:"h,omitempty"`
}

type relation struct {
	Type    string   `json:"rel_type,omitempty"`
	Event   string   `json:"event_id,omitempty"`
	ReplyTo *replyTo `json:"m.in_reply_to,omitempty"`
}

type replyTo struct {
	Event string `json:"event_id"`
}

// Publish sends the notice in Chinese as one event, and each picture as one that answers it.
func (p *Publisher) Publish(ctx context.Context, pub guitu.Publication) (guitu.Receipt, error) {
	c := content{Type: "m.text", Body: text(pub), Mentions: &struct{}{}, Key: pub.Key}
	if first, _, _ := strings.Cut(pub.ReplyTo.ExternalID, ","); first != "" {
		c.Relation = &relation{ReplyTo: &replyTo{first}}
	}
	first, err := p.send(ctx, pub.Key, c)
	if err != nil {
		return guitu.Receipt{}, err
	}
	events := []string{first}
	for i, picture := range p.take(pub.Pictures) {
		event, err := p.picture(ctx, fmt.Sprintf("%s-%d", pub.Key, i), first, picture)
		switch {
		case errors.Is(err, guitu.ErrRejected):
			continue // The words stand there.
		case err != nil:
			// Sending all of it again is the same.
			return guitu.Receipt{}, p.rest.Errorf(nil, "picture %d: %s", i, err)
		}
		events = append(events, event)
	}
	return p.receipt(events), nil
}

func (p *Publisher) receipt(events []string) guitu.Receipt {
	return guitu.Receipt{ExternalID: strings.Join(events, ","), URL: "https://matrix.to/#/" + url.PathEscape(p.room) + "/" + url.PathEscape(events[0])}
}

func text(pub guitu.Publication) string {
	return publishers.Plain(pub.Notice, guitu.Chinese, pub.Link, limits)
}

// Preview returns the text of an event, and the pictures that answer it.
func (p *Publisher) Preview(pub guitu.Publication) (string, []guitu.Picture) {
	return text(pub), p.take(pub.Pictures)
}

// take are the pictures that may go to the server.
func (p *Publisher) take(pictures []guitu.Picture) []guitu.Picture {
	var all []guitu.Picture
	for _, i := range limits.Take(pictures) {
		if p.o.Own || !i.Child {
			all = append(all, i)
		}
	}
	return all
}

func (p *Publisher) picture(ctx context.Context, txn, first string, picture guitu.Picture) (string, error) {
	var made struct {
		URI string `json:"content_uri"`
	}
	call := p.call(http.MethodPost, "/_matrix/media/v3/upload?filename="+url.QueryEscape(picture.Name), nil)
	call.Body, call.Type = picture.Bytes, picture.Type
	if err := p.do(ctx, call, &made); err != nil {
		return "", err
	}
	return p.send(ctx, txn, content{
		Type: "m.image", Body: limits.AltText(picture, guitu.Chinese), File: picture.Name, URL: made.URI, Mentions: &struct{}{},
		Info:     &info{Media: picture.Type, Size: len(picture.Bytes), Width: picture.Width, Height: picture.Height},
		Relation: &relation{ReplyTo: &replyTo{first}},
	})
}

func (p *Publisher) send(ctx context.Context, txn string, c content) (string, error) {
	var made struct {
		ID string `json:"event_id"`
	}
	err := p.do(ctx, p.call(http.MethodPut, p.inRoom("/send/m.room.message/"+url.PathEscape(txn)), c), &made)
	if err == nil && made.ID == "" {
		err = p.rest.Errorf(guitu.ErrUnknown, "the answer has no event")
	}
	return made.ID, err
}

func (p *Publisher) inRoom(path string) string {
	return "/_matrix/client/v3/rooms/" + url.PathEscape(p.room) + path
}

// Find looks for the publication's key in the latest 100 messages of the room.
func (p *Publisher) Find(ctx context.Context, pub guitu.Publication) (guitu.Receipt, bool, error) {
	var page struct {
		Events []struct {
			ID      string  `json:"event_id"`
			Content content `json:"content"`
		} `json:"chunk"`
	}
	filter := url.QueryEscape(`{"types":["m.room.message"]}`)
	if err := p.read(ctx, p.inRoom("/messages?dir=b&limit=100&filter="+filter), &page); err != nil {
		return guitu.Receipt{}, false, err
	}
	var pictures []string
	for _, e := range page.Events {
		switch r := e.Content.Relation; {
		case e.Content.Key == pub.Key && e.Content.New == nil:
			events := []string{e.ID}
			for i := len(pictures) - 2; i >= 0; i -= 2 {
				if pictures[i] == e.ID {
					events = append(events, pictures[i+1])
				}
			}
			return p.receipt(events), true, nil
		case e.Content.Type == "m.image" && r != nil && r.ReplyTo != nil:
			pictures = append(pictures, r.ReplyTo.Event, e.ID)
		}
	}
	return guitu.Receipt{}, false, nil
}

// Edit replaces the text of a publication without pictures. It is ErrRejected for one with pictures, and for one whose alert has
// ended: the room's history would keep what it read before.
func (p *Publisher) Edit(ctx context.Context, pub guitu.Publication) error {
	event, pictures, _ := strings.Cut(pub.Receipt.ExternalID, ",")
	if pictures != "" || len(p.take(pub.Pictures)) > 0 || pub.Notice.Ended || pub.Notice.Kind.Ends() {
		return p.rest.Errorf(guitu.ErrRejected, "pictures and names stay in the history of what is edited")
	}
	var now struct {
		Content content `json:"content"`
	}
	if err := p.read(ctx, p.inRoom("/event/"+url.PathEscape(event)), &now); err != nil {
		return err
	}
	if now.Content.Body == "" {
		return p.rest.Errorf(guitu.ErrRejected, "the event is redacted")
	}
	body := text(pub)
	sum := sha256.Sum256([]byte(event + body))
	_, err := p.send(ctx, "edit-"+hex.EncodeToString(sum[:12]), content{
		Type: "m.text", Body: "* " + body, New: &content{Type: "m.text", Body: body, Mentions: &struct{}{}}, Mentions: &struct{}{},
		Relation: &relation{Type: "m.replace", Event: event},
	})
	return err
}

// Pull redacts the publication: its text with all edits, and its pictures.
func (p *Publisher) Pull(ctx context.Context, pub guitu.Publication) error {
	for event := range strings.SplitSeq(pub.Receipt.ExternalID, ",") {
		var edits struct {
			Events []struct {
				ID string `json:"event_id"`
			} `json:"chunk"`
		}
		err := p.read(ctx, "/_matrix/client/v1/rooms/"+url.PathEscape(p.room)+"/relations/"+url.PathEscape(event)+"/m.replace", &edits)
		if errors.Is(err, errGone) {
			continue
		}
		if err != nil {
			return err
		}
		for _, e := range edits.Events {
			if err := p.redact(ctx, e.ID); err != nil {
				return err
			}
		}
		if err := p.redact(ctx, event); err != nil {
			return err
		}
	}
	return nil
}

func (p *Publisher) redact(ctx context.Context, event string) error {
	sum := sha256.Sum256([]byte(event))
	path := p.inRoom("/redact/" + url.PathEscape(event) + "/redact-" + hex.EncodeToString(sum[:12]))
	err := p.do(ctx, p.call(http.MethodPut, path, map[string]string{"reason": "已结案或已更正"}), &struct{}{})
	if errors.Is(err, errGone) {
		return nil
	}
	return err
}

// Probe says who the account is.
func (p *Publisher) Probe(ctx context.Context) (guitu.Account, error) {
	var me struct {
		User string `json:"user_id"`
	}
	if err := p.read(ctx, "/_matrix/client/v3/account/whoami", &me); err != nil {
		return guitu.Account{}, err
	}
	return guitu.Account{Name: me.User, May: []string{"send", "edit", "redact"}}, nil
}

// call is a call with a body of JSON, or with none.
func (p *Publisher) call(method, path string, body any) rest.Call {
	call := rest.Call{Method: method, URL: p.server + path}
	if body != nil {
		call, _ = rest.JSON(method, p.server+path, body) // strings and numbers always marshal
	}
	call.Header = http.Header{"Authorization": {"Bearer " + p.token}}
	return call
}

// read makes a call that changes nothing.
func (p *Publisher) read(ctx context.Context, path string, v any) error {
	call := p.call(http.MethodGet, path, nil)
	call.Reads = true
	err := p.do(ctx, call, v)
	if errors.Is(err, guitu.ErrUnknown) {
		return p.rest.Errorf(nil, "the server answers with no JSON")
	}
	return err
}

// errGone: there is no such event.
var errGone = fmt.Errorf("%w: no such event", guitu.ErrRejected)

// do makes a call and reads its answer (spec.matrix.org, standard error response).
func (p *Publisher) do(ctx context.Context, call rest.Call, v any) error {
	a, err := p.rest.Do(ctx, call)
	var said struct {
		Code string `json:"errcode"`
		Text string `json:"error"`
		Wait int64  `json:"retry_after_ms"`
	}
	if a.Status >= 400 {
		_ = json.Unmarshal(a.Body, &said) // without words the status has to do
	}
	var retry *guitu.RetryError
	if errors.As(err, &retry) && a.Header.Get("Retry-After") == "" && said.Wait > 0 {
		retry.After = min(time.Duration(said.Wait)*time.Millisecond, time.Hour)
	}
	if err != nil {
		return err
	}
	why := said.Code + " " + said.Text
	switch {
	case said.Code == "M_NOT_FOUND" || a.Status == http.StatusNotFound && said.Code != "M_UNRECOGNIZED":
		return p.rest.Errorf(errGone, "%s", why)
	case said.Code == "M_UNKNOWN_TOKEN" || said.Code == "M_MISSING_TOKEN":
		return p.rest.Errorf(guitu.ErrUnauthorized, "access token: %s", why)
	case a.Status >= 400:
		return p.rest.Refusal(a, why)
	}
	if err := json.Unmarshal(a.Body, v); err != nil {
		return p.rest.Errorf(guitu.ErrUnknown, "status %d, and no JSON of Matrix", a.Status)
	}
	return nil
}
