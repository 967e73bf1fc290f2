package console

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"guitu"
)

// changeForm is what was typed into one of the forms beside a case, with what was wrong with it.
type changeForm struct {
	Which string            // "extend", "cancel", "close", "handover", "family", "ask", "decide"
	V     map[string]string // as typed
	Error string
}

// At returns the form when it is the one that failed.
func (f changeForm) At(which string) string {
	if f.Which == which {
		return f.Error
	}
	return ""
}

// Was is what was typed into a field of a form that failed.
func (f changeForm) Was(which, field string) string {
	if f.Which == which {
		return f.V[field]
	}
	return ""
}

// amendForm is what an update says of itself.
type amendForm struct {
	Kind, Note           string
	KindError, NoteError string
	Blocks, Odd          []concernRow // of the changed facts
	Ticked               map[string]bool
}

// change is one press on a form beside a case.
type change struct {
	id, officer int64
	version     int
	key         string
	sent        func(field string) string
}

// changed carries out a press on one of the forms beside a case. What cannot be done shows the case again with what was typed.
func (c *console) changed(w http.ResponseWriter, r *http.Request, me guitu.Officer, which string, do func(ctx context.Context, p change) (said string, err error)) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	p := change{id: id, officer: me.ID, sent: func(field string) string {
		return strings.TrimSpace(strings.ReplaceAll(r.PostForm.Get(field), "\r\n", "\n"))
	}}
	p.version, _ = strconv.Atoi(p.sent("version")) // what is no version is an outdated one
	key := p.sent("key")
	p.key = pressKey(me, key)
	var said string
	if !isKey(key) {
		err = guitu.Errorf(guitu.Invalid, "表单不完整，没有作任何更改。请重新提交。")
	} else {
		said, err = do(r.Context(), p)
	}
	switch guitu.KindOf(err) {
	case "":
		c.opts.Log.InfoContext(r.Context(), "alert changed in the console", "alert", id, "how", which, "officer", me.ID)
		return c.done(w, r, alertPath(id), said)
	case guitu.Invalid, guitu.Conflict:
	default:
		return err
	}
	why, reasonErr := c.reason(r, me, id)
	if reasonErr != nil || why == "" {
		return err
	}
	f := changeForm{Which: which, V: map[string]string{}, Error: guitu.Message(err)}
	for field := range r.PostForm {
		f.V[field] = r.PostForm.Get(field)
	}
	return c.showCase(w, r, me, statusOf(err), id, why, f)
}

// needed returns the words of a field that must be filled in.
func (p change) needed(field, complaint string) (string, error) {
	s := p.sent(field)
	switch {
	case s == "":
		return "", guitu.Errorf(guitu.Invalid, "%s", complaint)
	case !utf8.ValidString(s) || utf8.RuneCountInString(s) > guitu.MaxBasis:
		return "", guitu.Errorf(guitu.Invalid, "最多 %d 字。", guitu.MaxBasis)
	}
	return s, nil
}

// instant reads a date and a time of the form.
func (c *console) instant(p change, field string) (time.Time, error) {
	date, clock := narrow(p.sent(field+"_date")), narrow(p.sent(field+"_time"))
	t, err := time.ParseInLocation("2006-01-02 15:04", date+" "+clock, c.opts.Location)
	if err != nil {
		return t, guitu.Errorf(guitu.Invalid, "请填日期（如 2031-05-06）和时间（如 16:30）。")
	}
	return t.UTC(), nil
}

func (c *console) extendAlert(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	return c.changed(w, r, me, "extend", func(ctx context.Context, p change) (string, error) {
		hours, err := strconv.Atoi(p.sent("hours"))
		if err != nil || hours < 1 || hours > 720 {
			return "", guitu.Errorf(guitu.Invalid, "请选择延长多久。")
		}
		a, _, err := c.opts.Alerts.Alert(ctx, p.id, p.officer)
		if err != nil {
			return "", err
		}
		a, err = c.opts.Alerts.Extend(ctx, guitu.ExtendRequest{
			AlertID: p.id, OfficerID: p.officer, Version: p.version, Until: a.Expires.Add(time.Duration(hours) * time.Hour), Key: p.key,
		})
		return "有效期已延长到 " + a.Expires.In(c.opts.Location).Format("01-02 15:04") + "。", err
	})
}

