package console

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"guitu"
	"guitu/bot"
)

type registryBody struct {
	Text   string // what was searched for
	Assets []assetRow
	Older  string // address of the next page, "" on the last
	First  bool
}

// assetRow is an asset as far as the reader may see it.
type assetRow struct {
	guitu.Asset
	Kind  string
	Shown string
	Story bool // the reader may open its story
}

// registry lists what stood in refuted stories. Whoever may not see a story sees its numbers and names masked; searching is by the
// whole number or name, so that it shows nothing that the reader does not have.
func (c *console) registry(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	if _, err := reach(me); err != nil {
		return err
	}
	q := r.URL.Query()
	text, err := searched(q.Get("text"))
	if err != nil {
		return err
	}
	older, err := before(q)
	if err != nil {
		return err
	}
	all, err := c.backend.Registry(r.Context(), text, older, listLimit+1)
	if err != nil {
		return err
	}
	b := registryBody{Text: text, First: older == 0}
	if len(all) > listLimit {
		all = all[:listLimit]
		q.Set("before", strconv.FormatInt(all[listLimit-1].ID, 10))
		b.Older = "/console/registry?" + q.Encode()
	}
	for _, a := range all {
		row := assetRow{
			Asset: a, Kind: bot.AssetLabel(a.Kind).Zh, Shown: a.Value,
			Story: maySee(guitu.Question{Rumor: guitu.Rumor{Claim: guitu.Claim{Area: a.Area}}}, me),
		}
		if !row.Story {
			row.Shown = masked(a)
		}
		b.Assets = append(b.Assets, row)
	}
	return c.render(w, r, http.StatusOK, "registry", page{Title: "不实信息登记", Me: me, Body: b})
}

// masked makes an asset unreadable as far as it may tell of somebody.
func masked(a guitu.Asset) string {
	if a.Kind == guitu.AssetName {
		return guitu.MaskName(a.Value)
	}
	return guitu.Mask(a.Value)
}

// dropAsset takes something out of the registry.
func (c *console) dropAsset(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := c.backend.DropAsset(r.Context(), id, me.ID, strings.TrimSpace(r.PostForm.Get("reason"))); err != nil {
		return err
	}
	c.opts.Log.InfoContext(r.Context(), "asset dropped", "asset", id, "officer", me.ID)
	to := "/console/registry"
	if text := r.PostForm.Get("text"); text != "" {
		to += "?" + url.Values{"text": {text}}.Encode()
	}
	return c.done(w, r, to, "已移出登记，不再提示。")
}
