package bot

import (
	"context"
	"fmt"
	"hash/crc32"
	"slices"
	"strconv"
	"strings"
	"time"

	"guitu"
)

// Alerts is the life of alerts as a conversation needs it. Errors for people are *guitu.Error: Conflict when a change was made on an
// older version, Forbidden, Invalid, NotFound. A refused call changes nothing; the same Key again returns the same result.
type Alerts interface {
	// Begin makes a draft, from what the posts of a story say when there is one.
	Begin(ctx context.Context, b guitu.BeginRequest) (guitu.Alert, error)
	// Alert returns an alert to an officer who may change it, Forbidden to everybody else.
	Alert(ctx context.Context, alertID, officerID int64) (guitu.Alert, []guitu.Photo, error)
	// Edit changes the facts of a draft.
	Edit(ctx context.Context, e guitu.EditRequest) (guitu.Alert, error)
	// Drop puts a draft away that nobody will issue.
	Drop(ctx context.Context, alertID, officerID int64, key string) error
	// Concerns says what stands against issuing a draft as it is, what blocks first.
	Concerns(ctx context.Context, alertID, officerID int64) ([]guitu.Concern, error)
	// Preview is the notice as issuing would make it.
	Preview(ctx context.Context, alertID, officerID int64) (guitu.Notice, error)
	// Poster is the picture that would go with it, as PNG; NotFound on a machine that can't paint one.
	Poster(ctx context.Context, alertID, officerID int64) ([]byte, error)
	// Channels is what each channel would show of it.
	Channels(ctx context.Context, alertID, officerID int64) ([]Shown, error)
	// List lists alerts that an officer may see, the newest first.
	List(ctx context.Context, f guitu.AlertFilter) ([]guitu.Alert, error)
	// Rule is what a tier decides unless its settings are changed.
	Rule(t guitu.Tier) guitu.TierRule
	// Approvals lists those of an alert, the first first.
	Approvals(ctx context.Context, alertID, officerID int64) ([]guitu.Approval, error)
	AskApproval(ctx context.Context, r guitu.ApprovalRequest) (guitu.Approval, error)
	// Colleagues lists who of the desk that holds an alert may go on with it, besides the officer.
	Colleagues(ctx context.Context, alertID, officerID int64) ([]guitu.Officer, error)
	// HandOver passes an alert to another desk, or a draft to another officer of its desk.
	HandOver(ctx context.Context, h guitu.HandOverRequest) (guitu.Alert, error)
	// AddPhoto cleans a picture as it was sent and adds it. Of r.Photo only Alt is set.
	AddPhoto(ctx context.Context, r guitu.PhotoRequest) (guitu.Photo, error)
	// DescribePhoto says what a photo shows, for those who can't see it.
	DescribePhoto(ctx context.Context, alertID, photoID, officerID int64, alt, key string) error
	DropPhoto(ctx context.Context, alertID, photoID, officerID int64, key string) error
	Issue(ctx context.Context, i guitu.IssueRequest) (guitu.Alert, error)
}

// Shown is what people would see on one channel.
type Shown struct {
	Channel  string
	Text     string
	Pictures []string // what they show
}

// AlertReader reads what officers write about a child.
type AlertReader interface {
	// Facts returns what a text says, written at an instant.
	Facts(text string, at time.Time) guitu.Facts
	// Place returns the county that a text names and its centre; ok is false when it names none, or several.
	Place(text string) (area guitu.Area, centre guitu.Point, ok bool)
	// Nearest guesses the county of a point by the nearest centre.
	Nearest(p guitu.Point) (area guitu.Area, ok bool)
	// Centre is the centre of a county.
	Centre(area guitu.Area) (p guitu.Point, ok bool)
	// Name is the full name of an area, "" for one that is none.
	Name(area guitu.Area) string
}

// AlertOptions says how alerts are issued in the conversation. The draft is all that is kept: what is asked next follows from what
// stands against issuing it, and an answer is known by the first line of the question to which it replies.
type AlertOptions struct {
	Alerts Alerts      // nil: a child's data must not go into this chat, and drafts are written in the console
	Cases  Cases       // nil: alerts that are out are run in the console only
	Read   AlertReader // required with Alerts and Cases
	// Picture brings a picture that was sent, by Incoming.Picture. ErrRejected: it is gone, or too large. Required with Alerts.
	Picture func(ctx context.Context, name string) ([]byte, error)
	Form    string // address of the console's alerts
	Link    func(code string) string
	Now     func() time.Time // default: time.Now
}

func (o AlertOptions) now() time.Time {
	if o.Now != nil {
		return o.Now()
	}
	return time.Now() //nolint:forbidigo // the default of a clock that a caller can set
}

