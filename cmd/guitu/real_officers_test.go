package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/chromedp"

	"guitu"
	"guitu/internal/store"
	"guitu/internal/testenv"
	"guitu/internal/testenv/chromium"
	"guitu/verify/desks"
)

// How the officers say that they checked, by which a verdict shows where it was made.
const (
	chatBasis    = "已查询接警记录，无此警情"
	consoleBasis = "已向辖区派出所核实，未接到报警"
)

// How many stories are ruled each way. All notices together are more than a Telegram channel takes in a minute.
const (
	rulingsInChat    = 20
	rulingsInConsole = 6
)

// topDesk has no chat: its stories are ruled in the browser.
const topDesk = "部值班台"

// realDesk is a province's desk with an officer in its chat.
type realDesk struct {
	name, area string
	user       int64
	chat       string
	answers    bool // else its stories go up when their time is over
	cards      []testenv.TelegramMessage
	busy       bool // the first of cards was pressed, and its ruling is not recorded yet
}

// realDesks are the desks of some provinces; the last never answers.
func realDesks() (all []*realDesk) {
	for i, p := range []struct{ name, area string }{
		{"北京值班台", "110000"},
		{"河北值班台", "130000"},
		{"安徽值班台", "340000"},
		{"福建值班台", "350000"},
		{"山东值班台", "370000"},
		{"湖北值班台", "420000"},
		{"湖南值班台", "430000"},
		{"广东值班台", "440000"},
		{"四川值班台", "510000"},
	} {
		user := int64(701 + i)
		all = append(all, &realDesk{name: p.name, area: p.area, user: user, chat: fmt.Sprint(user), answers: p.area != "510000"})
	}
	return all
}

func (d *realDesk) officer() string { return d.name + "民警" }

// join lets the administrator invite an officer for each desk in the browser, and the officers join and go on duty in Telegram.
func (r *realRun) join() {
	r.Helper()
	var known []guitu.Desk
	r.view(func(tx *store.Tx) (err error) {
		known, err = tx.Desks(r.Context())
		return err
	})
	ids := map[string]int64{}
	for _, d := range known {
		ids[d.Name] = d.ID
	}
	for _, d := range r.desks {
		r.window.Open(r.server.config.PublicURL + "/console/officers")
		r.window.Do(
			chromedp.SendKeys(chromedp.CSS("#name"), d.officer()),
			chromedp.SetValue(chromedp.CSS("#invite-desk"), fmt.Sprint(ids[d.name])),
		)
		r.window.Click(".act button")
		r.telegram.Write(d.user, d.chat, chromium.Read(r.window, chromedp.Value(chromedp.CSS("#telegram"))), 0)
	}
	r.hear("您已加入")
	for _, d := range r.desks {
		r.telegram.Write(d.user, d.chat, "/duty on", 0)
	}
	r.hear("您已在岗")
}

// hear waits until the bot has said something to every officer.
func (r *realRun) hear(text string) {
	r.Helper()
	for _, d := range r.desks {
		eventually(r.T, d.officer()+" reads "+text, func() bool {
			for _, m := range r.telegram.Unread(d.chat) {
				if strings.Contains(m.Text, text) {
					return true
				}
			}
			return false
		})
	}
}

// answer lets each officer in Telegram react to what is new: press 不实 under a card, reply to the question how it was checked,
// and take the next card when the ruling is recorded.
func (r *realRun) answer() {
	r.Helper()
	for _, d := range r.desks {
		for _, m := range r.telegram.Unread(d.chat) {
			switch {
			case refute.MatchString(m.Markup):
				d.cards = append(d.cards, m)
			case strings.Contains(m.Markup, "force_reply"):
				r.telegram.Write(d.user, d.chat, chatBasis, m.ID)
			case d.busy && strings.Contains(m.Text, "没有在等待答复"):
				// Answered before the bot had noted where it asked: the officer presses again.
				r.press(d)
			case d.busy && strings.Contains(m.Text, "已记录"):
				d.busy, d.cards = false, d.cards[1:]
			}
		}
		if d.answers && !d.busy && len(d.cards) > 0 && r.pressed < rulingsInChat {
			d.busy = true
			r.pressed++
			r.press(d)
		}
	}
}

func (r *realRun) press(d *realDesk) {
	r.Helper()
	r.telegram.Press(d.user, d.chat, d.cards[0].ID, refute.FindString(d.cards[0].Markup))
}

// rule lets the administrator rule on stories in the browser, while the officers in Telegram go on with theirs.
func (r *realRun) rule() {
	r.Helper()
	for len(r.console) < rulingsInConsole && r.ruleInConsole() {
		r.answer()
	}
	if len(r.console) == 0 {
		r.Fatal("no story waits at the top desk")
	}
	eventually(r.T, "every press in Telegram is answered", func() bool {
		r.answer()
		for _, d := range r.desks {
			if d.busy {
				return false
			}
		}
		return true
	})
}

