package cap

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/beevik/etree"

	"guitu"
)

// MediaType is the media type of a message.
const MediaType = "application/cap+xml"

// namespace is that of CAP 1.2.
const namespace = "urn:oasis:names:tc:emergency:cap:1.2"

// Message is what there is to say.
type Message struct {
	guitu.AlertMessage
	Notice   guitu.Notice // what the message tells the public; its texts are frozen
	Web      string       // address of the status page
	Pictures []Picture    // of the child, the main one first
}

// Picture is a picture that a reader fetches.
type Picture struct {
	URL  string // stops working when the picture is revoked
	Type string // media type
	Alt  string // Chinese: what it shows
	Size int    // bytes
	SHA1 string // of the bytes, hexadecimal. The protocol knows no other digest (CAP 1.2, 3.2.3)
}

// XML writes a message without a signature. The error says what of it the protocol forbids.
func XML(m Message) ([]byte, error) {
	alert, err := element(m)
	if err != nil {
		return nil, err
	}
	return write(alert)
}

func write(alert *etree.Element) ([]byte, error) {
	doc := etree.NewDocument()
	doc.CreateProcInst("xml", `version="1.0" encoding="UTF-8"`)
	doc.AddChild(alert)
	return doc.WriteToBytes()
}

// element builds the alert element. The order of its children is the schema's.
func element(m Message) (*etree.Element, error) {
	if err := check(m); err != nil {
		return nil, err
	}
	a := etree.NewElement("alert")
	a.CreateAttr("xmlns", namespace)
	add(a, "identifier", m.Identifier)
	add(a, "sender", m.Sender)
	add(a, "sent", stamp(m.Sent))
	add(a, "status", string(m.Status))
	add(a, "msgType", string(m.Type))
	add(a, "scope", "Public")
	add(a, "note", note(m))
	refs := make([]string, len(m.References))
	for i, r := range m.References {
		refs[i] = r.Sender + "," + r.Identifier + "," + stamp(r.Sent)
	}
	add(a, "references", strings.Join(refs, " "))
	add(a, "incidents", m.Code)
	for _, l := range languages {
		info(a, m, l)
	}
	return a, nil
}

// check refuses what the protocol forbids and what would have no meaning.
func check(m Message) error {
	names := []guitu.Reference{{Sender: m.Sender, Identifier: m.Identifier, Sent: m.Sent}}
	for _, r := range append(names, m.References...) {
		// CAP 1.2, 3.2.1: no spaces, commas, < and &, since references are lists of these.
		for _, s := range []string{r.Sender, r.Identifier} {
			if s == "" || s != clean(s) || strings.ContainsAny(s, " \t\n,<&") {
				return fmt.Errorf("sender or identifier %q: empty, or with a space, a comma, < or &", s)
			}
		}
		if r.Sent.IsZero() {
			return fmt.Errorf("message %q was never sent", r.Identifier)
		}
	}
	if !slices.Contains([]guitu.Status{guitu.Actual, guitu.Exercise}, m.Status) {
		return fmt.Errorf("message %q: status %q", m.Identifier, m.Status)
	}
	if m.Type != m.Cause.MsgType() {
		return fmt.Errorf("message %q of cause %q is no %q", m.Identifier, m.Cause, m.Type)
	}
	if (m.Type == guitu.MsgAlert) != (len(m.References) == 0) {
		return fmt.Errorf("message %q of type %s has %d references", m.Identifier, m.Type, len(m.References))
	}
	p := m.Circle.Point
	if !(math.Abs(p.Lat) <= 90 && math.Abs(p.Lng) <= 180 && m.Circle.Radius >= 0 && m.Circle.Radius <= 20100) {
		return fmt.Errorf("message %q: circle %v", m.Identifier, m.Circle)
	}
	for _, l := range languages {
		if _, ok := m.Notice.Texts[l.text]; !ok {
			return fmt.Errorf("message %q has no text in %s", m.Identifier, l.text)
		}
	}
	return nil
}

// note is what changed; in an exercise it says so to programs that show nothing else (CAP 1.2, 3.2.1, status).
func note(m Message) string {
	if m.Status == guitu.Actual {
		return m.Note
	}
	return strings.TrimSpace("【演练】 Exercise. " + m.Note)
}

