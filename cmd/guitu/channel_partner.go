package main

import (
	"context"

	"guitu"
	"guitu/publishers/partner"
	"guitu/publishers/rest"
)

// partnerChannel is a partner's application.
type partnerChannel struct {
	URL        string `yaml:"url"`
	SecretFile string `yaml:"secret_file"` // whsec_…

	secret Secret
}

func (p *partnerChannel) check(v *validator, k key, _ Config) {
	v.url(append(k, "url"), p.URL)
	p.secret = v.needSecret(append(k, "secret_file"), p.SecretFile)
	if p.secret.IsZero() {
		return
	}
	if _, err := partner.New(or(p.URL, "https://x"), p.secret.Reveal(), partner.Options{}); err != nil {
		v.bad(append(k, "secret_file"), "%v", err)
	}
}

func (p *partnerChannel) address() string { return p.URL }

func (p *partnerChannel) words() string { return "every notice by place to a partner" }

func (p *partnerChannel) publisher(name string, o outside) (guitu.Publisher, error) {
	po := partner.Options{Options: rest.Options{Transport: o.transport}, Name: name}
	if o.heard != nil {
		po.Heard = func(ctx context.Context, key string, r partner.Reach) { o.heard(ctx, name, key, r) }
	}
	return partner.New(p.URL, p.secret.Reveal(), po)
}
