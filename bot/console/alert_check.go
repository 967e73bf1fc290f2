package console

import (
	"net/http"
	"strconv"

	"guitu"
)

// checkBody is the last look before an alert goes out.
type checkBody struct {
	Alert   guitu.Alert
	Blocks  []concernRow
	Odd     []concernRow
	Preview AlertPreview
	Pending []guitu.Approval // that wait for somebody
	AskTier bool             // the changed settings need a second officer, who was not asked yet
	Me      guitu.Officer
	NoView  string // why there is no preview
	Ticked  map[string]bool
	Key     string
	Error   string
}

// concernRow is a concern with the field to go to.
type concernRow struct {
	guitu.Concern
	Anchor, Word string
}

// Own reports whether the reader asked for an approval.
func (b checkBody) Own(a guitu.Approval) bool { return a.By.ID == b.Me.ID }

// concernRows parts what blocks from what is odd.
func concernRows(concerns []guitu.Concern) (blocks, odd []concernRow) {
	for _, k := range concerns {
		field := fieldOf(k)
		row := concernRow{Concern: k, Anchor: field, Word: alertWords[field]}
		if k.Blocks {
			blocks = append(blocks, row)
		} else {
			odd = append(odd, row)
		}
	}
	return blocks, odd
}

// pending are the approvals that wait for somebody.
func pending(all []guitu.Approval) (ps []guitu.Approval) {
	for _, p := range all {
		if p.Decision == "" {
			ps = append(ps, p)
		}
	}
	return ps
}

// First is the first ring in kilometres by the hours that the child is missing, as far as the tier reaches.
func (b checkBody) First() string {
	if b.Preview.Notice.Circle == nil {
		return ""
	}
	return strconv.Itoa(int(b.Preview.Notice.Circle.Radius))
}

// checkPage shows what stands against issuing, and exactly what would be told.
func (c *console) checkPage(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	a, _, err := c.opts.Alerts.Alert(r.Context(), id, me.ID)
	if err != nil {
		return err
	}
	if a.State != guitu.AlertDraft {
		http.Redirect(w, r, alertPath(id), http.StatusSeeOther)
		return nil
	}
	if err := c.viewedOnce(r, id, me, "发布前核对"); err != nil {
		return err
	}
	return c.showCheck(w, r, me, http.StatusOK, checkBody{Alert: a})
}

func (c *console) showCheck(w http.ResponseWriter, r *http.Request, me guitu.Officer, status int, b checkBody) error {
	ctx := r.Context()
	if b.Key == "" {
		b.Key = newKey()
	}
	concerns, err := c.opts.Alerts.Concerns(ctx, b.Alert.ID, me.ID)
	if err != nil {
		return err
	}
	b.Blocks, b.Odd = concernRows(concerns)
	approvals, err := c.opts.Alerts.Approvals(ctx, b.Alert.ID, me.ID)
	if err != nil {
		return err
	}
	b.Pending, b.Me = pending(approvals), me
	// Changed settings of a tier may need a second officer, who is asked here.
	_, b.AskTier = find(concerns, func(k guitu.Concern) bool { return k.Code == "tier_approval" })
	b.AskTier = b.AskTier && len(b.Pending) == 0
	b.Preview, err = c.opts.Alerts.Preview(ctx, b.Alert.ID, me.ID)
	switch guitu.KindOf(err) {
	case "":
	case guitu.Invalid, guitu.Conflict:
		b.NoView = guitu.Message(err) // too little is known yet: the concerns say what
	default:
		return err
	}
	return c.render(w, r, status, "alert_check", page{Title: "核对并发布", Me: me, Body: b})
}

// issue publishes a draft. The form carries the version that was shown, so that what goes out is what the officer has read.
func (c *console) issue(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	a, _, err := c.opts.Alerts.Alert(r.Context(), id, me.ID)
	if err != nil {
		return err
	}
	b := checkBody{Alert: a, Key: r.PostForm.Get("key"), Ticked: map[string]bool{}}
	for _, code := range r.PostForm["ack"] {
		b.Ticked[code] = true
	}
	version, err := strconv.Atoi(r.PostForm.Get("version"))
	if err != nil || !isKey(b.Key) {
		b.Key, b.Error = newKey(), "表单不完整，没有发布。请核对后重新提交。"
		return c.showCheck(w, r, me, http.StatusUnprocessableEntity, b)
	}
	issued, err := c.opts.Alerts.Issue(r.Context(), guitu.IssueRequest{
		AlertID: id, OfficerID: me.ID, Version: version, Acknowledged: r.PostForm["ack"], Key: pressKey(me, b.Key),
	})
	switch status := statusOf(err); {
	case err == nil:
	case status == http.StatusForbidden || status == http.StatusNotFound:
		return err
	default:
		b.Error = guitu.Message(err)
		if status == http.StatusInternalServerError {
			// Whether it went out is not known. The key stays, so that pressing again publishes once.
			c.opts.Log.ErrorContext(r.Context(), "issue alert", "alert", id, "officer", me.ID, "error", err)
			b.Error += "可再次按“发布”，不会重复发布。"
		} else {
			b.Key, b.Error = newKey(), b.Error+"没有发布，请看下面的最新情况。"
		}
		if a.State != guitu.AlertDraft {
			return c.done(w, r, alertPath(id)+"/channels", b.Error)
		}
		return c.showCheck(w, r, me, status, b)
	}
	c.opts.Log.InfoContext(r.Context(), "issued in the console", "alert", id, "officer", me.ID)
	return c.done(w, r, alertPath(id)+"/channels", "警报已发布，核验码 "+issued.Code+"。")
}

