package weibo

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"guitu"
	"guitu/verify/source"
)

// answer is what the search returns. Fields that the site writes now as one type and now as another are json.RawMessage.
type answer struct {
	OK   int    `json:"ok"`
	Msg  string `json:"msg"`
	Data struct {
		Cards []card `json:"cards"`
	} `json:"data"`
}

type card struct {
	Blog  json.RawMessage `json:"mblog"`
	Group []card          `json:"card_group"`
	Desc  string          `json:"desc"`
}

type blog struct {
	ID      flexible        `json:"id"`
	MID     flexible        `json:"mid"`
	Created string          `json:"created_at"`
	Text    string          `json:"text"`
	IsLong  json.RawMessage `json:"isLongText"`
	Long    *struct {
		Content string `json:"longTextContent"`
	} `json:"longText"`
	User *struct {
		Name string `json:"screen_name"`
	} `json:"user"`
	State    int             `json:"state"`
	Deleted  flexible        `json:"deleted"`
	Reposts  flexible        `json:"reposts_count"`
	Pics     json.RawMessage `json:"pics"`
	Original json.RawMessage `json:"retweeted_status"`
}

// errNotFlat says that an object or a list stands where a string or a number should.
var errNotFlat = errors.New("a field is an object or a list, want a string or a number")

// flexible is a string that the site also writes as a number.
type flexible string

func (f *flexible) UnmarshalJSON(data []byte) error {
	var s string
	if json.Unmarshal(data, &s) == nil {
		*f = flexible(s)
		return nil
	}
	switch data[0] {
	case '{', '[':
		return errNotFlat
	}
	*f = flexible(data)
	return nil
}

// stateDeleted is a post that its author or the site took away.
const stateDeleted = 5

// maxPosts is how many posts of a page are looked at; the site shows about twenty.
const maxPosts = 200

// maxDepth bounds card_group in card_group; the site has one level.
const maxDepth = 4

// parse puts the posts of a page into h. last is true when the site says that there are no more.
func parse(body []byte, page int, base string, now time.Time, h *source.Harvest) (fresh int, last bool, err error) {
	var a answer
	if err := json.Unmarshal(body, &a); err != nil {
		return 0, false, noJSON(body, err)
	}
	blogs, empty := collect(a.Data.Cards, 0)
	switch {
	case a.OK == -100:
		return 0, false, fmt.Errorf("%w: the site wants a login (ok:-100)", guitu.ErrWall)
	case a.OK != 1 && len(blogs) == 0:
		return 0, true, refusal(a)
	case len(blogs) == 0 && (empty || page > 1):
		return 0, true, nil
	case len(blogs) == 0:
		return 0, false, fmt.Errorf("%w: a page without posts that does not say that there are none", guitu.ErrMarkup)
	}
	readable := 0
	for _, raw := range blogs[:min(len(blogs), maxPosts)] {
		n, ok := add(raw, base, now, h)
		fresh += n
		if ok {
			readable++
		}
	}
	if readable == 0 {
		return 0, false, fmt.Errorf("%w: %d posts, and none of them can be read", guitu.ErrMarkup, len(blogs))
	}
	return fresh, false, nil
}

// noJSON says what an answer is that json could not read.
func noJSON(body []byte, err error) error {
	if !bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
		return fmt.Errorf("%w: %s", guitu.ErrMarkup, jsonTrouble(err))
	}
	if source.WalledOff(string(body)) {
		return fmt.Errorf("%w: a page for signing in where JSON should be", guitu.ErrWall)
	}
	return fmt.Errorf("%w: a page of HTML where JSON should be", guitu.ErrMarkup)
}

// jsonTrouble says what is wrong with JSON without repeating any of it.
func jsonTrouble(err error) string {
	switch e := err.(type) { //nolint:errorlint // json returns these bare
	case *json.SyntaxError:
		return fmt.Sprintf("no JSON at byte %d", e.Offset)
	case *json.UnmarshalTypeError:
		return fmt.Sprintf("field %s is a %s", e.Field, strings.Fields(e.Value + " ?")[0])
	}
	if errors.Is(err, errNotFlat) {
		return err.Error()
	}
	return "no JSON"
}

// refusal reads the site's own words for why there are no posts; nil when there are just none.
func refusal(a answer) error {
	for _, s := range []string{"没有内容", "暂无", "没有找到", "未找到"} {
		if strings.Contains(a.Msg, s) {
			return nil
		}
	}
	if strings.Contains(a.Msg, "频繁") {
		return &guitu.RetryError{After: 10 * time.Minute, Err: fmt.Errorf("the site says that we ask too often")}
	}
	if strings.Contains(a.Msg, "登录") || strings.Contains(a.Msg, "验证") {
		return fmt.Errorf("%w: the site wants a login (ok:%d)", guitu.ErrWall, a.OK)
	}
	return fmt.Errorf("%w: the site answered ok:%d with a message that is not known", guitu.ErrMarkup, a.OK)
}

