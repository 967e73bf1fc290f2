package main

import (
	"net/url"

	"guitu"
	"guitu/publishers/mail"
)

// mailChannel is a list of readers by e-mail.
type mailChannel struct {
	Server       string       `yaml:"server"` // smtps://mail.example, or smtp://mail.example:587
	From         string       `yaml:"from"`
	User         string       `yaml:"user"`
	PasswordFile string       `yaml:"password_file"`
	Unsubscribe  string       `yaml:"unsubscribe"` // where readers write who want no more, From when it is not given
	Readers      []mailReader `yaml:"readers"`

	password Secret
}

// mailReader is who gets notices.
type mailReader struct {
	Address string   `yaml:"address"`
	Areas   []string `yaml:"areas"` // GB/T 2260 codes, none for all
}

func (m *mailChannel) check(v *validator, k key, _ Config) {
	if u, err := url.Parse(m.Server); err != nil || u.Hostname() == "" || u.User != nil || u.Scheme != "smtp" && u.Scheme != "smtps" {
		v.bad(append(k, "server"), "want a URL that begins with smtp:// or smtps:// and names no account")
	}
	m.password = v.secret(append(k, "password_file"), m.PasswordFile, "")
	if (m.User == "") != m.password.IsZero() {
		v.bad(append(k, "user"), "user and password_file go together")
	}
	for i, r := range m.Readers {
		for _, a := range r.Areas {
			if _, err := guitu.ParseArea(a); err != nil || a == "" {
				v.bad(append(k, "readers", i, "areas"), "want GB/T 2260 codes of six digits, got %q", a)
			}
		}
	}
	if _, err := mail.New(or(m.Server, "smtp://x"), m.From, m.readers(), mail.Options{}); err != nil {
		v.bad(k, "%v", err)
	}
}

func (m *mailChannel) readers() []mail.Reader {
	var all []mail.Reader
	for _, r := range m.Readers {
		one := mail.Reader{Address: r.Address}
		for _, a := range r.Areas {
			one.Areas = append(one.Areas, guitu.Area(a))
		}
		all = append(all, one)
	}
	return all
}

func (m *mailChannel) address() string { return m.Server }

func (m *mailChannel) words() string { return "notices by e-mail from " + m.From }

func (m *mailChannel) publisher(name string, o outside) (guitu.Publisher, error) {
	return mail.New(m.Server, m.From, m.readers(), mail.Options{
		Name: name, User: m.User, Password: m.password.Reveal(), Unsubscribe: m.Unsubscribe, Dial: o.guard.DialContext,
	})
}
