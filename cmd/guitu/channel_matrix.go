package main

import (
	"strings"

	"guitu"
	"guitu/publishers/matrix"
	"guitu/publishers/rest"
)

// matrixChannel is a room of a Matrix server.
type matrixChannel struct {
	Server    string `yaml:"server"` // https://matrix.example
	Room      string `yaml:"room"`   // !id:matrix.example
	TokenFile string `yaml:"token_file"`
	Own       bool   `yaml:"own"` // the server is one's own and throws redacted pictures away

	token Secret
}

func (m *matrixChannel) check(v *validator, k key, _ Config) {
	v.url(append(k, "server"), m.Server)
	m.token = v.needSecret(append(k, "token_file"), m.TokenFile)
	if !strings.HasPrefix(m.Room, "!") {
		v.bad(append(k, "room"), "want a room's id, which begins with !, got %q", m.Room)
	}
}

func (m *matrixChannel) address() string { return m.Server }

func (m *matrixChannel) words() string { return "every notice to a room on " + m.Server }

func (m *matrixChannel) publisher(name string, o outside) (guitu.Publisher, error) {
	return matrix.New(m.Server, m.token.Reveal(), m.Room, matrix.Options{Options: rest.Options{Transport: o.transport}, Name: name, Own: m.Own})
}