// ruleInConsole rules on the story that has waited longest at the top desk, and sees what comes of it. It reports false when none
// waits there.
func (r *realRun) ruleInConsole() bool {
	r.Helper()
	id, ok := r.waiting()
	if !ok {
		return false
	}
	w, base := r.window, r.server.config.PublicURL
	w.Open(base + "/console/")
	w.Click(fmt.Sprintf(`a[href="/console/stories/%d"]`, id))
	label := fmt.Sprintf(`input[value="rule:%d:0:refuted"] + label`, id)
	if text := w.Text(label); !strings.Contains(text, "不实") {
		r.Errorf("the choice that refutes story %d reads %q", id, text)
	}
	w.Do(chromedp.Click(chromedp.CSS(label)), chromedp.SendKeys(chromedp.CSS("#basis"), consoleBasis))
	w.Click(".act button")
	page := w.Text("main")
	for _, want := range []string{"核查结论：不实", consoleBasis, desks.FirstAdmin + "，" + topDesk, "已记录核查结论：不实"} {
		if !strings.Contains(page, want) {
			r.Errorf("the page of story %d lacks %q after the ruling", id, want)
		}
	}
	r.console[id] = true
	notice := chromium.Read(w, chromedp.AttributeValue(chromedp.CSS(`a[href*="/n/"]`), "href")).Value
	code := notice[strings.LastIndex(notice, "/")+1:]
	eventually(r.T, "the console shows the delivery of "+code+" to the site", func() bool {
		w.Open(base + "/console/deliveries")
		rows := chromium.Read(w, chromedp.Evaluate[[]string](`Array.from(document.querySelectorAll("tbody tr"), row => row.innerText)`))
		return delivered(rows, code, siteChannel, "已发") && delivered(rows, code, "telegram", "")
	})
	return true
}

// waiting returns the story that has waited longest at the top desk, as the console's list has it.
func (r *realRun) waiting() (id int64, ok bool) {
	r.Helper()
	r.view(func(tx *store.Tx) error {
		all, err := tx.WaitingRumors(r.Context(), "", 20)
		for _, m := range all {
			a, err := tx.LastAssignment(r.Context(), m.ID)
			if err != nil {
				return err
			}
			if a != nil && a.Desk.Area == "" && a.Ended.IsZero() {
				id, ok = m.ID, true
				break
			}
		}
		return err
	})
	return id, ok
}

// delivered reports whether a row of the list of deliveries shows a notice on a channel in a state.
func delivered(rows []string, code, channel, state string) bool {
	return slices.ContainsFunc(rows, func(row string) bool {
		return strings.Contains(row, code) && strings.Contains(row, channel) && strings.Contains(row, state)
	})
}

// comeToRest waits until every notice has gone out, every standing card of a ruled story shows the verdict, and nothing waits at
// a desk beyond its time.
func (r *realRun) comeToRest() {
	r.Helper()
	const patience = 2 * time.Minute // a channel takes twenty messages a minute
	for deadline := time.Now().Add(patience); ; time.Sleep(500 * time.Millisecond) {
		missing := r.unfinished()
		if len(missing) == 0 {
			return
		}
		if time.Now().After(deadline) {
			r.Errorf("not at rest within %s: %s", patience, strings.Join(missing, "; "))
			return
		}
	}
}

// unfinished lists what is still under way.
func (r *realRun) unfinished() (missing []string) {
	r.Helper()
	shown := map[guitu.MessageRef]string{}
	for _, d := range r.desks {
		for _, m := range r.telegram.Messages(d.chat) {
			shown[guitu.MessageRef{Chat: d.chat, Message: fmt.Sprint(m.ID)}] = m.Text
		}
	}
	r.view(func(tx *store.Tx) error {
		all, err := tx.Deliveries(r.Context(), "", 0, 100000)
		if err != nil {
			return err
		}
		for _, d := range all {
			if d.State == guitu.DeliveryDue || d.State == guitu.DeliverySending {
				missing = append(missing, fmt.Sprintf("notice %s on %s is %s", d.Code, d.Channel, d.State))
			}
		}
		rumors, err := tx.Rumors(r.Context(), store.RumorFilter{Limit: 100000})
		for _, m := range rumors {
			look := r.overdue
			if m.State == guitu.RumorRuled {
				look = func(tx *store.Tx, id int64) ([]string, error) { return r.stale(tx, id, shown) }
			}
			more, err := look(tx, m.ID)
			if err != nil {
				return err
			}
			missing = append(missing, more...)
		}
		return err
	})
	return missing
}

// overdue says whether an open story waits at a desk beyond its time.
func (r *realRun) overdue(tx *store.Tx, id int64) ([]string, error) {
	a, err := tx.LastAssignment(r.Context(), id)
	if err != nil || a == nil || a.Due.IsZero() || a.Due.After(tx.Now) {
		return nil, err
	}
	return []string{fmt.Sprintf("story %d waits at %s beyond its time", id, a.Desk.Name)}, nil
}

// stale lists the standing cards of a ruled story that do not show the verdict.
func (r *realRun) stale(tx *store.Tx, id int64, shown map[guitu.MessageRef]string) (cards []string, err error) {
	all, err := tx.Cards(r.Context(), id)
	for _, c := range all {
		if c.Ref.Message != "" && !strings.Contains(shown[c.Ref], "核查结论：不实") {
			cards = append(cards, fmt.Sprintf("card %s in chat %s does not show the verdict on story %d", c.Ref.Message, c.Ref.Chat, id))
		}
	}
	return cards, err
}
