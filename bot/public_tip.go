package bot

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"guitu"
)

// Tips takes what citizens report. Errors for people are *guitu.Error.
type Tips interface {
	// Open returns nil while tips on the alert with a code are taken, and otherwise what Take would refuse with.
	Open(ctx context.Context, code string) error
	// Take keeps a tip and returns its receipt; the same Key again returns the same one. A place alone goes to the last tip from its chat.
	Take(ctx context.Context, r guitu.TipRequest) (receipt string, err error)
	// Lately returns the code of the alert on which the last tip of the past hour came from a chat, "" when none did.
	Lately(ctx context.Context, chat string) (code string, err error)
	// Wish records that a chat wishes to hear how the case of its tip ends. It may be repeated.
	Wish(ctx context.Context, receipt, chat string) error
}

// tipStart comes before an alert's code in the argument of /start.
const tipStart = "tip_"

// TipLink returns the address that begins a tip in the private chat with a bot.
func TipLink(botName, code string) string {
	return "https://t.me/" + botName + "?start=" + tipStart + code
}

// What a message of the bot is about: a tip's by its first line, an alert's by the link at its end.
var (
	tipTitle  = regexp.MustCompile(`^线索 · 通告 ([2-9A-Z]{6})(?:\n|$)`)
	alertLink = regexp.MustCompile(`(?m)/n/([2-9A-Z]{6})$`)
)

func titleOfTip(code string) string { return "线索 · 通告 " + code + "\n" }

// askTip asks somebody what they saw.
func (c *Conversation) askTip(ctx context.Context, typed string) (Answer, error) {
	code, ok := guitu.NormalizeCode(typed)
	if !ok {
		return say("没有这个通告。请核对校验码，或打开通告的页面再试。"), nil
	}
	if err := c.o.Public.Tips.Open(ctx, code); err != nil {
		return forPeople(err)
	}
	text := titleOfTip(code) + "孩子就在眼前，请立即拨打 110。\n" +
		"请回复本条消息，写下您看到的：什么时候、在哪里、孩子的样子。也可以发照片或位置。\n" +
		"线索只给办案民警看，随案件一起删除；照片的拍摄位置等附加信息会删除。请不要把线索发到群里。"
	if c.o.Alert.Link != nil {
		text += "\n消息会经过聊天软件的服务器。不愿如此，请在网页上提交：" + c.o.Alert.Link(code) + "/tip"
	}
	return Answer{Say: &Utterance{Text: text, Asks: true}}, nil
}

// tipCode is the code of the alert that something in a private chat is about, "" when it is about none. A place that replies to
// nothing is where a follower is.
func (c *Conversation) tipCode(ctx context.Context, in Incoming) (string, error) {
	if c.o.Public.Tips == nil {
		return "", nil
	}
	if m := tipTitle.FindStringSubmatch(in.ReplyTo); m != nil {
		return m[1], nil
	}
	if all := alertLink.FindAllStringSubmatch(in.ReplyTo, -1); len(all) > 0 {
		return all[len(all)-1][1], nil
	}
	if in.Point != nil {
		return "", nil
	}
	return c.o.Public.Tips.Lately(ctx, in.Ref.Chat)
}

// takeTip takes what somebody wrote, or sent, of an alert.
func (c *Conversation) takeTip(ctx context.Context, in Incoming, code string) (Answer, error) {
	if strings.TrimSpace(in.Text) == "" && in.Picture == "" && in.Point == nil {
		return say(titleOfTip(code) + "请发文字、照片或位置。"), nil
	}
	t := guitu.TipRequest{
		Code: code, Text: in.Text, Point: in.Point, Sender: string(guitu.FollowTelegram) + ":" + in.Ref.Chat, Key: in.Key, Chat: in.Ref.Chat,
	}
	if in.Picture != "" {
		var err error
		t.Photo, err = c.o.Public.Picture(ctx, in.Picture)
		if errors.Is(err, guitu.ErrRejected) {
			return say(titleOfTip(code) + "照片取不到，或者文件过大。请缩小后再发一次。"), nil
		}
		if err != nil {
			return Answer{}, fmt.Errorf("fetch a picture: %w", err)
		}
	}
	receipt, err := c.o.Public.Tips.Take(ctx, t)
	if err != nil {
		return forPeople(err)
	}
	return Answer{Say: &Utterance{
		Text: titleOfTip(code) + "已送达办案的值班台，谢谢您。回执号：" + receipt + "\n民警处理后，我会在这里告诉您。" +
			"要补充文字、照片或看到孩子的位置，请回复本条消息。情况紧急请拨打 110。",
		Choices: []Action{{Label: "结案后告诉我结果", Press: Press{Verb: VerbWish, Receipt: receipt}}},
	}}, nil
}

// pressPublic handles a button that anybody may press in a private chat; ok is false when p is another one.
func (c *Conversation) pressPublic(ctx context.Context, in Incoming, p Press) (a Answer, ok bool, err error) {
	if c.o.Public.Tips == nil || !in.Private {
		return Answer{}, false, nil
	}
	switch p.Verb {
	case VerbTip:
		a, err = c.askTip(ctx, p.Code)
		return a, true, err
	case VerbWish:
		if err := c.o.Public.Tips.Wish(ctx, p.Receipt, in.Ref.Chat); err != nil {
			a, err = forPeople(err)
			return a, true, err
		}
		return Answer{Toast: "好的。结案后，我会在这里告诉您结果。"}, true, nil
	}
	return Answer{}, false, nil
}

// forPeople says what an error says to people, and passes on every other.
func forPeople(err error) (Answer, error) {
	if k := guitu.KindOf(err); k == guitu.Internal {
		return Answer{}, err
	}
	return say(guitu.Message(err)), nil
}

// Replied is what whoever sent a tip hears of it.
func Replied(r guitu.TipReply) string {
	text := ""
	switch r.Answer {
	case guitu.TipUseful:
		text = "民警看了您的线索，对办案有用。谢谢您。"
	case guitu.TipKnown:
		text = "民警看了您的线索，这一情况已经掌握。谢谢您。"
	case guitu.TipNotIt:
		text = "民警看了您的线索，您看到的不是这个孩子。谢谢您留意。"
	case guitu.TipCall:
		text = "民警想与您通话。请回复本条消息，写下您的电话；也可以直接拨打通告上的电话。"
	}
	if r.Ended != "" {
		text = "这条通告已经结束，谢谢您提供线索。请停止转发，并删除孩子的照片。"
		if r.Outcome != "" {
			zh, _ := r.Outcome.Words()
			text = "案件已结案：" + zh + "。谢谢您提供线索。请停止转发，并删除孩子的照片。"
		}
	}
	return titleOfTip(r.Alert) + text
}
