package main

import (
	"net/url"
	"strings"

	"guitu"
	"guitu/publishers/rest"
	"guitu/publishers/weibo"
	"guitu/verify/source/weibohtml"
)

// weiboChannel is an account on Weibo.
type weiboChannel struct {
	TokenFile     string `yaml:"token_file"`
	Commercial    bool   `yaml:"commercial"`     // the application may use the commercial interface
	IP            string `yaml:"ip"`             // our address as Weibo sees it, "" to leave it out
	API           string `yaml:"api"`            // https://api.weibo.com when it is not given
	CommercialAPI string `yaml:"commercial_api"` // https://c.api.weibo.com when it is not given

	token Secret
}

func (w *weiboChannel) check(v *validator, k key, _ Config) {
	w.token = v.needSecret(append(k, "token_file"), w.TokenFile)
	w.API = or(w.API, "https://api.weibo.com")
	w.CommercialAPI = or(w.CommercialAPI, "https://c.api.weibo.com")
	v.url(append(k, "api"), w.API)
	v.url(append(k, "commercial_api"), w.CommercialAPI)
}

func (w *weiboChannel) address() string { return w.API }

func (w *weiboChannel) words() string { return "every notice to an account on Weibo" }

func (w *weiboChannel) publisher(name string, o outside) (guitu.Publisher, error) {
	return weibo.New(w.token.Reveal(), w.options(name, o))
}

func (w *weiboChannel) options(name string, o outside) weibo.Options {
	return weibo.Options{
		Options: rest.Options{Transport: o.transport}, Name: name, Commercial: w.Commercial, IP: w.IP, API: w.API, CommercialAPI: w.CommercialAPI,
	}
}

// weiboComments are comments by an account on Weibo, under the posts that told a story.
type weiboComments struct {
	TokenFile string `yaml:"token_file"`
	API       string `yaml:"api"` // https://api.weibo.com when it is not given

	account weiboChannel
}

func (w *weiboComments) check(v *validator, k key, c Config) {
	w.account = weiboChannel{TokenFile: w.TokenFile, API: w.API}
	w.account.check(v, k, c)
}

func (w *weiboComments) address() string { return w.account.API }

func (w *weiboComments) words() string {
	return "what came of a story as comments under its posts on Weibo"
}

func (w *weiboComments) publisher(name string, o outside) (guitu.Publisher, error) {
	return weibo.NewComments(w.account.token.Reveal(), weiboPost, w.account.options(name, o))
}

// weiboPost tells the number of a post on Weibo from its address: https://m.weibo.cn/status/ID, https://m.weibo.cn/detail/ID,
// https://weibo.com/USER/ID and https://m.weibo.cn/USER/ID, where ID is the number or how Weibo writes it in base 62.
func weiboPost(address string) (string, bool) {
	u, err := url.Parse(address)
	if err != nil {
		return "", false
	}
	host := strings.TrimPrefix(u.Hostname(), "www.")
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	if host != "weibo.com" && host != "m.weibo.cn" && host != "weibo.cn" || len(parts) != 2 {
		return "", false
	}
	id := parts[1]
	if strings.Trim(id, "0123456789") == "" && len(id) > 10 {
		return id, true
	}
	mid, err := weibohtml.MID(id)
	return mid, err == nil
}
