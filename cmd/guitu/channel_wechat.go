package main

import (
	"guitu"
	"guitu/publishers/rest"
	"guitu/publishers/wechat"
)

// wechatChannel is a WeChat official account.
type wechatChannel struct {
	AppID      string `yaml:"app_id"`
	SecretFile string `yaml:"secret_file"`
	Cover      string `yaml:"cover"` // media id of a permanent picture
	API        string `yaml:"api"`   // https://api.weixin.qq.com when it is not given

	secret Secret
}

func (w *wechatChannel) check(v *validator, k key, _ Config) {
	w.secret = v.needSecret(append(k, "secret_file"), w.SecretFile)
	for name, value := range map[string]string{"app_id": w.AppID, "cover": w.Cover} {
		if value == "" {
			v.bad(append(k, name), "missing")
		}
	}
	w.API = or(w.API, "https://api.weixin.qq.com")
	v.url(append(k, "api"), w.API)
}

func (w *wechatChannel) address() string { return w.API }

func (w *wechatChannel) words() string {
	return "every notice as an article of a WeChat official account"
}

func (w *wechatChannel) publisher(name string, o outside) (guitu.Publisher, error) {
	return wechat.New(w.AppID, w.secret.Reveal(), w.Cover, wechat.Options{Options: rest.Options{Transport: o.transport}, Name: name, API: w.API})
}
