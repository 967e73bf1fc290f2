package telegram

import (
	"strings"

	"guitu"
	"guitu/bot"
	api "guitu/internal/telegram"
)

// maxButton is the longest label of a button in UTF-16 units that telephones show whole.
const maxButton = 64

// maxHref is the longest address that is made a link. Nobody's post needs more, and it is a stranger who wrote it.
const maxHref = 1000

// sizes are how long texts in a card may be, tried in order until the card fits a message.
var sizes = [...]struct{ sample, line, heading int }{
	{280, 520, 200}, {120, 300, 120}, {60, 120, 80}, {30, 40, 60}, {12, 12, 30},
}

// card renders q: everybody in the chat reads it, so it has all buttons.
func (b *Bot) card(q guitu.Question) api.Message {
	o := bot.CardOptions{Mask: !b.o.ShowPersonalData, Location: b.o.Location, AreaName: b.o.AreaName}
	if b.o.StoryLink != nil {
		o.Console = b.o.StoryLink(q.Rumor.ID)
	}
	m := api.Message{Keyboard: keyboard(bot.Actions(q, nil), 2)}
	c := bot.NewCard(q, o)
	for _, s := range sizes {
		html, length := render(c, s.sample, s.line, s.heading)
		m.HTML = html
		if length <= api.MaxText {
			break
		}
	}
	return m
}

// render writes c as Telegram's HTML; length is what counts against MaxText.
func render(c bot.Card, sample, line, heading int) (html string, length int) {
	var w writer
	if c.Exercise {
		w.bold("【演练】")
	}
	w.bold(api.Cut(c.Title, heading))
	w.text("\n" + c.State + "\n")
	for _, s := range c.Sections {
		w.text("\n")
		w.bold(s.Heading)
		w.text("\n")
		for _, l := range s.Lines {
			if l.Quote {
				w.text(api.Cut(l.Label, heading))
				if l.URL != "" && len(l.URL) <= maxHref {
					w.text(" ")
					w.link(l.URL, "原帖")
				}
				w.text("\n")
				w.quote(api.Cut(l.Text, sample))
				continue
			}
			w.text(api.Cut(l.Label, heading) + "：" + api.Cut(l.Text, line) + "\n")
		}
	}
	if c.Console != "" {
		w.text("\n全文与处理：" + api.Cut(c.Console, maxHref))
	}
	return w.html.String(), w.length
}

// writer writes HTML and counts what is seen of it.
type writer struct {
	html   strings.Builder
	length int
}

func (w *writer) text(s string) {
	w.length += api.Len(s)
	w.html.WriteString(api.Escape(s))
}

func (w *writer) bold(s string) {
	w.html.WriteString("<b>")
	w.text(s)
	w.html.WriteString("</b>")
}

func (w *writer) link(href, s string) {
	w.html.WriteString(`<a href="` + api.Escape(href) + `">`)
	w.text(s)
	w.html.WriteString("</a>")
}

func (w *writer) quote(s string) {
	if strings.TrimSpace(s) == "" {
		return
	}
	w.html.WriteString("<blockquote>")
	w.text(s)
	w.html.WriteString("</blockquote>\n")
	w.length++
}

// keyboard lays actions out as buttons, so many in a row; one whose label is long has a row of its own.
func keyboard(as []bot.Action, row int) [][]api.Button {
	var k [][]api.Button
	for _, a := range as {
		b := api.Button{Text: api.Cut(a.Label, maxButton), Data: a.Press.Data()}
		last := len(k) - 1
		if last >= 0 && len(k[last]) < row && api.Len(b.Text) <= 8 {
			k[last] = append(k[last], b)
			continue
		}
		k = append(k, []api.Button{b})
	}
	return k
}