// beginAlert begins a draft, from a story when its number is given.
func (c *Conversation) beginAlert(ctx context.Context, in Incoming, o guitu.Officer, argument string) (Answer, error) {
	if c.o.Alert.Alerts == nil {
		return say("孩子的姓名和照片不能经过境外的聊天服务器，请在控制台起草并发布警报：" + c.o.Alert.Form + "\n登录链接请用 /console 索取。"), nil
	}
	if !c.mayList(in, o) {
		return say(elsewhere), nil
	}
	rumorID := int64(0)
	if argument != "" {
		if rumorID = number(strings.TrimPrefix(argument, "#")); rumorID < 1 {
			return say("用法：/alert 起草警报；/alert 17 据传言 #17 起草。"), nil
		}
	}
	a, err := c.o.Alert.Alerts.Begin(ctx, guitu.BeginRequest{OfficerID: o.ID, RumorID: rumorID, Key: in.Key})
	if err != nil {
		return Answer{}, err
	}
	if rumorID == 0 {
		return Answer{Say: askField(a.ID, o, "all", "")}, nil
	}
	return c.confirmNext(ctx, a.ID, o)
}

// nextOfAlert asks the next thing that stands against issuing a draft, or shows it for the last look.
func (c *Conversation) nextOfAlert(ctx context.Context, alertID int64, o guitu.Officer) (Answer, error) {
	concerns, err := c.o.Alert.Alerts.Concerns(ctx, alertID, o.ID)
	if err != nil {
		return Answer{}, err
	}
	i := nextConcern(concerns)
	if i < 0 {
		return c.review(ctx, alertID, o, 0)
	}
	a, photos, err := c.o.Alert.Alerts.Alert(ctx, alertID, o.ID)
	if err != nil {
		return Answer{}, err
	}
	if concerns[i].Code == "photo_alt" {
		return Answer{Say: askAlt(alertID, o, nameless(photos))}, nil
	}
	if concerns[i].Code == "tier_approval" {
		return c.waitForTier(ctx, a, o)
	}
	u := askField(alertID, o, fieldOf(concerns[i]), concerns[i].Message)
	u.Text += "\n\n目前的草稿：" + c.sketch(a.Facts)
	return Answer{Say: u}, nil
}

// review asks the officer to acknowledge each odd thing, of which so many are, and after the last shows what would be published.
func (c *Conversation) review(ctx context.Context, alertID int64, o guitu.Officer, seen int) (Answer, error) {
	a, photos, err := c.o.Alert.Alerts.Alert(ctx, alertID, o.ID)
	if err != nil {
		return Answer{}, err
	}
	concerns, err := c.o.Alert.Alerts.Concerns(ctx, alertID, o.ID)
	if err != nil {
		return Answer{}, err
	}
	p := Press{Verb: VerbAlert, AlertID: alertID, Version: a.Version, Arg: strconv.Itoa(seen) + "." + sum(concerns, photos...)}
	change := []Action{alertAction(alertID, "edit", "修改"), alertAction(alertID, "hand", "移交草稿"), dropAction(alertID)}
	if seen < len(concerns) {
		var sure []Action
		if concerns[seen].Code == "unconfirmed" {
			sure = c.sureActions(a)
		}
		p.Do, p.Arg = "ack", strconv.Itoa(seen+1)+"."+sum(concerns, photos...)
		return Answer{Say: &Utterance{
			Text:    fmt.Sprintf("警报草稿 #%d，请核对（%d/%d）：%s。\n\n%s", alertID, seen+1, len(concerns), concerns[seen].Message, c.sketch(a.Facts)),
			Choices: slices.Concat(sure, []Action{{Label: "已核对，继续", Press: p}}, change), To: o,
		}}, nil
	}
	p.Do = "issue"
	return c.lastLook(ctx, a, o, append([]Action{{Label: "立即发布", Press: p}, alertAction(alertID, "chan", "各渠道预览")}, change...))
}

// sum tells apart what was looked at beside the facts, so that nobody acknowledges or publishes what came up after the look.
func sum(all []guitu.Concern, photos ...guitu.Photo) string {
	h := crc32.NewIEEE()
	for _, p := range photos {
		_, _ = fmt.Fprintf(h, "%s\n%s\n", p.Digest, p.Alt)
	}
	for _, k := range all {
		_, _ = h.Write([]byte(k.Code + "\n" + k.Message + "\n")) // a hash never fails
	}
	return strconv.FormatUint(uint64(h.Sum32()), 16)
}

