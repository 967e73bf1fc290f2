package fake

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fault is something that goes wrong with a call.
type Fault struct {
	Method string    // "" for any
	Kind   FaultKind // what the caller sees
	After  bool      // the method does its work first
	Times  int       // how often, 0 for once
}

// FaultKind is what the caller of a call that goes wrong sees.
type FaultKind string

// The kinds of faults.
const (
	Fault500  FaultKind = "500"  // the Bot API's own error, as JSON
	Fault502  FaultKind = "502"  // a gateway's page, as HTML
	FaultCut  FaultKind = "cut"  // the connection ends amid the answer
	FaultHang FaultKind = "hang" // no answer until the caller gives up
	Fault429  FaultKind = "429"  // too many requests, retry after 2 s
	Fault403  FaultKind = "403"  // the bot was thrown out of the chat
	Fault409  FaultKind = "409"  // somebody else polls
)

// Fail makes the next calls go wrong. Faults are used up in order.
func (t *Telegram) Fail(fs ...Fault) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, f := range fs {
		f.Times = max(1, f.Times)
		t.faults = append(t.faults, f)
	}
}

// fault takes the fault for a call, if one waits.
func (t *Telegram) fault(method string) (Fault, bool) {
	for i, f := range t.faults {
		if f.Method != "" && f.Method != method {
			continue
		}
		if t.faults[i].Times--; t.faults[i].Times == 0 {
			t.faults = slices.Delete(t.faults, i, i+1)
		}
		return f, true
	}
	if t.o.Chaos != nil {
		return t.o.Chaos(method)
	}
	return Fault{}, false
}

// ServeHTTP serves the Bot API, and the controls under /fake/.
func (t *Telegram) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if rest, ok := strings.CutPrefix(r.URL.Path, "/fake/"); ok {
		t.control(w, r, rest)
		return
	}
	if rest, ok := strings.CutPrefix(r.URL.Path, "/file/bot"); ok {
		t.serveFile(w, rest)
		return
	}
	rest, ok := strings.CutPrefix(r.URL.Path, "/bot")
	token, method, _ := strings.Cut(rest, "/")
	if !ok || token != t.o.Token {
		write(w, answer{status: http.StatusUnauthorized, description: "Unauthorized"})
		return
	}
	params, err := readParams(r)
	// The server sees that a caller has gone only once the body is read to its end, which the parsers stop short of.
	_, _ = io.Copy(io.Discard, r.Body)
	if err != nil {
		write(w, bad(err.Error()))
		return
	}
	t.mu.Lock()
	c := Call{At: time.Now(), Method: method, Params: params}
	f, wrong := t.fault(method)
	if !wrong && method == "getUpdates" {
		t.mu.Unlock()
		a := t.getUpdates(r, params)
		c.Status, c.Acted = a.status, a.status == http.StatusOK
		t.record(c)
		write(w, a)
		return
	}
	var a answer
	if !wrong || f.After {
		a = t.act(method, params, c.At)
		c.Acted, c.Message = a.status == http.StatusOK, a.message
	}
	t.mu.Unlock()
	if !wrong {
		c.Status = a.status
		t.record(c)
		write(w, a)
		return
	}
	c.Status = f.status()
	t.record(c)
	f.answer(w, r)
}

func (t *Telegram) record(c Call) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.calls = append(t.calls, c)
	t.wake()
}

