package console

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"guitu"
	"guitu/bot"
)

const (
	listLimit = 50
	postLimit = 500
	refresh   = 60 // seconds between two looks at the waiting list
)

type waitingBody struct {
	Area      guitu.Area
	Questions []guitu.Question
	More      bool
	Auto      bool
	Duty      guitu.Duty
}

// front leads everybody to their work.
func (c *console) front(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	if me.Role == guitu.RoleAuditor {
		http.Redirect(w, r, "/console/audit", http.StatusSeeOther)
		return nil
	}
	return c.waiting(w, r, me)
}

// waiting lists what waits for the officer's desk, and everything for an administrator.
func (c *console) waiting(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	area, err := reach(me)
	if err != nil {
		return err
	}
	qs, err := c.backend.Waiting(r.Context(), area, listLimit+1)
	if err != nil {
		return err
	}
	b := waitingBody{Area: area, Questions: qs, Auto: !r.URL.Query().Has("still")}
	if len(qs) > listLimit {
		b.Questions, b.More = qs[:listLimit], true
	}
	if me.Desk.ID != 0 {
		if b.Duty, err = c.backend.Duty(r.Context(), me.Desk.ID); err != nil {
			return err
		}
	}
	p := page{Title: "待核查", Me: me, Body: b}
	if b.Auto {
		p.Auto = refresh
	}
	return c.render(w, r, http.StatusOK, "waiting", p)
}

// reach is the area whose stories an officer may see listed.
func reach(me guitu.Officer) (guitu.Area, error) {
	if me.Role == guitu.RoleAdmin {
		return "", nil
	}
	if me.Desk.ID == 0 {
		// The zero desk's empty area would be the whole country.
		return "", guitu.Errorf(guitu.Forbidden, "您还没有值班台，请联系管理员。")
	}
	return me.Desk.Area, nil
}

type storiesBody struct {
	Text   string
	State  guitu.RumorState
	States []guitu.RumorState
	Area   guitu.Area
	Desks  []guitu.Desk // whose areas can be chosen
	Rumors []guitu.Rumor
	Older  string // address of the next page, "" on the last
	First  bool
}

func (c *console) stories(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	mine, err := reach(me)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	f := RumorFilter{State: guitu.RumorState(q.Get("state")), Area: mine, Limit: listLimit + 1}
	if f.State != "" && !slices.Contains(guitu.RumorStates[:], f.State) {
		return guitu.Errorf(guitu.Invalid, "没有这种状态。")
	}
	if s := q.Get("area"); s != "" {
		if f.Area, err = guitu.ParseArea(s); err != nil {
			return err
		}
		if !mine.Covers(f.Area) {
			return guitu.Errorf(guitu.Forbidden, "该区划不在您的辖区内。")
		}
	}
	if f.Before, err = before(q); err != nil {
		return err
	}
	all, err := c.backend.Desks(r.Context())
	if err != nil {
		return err
	}
	if f.Text, err = searched(q.Get("text")); err != nil {
		return err
	}
	b := storiesBody{Text: f.Text, State: f.State, States: guitu.RumorStates[:], Area: f.Area, First: f.Before == 0}
	for _, d := range all {
		if mine.Covers(d.Area) && d.Area != "" {
			b.Desks = append(b.Desks, d)
		}
	}
	if b.Rumors, err = c.backend.Rumors(r.Context(), f); err != nil {
		return err
	}
	if len(b.Rumors) > listLimit {
		b.Rumors = b.Rumors[:listLimit]
		q.Set("before", strconv.FormatInt(b.Rumors[listLimit-1].ID, 10))
		b.Older = "/console/stories?" + q.Encode()
	}
	return c.render(w, r, http.StatusOK, "stories", page{Title: "全部传言", Me: me, Body: b})
}

// before reads the id below which a list goes on.
func before(q url.Values) (int64, error) {
	s := q.Get("before")
	if s == "" {
		return 0, nil
	}
	id, err := strconv.ParseInt(s, 10, 64)
	if err != nil || id <= 0 {
		return 0, guitu.Errorf(guitu.Invalid, "页码无效。")
	}
	return id, nil
}

