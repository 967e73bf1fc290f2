package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"guitu"
)

// Backend is all that a Conversation needs of the rest.
type Backend interface {
	Decider
	Rights
	Stories
	Views
	Roster
	Sources
	Prompts
	Cards
}

// Options says how a Conversation speaks. The zero value works: it then knows no addresses.
type Options struct {
	Site   string                   // address of the public site, told to everybody who asks
	SignIn func(code string) string // makes the address that signs in to the console; nil: there is no console
	Alert  AlertOptions             // how alerts are issued
	Public PublicOptions            // what anybody can do in a private chat
}

// Conversation answers what people do in a chat application. It keeps nothing: handling the same Incoming again decides once
// and answers the same.
type Conversation struct {
	back Backend
	o    Options
}

// NewConversation returns a Conversation over b.
func NewConversation(b Backend, o Options) *Conversation { return &Conversation{back: b, o: o} }

// Incoming is one thing that somebody did in a chat application.
type Incoming struct {
	Key     string           // identifies it for ever: application and update ("telegram:10000017")
	User    int64            // the account of the person
	Private bool             // the chat is between this person and the bot only
	Ref     guitu.MessageRef // of a press: the message that carries the button; of a text: the text
	// ReplyTo is what the bot's message says: of a text, the one to which it replies, "" when it replies to none; of a press, the one that
	// carries the button, "" when the application no longer tells.
	ReplyTo string
	Text    string       // of a text: what was written, "" for a picture and the like; the caption of a picture
	Picture string       // of a picture: the name by which the application gives its bytes, which stays good; "" for none
	Point   *guitu.Point // of a location, nil for none
}

// Answer is what to do about an Incoming. The zero Answer is silence.
type Answer struct {
	Toast  string          // of a press: shown to the presser only
	Say    *Utterance      // to be said in the chat, nil for nothing; then call Said
	Reshow *guitu.Question // the pressed card is stale: show this in its place
	Tell   *Utterance      // to be said to its To in private as well, where they have joined
}

// Utterance is one message of the bot.
type Utterance struct {
	Text    string          // plain
	Choices []Action        // buttons under it
	Card    *guitu.Question // a card, in place of Text and Choices
	Asks    bool            // it asks a question that its reply answers
	Picture *guitu.Picture  // stands over Text, nil for none
	Place   string          // label of a button that sends where one is, "" for none; in private chats only
	NoPlace bool            // takes that button away
	To      guitu.Officer   // whom it addresses; zero for everybody in the chat
}

// Press handles the press of a button that carries data. Only errors that a repetition may heal are returned.
func (c *Conversation) Press(ctx context.Context, in Incoming, data string) (Answer, error) {
	if p, err := ParsePress(data); err == nil {
		if a, ok, err := c.pressPublic(ctx, in, p); ok {
			return a, err
		}
	}
	officer, known, err := c.officer(ctx, in.User)
	if err != nil {
		return Answer{}, err
	}
	if !known {
		return Answer{Toast: c.greeting()}, nil
	}
	p, err := ParsePress(data)
	if err != nil {
		return c.refuse(ctx, Press{}, err)
	}
	if p.Verb.OnCard() {
		// Before deciding, so that the decision brings this card up to date together with all others.
		if err := c.back.SawCard(ctx, p.RumorID, in.Ref); err != nil {
			return c.refuse(ctx, Press{}, err)
		}
	}
	a, err := c.press(ctx, in, officer, p)
	if err != nil {
		return c.refuse(ctx, p, err)
	}
	return a, nil
}

