package guitu

import "time"

// Tip (线索) is what a citizen reports about an active alert. It is personal data and leaves with the case.
type Tip struct {
	ID      int64
	AlertID int64
	At      time.Time
	Text    string
	Place   string    // where, in the citizen's words
	Area    Area      // that Place names, "" when it names none
	Point   *Point    // where the citizen says to be, or the centre of Area
	SeenAt  time.Time // when the child was seen: At unless the citizen says so
	Contact string    // the citizen's number, "" when none was left
	Doubt   TipDoubt
	Away    float64 // kilometres from where the child was lost, 0 when Point is nil
	Same    int     // how many later tips say the same
	Photo   bool    // there is one
	Answer  TipAnswer
	By      Officer // who answered, with ID and Name
	Outcome bool    // the citizen wishes to hear how it ended
}

// TipDoubt is why a tip can hardly be about the child. It is a mark for officers; no tip is refused for it.
type TipDoubt string

// The doubts.
const (
	TipFar   TipDoubt = "far"   // 距离不可能: farther than anybody travels in the time since the child was lost
	TipEarly TipDoubt = "early" // 早于走失: seen before the child was lost
)

// TipAnswer is what an officer makes of a tip.
type TipAnswer string

// The answers. The empty one is that of a tip that nobody has answered.
const (
	TipUseful TipAnswer = "useful" // 有用
	TipKnown  TipAnswer = "known"  // 已掌握
	TipNotIt  TipAnswer = "not_it" // 不是
	TipCall   TipAnswer = "call"   // 回电: the citizen is to be called
)

// TipAnswers lists the answers in the order in which officers see them.
var TipAnswers = [...]TipAnswer{TipUseful, TipKnown, TipNotIt, TipCall}

// Words are what officers call a, in Chinese; a itself for one that is none.
func (a TipAnswer) Words() string {
	switch a {
	case TipUseful:
		return "有用"
	case TipKnown:
		return "已掌握"
	case TipNotIt:
		return "不是该儿童"
	case TipCall:
		return "需回电"
	}
	return string(a)
}

// Limits of tips.
const (
	MaxTips       = 200     // of a case, as officers see it
	MaxTip        = 500     // runes of Text
	MaxTipLine    = 60      // runes of Place and Contact
	MaxTipPicture = 8 << 20 // bytes of a photo as it was sent
)

// TipRequest is a citizen's tip as it comes in.
type TipRequest struct {
	Code    string // of the alert
	Text    string
	Place   string
	Point   *Point
	SeenAt  time.Time // zero for now
	Contact string
	Outcome bool
	Photo   []byte // as it was sent, nil for none
	Sender  string // whatever tells senders apart; only a hash of it is kept, and that is worth nothing after a restart
	Chat    string // where it is answered, "" for nowhere but by its receipt
	Key     string // of the form or message: the same again makes no second tip
}

// TipReceipt answers to a receipt code.
type TipReceipt struct {
	Code    string // the receipt's
	At      time.Time
	Alert   string // the alert's code
	Read    bool   // an officer has answered it
	State   AlertState
	Outcome Outcome // how it ended, when the citizen wished to hear it and the case is closed
}

// TipReply is what is to be said in a chat of a tip that came from it.
type TipReply struct {
	TipID   int64
	Chat    string
	Alert   string     // the alert's code
	Answer  TipAnswer  // what an officer made of it
	Ended   AlertState // how the alert ended, when that is to be said; else ""
	Outcome Outcome    // with Ended, of a case that was closed
	Said    string     // what was said last
}

// Due is what is to be said and recorded as said; "" when nothing is.
func (r TipReply) Due() string {
	due := string(r.Answer)
	if r.Ended != "" {
		due = "ended"
	}
	if due == r.Said {
		return ""
	}
	return due
}
