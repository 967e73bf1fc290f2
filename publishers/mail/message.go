package mail

import (
	"bytes"
	"fmt"
	"html/template"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"guitu"
	"guitu/publishers"
)

// limits: nothing is cut from a mail.
var limits = publishers.Limits{Text: 1 << 20, Pictures: 6}

// body is the notice as HTML: both languages, since there is room. It has no styles that dark modes or large print would fight with.
var body = template.Must(template.New("mail").Parse(`<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>{{.Subject}}</title></head>
<body style="font-family:sans-serif;font-size:16px;line-height:1.6;max-width:40em">
{{range .Parts}}<div lang="{{.Lang}}">
<h1 style="font-size:1.3em">{{.Text.Headline}}</h1>
{{with .Text.Keep}}<p><strong>{{.}}</strong></p>
{{end}}{{range .Paragraphs}}<p>{{.}}</p>
{{end}}{{with .Text.Instruction}}<p><strong>{{.}}</strong></p>
{{end}}</div>
{{end}}{{range .Pictures}}<p><img src="{{.Source}}" alt="{{.Alt}}" style="max-width:100%"></p>
{{end}}<p>核验码 Check code: <strong>{{.Code}}</strong><br><a href="{{.Link}}">{{.Link}}</a></p>
</body></html>
`))

type part struct {
	Lang       string
	Text       guitu.Text
	Paragraphs []string
}

type shown struct {
	Source template.URL
	Alt    string
}

// bothLanguages is the notice in Chinese, and in English where there is one.
func bothLanguages(pub guitu.Publication) string {
	text := publishers.Plain(pub.Notice, guitu.Chinese, pub.Link, limits)
	if _, ok := pub.Notice.Texts[guitu.English]; ok {
		text += "\n\n" + strings.Repeat("-", 20) + "\n\n" + publishers.Plain(pub.Notice, guitu.English, pub.Link, limits)
	}
	return text
}

// message is the notice as a mail: a text, the same as HTML, and the pictures.
func (p *Publisher) message(pub guitu.Publication, id string) ([]byte, error) {
	n := pub.Notice
	m := gomail.NewMsg()
	if err := m.FromFormat("归途 guitu", p.from); err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	// Its readers are named to the server only.
	if err := m.To(p.from); err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	subject := strings.ReplaceAll(n.Texts[guitu.Chinese].Headline, "\n", " ")
	m.Subject(subject)
	m.SetMessageIDWithValue(id)
	m.SetDateWithValue(n.MadeAt)
	m.SetBulk()
	m.SetListUnsubscribe("<mailto:" + p.o.Unsubscribe + "?subject=unsubscribe>")
	if pub.ReplyTo.ExternalID != "" {
		m.SetGenHeader("In-Reply-To", "<"+pub.ReplyTo.ExternalID+">")
		m.SetGenHeader("References", "<"+pub.ReplyTo.ExternalID+">")
	}
	m.SetBodyString(gomail.TypeTextPlain, bothLanguages(pub))

	v := struct {
		Subject, Code, Link string
		Parts               []part
		Pictures            []shown
	}{Subject: subject, Code: n.Code, Link: pub.Link}
	for _, lang := range [...]string{guitu.Chinese, guitu.English} {
		if t, ok := n.Texts[lang]; ok {
			v.Parts = append(v.Parts, part{lang, t, strings.Split(t.Description, "\n")})
		}
	}
	for i, picture := range pub.Pictures[:min(len(pub.Pictures), limits.Pictures)] {
		s := shown{template.URL(picture.URL), picture.Alt[guitu.Chinese]} //nolint:gosec // an address of our own site
		switch {
		case picture.URL != "":
		case picture.Child || len(picture.Bytes) == 0:
			continue // It could not be taken back.
		default:
			name := fmt.Sprintf("p%d.%s", i, id)
			if err := m.EmbedReader(picture.Name, bytes.NewReader(picture.Bytes), gomail.WithFileContentID("<"+name+">"),
				gomail.WithFileContentType(gomail.ContentType(picture.Type))); err != nil {
				return nil, fmt.Errorf("mail: %w", err)
			}
			s.Source = template.URL("cid:" + name) //nolint:gosec // made here
		}
		v.Pictures = append(v.Pictures, s)
	}
	var b bytes.Buffer
	if err := body.Execute(&b, v); err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	m.AddAlternativeString(gomail.TypeTextHTML, b.String())
	var out bytes.Buffer
	if _, err := m.WriteTo(&out); err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	return out.Bytes(), nil
}
