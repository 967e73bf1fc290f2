package fake

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"guitu"
	"guitu/bot"
)

// Backend is a bot.Backend in memory. Fill its maps before use; the test reads what was done through its methods.
type Backend struct {
	Now      time.Time
	Officers map[int64]guitu.Officer // by Telegram account
	Invites  map[string]guitu.Officer
	DeskList []guitu.Desk
	Stories  map[int64]guitu.Question
	Watched  []guitu.SourceState
	Broken   error // returned by every call when set

	mu      sync.Mutex
	used    map[string]int64 // invitation to the account that used it
	keys    map[string]guitu.Verdict
	prompts []guitu.Prompt // a prompt's ID is its place, counted from 1
	cards   map[guitu.MessageRef]int64
	handed  []string
	passed  map[string]guitu.Handover // by key
	viewed  []string
	last    int64
}

var _ bot.Backend = (*Backend)(nil)

// Verdicts returns how many verdicts were made.
func (b *Backend) Verdicts() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.keys)
}

// Verdict returns the current verdict of a rumor.
func (b *Backend) Verdict(rumorID int64) *guitu.Verdict {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Stories[rumorID].Verdict
}

// Cards returns where cards were seen.
func (b *Backend) Cards() map[guitu.MessageRef]int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := map[guitu.MessageRef]int64{}
	for ref, id := range b.cards {
		out[ref] = id
	}
	return out
}

// Handed returns what was handed over, as "rumor>desk by officer".
func (b *Backend) Handed() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.handed)
}

// Decide keeps the rules of bot.Decider.
func (b *Backend) Decide(_ context.Context, d guitu.Decision) (guitu.Verdict, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.Broken != nil {
		return guitu.Verdict{}, b.Broken
	}
	if v, ok := b.keys[d.Key]; ok {
		return v, nil
	}
	if err := b.mayAct(d.RumorID, d.OfficerID); err != nil {
		return guitu.Verdict{}, err
	}
	q := b.Stories[d.RumorID]
	o, err := b.officerByID(d.OfficerID)
	if err != nil {
		return guitu.Verdict{}, err
	}
	current := int64(0)
	if q.Verdict != nil {
		current = q.Verdict.ID
	}
	if current != d.Corrects {
		return guitu.Verdict{}, guitu.Errorf(guitu.Conflict, "传言 #%d 已有核查结论：%s认定“%s”。",
			d.RumorID, q.Verdict.Officer.Name, bot.RulingLabel(q.Verdict.Ruling).Zh)
	}
	if (d.Ruling.NeedsBasis() || d.Corrects != 0) && d.Basis == "" {
		return guitu.Verdict{}, guitu.Errorf(guitu.Invalid, "请写明是怎样核查的。")
	}
	b.last++
	v := guitu.Verdict{
		ID: b.last, RumorID: d.RumorID, Ruling: d.Ruling, Ending: d.Ending, Basis: d.Basis, Officer: o, Desk: o.Desk, At: b.Now, Corrects: d.Corrects,
	}
	q.Verdict, q.Rumor.State = &v, guitu.RumorRuled
	b.Stories[d.RumorID] = q
	if b.keys == nil {
		b.keys = map[string]guitu.Verdict{}
	}
	b.keys[d.Key] = v
	return v, nil
}

func (b *Backend) officerByID(id int64) (guitu.Officer, error) {
	for _, o := range b.Officers {
		if o.ID == id {
			return o, nil
		}
	}
	return guitu.Officer{}, guitu.Errorf(guitu.Forbidden, "您不是民警。")
}

// HandOver records who handed what to whom.
func (b *Backend) HandOver(_ context.Context, h guitu.Handover) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.Broken != nil {
		return b.Broken
	}
	if _, again := b.passed[h.Key]; again {
		return nil
	}
	if b.Stories[h.RumorID].Verdict != nil {
		return guitu.Errorf(guitu.Conflict, "传言 #%d 已有核查结论。", h.RumorID)
	}
	if b.passed == nil {
		b.passed = map[string]guitu.Handover{}
	}
	b.passed[h.Key] = h
	b.handed = append(b.handed, fmt.Sprintf("%d>%d by %d", h.RumorID, h.DeskID, h.OfficerID))
	return nil
}

// Merge keeps the rules of bot.Decider, and records it as "rumor=into by officer" among what was handed over.
func (b *Backend) Merge(_ context.Context, rumorID, intoID, officerID int64) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.Broken != nil {
		return b.Broken
	}
	q, into := b.Stories[rumorID], b.Stories[intoID]
	switch {
	case q.Rumor.ID == 0 || into.Rumor.ID == 0:
		return guitu.Errorf(guitu.NotFound, "没有这条传言。")
	case q.Rumor.MergedInto == intoID:
		return nil
	case q.Verdict != nil:
		return guitu.Errorf(guitu.Conflict, "传言 #%d 已有核查结论。", rumorID)
	}
	q.Rumor.State, q.Rumor.MergedInto = guitu.RumorMerged, intoID
	b.Stories[rumorID] = q
	b.handed = append(b.handed, fmt.Sprintf("%d=%d by %d", rumorID, intoID, officerID))
	return nil
}

// MayAct lets the officers of the story's area act.
func (b *Backend) MayAct(_ context.Context, rumorID, officerID int64) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.Broken != nil {
		return b.Broken
	}
	return b.mayAct(rumorID, officerID)
}