// info adds what a message says in one language.
func info(a *etree.Element, m Message, l *language) {
	ends := m.Type == guitu.MsgCancel
	text := m.Notice.Texts[l.text]
	g := gravityOf(m.Tier)
	if ends {
		g.urgency, g.response = "Past", "None"
	}
	e := a.CreateElement("info")
	add(e, "language", l.tag)
	// As AMBER alerts are issued elsewhere: a danger to a person, and a call to help to find them.
	add(e, "category", "Safety")
	add(e, "category", "Rescue")
	add(e, "event", l.event)
	add(e, "responseType", g.response)
	add(e, "urgency", g.urgency)
	add(e, "severity", g.severity)
	add(e, "certainty", g.certainty)
	value(e, "eventCode", "SAME", "CAE") // Child Abduction Emergency (47 CFR 11.31), by which receivers know these alerts
	add(e, "effective", stamp(m.Sent))
	if !ends && !m.Facts.MissingAt.IsZero() {
		add(e, "onset", stamp(m.Facts.MissingAt))
	}
	if m.Expires.After(m.Sent) {
		add(e, "expires", stamp(m.Expires))
	}
	add(e, "senderName", m.Officer.Desk.Name)
	add(e, "headline", text.Headline)
	add(e, "description", description(text))
	add(e, "instruction", text.Instruction)
	add(e, "web", m.Web)
	if !ends {
		add(e, "contact", strings.TrimSpace(m.Facts.Contact.Name+" "+m.Facts.Contact.Phone))
	}
	value(e, "parameter", "guitu:code", m.Code)
	value(e, "parameter", "guitu:tier", string(m.Tier))
	value(e, "parameter", "guitu:cause", string(m.Cause))
	if !ends && m.Shown.ShowPhoto {
		for _, p := range m.Pictures {
			resource(e, p)
		}
	}
	area(e, m, l)
}

// description is the whole text: what no channel may cut off stands in it once.
func description(t guitu.Text) string {
	if t.Keep == "" || strings.Contains(t.Description, t.Keep) {
		return t.Description
	}
	return strings.TrimSpace(t.Description + "\n" + t.Keep)
}

func resource(e *etree.Element, p Picture) {
	r := e.CreateElement("resource")
	must(r, "resourceDesc", p.Alt)
	must(r, "mimeType", p.Type)
	if p.Size > 0 {
		add(r, "size", strconv.Itoa(p.Size))
	}
	add(r, "uri", p.URL)
	add(r, "digest", p.SHA1)
}

// area adds where people are told: the circle, and the divisions that it touches, for receivers that know no circles.
func area(e *etree.Element, m Message, l *language) {
	if m.Circle.Radius == 0 && len(m.Areas) == 0 {
		return
	}
	a := e.CreateElement("area")
	km := strconv.FormatFloat(m.Circle.Radius, 'f', -1, 64)
	place := m.Notice.Place
	if place == "" {
		place = string(m.Facts.Area)
	}
	must(a, "areaDesc", strings.NewReplacer("{place}", place, "{km}", km).Replace(l.area))
	if m.Circle.Radius > 0 {
		// "lat,lon radius": WGS 84 degrees, kilometres. Five decimals are a metre.
		add(a, "circle", degrees(m.Circle.Point.Lat)+","+degrees(m.Circle.Point.Lng)+" "+km)
	}
	for _, code := range m.Areas {
		value(a, "geocode", "GB/T 2260", string(code))
	}
}

func degrees(d float64) string {
	s := strconv.FormatFloat(d, 'f', 5, 64)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// add appends a child with a text, none for an empty one.
func add(e *etree.Element, tag, text string) {
	if text = clean(text); text != "" {
		e.CreateElement(tag).SetText(text)
	}
}

// must appends a child that the schema demands, empty or not.
func must(e *etree.Element, tag, text string) { e.CreateElement(tag).SetText(clean(text)) }

// value appends one of CAP's pairs.
func value(e *etree.Element, tag, name, text string) {
	if text = clean(text); text != "" {
		v := e.CreateElement(tag)
		must(v, "valueName", name)
		must(v, "value", text)
	}
}

// beijing is the time of all of China.
var beijing = time.FixedZone("Asia/Shanghai", 8*60*60)

// stamp writes a time as the schema wants it: whole seconds and an offset, never a Z.
func stamp(t time.Time) string { return t.In(beijing).Format("2006-01-02T15:04:05-07:00") }

// clean drops what XML 1.0 cannot carry, and what a parser would change on the way and so break the signature.
func clean(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case r == '\n' || r == '\t':
			return r
		case r < ' ', r >= 0x7f && r <= 0x9f, r == utf8.RuneError, r == 0xfffe, r == 0xffff:
			return -1
		}
		return r
	}, s)
}
