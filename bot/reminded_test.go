package bot_test

import (
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/bot"
)

// A certificate ends with the midnight after its last day, and the last day is what people know.
func TestReminded(t *testing.T) {
	o := guitu.Officer{Name: "吴警官", CertifiedUntil: time.Date(2026, 3, 31, 16, 0, 0, 0, time.UTC)}
	if got := bot.Reminded(o, nil); !strings.Contains(got, "吴警官") || !strings.Contains(got, "2026年3月31日到期") {
		t.Error(got)
	}
}
