package main

import (
	"guitu"
	"guitu/publishers/rest"
	"guitu/publishers/x"
)

// xChannel is an account on X.
type xChannel struct {
	ConsumerKeyFile    string `yaml:"consumer_key_file"`
	ConsumerSecretFile string `yaml:"consumer_secret_file"`
	TokenFile          string `yaml:"token_file"`
	TokenSecretFile    string `yaml:"token_secret_file"`
	API                string `yaml:"api"` // https://api.x.com when it is not given

	keys [4]Secret
}

func (c *xChannel) check(v *validator, k key, _ Config) {
	c.API = or(c.API, "https://api.x.com")
	v.url(append(k, "api"), c.API)
	for i, f := range [...]struct{ key, path string }{
		{"consumer_key_file", c.ConsumerKeyFile},
		{"consumer_secret_file", c.ConsumerSecretFile},
		{"token_file", c.TokenFile},
		{"token_secret_file", c.TokenSecretFile},
	} {
		c.keys[i] = v.needSecret(append(k, f.key), f.path)
	}
}

func (c *xChannel) address() string { return c.API }

func (c *xChannel) words() string { return "every notice to an account on X" }

func (c *xChannel) publisher(name string, o outside) (guitu.Publisher, error) {
	keys := x.Keys{
		ConsumerKey: c.keys[0].Reveal(), ConsumerSecret: c.keys[1].Reveal(), Token: c.keys[2].Reveal(), TokenSecret: c.keys[3].Reveal(),
	}
	return x.New(keys, x.Options{Options: rest.Options{Transport: o.transport}, Name: name, API: c.API})
}
