package console

import (
	"net/http"

	"guitu"
)

const quarantineLimit = 100

func (c *console) sources(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	ss, err := c.backend.Sources(r.Context())
	if err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, "sources", page{Title: "信源", Me: me, Body: ss})
}

// resumeSource sets a paused source going again. The name travels in the form, since it may hold any character.
func (c *console) resumeSource(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	name := r.PostForm.Get("name")
	if name == "" {
		return guitu.Errorf(guitu.Invalid, "没有指明信源。")
	}
	if err := c.backend.ResumeSource(r.Context(), name, me.ID); err != nil {
		return err
	}
	c.opts.Log.InfoContext(r.Context(), "source resumed", "source", name, "officer", me.ID)
	return c.done(w, r, "/console/sources", "信源“"+name+"”已恢复读取。")
}

// resumeChannel lets a paused channel go on.
func (c *console) resumeChannel(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	name := r.PostForm.Get("name")
	if name == "" {
		return guitu.Errorf(guitu.Invalid, "没有指明渠道。")
	}
	if err := c.backend.ResumeChannel(r.Context(), name, me.ID); err != nil {
		return err
	}
	c.opts.Log.InfoContext(r.Context(), "channel resumed", "channel", name, "officer", me.ID)
	return c.done(w, r, "/console/deliveries", "渠道“"+name+"”已恢复发布。")
}

func (c *console) quarantine(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	qs, err := c.backend.Quarantine(r.Context(), quarantineLimit)
	if err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, "quarantine", page{Title: "隔离区", Me: me, Body: qs})
}
