package bot

import (
	"context"
	"fmt"
	"strings"

	"guitu"
)

// lastLook shows what the public will read and see of a draft.
func (c *Conversation) lastLook(ctx context.Context, a guitu.Alert, o guitu.Officer, choices []Action) (Answer, error) {
	n, err := c.o.Alert.Alerts.Preview(ctx, a.ID, o.ID)
	if err != nil {
		return Answer{}, err
	}
	tier, _ := a.Facts.Tier.Words()
	reach := 0.0
	if n.Circle != nil {
		reach = n.Circle.Radius
	}
	u := &Utterance{To: o, Choices: choices, Text: fmt.Sprintf("警报草稿 #%d，发布前请看最后一眼：%s，首发 %.0f 公里，有效 %.0f 小时。公众将读到：\n\n%s",
		a.ID, tier, reach, n.Expires.Sub(n.MadeAt).Hours(), publicText(n))}
	note, more, err := c.second(ctx, a, o, n)
	if err != nil {
		return Answer{}, err
	}
	u.Text, u.Choices = u.Text+note, append(u.Choices, more...)
	png, err := c.o.Alert.Alerts.Poster(ctx, a.ID, o.ID)
	switch {
	case ctx.Err() != nil:
		return Answer{}, ctx.Err()
	case err != nil:
		// A poster that can't be painted holds no alert up.
		u.Text += "\n\n没有海报：" + guitu.Message(err)
	default:
		u.Picture = &guitu.Picture{Name: "poster.png", Bytes: png, Alt: map[string]string{guitu.Chinese: "海报"}}
	}
	return Answer{Say: u}, nil
}

// maxShown is how much of what channels show is told in one message, in runes.
const maxShown = 3600

// channels tells what each channel will show of a draft, each as far as there is room.
func (c *Conversation) channels(ctx context.Context, alertID int64, o guitu.Officer) (Answer, error) {
	all, err := c.o.Alert.Alerts.Channels(ctx, alertID, o.ID)
	if err != nil {
		return Answer{}, err
	}
	u := &Utterance{Text: fmt.Sprintf("警报草稿 #%d，各渠道将发出：", alertID), To: o, Choices: []Action{alertAction(alertID, "next", "回到最后一眼")}}
	if len(all) == 0 {
		u.Text += "\n没有配置任何渠道。"
	}
	for _, s := range all {
		u.Text += "\n\n【" + s.Channel + "】"
		if len(s.Pictures) > 0 {
			u.Text += "配图：" + strings.Join(s.Pictures, "、")
		}
		u.Text += "\n" + cut(strings.TrimSpace(s.Text), max(40, maxShown/len(all)-40))
	}
	return Answer{Say: u}, nil
}
