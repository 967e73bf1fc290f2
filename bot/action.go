package bot

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"guitu"
)

// Verb is what pressing a button does.
type Verb string

// The verbs. Those under a card and those under a question that the bot asked in answer to a press are told apart, because
// only a press on a card proves that a card stands there.
const (
	VerbRule    Verb = "rule"    // under a card: rule
	VerbHand    Verb = "hand"    // under a card: ask which desk
	VerbCorrect Verb = "correct" // under a card: ask which ruling instead
	VerbDraft   Verb = "draft"   // under a card: draft an alert from it
	VerbSame    Verb = "same"    // under a card: it is the same story as its precedent
	VerbPick    Verb = "pick"    // under a question: rule or correct
	VerbTo      Verb = "to"      // under a question: hand over to this desk
	VerbOpen    Verb = "open"    // under a list: show the card
	VerbAlert   Verb = "alert"   // under what is said of a draft of an alert
	VerbTip     Verb = "tip"     // for anybody, under an alert: tell what you saw
	VerbWish    Verb = "wish"    // for anybody, under a tip's receipt: hear how it ends
	VerbCase    Verb = "case"    // under what is said of an alert that is out
)

// OnCard reports whether buttons with v stand under cards.
func (v Verb) OnCard() bool {
	return v == VerbRule || v == VerbHand || v == VerbCorrect || v == VerbSame || v == VerbDraft
}

// Press is what a button's data say. Data come back from outside, so a Press may be forged: it says what somebody asks for,
// never what is allowed.
type Press struct {
	Verb     Verb
	RumorID  int64
	Corrects int64        // verdict that the presser saw, as in guitu.Decision; VerbRule, VerbPick, VerbCorrect
	Ruling   guitu.Ruling // VerbRule, VerbPick
	Ending   guitu.Ending // VerbPick of Outdated, "" asks
	DeskID   int64        // VerbTo
	IntoID   int64        // VerbSame: the story into which RumorID is to go
	AlertID  int64        // VerbAlert, VerbCase, which have no RumorID
	Version  int          // VerbAlert, VerbCase: of the alert that the presser saw, 0 where it does not matter
	Do       string       // see alertForms
	Arg      string       // VerbAlert: what to set or ask, or what was seen; VerbCase: the choice
	Code     string       // VerbTip: the alert's
	Receipt  string       // VerbWish: the tip's
}

// MaxData is the longest data of a button in bytes (Telegram Bot API, InlineKeyboardButton.callback_data).
const MaxData = 64

// Data writes p as the data of a button: fields joined by colons, at most 62 bytes.
func (p Press) Data() string {
	if p.Verb == VerbAlert || p.Verb == VerbCase {
		return fmt.Sprintf("%s:%d:%d:%s:%s", p.Verb, p.AlertID, p.Version, p.Do, p.Arg)
	}
	if p.Verb == VerbTip || p.Verb == VerbWish {
		return string(p.Verb) + ":" + p.Code + p.Receipt
	}
	f := []string{string(p.Verb), strconv.FormatInt(p.RumorID, 10)}
	switch p.Verb {
	case VerbRule, VerbPick:
		f = append(f, strconv.FormatInt(p.Corrects, 10), string(p.Ruling))
		if p.Ending != "" {
			f = append(f, string(p.Ending))
		}
	case VerbCorrect:
		f = append(f, strconv.FormatInt(p.Corrects, 10))
	case VerbTo:
		f = append(f, strconv.FormatInt(p.DeskID, 10))
	case VerbSame:
		f = append(f, strconv.FormatInt(p.IntoID, 10))
	case VerbHand, VerbOpen, VerbDraft, VerbAlert, VerbCase:
	}
	return strings.Join(f, ":")
}

// alertForms are the forms of what a button of an alert does, with its argument.
var alertForms = map[Verb]*regexp.Regexp{
	VerbAlert: regexp.MustCompile(`^(?:set|ask|ack|issue|drop|next|edit|sure|hand|give|second|chan|unphoto|at|pin):[a-z0-9_.]{0,16}$`),
	VerbCase: regexp.MustCompile(
		`^(?:show|extend|until|close|ending|found|cancel|update|correct|right|agree|refuse|alone|resend|sent|handled):[a-z0-9_.]{0,19}$`),
}