func (c *console) cancelAlert(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	return c.changed(w, r, me, "cancel", func(ctx context.Context, p change) (string, error) {
		reason, err := p.needed("reason", "请写明为何撤销。")
		if err != nil {
			return "", err
		}
		_, err = c.opts.Alerts.Cancel(ctx, guitu.CancelRequest{AlertID: p.id, OfficerID: p.officer, Version: p.version, Reason: reason, Key: p.key})
		return "警报已撤销，正从各渠道收回。", err
	})
}

func (c *console) closeAlert(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	return c.changed(w, r, me, "close", func(ctx context.Context, p change) (string, error) {
		closing, err := c.closing(p)
		if err != nil {
			return "", err
		}
		_, err = c.opts.Alerts.Close(ctx, guitu.CloseRequest{AlertID: p.id, OfficerID: p.officer, Version: p.version, Closing: closing, Key: p.key})
		return "案件已结案，姓名和照片正从各渠道撤下。", err
	})
}

// closing reads how a case ended.
func (c *console) closing(p change) (k guitu.Closing, err error) {
	outcome, life, ok := strings.Cut(p.sent("outcome"), "/")
	k.Outcome, k.Life = guitu.Outcome(outcome), guitu.Life(life)
	if _, known := find(guitu.Outcomes[:], func(o guitu.Outcome) bool { return o == k.Outcome }); !ok || !known || !k.Outcome.Fits(k.Life) {
		return k, guitu.Errorf(guitu.Invalid, "请选择结果。")
	}
	switch {
	case p.sent("found_time") != "":
		if k.FoundAt, err = c.instant(p, "found"); err != nil {
			return k, err
		}
		if k.FoundAt.After(c.opts.Now()) {
			return k, guitu.Errorf(guitu.Invalid, "找到的时间不能晚于现在。")
		}
	case k.Outcome != guitu.OutcomeFalse && k.Life != guitu.LifeUnknown: // a false report finds nobody
		return k, guitu.Errorf(guitu.Invalid, "请填找到的时间，大约即可。")
	}
	if k.Evidence, err = p.needed("evidence", "请写明依据，如“派出所民警当面确认”。"); err != nil {
		return k, err
	}
	if s := narrow(p.sent("distance")); s != "" {
		km, err := strconv.ParseFloat(strings.TrimSuffix(s, "公里"), 64)
		if err != nil || !(km >= 0 && km <= 20000) {
			return k, guitu.Errorf(guitu.Invalid, "距离请填公里数。")
		}
		k.Distance = &km
	}
	return k, nil
}

func (c *console) handOverAlert(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	key := r.PostForm.Get("key")
	deskID, err := strconv.ParseInt(r.PostForm.Get("desk"), 10, 64)
	if trouble := handTrouble(key, deskID, err); trouble != "" {
		return guitu.Errorf(guitu.Invalid, "%s没有作任何更改。", trouble)
	}
	if _, err := c.opts.Alerts.HandOver(r.Context(), guitu.HandOverRequest{AlertID: id, OfficerID: me.ID, DeskID: deskID, Key: pressKey(me, key)}); err != nil {
		return err
	}
	c.opts.Log.InfoContext(r.Context(), "alert handed over in the console", "alert", id, "desk", deskID, "officer", me.ID)
	return c.done(w, r, "/console/alerts", fmt.Sprintf("警报 #%d 已移交。", id))
}

func (c *console) dropAlert(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	key := r.PostForm.Get("key")
	if !isKey(key) || r.PostForm.Get("sure") != "yes" {
		return guitu.Errorf(guitu.Invalid, "请勾选确认后再弃用。没有作任何更改。")
	}
	if err := c.opts.Alerts.Drop(r.Context(), id, me.ID, pressKey(me, key)); err != nil {
		return err
	}
	c.opts.Log.InfoContext(r.Context(), "draft dropped in the console", "alert", id, "officer", me.ID)
	return c.done(w, r, "/console/alerts", fmt.Sprintf("草稿 #%d 已弃用。", id))
}

