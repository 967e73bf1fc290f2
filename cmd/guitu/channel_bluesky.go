package main

import (
	"guitu"
	"guitu/publishers/bluesky"
	"guitu/publishers/rest"
)

// blueskyChannel is an account of the AT Protocol.
type blueskyChannel struct {
	Server       string `yaml:"server"` // the personal data server, https://bsky.social when it is not given
	Handle       string `yaml:"handle"`
	PasswordFile string `yaml:"password_file"`

	password Secret
}

func (b *blueskyChannel) check(v *validator, k key, _ Config) {
	b.Server = or(b.Server, "https://bsky.social")
	v.url(append(k, "server"), b.Server)
	if b.Handle == "" {
		v.bad(append(k, "handle"), "missing")
	}
	b.password = v.needSecret(append(k, "password_file"), b.PasswordFile)
}

func (b *blueskyChannel) address() string { return b.Server }

func (b *blueskyChannel) words() string { return "every notice as " + b.Handle + " on " + b.Server }

func (b *blueskyChannel) publisher(name string, o outside) (guitu.Publisher, error) {
	return bluesky.New(b.Server, b.Handle, b.password.Reveal(), bluesky.Options{Options: rest.Options{Transport: o.transport}, Name: name})
}
