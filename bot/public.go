package bot

import (
	"context"
	"strings"

	"guitu"
)

// Followers keeps who asked to be told of alerts near them.
type Followers interface {
	// Put keeps a follower, or their new place, rounded.
	Put(ctx context.Context, f guitu.Follower) error
	// Drop forgets a follower. It may be repeated.
	Drop(ctx context.Context, kind guitu.FollowerKind, handle string) error
}

// PublicOptions says what anybody can do in a private chat. The zero value greets them only.
type PublicOptions struct {
	Followers Followers // keeps who follows here; nil: nobody does
	Tips      Tips      // takes what citizens report; nil when nobody does
	// Picture is AlertOptions.Picture for tips. Required with Tips.
	Picture func(ctx context.Context, name string) ([]byte, error)
}

const (
	askPlace = "请点按下方的“发送我的位置”，或用附件发送一个位置（如住处、学校）。附近有孩子走失时，我会告诉您；找到后，同一条消息会更新。\n" +
		"只保存约1公里精度的位置和这个聊天的编号，不保存姓名和电话。随时可用 /stop 停止，停止后立即删除。\n" +
		"Send your location to hear of missing children near it. It is kept to about 1 km; /stop deletes it."
	sendPlace  = "发送我的位置"
	following  = "附近寻人提醒已开启。位置只保存到约1公里。换地方时再发一次位置即可；停止并删除：/stop"
	unfollowed = "附近寻人提醒已停止，位置已删除。"
)

// public answers somebody who is no officer, in a private chat.
func (c *Conversation) public(ctx context.Context, in Incoming, command, argument string) (Answer, error) {
	if code, ok := strings.CutPrefix(argument, tipStart); ok && command == "/start" && c.o.Public.Tips != nil {
		return c.askTip(ctx, code)
	}
	if command == "" {
		if code, err := c.tipCode(ctx, in); err != nil {
			return Answer{}, err
		} else if code != "" {
			return c.takeTip(ctx, in, code)
		}
	}
	if c.o.Public.Followers != nil {
		switch {
		case command == "/follow":
			return Answer{Say: &Utterance{Text: askPlace, Place: sendPlace}}, nil
		case in.Point != nil && in.Point.Valid():
			return c.follow(ctx, in)
		}
	}
	return say(c.greeting() + c.offers()), nil
}

// follow keeps where somebody is, in place of where they were.
func (c *Conversation) follow(ctx context.Context, in Incoming) (Answer, error) {
	err := c.o.Public.Followers.Put(ctx, guitu.Follower{
		Kind: guitu.FollowTelegram, Handle: in.Ref.Chat, Address: in.Ref.Chat, Point: in.Point.Round(),
	})
	return Answer{Say: &Utterance{Text: following, NoPlace: true}}, err
}

// unfollow forgets who followed here, whoever it is.
func (c *Conversation) unfollow(ctx context.Context, in Incoming) (Answer, error) {
	err := c.o.Public.Followers.Drop(ctx, guitu.FollowTelegram, in.Ref.Chat)
	return Answer{Say: &Utterance{Text: unfollowed, NoPlace: true}}, err
}

// offers is what a greeting says of what anybody can do.
func (c *Conversation) offers() string {
	if c.o.Public.Followers == nil {
		return ""
	}
	return "\n\n/follow 附近有孩子走失时告诉我\n/stop 停止并删除"
}