func (c *console) familyRequest(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	return c.changed(w, r, me, "family", func(ctx context.Context, p change) (string, error) {
		asked, err := p.needed("asked", "请写明家属的请求。")
		if err != nil {
			return "", err
		}
		answer, err := p.needed("answer", "请写明书面答复。")
		if err != nil {
			return "", err
		}
		return "家属请求和答复已记录。", c.opts.Alerts.Family(ctx, guitu.FamilyRequest{
			AlertID: p.id, OfficerID: p.officer, Asked: asked, Answer: answer, Delete: p.sent("delete") == "yes", Key: p.key,
		})
	})
}

// askApproval asks for a second officer's agreement to a wider ring, or to the changed settings of the draft's tier.
func (c *console) askApproval(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	return c.changed(w, r, me, "ask", func(ctx context.Context, p change) (string, error) {
		if p.sent("kind") == string(guitu.ApproveTier) {
			return c.askTier(ctx, p)
		}
		reach, err := strconv.Atoi(p.sent("reach"))
		if _, known := find(guitu.Rings[:], func(km int) bool { return km == reach }); err != nil || !known {
			return "", guitu.Errorf(guitu.Invalid, "请选择要扩到多远。")
		}
		reason, err := p.needed("reason", "请写明为何需要。")
		if err != nil {
			return "", err
		}
		_, err = c.opts.Alerts.AskApproval(ctx, guitu.ApprovalRequest{
			AlertID: p.id, OfficerID: p.officer, Kind: guitu.ApproveReach, Reach: reach, Reason: reason, Key: p.key,
		})
		return "已请求复核，等待另一位民警同意。", err
	})
}

// askTier asks for agreement to the settings that the facts have instead of their tier's.
func (c *console) askTier(ctx context.Context, p change) (string, error) {
	a, _, err := c.opts.Alerts.Alert(ctx, p.id, p.officer)
	if err != nil {
		return "", err
	}
	if a.Facts.Rule == nil || a.Facts.TierReason == "" {
		return "", guitu.Errorf(guitu.Invalid, "没有调整等级的设置，或没有写明理由。")
	}
	_, err = c.opts.Alerts.AskApproval(ctx, guitu.ApprovalRequest{
		AlertID: p.id, OfficerID: p.officer, Kind: guitu.ApproveTier, Tier: a.Facts.Tier, Rule: *a.Facts.Rule, Reason: a.Facts.TierReason, Key: p.key,
	})
	return "已请求复核，等待另一位民警同意。同意后请再次“核对并发布”。", err
}

// decideApproval answers an approval, or goes on alone once its time has come.
func (c *console) decideApproval(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	return c.changed(w, r, me, "decide", func(ctx context.Context, p change) (string, error) {
		approvalID, err := strconv.ParseInt(r.PathValue("approval"), 10, 64)
		if err != nil {
			return "", guitu.Errorf(guitu.NotFound, "没有这项复核。")
		}
		switch p.sent("decision") {
		case "override":
			_, err = c.opts.Alerts.Override(ctx, approvalID, p.officer, p.key)
			return "已按超时规则自行决定，并通报上级值班台。", err
		case "agree":
			_, err = c.opts.Alerts.Decide(ctx, guitu.ApprovalDecision{ApprovalID: approvalID, OfficerID: p.officer, Agree: true, Reason: p.sent("reason"), Key: p.key})
			return "已同意。", err
		case "refuse":
			reason, err := p.needed("reason", "不同意时请写明理由。")
			if err != nil {
				return "", err
			}
			_, err = c.opts.Alerts.Decide(ctx, guitu.ApprovalDecision{ApprovalID: approvalID, OfficerID: p.officer, Reason: reason, Key: p.key})
			return "已答复不同意。", err
		}
		return "", guitu.Errorf(guitu.Invalid, "请选择同意或不同意。")
	})
}
