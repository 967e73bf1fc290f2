package bot_test

import (
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/bot"
)

// What is said in a chat leads to the case, and says nothing of the child.
func TestTold(t *testing.T) {
	a := guitu.Alert{
		ID: 17, Code: "A2B3C4", Status: guitu.Exercise, Expires: time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC),
		Facts: guitu.Facts{
			Child: guitu.Child{Name: "张小桐"}, Place: "某小区北门", Contact: guitu.Contact{Phone: "19900001111"}, Family: []string{"19900002222"},
		},
	}
	for event, want := range map[guitu.EventKind]string{
		guitu.EventExpiring: "将于3月2日 12:00到期", guitu.EventAskedFor: "复核", guitu.EventOverridden: "已自行决定", guitu.EventTip: "新线索",
	} {
		told := bot.Told(a, event, "https://guitu.example/console/alerts/17", nil)
		got := told.Text
		if event != guitu.EventTip && len(told.Choices) == 0 {
			t.Errorf("%s: nothing to press", event)
		}
		for _, w := range []string{want, "第17号案件", "A2B3C4", "【演练】", "https://guitu.example/console/alerts/17"} {
			if !strings.Contains(got, w) {
				t.Errorf("%s: %q lacks %q", event, got, w)
			}
		}
		for _, w := range []string{"张小桐", "小区", "1990000"} {
			if strings.Contains(got, w) {
				t.Errorf("%s: %q holds %q", event, got, w)
			}
		}
	}
}