// alertPoster shows the picture that goes with an alert.
func (c *console) alertPoster(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	png, err := c.opts.Alerts.Poster(r.Context(), id, me.ID)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "image/png")
	w.Write(png) //nolint:errcheck // the browser has gone
	return nil
}

// channelsBody is how an alert stands on its channels. It holds nothing of the child, so that it may refresh itself on a wall.
type channelsBody struct {
	Alert      guitu.Alert
	Deliveries []guitu.Delivery
	Partly     bool // out on some channels, and not on all
	Waiting    bool // something is under way
	Standing   []guitu.Delivery
	Error      string
}

// live is how often the state of channels is looked at while something is under way, in seconds.
const live = 2

// channels shows the state of each channel, and by itself again while something is under way.
func (c *console) channels(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	return c.showChannels(w, r, me, http.StatusOK, "")
}

func (c *console) showChannels(w http.ResponseWriter, r *http.Request, me guitu.Officer, status int, trouble string) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	a, _, err := c.opts.Alerts.Alert(r.Context(), id, me.ID)
	if err != nil {
		return err
	}
	b := channelsBody{Alert: a, Error: trouble}
	if b.Deliveries, err = c.opts.Alerts.Deliveries(r.Context(), id, me.ID); err != nil {
		return err
	}
	b.Partly, b.Waiting, b.Standing = progress(b.Deliveries)
	p := page{Title: "发布情况 " + a.Code, Me: me, Body: b}
	if b.Waiting && trouble == "" {
		p.Auto, p.AutoURL = live, alertPath(id)+"/channels?auto=1"
	}
	return c.render(w, r, status, "alert_channels", p)
}

// progress says how far deliveries have come.
func progress(ds []guitu.Delivery) (partly, waiting bool, standing []guitu.Delivery) {
	out, not := 0, 0
	for _, d := range ds {
		switch d.State {
		case guitu.DeliverySent, guitu.DeliveryEdited, guitu.DeliveryPulled, guitu.DeliveryHandled:
			out++
		case guitu.DeliveryStanding:
			out++
			standing = append(standing, d)
		case guitu.DeliveryDue, guitu.DeliverySending:
			not++
			waiting = true
		case guitu.DeliveryHeld, guitu.DeliveryUnknown, guitu.DeliveryRefused, guitu.DeliveryGivenUp:
			not++
		case guitu.DeliveryWithdrawn: // never to go out
		}
	}
	return out > 0 && not > 0, waiting, standing
}

// settleAlert does what an officer decided of one delivery of the alert, once they have said to have looked.
func (c *console) settleAlert(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	deliveryID, err := strconv.ParseInt(r.PathValue("delivery"), 10, 64)
	if err != nil {
		return guitu.Errorf(guitu.NotFound, "没有这次投递。")
	}
	ds, err := c.opts.Alerts.Deliveries(r.Context(), id, me.ID)
	if err != nil {
		return err
	}
	how := Settling(r.PostForm.Get("how"))
	d, ok := find(ds, func(d guitu.Delivery) bool { return d.ID == deliveryID })
	switch {
	case !ok:
		return guitu.Errorf(guitu.NotFound, "没有这次投递。")
	case how != SettleResend && how != SettleSent && how != SettleHandled:
		return guitu.Errorf(guitu.Invalid, "没有这种处理。")
	case r.PostForm.Get("looked") != "yes":
		return c.showChannels(w, r, me, http.StatusUnprocessableEntity, "请先到“"+d.Channel+"”上查看，并勾选确认。没有作任何更改。")
	}
	switch err := c.opts.Alerts.Settle(r.Context(), deliveryID, me.ID, how); guitu.KindOf(err) {
	case "":
	case guitu.Conflict:
		return c.showChannels(w, r, me, http.StatusConflict, guitu.Message(err)+"没有作任何更改。")
	default:
		return err
	}
	c.opts.Log.InfoContext(r.Context(), "delivery settled by hand", "delivery", deliveryID, "how", how, "officer", me.ID)
	return c.done(w, r, alertPath(id)+"/channels", "“"+d.Channel+"”："+map[Settling]string{
		SettleResend: "已安排重新发送。", SettleSent: "已标记为已发。", SettleHandled: "已标记为人工处理。",
	}[how])
}

// find returns the first that is sought.
func find[T any](all []T, sought func(T) bool) (t T, ok bool) {
	for _, t := range all {
		if sought(t) {
			return t, true
		}
	}
	return t, false
}