func (c *Conversation) press(ctx context.Context, in Incoming, officer guitu.Officer, p Press) (Answer, error) {
	switch p.Verb {
	case VerbRule, VerbPick:
		if p.Ruling == guitu.Outdated && p.Ending == "" {
			return c.askChoice(ctx, p, officer, "是哪一种？死亡或情况不明的，请选“事情已了结”。", func(guitu.Question) []Action {
				return endings(p.RumorID, p.Corrects)
			})
		}
		if p.Ruling.NeedsBasis() || p.Corrects != 0 {
			return c.askBasis(ctx, officer, p)
		}
		v, err := c.back.Decide(ctx, guitu.Decision{RumorID: p.RumorID, OfficerID: officer.ID, Ruling: p.Ruling, Key: in.Key})
		if err != nil {
			return Answer{}, err
		}
		return recorded(v), nil
	case VerbCorrect:
		return c.askChoice(ctx, p, officer, "更正为哪一种结论？更正会向公众发布更正通告。", func(q guitu.Question) []Action {
			return corrections(p.RumorID, *q.Verdict)
		})
	case VerbHand:
		return c.askDesk(ctx, p, officer)
	case VerbTo:
		return c.handOver(ctx, in, officer, p)
	case VerbSame:
		return c.merge(ctx, p, officer)
	case VerbDraft:
		return c.beginAlert(ctx, in, officer, strconv.FormatInt(p.RumorID, 10))
	case VerbAlert:
		return c.pressAlert(ctx, in, officer, p)
	case VerbCase:
		return c.pressCase(ctx, in, officer, p)
	case VerbOpen:
		q, err := c.back.Question(ctx, p.RumorID)
		if err != nil {
			return Answer{}, err
		}
		if err := c.back.MayAct(ctx, p.RumorID, officer.ID); err != nil {
			return Answer{}, err
		}
		if !c.mayList(in, officer) {
			return Answer{}, guitu.Errorf(guitu.Forbidden, elsewhere)
		}
		// What cannot be recorded is not shown.
		if err := c.back.Viewed(ctx, p.RumorID, officer.ID, guitu.ViewCase, ""); err != nil {
			return Answer{}, err
		}
		return Answer{Say: &Utterance{Card: &q}}, nil
	}
	return Answer{}, fmt.Errorf("press: verb %q", p.Verb) // ParsePress knows no other verb.
}

// askChoice asks which of some choices is meant.
func (c *Conversation) askChoice(ctx context.Context, p Press, o guitu.Officer, ask string, choices func(guitu.Question) []Action) (Answer, error) {
	q, err := c.standing(ctx, p, o)
	if err != nil {
		return Answer{}, err
	}
	return Answer{Say: &Utterance{Text: fmt.Sprintf("传言 #%d：%s", p.RumorID, ask), Choices: choices(q), To: o}}, nil
}

// askBasis asks how it was checked. The prompt is kept before it is asked, and outlives the process: the answer may come at once,
// or days later.
func (c *Conversation) askBasis(ctx context.Context, o guitu.Officer, p Press) (Answer, error) {
	if _, err := c.standing(ctx, p, o); err != nil {
		return Answer{}, err
	}
	ask := guitu.Prompt{OfficerID: o.ID, RumorID: p.RumorID, Ruling: p.Ruling, Ending: p.Ending, Corrects: p.Corrects}
	var err error
	if ask.ID, err = c.back.SavePrompt(ctx, ask); err != nil {
		return Answer{}, fmt.Errorf("save the prompt for rumor %d: %w", p.RumorID, err)
	}
	return Answer{Say: &Utterance{
		Text: fmt.Sprintf("%s\n请回复本条消息，写明是怎样核查的（必填，至多 %d 字）。回复之后结论才生效。\n"+
			"核查方式会用于对外通告，请不要写姓名、电话和住址。", promptTitle(ask), guitu.MaxBasis),
		Asks: true,
		To:   o,
	}}, nil
}

// promptTitle is the first line of a prompt. It ends with the prompt's number, by which a reply is known: the application brings
// the line along with the reply, also when the process died before it learnt where the prompt stands.
func promptTitle(p guitu.Prompt) string {
	what := "结论"
	if p.Corrects != 0 {
		what = "更正为"
	}
	return fmt.Sprintf("传言 #%d，%s：%s。（问题 %d）", p.RumorID, what, VerdictLabel(p.Ruling, p.Ending).Zh, p.ID)
}

func (c *Conversation) askDesk(ctx context.Context, p Press, o guitu.Officer) (Answer, error) {
	q, err := c.standing(ctx, p, o)
	if err != nil {
		return Answer{}, err
	}
	desks, err := c.back.Desks(ctx)
	if err != nil {
		return Answer{}, err
	}
	choices, more := DeskActions(q, desks)
	if len(choices) == 0 {
		return Answer{}, guitu.Errorf(guitu.Conflict, "没有别的值班台可以转交。")
	}
	ask := fmt.Sprintf("传言 #%d：转交给哪个值班台？", p.RumorID)
	if more > 0 {
		ask += fmt.Sprintf("另有 %d 个值班台，请在控制台转交。", more)
	}
	return Answer{Say: &Utterance{Text: ask, Choices: choices, To: o}}, nil
}

