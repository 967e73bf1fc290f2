package practice

import (
	"bytes"
	"html/template"
	"net/http"

	"guitu/verify/source/weibohtml"
)

// index serves the page for people, with links into the practice sites.
func (s *site) index(w http.ResponseWriter, r *http.Request) {
	sites := []struct {
		Name, Link string
		Posts      []*Post
	}{
		{"演练 m.weibo.cn（JSON）", Mobile + "/api/container/getIndex?containerid=100103type%3D61%26q%3D", s.visible("m", "")},
		{"演练 s.weibo.com（HTML）", Search + "/realtime?q=", s.visible("s", "")},
		{"演练订阅源（RSS）", Feed, s.visible("f", "")},
	}
	human(w, r, indexPage, map[string]any{"Sites": sites, "All": len(s.posts)})
}

// post serves one post for people; s.weibo.com names it by its bid.
func (s *site) post(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	if mid, err := weibohtml.MID(id); err == nil && s.byID[mid] != nil {
		id = mid
	}
	p := s.byID[id]
	if p == nil || p.At.After(s.now()) {
		http.Error(w, "演练：没有这条帖文", http.StatusNotFound)
		return
	}
	human(w, r, postPage, p)
}

func (s *site) style(w http.ResponseWriter, r *http.Request) {
	reply(w, r, "text/css; charset=utf-8", []byte(css))
}

func human(w http.ResponseWriter, r *http.Request, t *template.Template, data any) {
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		http.Error(w, "演练页面出错", http.StatusInternalServerError)
		return
	}
	reply(w, r, "text/html; charset=utf-8", b.Bytes())
}

const css = `body{max-width:46rem;margin:0 auto;padding:1rem;font:1rem/1.6 system-ui,sans-serif;color:#1a1a1a;background:#fff}
.exercise{background:#8a1c1c;color:#fff;padding:.5rem 1rem;font-weight:bold}
a{color:#0b4f9e}article{border-top:1px solid #767676;padding:.5rem 0}.by{color:#595959;font-size:.9rem}p{white-space:pre-wrap;overflow-wrap:anywhere}
`

const frame = `{{define "head"}}<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>演练日</title><link rel="stylesheet" href="/practice/practice.css"></head><body>
<p class="exercise" role="note">演练：本站内容、人物、电话均为虚构，请勿传播</p>{{end}}
{{define "one"}}<p class="by">{{.Author}} · {{.At.Format "2006-01-02 15:04:05"}} · 转发 {{.Reposts}}</p>
<p>{{.Text}}</p>{{with .Original}}<blockquote>{{template "one" .}}</blockquote>{{end}}{{end}}`

var (
	indexPage = template.Must(template.Must(template.New("index").Parse(frame)).Parse(`{{template "head"}}
<main><h1>演练日</h1>
<p>这里是机器人在演练时抓取的页面，格式与真实网站一致。帖文在开始后一分钟内陆续出现，共 {{.All}} 条。</p>
{{range .Sites}}<section><h2><a href="{{.Link}}">{{.Name}}</a>：{{len .Posts}} 条</h2>
{{range .Posts}}<article>{{template "one" .}}</article>
{{end}}</section>{{end}}</main></body></html>`))

	postPage = template.Must(template.Must(template.New("post").Parse(frame)).Parse(`{{template "head"}}
<main><h1>演练帖文</h1><article>{{template "one" .}}</article><p><a href="/practice/">返回演练日</a></p></main></body></html>`))
)
