package source

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// PlainText turns a fragment of HTML into text as a reader sees it: line breaks where blocks end, pictures as their alternative
// text (Weibo's "[泪]"), links as their words, no scripts, no icons. Broken markup is read as far as it goes.
func PlainText(fragment string) string {
	if !strings.ContainsAny(fragment, "<&") {
		return strings.TrimSpace(fragment)
	}
	var w lines
	z := html.NewTokenizer(strings.NewReader(fragment))
	z.SetMaxBuf(1 << 20)
	skip, depth := atom.Atom(0), 0 // inside an element whose content is not for readers
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return w.String()
		case html.TextToken:
			if depth == 0 {
				w.text(string(z.Text()))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			if depth > 0 {
				if t.DataAtom == skip && kind == html.StartTagToken {
					depth++
				}
				continue
			}
			switch {
			case kind == html.StartTagToken && hidden(t):
				skip, depth = t.DataAtom, 1
			case t.DataAtom == atom.Br:
				w.newline()
			case t.DataAtom == atom.Img:
				w.text(attr(t, "alt"))
			case block(t.DataAtom):
				w.block()
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			a := atom.Lookup(name)
			if depth > 0 {
				if a == skip {
					depth--
				}
			} else if block(a) {
				w.block()
			}
		}
	}
}

// hidden reports whether an element holds nothing for readers. Weibo's icon font draws the letters in <i class="wbicon"> as
// pictures, and the links that unfold and fold a long post are no part of it.
func hidden(t html.Token) bool {
	switch t.DataAtom {
	case atom.Script, atom.Style, atom.Template, atom.Iframe, atom.Textarea, atom.Title:
		return true
	case atom.I:
		return strings.Contains(attr(t, "class"), "wbicon")
	case atom.A:
		return strings.HasPrefix(attr(t, "action-type"), "fl_")
	}
	return false
}

func block(a atom.Atom) bool {
	switch a {
	case atom.P, atom.Div, atom.Li, atom.Tr, atom.Blockquote, atom.Section, atom.Article, atom.Ul, atom.Ol, atom.Table,
		atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Hr, atom.Pre:
		return true
	}
	return false
}

func attr(t html.Token, key string) string {
	for _, a := range t.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// lines builds a text whose white space is that of a rendered page.
type lines struct {
	b      strings.Builder
	breaks int  // line breaks that stand before the next word
	space  bool // a space stands before the next word
}

func (w *lines) text(s string) {
	for i, word := range strings.FieldsFunc(s, asciiSpace) {
		if i > 0 || asciiSpace(rune(s[0])) {
			w.space = true
		}
		w.word(word)
	}
	if s != "" && asciiSpace(rune(s[len(s)-1])) {
		w.space = true
	}
}

func (w *lines) word(s string) {
	if w.b.Len() > 0 {
		if w.breaks > 0 {
			w.b.WriteString(strings.Repeat("\n", min(w.breaks, 2)))
		} else if w.space {
			w.b.WriteByte(' ')
		}
	}
	w.breaks, w.space = 0, false
	w.b.WriteString(s)
}

func (w *lines) newline() { w.breaks++ }

// block begins a line unless one has begun.
func (w *lines) block() { w.breaks = max(1, w.breaks) }

func (w *lines) String() string { return w.b.String() }

func asciiSpace(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == '\r' || r == '\f' }
