package source_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"

	"guitu"
	"guitu/verify/source"
)

func bomb(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(make([]byte, 1<<20)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPlainText(t *testing.T) {
	for _, tt := range []struct{ html, want string }{
		{"", ""},
		{"只有字", "只有字"},
		{"一<br />二<br/><br/>三", "一\n二\n\n三"},
		{"<p>一</p><p>二</p>", "一\n二"},
		{"<div><div>一</div></div>二", "一\n二"},
		{"a &lt;b&gt; &amp; &#21525;", "a <b> & 吕"},
		{`转发理由 <a href='/n/x'>@某人</a>:看看//<a href='/n/y'>@别人</a>:原话`, "转发理由 @某人:看看//@别人:原话"},
		{`<span class="url-icon"><img alt=[泪] src="x.png"></span>难过`, "[泪]难过"},
		{`看<a href="https://t.example/1"><span class='url-icon'><img src='a.png'></span><span class="surl-text">网页链接</span></a>`, "看网页链接"},
		{`长文<a action-type="fl_unfold">展开<i class="wbicon">c</i></a>`, "长文"},
		{`<i class="wbicon">2</i>地点`, "地点"},
		{"a<script>alert('x')</script><style>p{}</style>b", "ab"},
		{"a<script>", "a"},
		{"  a \n\t b  ", "a \n\t b"},
		{"<b>  a \n\t b  </b> c", "a b c"},
		{"<", "<"},
		{"a<b", "a"},
		{strings.Repeat("<div>", 20000) + "深", "深"},
	} {
		if got := source.PlainText(tt.html); got != tt.want {
			t.Errorf("PlainText(%.80q) = %q, want %q", tt.html, got, tt.want)
		}
	}
}

func TestParseTime(t *testing.T) {
	now := time.Date(2026, 11, 24, 4, 30, 20, 0, time.UTC) // 12:30:20 in Shanghai
	for _, tt := range []struct{ s, want string }{
		{"刚刚", "2026-11-24 04:30:20"},
		{"30秒前", "2026-11-24 04:29:50"},
		{"5分钟前", "2026-11-24 04:25:20"},
		{" 2小时前 ", "2026-11-24 02:30:20"},
		{"3天前", "2026-11-21 04:30:20"},
		{"今天 12:30", "2026-11-24 04:30:00"},
		{"今天08:05", "2026-11-24 00:05:00"},
		{"昨天 23:59", "2026-11-23 15:59:00"},
		{"前天 00:00", "2026-11-21 16:00:00"},
		{"11-24", "2026-11-23 16:00:00"},
		{"12-03", "2025-12-02 16:00:00"}, // has not come this year
		{"02-29", "2024-02-28 16:00:00"},
		{"11月03日 08:15", "2026-11-03 00:15:00"},
		{"2023-12-3", "2023-12-02 16:00:00"},
		{"2023年12月03日 08:15", "2023-12-03 00:15:00"},
		{"2026/11/24 12:30", "2026-11-24 04:30:00"},
		{"2026-11-24T12:30:05", "2026-11-24 04:30:05"},
		{"2026-11-24 12:30:05", "2026-11-24 04:30:05"},
		{"Tue Nov 24 12:30:00 +0800 2026", "2026-11-24 04:30:00"},
		{"2026-11-24T12:30:00+08:00", "2026-11-24 04:30:00"},
		{"2026-11-24T04:30:00Z", "2026-11-24 04:30:00"},
		{"Tue, 24 Nov 2026 12:30:00 +0800", "2026-11-24 04:30:00"},
		{"2030-01-01 00:00", "2029-12-31 16:00:00"}, // clamping is Sanitize's
		{"", ""},
		{"明天", ""},
		{"13-01", ""},
		{"02-30", ""},
		{"今天 25:00", ""},
		{"99999分钟前", ""},
		{"2023-02-29", ""},
	} {
		got, ok := source.ParseTime(tt.s, now)
		text := ""
		if ok {
			text = got.Format(time.DateTime)
			if got.Location() != time.UTC {
				t.Errorf("ParseTime(%q) is not UTC", tt.s)
			}
		}
		if text != tt.want {
			t.Errorf("ParseTime(%q) = %q, want %q", tt.s, text, tt.want)
		}
	}
}

func TestParseCount(t *testing.T) {
	for s, want := range map[string]int{
		"": 0, "转发": 0, "12": 12, " 1,024 ": 1024, "1.2万": 12000, "100万+": 1_000_000, "3亿": 300_000_000, "-5": 0, "NaN": 0,
		"Inf": 1_000_000_000, "1e300": 1_000_000_000, "99999亿": 1_000_000_000, "万": 0, "0x10": 0,
	} {
		if got := source.ParseCount(s); got != want {
			t.Errorf("ParseCount(%q) = %d, want %d", s, got, want)
		}
	}
}

func TestResponseText(t *testing.T) {
	const text = "<html><p>寻找走失的孩子，一切都好吗"
	gbk, _ := simplifiedchinese.GBK.NewEncoder().String(text)
	gb18030, _ := simplifiedchinese.GB18030.NewEncoder().String(text + "𠮷")
	big5, _ := traditionalchinese.Big5.NewEncoder().String("<p>尋找走失的孩子")
	meta := func(charset string) string { return `<meta charset="` + charset + `">` }
	for _, tt := range []struct{ contentType, body, want string }{
		{"text/html", text, text},
		{"text/html; charset=utf-8", text, text},
		{"text/html; charset=gbk", text, text}, // says GBK and is UTF-8
		{"text/html; charset=gb2312", gbk, text},
		{"text/html", meta("gbk") + gbk, meta("gbk") + text},
		{"text/html", gbk, text},
		{"", gbk, text},
		{"application/json", gb18030, text + "𠮷"},
		{"text/html; charset=utf-8", gbk, text}, // says UTF-8 and is GBK
		{"text/html; charset=big5", big5, "<p>尋找走失的孩子"},
		{"text/html; charset=nonsense", gbk, text},
		{"text/html; charset=utf-8", "\xef\xbb\xbf" + text, text},
		{"", "", ""},
	} {
		r := source.Response{ContentType: tt.contentType, Body: []byte(tt.body)}
		if got := string(r.Text()); got != tt.want {
			t.Errorf("%s %q: got %q, want %q", tt.contentType, tt.body, got, tt.want)
		}
	}
	broken := source.Response{ContentType: "text/html; charset=utf-8", Body: []byte(text + "\xff\xfe\xff" + text)}
	if got := broken.Text(); !utf8.Valid(got) {
		t.Errorf("a broken page gives %q", got)
	}
}

func TestSanitize(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.FixedZone("CST", 8*3600))
	good := guitu.Post{
		ExternalID: " 1 ", Text: "\u200b 甲\x00乙\r\n丙\t丁\u202e\u2066\ufeff ", Author: "某\n人\x07" + strings.Repeat("长", 200),
		URL: "https://user:pass@site.example/1", Images: []string{"javascript:x", "", "http://site.example/a.jpg", "http://site.example/a.jpg", "//b"}, Reposts: -3,
	}
	p, err := source.Sanitize(good, now)
	if err != nil {
		t.Fatal(err)
	}
	if p.ExternalID != "1" || p.Text != "甲乙\n丙 丁" || utf8.RuneCountInString(p.Author) != 100 || !strings.HasPrefix(p.Author, "某 人长") ||
		p.URL != "https://site.example/1" || strings.Join(p.Images, " ") != "http://site.example/a.jpg" || p.Reposts != 0 {
		t.Errorf("got %+v", p)
	}
	if !p.PostedAt.Equal(now) || p.PostedAt.Location() != time.UTC || !p.SeenAt.Equal(now) {
		t.Errorf("posted at %s, seen at %s", p.PostedAt, p.SeenAt)
	}
	if p, _ := source.Sanitize(guitu.Post{ExternalID: "1", Text: "e\u0301"}, now); p.Text != "é" {
		t.Errorf("text %q is not NFC", p.Text)
	}
	if p, _ := source.Sanitize(guitu.Post{ExternalID: "1", Text: "👨‍👩‍👧"}, now); p.Text != "👨‍👩‍👧" {
		t.Errorf("emoji became %q", p.Text)
	}
	past := now.Add(-time.Hour)
	for posted, want := range map[time.Time]time.Time{past: past, now.Add(time.Hour): now, {}: now, time.Unix(0, 0): now, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC): now} {
		if p, _ := source.Sanitize(guitu.Post{ExternalID: "1", Text: "甲", PostedAt: posted}, now); !p.PostedAt.Equal(want) {
			t.Errorf("posted at %s became %s, want %s", posted, p.PostedAt, want)
		}
	}
	for want, bad := range map[string]guitu.Post{
		"no id":             {Text: "甲"},
		"id is not usable":  {ExternalID: "a\x00b", Text: "甲"},
		"no text":           {ExternalID: "1", Text: " \u200b\n"},
		"invalid UTF-8":     {ExternalID: "1", Text: "\xff"},
		"over the limit":    {ExternalID: "1", Text: strings.Repeat("a", guitu.MaxText+1)},
		"text of 77952 byt": {ExternalID: "1", Text: strings.Repeat("\u0958", 12992)}, // NFC is twice as long
	} {
		if _, err := source.Sanitize(bad, now); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v", want, err)
		}
	}
}

