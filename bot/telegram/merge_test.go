package telegram_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"guitu"
	"guitu/bot/telegram"
)

// TestMergeInGroup: the button of a card that names a precedent, pressed twice, and the card afterwards.
func TestMergeInGroup(t *testing.T) {
	w := newWorld(t, telegram.Options{})
	q, old := story(17), story(5)
	old.Verdict = &guitu.Verdict{Ruling: guitu.Refuted}
	q.Precedent = &guitu.Precedent{Rumor: old.Rumor, Verdict: old.Verdict}
	w.back.Stories[17], w.back.Stories[5] = q, old
	ref, err := w.bot.Ask(context.Background(), "-1003", q)
	if err != nil {
		t.Fatal(err)
	}
	if m := w.server.Messages("-1003")[0]; !strings.Contains(m.Markup, "与 #5 相同，并入") || !strings.Contains(m.Markup, "same:17:5") {
		t.Errorf("the card has no button to merge: %s", m.Markup)
	}
	card, _ := strconv.Atoi(ref.Message)
	id := w.server.Press(700, "-1003", card, "same:17:5")
	for range 2 { // The second time stands for a crash after the answer went out.
		if err := w.handle(id); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.back.Handed(); len(got) != 1 || got[0] != "17=5 by 7" {
		t.Errorf("merged %v, want once", got)
	}
	if toast := w.server.Toasts()[fmt.Sprintf("q%d", id)]; !strings.Contains(toast, "不再另发通告") {
		t.Errorf("toast %q", toast)
	}
	merged, err := w.back.Question(context.Background(), 17)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.bot.Show(context.Background(), ref, merged); err != nil {
		t.Fatal(err)
	}
	if m := w.server.Messages("-1003")[0]; !strings.Contains(m.Text, "已并入传言 #5") || strings.Contains(m.Markup, "17") {
		t.Errorf("the card reads %s with the buttons %s", m.Text, m.Markup)
	}
}
