package guitu

import (
	"strings"
	"time"
)

// View (查阅) is that an officer read a child's data: the full text of a story, or an alert.
type View struct {
	ID      int64
	At      time.Time
	Officer Officer
	Desk    Desk  // at which the officer sat then
	RumorID int64 // one of both is 0
	AlertID int64
	Reason  ViewReason
	Note    string // in the officer's words; it leaves with the child's data
}

// ViewReason is why an officer reads a child's data.
type ViewReason string

// The reasons.
const (
	ViewCase      ViewReason = "case"      // 办理本案
	ViewTip       ViewReason = "tip"       // 核对线索
	ViewTransfer  ViewReason = "transfer"  // 接手或移交
	ViewSupervise ViewReason = "supervise" // 督办指导
	ViewFamily    ViewReason = "family"    // 家属请求
	ViewOther     ViewReason = "other"     // 其他: the note says what
)

// ViewReasons lists the reasons in the order in which officers see them.
var ViewReasons = [...]ViewReason{ViewCase, ViewTip, ViewTransfer, ViewSupervise, ViewFamily, ViewOther}

// MaxViewNote is the longest note of a view in runes.
const MaxViewNote = 200

// Words are what officers call r, in Chinese; r itself for one that is none.
func (r ViewReason) Words() string {
	switch r {
	case ViewCase:
		return "办理本案"
	case ViewTip:
		return "核对线索"
	case ViewTransfer:
		return "接手或移交"
	case ViewSupervise:
		return "督办指导"
	case ViewFamily:
		return "家属请求"
	case ViewOther:
		return "其他"
	}
	return string(r)
}

// ParseViewReason reads why an officer reads: a reason by its code or its words, with a note behind a wide colon when there is one. What
// is none of the reasons is another reason in the officer's words. The note is cut to MaxViewNote.
func ParseViewReason(s string) (ViewReason, string) {
	words, note, _ := strings.Cut(s, "：")
	for _, r := range ViewReasons {
		if words == string(r) || words == r.Words() {
			return r, cutRunes(note, MaxViewNote)
		}
	}
	return ViewOther, cutRunes(s, MaxViewNote)
}

func cutRunes(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}

// ViewFilter chooses views.
type ViewFilter struct {
	From, Until time.Time // zero for open
	After       int64     // only IDs above
	Before      int64     // only IDs below, 0 for all
	Newest      bool      // the newest come first
	Limit       int
}