// getUpdates waits for updates from offset on; those below are acknowledged and forgotten.
func (t *Telegram) getUpdates(r *http.Request, p map[string]string) answer {
	offset, _ := strconv.ParseInt(p["offset"], 10, 64)
	wait, _ := strconv.Atoi(p["timeout"])
	limit, _ := strconv.Atoi(p["limit"])
	if limit < 1 || limit > 100 {
		limit = 100
	}
	var allowed []string
	if s := p["allowed_updates"]; s != "" && json.Unmarshal([]byte(s), &allowed) != nil {
		return bad("can't parse allowed updates JSON object")
	}
	deadline := time.After(time.Duration(wait) * time.Second)
	t.mu.Lock()
	t.pollers++
	mine := t.pollers
	t.wake()
	defer t.mu.Unlock()
	for {
		if t.webhook != "" {
			return answer{status: http.StatusConflict, description: "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"}
		}
		if t.pollers != mine {
			return answer{status: http.StatusConflict, description: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"}
		}
		t.updates = slices.DeleteFunc(t.updates, func(u update) bool {
			return u.id < offset || (u.kind != "" && len(allowed) > 0 && !slices.Contains(allowed, u.kind))
		})
		if n := min(limit, len(t.updates)); n > 0 {
			bodies := make([]json.RawMessage, n)
			for i := range bodies {
				bodies[i] = t.updates[i].body
			}
			return ok(bodies)
		}
		changed := t.changed
		t.mu.Unlock()
		select {
		case <-changed:
		case <-deadline:
			t.mu.Lock()
			return ok([]json.RawMessage{})
		case <-r.Context().Done():
			t.mu.Lock()
			return ok([]json.RawMessage{})
		}
		t.mu.Lock()
	}
}

func (f Fault) status() int {
	if n, err := strconv.Atoi(string(f.Kind)); err == nil {
		return n
	}
	return 0
}

func (f Fault) answer(w http.ResponseWriter, r *http.Request) {
	switch f.Kind {
	case Fault500:
		write(w, answer{status: 500, description: "Internal Server Error"})
	case Fault502:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusBadGateway)
		fmt.Fprint(w, "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>")
	case Fault429:
		write(w, answer{status: 429, description: "Too Many Requests: retry after 2", retryAfter: 2})
	case Fault403:
		write(w, answer{status: 403, description: "Forbidden: bot was kicked from the supergroup chat"})
	case Fault409:
		write(w, answer{status: 409, description: "Conflict: terminated by other getUpdates request"})
	case FaultHang:
		<-r.Context().Done()
	case FaultCut:
		w.Header().Set("Content-Length", "1000")
		fmt.Fprint(w, `{"ok":true,"res`)
		panic(http.ErrAbortHandler)
	}
}

func write(w http.ResponseWriter, a answer) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body())
}

// readParams reads parameters as the Bot API takes them: form, multipart or JSON.
func readParams(r *http.Request) (map[string]string, error) {
	p := map[string]string{}
	switch kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); kind {
	case "application/json":
		var raw map[string]json.RawMessage
		if err := json.NewDecoder(io.LimitReader(r.Body, 1<<20)).Decode(&raw); err != nil {
			return nil, fmt.Errorf("can't parse JSON: %w", err)
		}
		for k, v := range raw {
			var s string
			if json.Unmarshal(v, &s) == nil {
				p[k] = s
			} else {
				p[k] = string(v)
			}
		}
		return p, nil
	case "multipart/form-data":
		// A call without parameters is a multipart body without parts, which is none.
		if err := r.ParseMultipartForm(1 << 20); err != nil && err.Error() != "multipart: NextPart: EOF" {
			return nil, err
		}
	default:
		if err := r.ParseForm(); err != nil {
			return nil, err
		}
	}
	for k, v := range r.Form {
		p[k] = v[0]
	}
	return p, readFiles(r, p)
}

// fileParam comes before the name of an uploaded file among the parameters; its value is the SHA-256 of the file.
const fileParam = "file:"

func readFiles(r *http.Request, p map[string]string) error {
	if r.MultipartForm == nil {
		return nil
	}
	for name, files := range r.MultipartForm.File {
		f, err := files[0].Open()
		if err != nil {
			return err
		}
		h := sha256.New()
		_, err = io.Copy(h, f)
		f.Close()
		if err != nil {
			return err
		}
		p[fileParam+name] = hex.EncodeToString(h.Sum(nil))
	}
	return nil
}

// control lets another process drive the server: POST /fake/press {user, chat, message, data}, POST /fake/write {user, chat,
// text, reply_to}, POST /fake/fail [Fault…], GET /fake/messages?chat=, GET /fake/calls?method=, GET /fake/pending, GET /fake/toasts.
func (t *Telegram) control(w http.ResponseWriter, r *http.Request, what string) {
	var (
		in struct {
			User    int64  `json:"user"`
			Chat    string `json:"chat"`
			Message int    `json:"message"`
			Data    string `json:"data"`
			Text    string `json:"text"`
			ReplyTo int    `json:"reply_to"`
		}
		faults []Fault
		out    any
		err    error
	)
	body := json.NewDecoder(io.LimitReader(r.Body, 1<<20))
	switch r.Method + " " + what {
	case "POST press":
		if err = body.Decode(&in); err == nil {
			out = t.Press(in.User, in.Chat, in.Message, in.Data)
		}
	case "POST write":
		if err = body.Decode(&in); err == nil {
			out = t.Write(in.User, in.Chat, in.Text, in.ReplyTo)
		}
	case "POST fail":
		if err = body.Decode(&faults); err == nil {
			t.Fail(faults...)
			out = true
		}
	case "GET messages":
		out = t.Messages(r.URL.Query().Get("chat"))
	case "GET calls":
		out = t.Calls(r.URL.Query()["method"]...)
	case "GET pending":
		out = t.Pending()
	case "GET toasts":
		out = t.Toasts()
	default:
		http.NotFound(w, r)
		return
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(out)
}