// publicForms are the forms of the data of buttons that anybody may press.
var publicForms = map[Verb]*regexp.Regexp{
	VerbTip:  regexp.MustCompile(`^[2-9A-Z]{6}$`),
	VerbWish: regexp.MustCompile(`^[2-9A-Z]{6}-[2-9A-Z]{6}$`),
}

// ParsePress reads the data of a button. It accepts exactly what Data writes; the error is of kind Invalid.
func ParsePress(data string) (Press, error) {
	bad := guitu.Errorf(guitu.Invalid, "无法识别这个按钮，请用 /open 重新打开卡片。")
	if len(data) > MaxData {
		return Press{}, bad
	}
	f := strings.Split(data, ":")
	p := Press{Verb: Verb(f[0])}
	if form := publicForms[p.Verb]; form != nil && len(f) == 2 && form.MatchString(f[1]) {
		if p.Verb == VerbTip {
			p.Code = f[1]
		} else {
			p.Receipt = f[1]
		}
		return p, nil
	}
	if form := alertForms[p.Verb]; form != nil && len(f) == 5 && form.MatchString(f[3]+":"+f[4]) {
		p.AlertID, p.Version, p.Do, p.Arg = number(f[1]), int(number(f[2])), f[3], f[4]
		if p.AlertID < 1 || p.Version < 0 || p.Data() != data {
			return Press{}, bad
		}
		return p, nil
	}
	want := 0
	switch p.Verb {
	case VerbRule, VerbPick:
		want = 4
		if len(f) == 5 {
			want, p.Ending = 5, guitu.Ending(f[len(f)-1])
		}
	case VerbCorrect, VerbTo, VerbSame:
		want = 3
	case VerbHand, VerbOpen, VerbDraft:
		want = 2
	case VerbAlert, VerbCase: // they were read above, or are none
	}
	if want == 0 || len(f) != want {
		return Press{}, bad
	}
	p.RumorID = number(f[1])
	switch p.Verb {
	case VerbRule, VerbPick:
		p.Corrects, p.Ruling = number(f[2]), guitu.Ruling(f[3])
		if !p.Ruling.Valid() || !validEnding(p.Ruling, p.Ending) {
			return Press{}, bad
		}
	case VerbCorrect:
		p.Corrects = number(f[2])
	case VerbTo:
		p.DeskID = number(f[2])
	case VerbSame:
		p.IntoID = number(f[2])
	case VerbHand, VerbOpen, VerbDraft, VerbAlert, VerbCase:
	}
	// Only the canonical spelling is ours: no leading zeros, no plus signs, no ids below one.
	if p.RumorID < 1 || p.Corrects < 0 || (p.Verb == VerbTo && p.DeskID < 1) || (p.Verb == VerbCorrect && p.Corrects < 1) ||
		(p.Verb == VerbSame && p.IntoID < 1) || p.Data() != data {
		return Press{}, bad
	}
	return p, nil
}

// validEnding reports whether a button may carry e: none asks, and only Outdated has any.
func validEnding(r guitu.Ruling, e guitu.Ending) bool {
	return e == "" || (r == guitu.Outdated && (e == guitu.Found || e == guitu.Over))
}

// number reads a decimal, and returns -1 for what is none.
func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// Action is one thing that an officer can do with a story: a button in a chat, a form in the console.
type Action struct {
	Label      string
	Press      Press
	NeedsBasis bool // asks how it was checked
	// Choices is what pressing asks; nil when pressing is enough. For VerbHand it is nil too: see DeskActions.
	Choices []Action
}