func (b *Backend) mayAct(rumorID, officerID int64) error {
	q, ok := b.Stories[rumorID]
	if !ok {
		return guitu.Errorf(guitu.NotFound, "没有传言 #%d。", rumorID)
	}
	o, err := b.officerByID(officerID)
	if err == nil && !o.Desk.Area.Covers(q.Rumor.Claim.Area) {
		err = guitu.Errorf(guitu.Forbidden, "传言 #%d 不属于您的值班台。", rumorID)
	}
	return err
}

// Question returns a story from Stories.
func (b *Backend) Question(_ context.Context, rumorID int64) (guitu.Question, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.Broken != nil {
		return guitu.Question{}, b.Broken
	}
	q, ok := b.Stories[rumorID]
	if !ok {
		return q, guitu.Errorf(guitu.NotFound, "没有传言 #%d。", rumorID)
	}
	return q, nil
}

// Waiting returns the open stories of Stories by ID.
func (b *Backend) Waiting(_ context.Context, area guitu.Area, limit int) ([]guitu.Question, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var qs []guitu.Question
	for _, q := range b.Stories {
		if q.Verdict == nil && area.Covers(q.Rumor.Claim.Area) {
			qs = append(qs, q)
		}
	}
	slices.SortFunc(qs, func(x, y guitu.Question) int { return int(x.Rumor.ID - y.Rumor.ID) })
	return qs[:min(limit, len(qs))], b.Broken
}

// OfficerByTelegram returns an officer from Officers; the disabled are not found.
func (b *Backend) OfficerByTelegram(_ context.Context, user int64) (guitu.Officer, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.Broken != nil {
		return guitu.Officer{}, b.Broken
	}
	o, ok := b.Officers[user]
	if !ok || o.Disabled {
		return guitu.Officer{}, guitu.Errorf(guitu.NotFound, "没有这位民警。")
	}
	return o, nil
}

// JoinTelegram uses up an invitation from Invites.
func (b *Backend) JoinTelegram(_ context.Context, code string, user int64) (guitu.Officer, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.Broken != nil {
		return guitu.Officer{}, b.Broken
	}
	if b.used == nil {
		b.used = map[string]int64{}
	}
	if by, used := b.used[code]; used && by == user {
		return b.Officers[user], nil
	}
	o, ok := b.Invites[code]
	if _, used := b.used[code]; !ok || used {
		return guitu.Officer{}, guitu.Errorf(guitu.NotFound, "邀请码无效或已过期。")
	}
	if _, joined := b.Officers[user]; joined {
		return guitu.Officer{}, guitu.Errorf(guitu.Conflict, "您已经加入过了。")
	}
	o.TelegramUser = user
	b.used[code], b.Officers[user] = user, o
	return o, nil
}

// SetDuty changes Officers.
func (b *Backend) SetDuty(_ context.Context, officerID int64, on bool, _ int64) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for user, o := range b.Officers {
		if o.ID == officerID {
			o.OnDuty = on
			b.Officers[user] = o
		}
	}
	return b.Broken
}

// Desks returns DeskList.
func (b *Backend) Desks(context.Context) ([]guitu.Desk, error) { return b.DeskList, b.Broken }

// Sources returns Watched.
func (b *Backend) Sources(context.Context) ([]guitu.SourceState, error) { return b.Watched, b.Broken }

// SignInCode returns a fixed code.
func (b *Backend) SignInCode(_ context.Context, officerID int64) (string, error) {
	return fmt.Sprintf("signin-%d", officerID), b.Broken
}

// SavePrompt keeps p, unless it is kept already.
func (b *Backend) SavePrompt(_ context.Context, p guitu.Prompt) (int64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.Broken != nil {
		return 0, b.Broken
	}
	for i, old := range b.prompts {
		if old == p {
			return int64(i) + 1, nil
		}
	}
	b.prompts = append(b.prompts, p)
	return int64(len(b.prompts)), nil
}

// Prompt returns a prompt that was kept.
func (b *Backend) Prompt(_ context.Context, promptID int64) (guitu.Prompt, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if promptID < 1 || promptID > int64(len(b.prompts)) {
		return guitu.Prompt{}, guitu.Errorf(guitu.NotFound, "没有这个问题。")
	}
	p := b.prompts[promptID-1]
	p.ID = promptID
	return p, b.Broken
}

// Viewed records who opened a rumor.
func (b *Backend) Viewed(_ context.Context, rumorID, officerID int64, why guitu.ViewReason, _ string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.viewed = append(b.viewed, fmt.Sprintf("%d by %d: %s", rumorID, officerID, why))
	return nil
}

// Views returns who opened which rumor and why ("17 by 11: case").
func (b *Backend) Views() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.viewed)
}

// SawCard records where a card stands.
func (b *Backend) SawCard(_ context.Context, rumorID int64, ref guitu.MessageRef) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.Broken != nil {
		return b.Broken
	}
	if _, ok := b.Stories[rumorID]; !ok {
		return guitu.Errorf(guitu.NotFound, "没有传言 #%d。", rumorID)
	}
	if b.cards == nil {
		b.cards = map[guitu.MessageRef]int64{}
	}
	b.cards[ref] = rumorID
	return nil
}
