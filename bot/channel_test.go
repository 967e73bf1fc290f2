package bot_test

import (
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/bot"
	"guitu/internal/testenv/golden"
)

func TestChannelWarning(t *testing.T) {
	at := time.Date(2026, 11, 24, 8, 30, 0, 0, time.UTC)
	var b strings.Builder
	for _, kind := range []guitu.TroubleKind{
		guitu.TroublePaused, guitu.TroubleBudget, guitu.TroubleExpiring, guitu.TroubleSilent, guitu.TroubleDeaf, guitu.TroubleLate, guitu.TroubleDelivery,
	} {
		text := bot.ChannelWarning(guitu.ChannelTrouble{
			Kind:    kind,
			Channel: guitu.ChannelState{Name: "weibo", Trouble: "weibo: unauthorized: access_token expired", Expires: at, Fails: 3},
			Delivery: guitu.Delivery{
				Code: "A2RRT4", Kind: guitu.NoticeAlert, State: guitu.DeliveryUnknown, Trouble: "未收到渠道答复", Due: at,
			},
		}, bot.WarningOptions{Console: "https://guitu.example/console/deliveries"})
		b.WriteString("== " + string(kind) + "\n" + text + "\n\n")
	}
	golden.Check(t, "testdata/channel_warnings.txt", b.String())
}
