package bot

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"guitu"
)

// photosField is the key of an alert's photos among its fields, and altField comes before the number of a photo that is described.
const (
	photosField = "photos"
	altField    = "alt."
)

// altQuestion is what a question is called that asks what a photo shows.
var altQuestion = regexp.MustCompile(`^照片 (\d{1,18}) 的说明$`)

// draftTitle is the first line of whatever the bot says of a draft, to which a picture or a location may reply.
var draftTitle = regexp.MustCompile(`^(?:[^：#]{1,60}：)?警报草稿 #(\d{1,18})[：，]`)

// handIn takes a picture or a location for a draft: the one to whose message it replies, else the only one that the officer writes.
func (c *Conversation) handIn(ctx context.Context, in Incoming, o guitu.Officer) (Answer, error) {
	if c.o.Alert.Alerts == nil {
		return say("请在控制台处理警报：" + c.o.Alert.Form), nil
	}
	if !c.mayList(in, o) {
		return say(elsewhere), nil
	}
	alertID, refusal, err := c.draftOf(ctx, in, o)
	if err != nil || refusal != "" {
		return say(refusal), err
	}
	if in.Point != nil {
		return c.locate(ctx, o, alertID, *in.Point)
	}
	body, err := c.o.Alert.Picture(ctx, in.Picture)
	if errors.Is(err, guitu.ErrRejected) {
		return say("照片取不到，或者文件过大。请重新拍摄、缩小，或者截屏后再发一次。"), nil
	}
	if err != nil {
		return Answer{}, fmt.Errorf("fetch a picture: %w", err)
	}
	p, err := c.o.Alert.Alerts.AddPhoto(ctx, guitu.PhotoRequest{
		AlertID: alertID, OfficerID: o.ID, Photo: guitu.Photo{Alt: caption(in.Text)}, Bytes: body, Key: in.Key,
	})
	if err != nil {
		return Answer{}, err
	}
	if utf8.RuneCountInString(p.Alt) < 2 {
		return Answer{Say: askAlt(alertID, o, p.ID)}, nil
	}
	return c.nextOfAlert(ctx, alertID, o)
}

// caption is what was written under a picture, if it was: a command is none.
func caption(text string) string {
	if command, _ := splitCommand(text); command != "" {
		return ""
	}
	return strings.TrimSpace(strings.ToValidUTF8(text, ""))
}

// draftOf returns the draft that a message without words is meant for, or says why there is none.
func (c *Conversation) draftOf(ctx context.Context, in Incoming, o guitu.Officer) (alertID int64, refusal string, err error) {
	title, _, _ := strings.Cut(in.ReplyTo, "\n")
	if m := draftTitle.FindStringSubmatch(title); m != nil {
		return number(m[1]), "", nil
	}
	if in.ReplyTo != "" {
		return 0, "您回复的这条消息没有在等待照片或位置。请回复草稿的消息。", nil
	}
	mine, err := c.drafts(ctx, o)
	if err != nil {
		return 0, "", err
	}
	mine = slices.DeleteFunc(mine, func(a guitu.Alert) bool { return a.Author.ID != o.ID })
	switch len(mine) {
	case 0:
		return 0, "您没有正在起草的警报。请先用 /alert 起草，再发送照片或位置。", nil
	case 1:
		return mine[0].ID, "", nil
	}
	return 0, "您有几份警报草稿。请把照片或位置作为对其中一份草稿消息的回复发来。", nil
}

// maxDrafts is how many drafts are looked at: a desk has a few.
const maxDrafts = 20

// drafts lists the drafts of an officer's desk, the newest first.
func (c *Conversation) drafts(ctx context.Context, o guitu.Officer) ([]guitu.Alert, error) {
	return c.o.Alert.Alerts.List(ctx, guitu.AlertFilter{
		OfficerID: o.ID, State: guitu.AlertDraft, DeskID: o.Desk.ID, Limit: maxDrafts,
	})
}

// nameless returns the first photo that nobody has described.
func nameless(photos []guitu.Photo) int64 {
	i := slices.IndexFunc(photos, func(p guitu.Photo) bool { return utf8.RuneCountInString(p.Alt) < 2 })
	if i < 0 {
		return 0
	}
	return photos[i].ID
}

// askAlt asks what a photo shows.
func askAlt(alertID int64, o guitu.Officer, photoID int64) *Utterance {
	return &Utterance{Text: fmt.Sprintf("警报草稿 #%d：照片 %d 的说明\n"+
		"照片已加入草稿。看不见图片的人也要知道照片上有什么，请用一句话写明，不写姓名和电话。例：男孩半身照，短发，穿蓝色外套", alertID, photoID), Asks: true, To: o}
}

// describe takes what a photo shows.
func (c *Conversation) describe(ctx context.Context, in Incoming, o guitu.Officer, alertID, photoID int64, text string) (Answer, error) {
	if err := c.o.Alert.Alerts.DescribePhoto(ctx, alertID, photoID, o.ID, text, in.Key); err != nil {
		return Answer{}, err
	}
	return c.nextOfAlert(ctx, alertID, o)
}

// askPhotos shows which photos a draft has, and asks for more.
func askPhotos(alertID int64, o guitu.Officer, photos []guitu.Photo) *Utterance {
	u := askField(alertID, o, photosField, "")
	if len(photos) == 0 {
		return u
	}
	u.Asks = false // the buttons have its place
	for _, p := range photos {
		alt := p.Alt
		if alt == "" {
			alt = "还没有说明"
		}
		u.Text += fmt.Sprintf("\n照片 %d：%s", p.ID, alt)
		u.Choices = append(u.Choices, Action{
			Label: fmt.Sprintf("删除照片 %d", p.ID),
			Press: Press{Verb: VerbAlert, AlertID: alertID, Do: "unphoto", Arg: strconv.FormatInt(p.ID, 10)},
		})
	}
	u.Choices = append(u.Choices, alertAction(alertID, "next", "继续"))
	return u
}