func TestSeen(t *testing.T) {
	s := source.NewSeen(3)
	for i := range 5 {
		if !s.Add(fmt.Sprint(i)) {
			t.Errorf("%d is known", i)
		}
	}
	reload := func() string {
		data, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		s = source.NewSeen(3)
		if err := json.Unmarshal(data, s); err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	// Everything that was met in this read stays, though it is more than the limit.
	if got := reload(); got != `["0","1","2","3","4"]` {
		t.Errorf("first: %s", got)
	}
	// An id that is met again outlives those that are not.
	if s.Add("0") {
		t.Error("0 is forgotten")
	}
	s.Add("5")
	if got := reload(); got != `["4","0","5"]` {
		t.Errorf("second: %s", got)
	}
	long := strings.Repeat("x", 1000)
	if !s.Add(long) || s.Add(long) {
		t.Error("a long id is not kept")
	}
	if got := reload(); len(got) > 100 {
		t.Errorf("a long id takes %d bytes", len(got))
	}
	if s.Add(long) {
		t.Error("a long id is forgotten")
	}
}

func TestHarvestQuarantinesOnce(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	seen := source.NewSeen(10)
	for i, want := range []int{4, 0} {
		h := source.NewHarvest("s", now, seen)
		h.Add(guitu.Post{ExternalID: "1"}, []byte("one, at "+fmt.Sprint(i)))
		h.Add(guitu.Post{ExternalID: "2"}, []byte("another, at "+fmt.Sprint(i)))
		h.Add(guitu.Post{}, []byte("two"))
		h.Reject("", "three", bytes.Repeat([]byte("3"), 10_000))
		b := h.Batch("", false)
		if len(b.Rejects) != want {
			t.Fatalf("read %d: %d rejects, want %d", i, len(b.Rejects), want)
		}
		if want > 0 && len(b.Rejects[3].Raw) != source.MaxRaw {
			t.Errorf("%d bytes are kept, want %d", len(b.Rejects[3].Raw), source.MaxRaw)
		}
	}
}

func TestLoginRedirectAndWall(t *testing.T) {
	if !source.WalledOff(`<script>location.replace("https://passport.weibo.com/x")</script>`) || source.WalledOff("<p>改版了</p>") {
		t.Error("WalledOff")
	}
	for _, bad := range []string{"a\nb", "甲", "a\x00"} {
		if _, err := source.CheckCookie(bad); err == nil || strings.Contains(err.Error(), bad) {
			t.Errorf("CheckCookie(%q) = %v", bad, err)
		}
	}
	if got, err := source.CheckCookie(" a=b; c=d\r\n"); got != "a=b; c=d" || err != nil {
		t.Errorf("CheckCookie = %q, %v", got, err)
	}
}