// collect gathers the posts of cards and of the groups in them; empty is true when a card says that nothing was found.
func collect(cards []card, depth int) (blogs []json.RawMessage, empty bool) {
	for _, c := range cards {
		if len(c.Blog) > 0 && !bytes.Equal(c.Blog, []byte("null")) {
			blogs = append(blogs, c.Blog)
		}
		for _, s := range []string{"没有找到", "未找到", "暂无", "没有内容", "无相关"} {
			empty = empty || strings.Contains(c.Desc, s)
		}
		if depth < maxDepth {
			more, none := collect(c.Group, depth+1)
			blogs, empty = append(blogs, more...), empty || none
		}
	}
	return blogs, empty
}

// add takes a post and, when it forwards another, that one too: the search shows it, and it is where the story stands. ok is
// false when raw has not the shape of a post.
func add(raw json.RawMessage, base string, now time.Time, h *source.Harvest) (fresh int, ok bool) {
	count := func(added bool) {
		if added {
			fresh++
		}
	}
	var b blog
	if err := json.Unmarshal(raw, &b); err != nil {
		count(h.Reject("", "post: "+jsonTrouble(err), raw))
		return fresh, false
	}
	if len(b.Original) > 0 && b.Original[0] == '{' {
		var o blog
		if err := json.Unmarshal(b.Original, &o); err != nil {
			count(h.Reject("", "forwarded post: "+jsonTrouble(err), b.Original))
		} else if !o.gone() {
			count(o.add(base, now, b.Original, h))
		}
	}
	if b.gone() {
		return fresh, true
	}
	count(b.add(base, now, raw, h))
	return fresh, b.id() != "" && b.Text != ""
}

// gone reports whether the post was taken away. What its author deleted is not kept.
func (b blog) gone() bool {
	return b.User == nil || b.State == stateDeleted || b.Deleted == "1" || b.Deleted == "true"
}

func (b blog) id() string {
	if b.ID != "" && b.ID != "null" {
		return string(b.ID)
	}
	return strings.TrimSuffix(string(b.MID), "null")
}

// add takes the post, and has it completed when the page shows its beginning only.
func (b blog) add(base string, now time.Time, raw []byte, h *source.Harvest) bool {
	p := b.post(base, now)
	if (b.Long == nil || b.Long.Content == "") && string(b.IsLong) == "true" {
		return h.AddPart(p, raw)
	}
	return h.Add(p, raw)
}

// parseWhole reads the text of a post that is longer than the search shows.
func parseWhole(res *source.Response) (string, error) {
	var a struct {
		OK   int    `json:"ok"`
		Msg  string `json:"msg"`
		Data struct {
			Content string `json:"longTextContent"`
		} `json:"data"`
	}
	if err := json.Unmarshal(res.Text(), &a); err != nil {
		return "", noJSON(res.Text(), err)
	}
	switch text := source.PlainText(a.Data.Content); {
	case a.OK == -100:
		return "", fmt.Errorf("%w: the site wants a login (ok:-100)", guitu.ErrWall)
	case text != "":
		return text, nil
	}
	return "", cmp.Or(refusal(answer{OK: a.OK, Msg: a.Msg}), fmt.Errorf("%w: an answer without a text", guitu.ErrMarkup))
}

func (b blog) post(base string, now time.Time) guitu.Post {
	content := b.Text
	if b.Long != nil && b.Long.Content != "" {
		content = b.Long.Content
	}
	p := guitu.Post{
		ExternalID: b.id(),
		Author:     b.User.Name,
		Text:       unfold(source.PlainText(content)),
		Reposts:    source.ParseCount(string(b.Reposts)),
		Images:     pictures(b.Pics),
	}
	// A date that can't be read is left to Sanitize.
	p.PostedAt, _ = source.ParseTime(b.Created, now)
	if _, err := strconv.ParseUint(p.ExternalID, 10, 64); err == nil {
		p.URL = base + "/detail/" + p.ExternalID
	}
	return p
}

// unfold takes off the link that unfolds a long post.
func unfold(text string) string {
	if rest, ok := strings.CutSuffix(text, "...全文"); ok {
		return rest + "…"
	}
	return text
}

// pictures reads pics, which is a list or an object whose keys are positions.
func pictures(raw json.RawMessage) []string {
	type pic struct {
		URL   string `json:"url"`
		Large struct {
			URL string `json:"url"`
		} `json:"large"`
	}
	var list []pic
	if json.Unmarshal(raw, &list) != nil {
		var object map[string]pic
		if json.Unmarshal(raw, &object) != nil {
			return nil
		}
		for i := range len(object) {
			if p, ok := object[strconv.Itoa(i)]; ok {
				list = append(list, p)
			}
		}
	}
	var urls []string
	for _, p := range list {
		if p.Large.URL != "" {
			urls = append(urls, p.Large.URL)
		} else if p.URL != "" {
			urls = append(urls, p.URL)
		}
	}
	return urls
}
