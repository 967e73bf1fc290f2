package main

import (
	"guitu"
	"guitu/publishers/mastodon"
	"guitu/publishers/rest"
)

// mastodonChannel is an account on a Mastodon server.
type mastodonChannel struct {
	Server    string `yaml:"server"` // https://mastodon.example
	TokenFile string `yaml:"token_file"`
	Limit     int    `yaml:"limit"` // characters that the server takes, 500 when it is not given

	token Secret
}

func (m *mastodonChannel) check(v *validator, k key, _ Config) {
	v.url(append(k, "server"), m.Server)
	m.token = v.needSecret(append(k, "token_file"), m.TokenFile)
	if m.Limit < 0 || m.Limit > 0 && m.Limit < 300 {
		v.bad(append(k, "limit"), "want 300 characters or more, got %d", m.Limit)
	}
}

func (m *mastodonChannel) address() string { return m.Server }

func (m *mastodonChannel) words() string { return "every notice to an account on " + m.Server }

func (m *mastodonChannel) publisher(name string, o outside) (guitu.Publisher, error) {
	return mastodon.New(m.Server, m.token.Reveal(), mastodon.Options{Options: rest.Options{Transport: o.transport}, Name: name, Limit: m.Limit})
}