// Actions returns what can be done with q: the four rulings, handing over and joining it to its precedent while it waits,
// correcting when it is ruled, drafting an alert when it is confirmed, and nothing when it has gone into another story.
// A nil officer stands for a card that many read. For an officer it leaves out what is plainly not theirs; whether a press is
// allowed is decided when it comes, by the Decider.
func Actions(q guitu.Question, officer *guitu.Officer) []Action {
	if q.Rumor.State == guitu.RumorMerged || officer != nil && !MayRule(q, *officer) {
		return nil
	}
	id := q.Rumor.ID
	if v := q.Verdict; v != nil {
		as := []Action{{
			Label: "更正结论", Press: Press{Verb: VerbCorrect, RumorID: id, Corrects: v.ID},
			NeedsBasis: true, Choices: corrections(id, *v),
		}}
		if v.Ruling == guitu.Confirmed {
			as = append(as, Action{Label: "据此发布警报", Press: Press{Verb: VerbDraft, RumorID: id}})
		}
		return as
	}
	var as []Action
	for _, r := range guitu.Rulings {
		a := Action{
			Label: RulingLabel(r).Zh, Press: Press{Verb: VerbRule, RumorID: id, Ruling: r},
			NeedsBasis: r.NeedsBasis(),
		}
		if r == guitu.Outdated {
			a.Choices = endings(id, 0)
		}
		as = append(as, a)
	}
	as = append(as, Action{Label: "转交其他值班台", Press: Press{Verb: VerbHand, RumorID: id}})
	if p := q.Precedent; p != nil {
		as = append(as, Action{
			Label: fmt.Sprintf("与 #%d 相同，并入", p.Rumor.ID), Press: Press{Verb: VerbSame, RumorID: id, IntoID: p.Rumor.ID},
		})
	}
	return as
}

// MayRule is the rule of the house as far as a card knows it: the desk's area covers the story, or the story waits or waited
// last at the desk.
func MayRule(q guitu.Question, o guitu.Officer) bool {
	if o.Disabled || o.Role == guitu.RoleAuditor {
		return false
	}
	return o.Desk.Area.Covers(q.Rumor.Claim.Area) || (q.Assignment != nil && q.Assignment.Desk.ID == o.Desk.ID)
}

// endings are the choices under Outdated. A death must never be announced as found, so there is no default.
func endings(rumorID, corrects int64) []Action {
	var as []Action
	for _, e := range []guitu.Ending{guitu.Found, guitu.Over} {
		as = append(as, Action{
			Label:      EndingLabel(e).Zh,
			Press:      Press{Verb: VerbPick, RumorID: rumorID, Corrects: corrects, Ruling: guitu.Outdated, Ending: e},
			NeedsBasis: true,
		})
	}
	return as
}

// corrections are the choices that differ from v.
func corrections(rumorID int64, v guitu.Verdict) []Action {
	var as []Action
	for _, r := range guitu.Rulings {
		switch {
		case r == guitu.Outdated:
			for _, a := range endings(rumorID, v.ID) {
				if v.Ruling == guitu.Outdated && a.Press.Ending == v.Ending {
					continue
				}
				a.Label = VerdictLabel(r, a.Press.Ending).Zh
				as = append(as, a)
			}
		case r != v.Ruling:
			as = append(as, Action{
				Label:      RulingLabel(r).Zh,
				Press:      Press{Verb: VerbPick, RumorID: rumorID, Corrects: v.ID, Ruling: r},
				NeedsBasis: true,
			})
		}
	}
	return as
}

// MaxDesks is how many desks DeskActions offers: a list of buttons that is longer is not read.
const MaxDesks = 20

// DeskActions returns the desks to which q can be handed, those most likely right first: desks whose area covers the story
// from the smallest area up, then desks of the same province, then the others. more is how many were left out.
func DeskActions(q guitu.Question, desks []guitu.Desk) (as []Action, more int) {
	area := q.Rumor.Claim.Area
	distance := func(d guitu.Desk) int {
		switch {
		case d.Area.Covers(area):
			return int(d.Area.Level())
		case area != "" && d.Area != "" && d.Area[:2] == area[:2]:
			return 10
		}
		return 20
	}
	desks = slices.Clone(desks)
	slices.SortStableFunc(desks, func(a, b guitu.Desk) int { return distance(a) - distance(b) })
	for _, d := range desks {
		if q.Assignment != nil && q.Assignment.Ended.IsZero() && q.Assignment.Desk.ID == d.ID {
			continue
		}
		if len(as) == MaxDesks {
			more++
			continue
		}
		as = append(as, Action{Label: d.Name, Press: Press{Verb: VerbTo, RumorID: q.Rumor.ID, DeskID: d.ID}})
	}
	return as, more
}
