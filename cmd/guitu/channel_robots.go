package main

import (
	"guitu"
	"guitu/publishers/dingtalk"
	"guitu/publishers/feishu"
	"guitu/publishers/rest"
	"guitu/publishers/wecom"
)

// wecomChannel is the robot of a WeCom group.
type wecomChannel struct {
	WebhookFile string `yaml:"webhook_file"`

	webhook Secret
}

func (w *wecomChannel) check(v *validator, k key, _ Config) {
	w.webhook = v.webhook(append(k, "webhook_file"), w.WebhookFile)
}

func (w *wecomChannel) address() string { return w.webhook.Reveal() }

func (w *wecomChannel) words() string { return "every notice to a WeCom group" }

func (w *wecomChannel) publisher(name string, o outside) (guitu.Publisher, error) {
	return wecom.New(w.webhook.Reveal(), wecom.Options{Options: rest.Options{Transport: o.transport}, Name: name})
}

// dingtalkChannel is the robot of a DingTalk group.
type dingtalkChannel struct {
	WebhookFile string `yaml:"webhook_file"`
	SecretFile  string `yaml:"secret_file"` // with which it signs

	webhook, secret Secret
}

func (d *dingtalkChannel) check(v *validator, k key, _ Config) {
	d.webhook = v.webhook(append(k, "webhook_file"), d.WebhookFile)
	d.secret = v.needSecret(append(k, "secret_file"), d.SecretFile)
}

func (d *dingtalkChannel) address() string { return d.webhook.Reveal() }

func (d *dingtalkChannel) words() string { return "every notice to a DingTalk group" }

func (d *dingtalkChannel) publisher(name string, o outside) (guitu.Publisher, error) {
	return dingtalk.New(d.webhook.Reveal(), d.secret.Reveal(), dingtalk.Options{Options: rest.Options{Transport: o.transport}, Name: name})
}

// feishuChannel is the robot of a Feishu group.
type feishuChannel struct {
	WebhookFile string `yaml:"webhook_file"`
	SecretFile  string `yaml:"secret_file"` // with which it signs

	webhook, secret Secret
}

func (f *feishuChannel) check(v *validator, k key, _ Config) {
	f.webhook = v.webhook(append(k, "webhook_file"), f.WebhookFile)
	f.secret = v.needSecret(append(k, "secret_file"), f.SecretFile)
}

func (f *feishuChannel) address() string { return f.webhook.Reveal() }

func (f *feishuChannel) words() string { return "every notice to a Feishu group" }

func (f *feishuChannel) publisher(name string, o outside) (guitu.Publisher, error) {
	return feishu.New(f.webhook.Reveal(), f.secret.Reveal(), feishu.Options{Options: rest.Options{Transport: o.transport}, Name: name})
}