type storyBody struct {
	Question  guitu.Question
	Card      bot.Card
	Posts     []guitu.Post
	Truncated bool // there are more posts than are shown
	History   []guitu.Event
	Precedent int64 // the earlier story when the officer may open it, else 0
	Into      int64 // the story into which it went when the officer may open that, else 0
	Choices   []bot.Action
	Desks     []guitu.Desk // to which it can be handed, the likeliest first
	Form      verdictForm
	HandError string
	Refusal   string // why the officer may do nothing at all, "" when nothing stands against it
	Regroup   regroup
	AlertKey  string // identifies the press that begins an alert, "" when the reader may not
}

// Confirmed reports whether the officer found the story true.
func (b storyBody) Confirmed() bool {
	return b.Question.Verdict != nil && b.Question.Verdict.Ruling == guitu.Confirmed
}

// Public reports whether a choice is told to the public.
func (b storyBody) Public(a bot.Action) bool { return a.Press.Ruling.NeedsBasis() }

// MaxBasis is the longest basis in characters.
func (b storyBody) MaxBasis() int { return guitu.MaxBasis }

func (c *console) story(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	q, err := c.question(r, me)
	if err != nil {
		return err
	}
	return c.showStory(w, r, me, http.StatusOK, q, storyBody{Form: verdictForm{Key: newKey()}})
}

// question returns the story that the path names when the officer may see it.
func (c *console) question(r *http.Request, me guitu.Officer) (guitu.Question, error) {
	id, err := pathID(r)
	if err != nil {
		return guitu.Question{}, err
	}
	q, err := c.backend.Question(r.Context(), id)
	if err != nil {
		return guitu.Question{}, err
	}
	if !maySee(q, me) {
		c.opts.Log.WarnContext(r.Context(), "story refused", "rumor", id, "officer", me.ID)
		return guitu.Question{}, guitu.Errorf(guitu.Forbidden, "该传言不在您值班台的辖区内。")
	}
	return q, nil
}

// maySee reports whether an officer may read a story's full text: those who may rule on it, and administrators.
func maySee(q guitu.Question, me guitu.Officer) bool {
	return me.Role == guitu.RoleAdmin || mayRule(q, me)
}

func mayRule(q guitu.Question, me guitu.Officer) bool {
	return me.Desk.ID != 0 && bot.MayRule(q, me)
}

// refusal says why an officer may not act at all, "" when nothing stands against it.
func (c *console) refusal(me guitu.Officer) string { return guitu.Message(me.Acts(c.opts.Now())) }

// showStory shows the whole text of a story with b's forms as they were filled in. The view is recorded first: what cannot be
// recorded is not shown.
func (c *console) showStory(w http.ResponseWriter, r *http.Request, me guitu.Officer, status int, q guitu.Question, b storyBody) error {
	ctx, id := r.Context(), q.Rumor.ID
	why := c.storyReason(r, me, q)
	if why == "" {
		return c.showWhy(w, r, me, status, storyPath(id), "")
	}
	reason, note := guitu.ParseViewReason(why)
	if err := c.backend.Viewed(ctx, id, me.ID, reason, note); err != nil {
		return err
	}
	b.Question = q
	b.Card = bot.NewCard(q, bot.CardOptions{Location: c.opts.Location, AreaName: c.opts.AreaName})
	var err error
	if b.Posts, err = c.backend.Posts(ctx, id, postLimit+1); err != nil {
		return err
	}
	if len(b.Posts) > postLimit {
		b.Posts, b.Truncated = b.Posts[:postLimit], true
	}
	if b.History, err = c.backend.History(ctx, id); err != nil {
		return err
	}
	if p := q.Precedent; p != nil && maySee(guitu.Question{Rumor: p.Rumor}, me) {
		b.Precedent = p.Rumor.ID
	}
	if p := q.Into; p != nil && maySee(guitu.Question{Rumor: p.Rumor}, me) {
		b.Into = p.Rumor.ID
	}
	if b.Refusal = c.refusal(me); b.Refusal == "" && mayRule(q, me) {
		if c.opts.Alerts != nil && c.mayIssue(me) && q.Into == nil {
			b.AlertKey = newKey()
		}
		b.Choices = choices(q, me)
		if q.Verdict == nil && q.Into == nil {
			desks, err := c.backend.Desks(ctx)
			if err != nil {
				return err
			}
			b.Desks = handTo(q, desks)
		}
	}
	if err := c.alike(r, me, q, &b.Regroup); err != nil {
		return err
	}
	return c.render(w, r, status, "story", page{Title: "传言 #" + strconv.FormatInt(id, 10), Me: me, Body: b})
}