func (c *Conversation) handOver(ctx context.Context, in Incoming, o guitu.Officer, p Press) (Answer, error) {
	err := c.back.HandOver(ctx, guitu.Handover{RumorID: p.RumorID, DeskID: p.DeskID, OfficerID: o.ID, Key: in.Key})
	if err != nil {
		return Answer{}, err
	}
	desks, err := c.back.Desks(ctx)
	if err != nil {
		return Answer{}, err
	}
	name := ""
	if i := slices.IndexFunc(desks, func(d guitu.Desk) bool { return d.ID == p.DeskID }); i >= 0 {
		name = desks[i].Name
	}
	text := fmt.Sprintf("传言 #%d 已由%s转交给%s。", p.RumorID, o.Name, name)
	return Answer{Toast: text, Say: &Utterance{Text: text}}, nil
}

func (c *Conversation) merge(ctx context.Context, p Press, o guitu.Officer) (Answer, error) {
	if err := c.back.Merge(ctx, p.RumorID, p.IntoID, o.ID); err != nil {
		return Answer{}, err
	}
	into, err := c.back.Question(ctx, p.IntoID)
	if err != nil {
		return Answer{}, err
	}
	then := "该传言尚无核查结论，请在那里处理。"
	if v := into.Verdict; v != nil {
		then = fmt.Sprintf("该传言已核定为“%s”，不再另发通告。", VerdictLabel(v.Ruling, v.Ending).Zh)
	}
	text := fmt.Sprintf("传言 #%d 已由%s并入 #%d。%s如有误，可在控制台拆出。", p.RumorID, o.Name, p.IntoID, then)
	return Answer{Toast: text, Say: &Utterance{Text: text}}, nil
}

// standing returns the story if it still stands as the presser saw it and the presser may act on it, so that nobody is asked for
// what would be refused.
func (c *Conversation) standing(ctx context.Context, p Press, o guitu.Officer) (guitu.Question, error) {
	q, err := c.back.Question(ctx, p.RumorID)
	if err != nil {
		return q, err
	}
	if err := c.back.MayAct(ctx, p.RumorID, o.ID); err != nil {
		return q, err
	}
	if into := q.Rumor.MergedInto; into != 0 {
		return q, guitu.Errorf(guitu.Conflict, "传言 #%d 已并入传言 #%d，请在那里处理。", p.RumorID, into)
	}
	current := int64(0)
	if q.Verdict != nil {
		current = q.Verdict.ID
	}
	if current == p.Corrects {
		return q, nil
	}
	if q.Verdict == nil {
		return q, guitu.Errorf(guitu.Conflict, "传言 #%d 目前没有核查结论。", p.RumorID)
	}
	return q, guitu.Errorf(guitu.Conflict, "传言 #%d 已有核查结论：%s于 %s 认定“%s”。如需改动，请用卡片上的“更正结论”。",
		p.RumorID, q.Verdict.Officer.Name, q.Verdict.At.In(Beijing).Format("2006-01-02 15:04"), VerdictLabel(q.Verdict.Ruling, q.Verdict.Ending).Zh)
}

// refuse turns an error for people into the answer of a press, and passes on every other. A story that was in another state
// than the presser saw is shown as it is.
func (c *Conversation) refuse(ctx context.Context, p Press, err error) (Answer, error) {
	var shown *guitu.Error
	if !errors.As(err, &shown) || shown.Kind == guitu.Internal {
		return Answer{}, err
	}
	a := Answer{Toast: shown.Message}
	if shown.Kind == guitu.Conflict && p.Verb.OnCard() {
		q, err := c.back.Question(ctx, p.RumorID)
		if err != nil {
			return Answer{}, err
		}
		a.Reshow = &q
	}
	return a, nil
}

// Said must be called when an Utterance has been said, with the place where it stands. It may be repeated.
func (c *Conversation) Said(ctx context.Context, u Utterance, ref guitu.MessageRef) error {
	if u.Card != nil {
		if err := c.back.SawCard(ctx, u.Card.Rumor.ID, ref); err != nil {
			return fmt.Errorf("record the card of rumor %d: %w", u.Card.Rumor.ID, err)
		}
	}
	return nil
}

// officer looks up who an account belongs to; known is false for strangers and for the disabled.
func (c *Conversation) officer(ctx context.Context, user int64) (o guitu.Officer, known bool, err error) {
	if user == 0 {
		return o, false, nil
	}
	o, err = c.back.OfficerByTelegram(ctx, user)
	switch guitu.KindOf(err) {
	case "":
		return o, !o.Disabled, nil
	case guitu.NotFound, guitu.Forbidden:
		return o, false, nil
	}
	return o, false, err
}