// pressAlert handles a button of a draft.
func (c *Conversation) pressAlert(ctx context.Context, in Incoming, o guitu.Officer, p Press) (Answer, error) {
	if c.o.Alert.Alerts == nil {
		return Answer{}, guitu.Errorf(guitu.Forbidden, "请在控制台处理警报：%s", c.o.Alert.Form)
	}
	if !c.mayList(in, o) {
		return Answer{}, guitu.Errorf(guitu.Forbidden, elsewhere)
	}
	a, photos, err := c.o.Alert.Alerts.Alert(ctx, p.AlertID, o.ID)
	if err != nil {
		return Answer{}, err
	}
	switch p.Do {
	case "ask":
		if p.Arg == photosField {
			return Answer{Say: askPhotos(p.AlertID, o, photos)}, nil
		}
		return Answer{Say: askField(p.AlertID, o, p.Arg, "")}, nil
	case "next":
		return c.nextOfAlert(ctx, p.AlertID, o)
	case "unphoto":
		if err := c.o.Alert.Alerts.DropPhoto(ctx, p.AlertID, number(p.Arg), o.ID, in.Key); err != nil {
			return Answer{}, err
		}
		return c.nextOfAlert(ctx, p.AlertID, o)
	case "edit":
		return Answer{Say: &Utterance{Text: fmt.Sprintf("警报草稿 #%d，改哪一项？", a.ID), Choices: editActions(a), To: o}}, nil
	case "sure":
		return c.confirm(ctx, in, o, a, p)
	case "hand":
		return c.askColleague(ctx, a, o)
	case "give":
		return c.give(ctx, in, o, a, number(p.Arg))
	case "second":
		return Answer{Say: askSecond(a, o, p.Arg)}, nil
	case "chan":
		return c.channels(ctx, p.AlertID, o)
	case "at", "pin":
		return c.place(ctx, in, o, a, p)
	case "drop":
		if err := c.o.Alert.Alerts.Drop(ctx, p.AlertID, o.ID, in.Key); err != nil {
			return Answer{}, err
		}
		return say(fmt.Sprintf("警报草稿 #%d 已弃用。", p.AlertID)), nil
	case "ack":
		seen, of, _ := strings.Cut(p.Arg, ".")
		concerns, err := c.o.Alert.Alerts.Concerns(ctx, p.AlertID, o.ID)
		if err != nil {
			return Answer{}, err
		}
		n := int(number(seen))
		if p.Version != a.Version || of != sum(concerns, photos...) || n < 0 || n > len(concerns) {
			return c.nextOfAlert(ctx, p.AlertID, o)
		}
		return c.review(ctx, p.AlertID, o, n)
	case "issue":
		return c.issue(ctx, in, o, p, a, photos)
	}
	field, value, _ := strings.Cut(p.Arg, ".")
	return c.edit(ctx, in, o, a, func(f *guitu.Facts) error { return choose(f, field, value, c.o.Alert.now()) }, field)
}

// issue publishes a draft as it was seen.
func (c *Conversation) issue(ctx context.Context, in Incoming, o guitu.Officer, p Press, a guitu.Alert, photos []guitu.Photo) (Answer, error) {
	var codes []string
	if a.State == guitu.AlertDraft {
		concerns, err := c.o.Alert.Alerts.Concerns(ctx, p.AlertID, o.ID)
		if err != nil {
			return Answer{}, err
		}
		if seen := strconv.Itoa(len(concerns)) + "." + sum(concerns, photos...); p.Arg != seen || p.Version != a.Version {
			return c.nextOfAlert(ctx, p.AlertID, o)
		}
		for _, k := range concerns {
			codes = append(codes, k.Code)
		}
	}
	// An alert that is out is asked to be issued all the same: the same press again is answered as it was.
	a, err := c.o.Alert.Alerts.Issue(ctx, guitu.IssueRequest{
		AlertID: p.AlertID, OfficerID: o.ID, Version: p.Version, Acknowledged: codes, Key: in.Key,
	})
	if err != nil {
		return Answer{}, err
	}
	return Answer{Toast: "警报已发布。", Say: &Utterance{Text: fmt.Sprintf(
		"警报已发布：第%d号案件，核验码 %s，范围 %d 公里。\n状态页：%s\n各渠道的投递、更新、延期、结案与撤销：%s/%d",
		a.ID, a.Code, a.Reach, c.o.Alert.Link(a.Code), c.o.Alert.Form, a.ID)}}, nil
}

// edit changes one thing of a draft, which confirms it, and asks the next.
func (c *Conversation) edit(
	ctx context.Context, in Incoming, o guitu.Officer, a guitu.Alert, change func(f *guitu.Facts) error, fields ...string,
) (Answer, error) {
	f := a.Facts
	if err := change(&f); err != nil {
		return Answer{}, err
	}
	f.Unconfirmed = slices.DeleteFunc(slices.Clone(f.Unconfirmed), func(u string) bool { return slices.Contains(fields, u) })
	if _, err := c.o.Alert.Alerts.Edit(ctx, guitu.EditRequest{AlertID: a.ID, OfficerID: o.ID, Version: a.Version, Facts: f, Key: in.Key}); err != nil {
		return Answer{}, err
	}
	return c.nextOfAlert(ctx, a.ID, o)
}
