package main

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/chromedp"

	"guitu"
	"guitu/internal/store"
	"guitu/internal/testenv"
	"guitu/verify/desks"
)

// realOutcome is what the bot made of the posts served so far.
type realOutcome struct {
	posts       []labelled
	fates       []fate // of each post
	asked       int    // stories about which an officer is or was asked
	watched     int    // stories that are not sure enough for that
	escalations int
}

// fate is what became of a post.
type fate struct {
	story int64 // 0 when the bot passed it over
	kind  fateKind
}

type fateKind string

const (
	fateAsked    fateKind = "asked"    // it tells a story about which an officer is asked
	fateWatched  fateKind = "watched"  // it tells a story that is only watched
	fateEvidence fateKind = "evidence" // it speaks on a story
)

// outcome looks what became of posts. Every story that is not only watched must have come to a desk: an officer is asked about it.
func (r *realRun) outcome(posts []labelled) (o realOutcome) {
	r.Helper()
	eventually(r.T, "every story is at a desk", func() bool {
		r.answer()
		return len(r.homeless()) == 0
	})
	fates := map[string]fate{}
	for _, m := range r.rumors("") {
		kind := fateAsked
		switch m.State {
		case guitu.RumorMerged:
			continue // its posts are with another
		case guitu.RumorWatched:
			kind = fateWatched
			o.watched++
		case guitu.RumorOpen, guitu.RumorRuled:
			o.asked++
		}
		r.view(func(tx *store.Tx) error {
			told, err := tx.Posts(r.Context(), m.ID, 100000)
			if err != nil {
				return err
			}
			for _, p := range told {
				f := fate{m.ID, kind}
				if p.Evidence != "" {
					f.kind = fateEvidence
				}
				fates[p.ExternalID] = f
			}
			history, err := tx.History(r.Context(), m.ID)
			for _, e := range history {
				if e.Kind == guitu.EventEscalated {
					o.escalations++
				}
			}
			return err
		})
	}
	o.posts = slices.Clone(posts)
	for i := range posts {
		o.fates = append(o.fates, fates[weiboID(i)])
	}
	return o
}

// homeless lists the stories about which an officer is to be asked, and that have come to no desk.
func (r *realRun) homeless() (all []int64) {
	r.Helper()
	rumors := r.rumors("")
	r.view(func(tx *store.Tx) error {
		for _, m := range rumors {
			a, err := tx.LastAssignment(r.Context(), m.ID)
			if err != nil {
				return err
			}
			if a == nil && (m.State == guitu.RumorOpen || m.State == guitu.RumorRuled) {
				all = append(all, m.ID)
			}
		}
		return nil
	})
	return all
}

// reportStream says what officers would have been asked about the unlabelled stream alone.
func (r *realRun) reportStream(o realOutcome) {
	r.Helper()
	told := map[int64]int{}
	tags := map[string]int{}
	settled := 0
	for i, p := range o.posts {
		f := o.fates[i]
		if f.story != 0 {
			r.show(fmt.Sprintf("stream story %d, %s, %q", f.story, f.kind, p.Weak), p)
		}
		if f.kind == fateAsked {
			told[f.story]++
			tags[p.Weak]++
			settled++
		}
	}
	if len(told) == 0 {
		r.Error("the stream holds no story")
		return
	}
	sizes := slices.Sorted(maps.Values(told))
	r.Logf("the stream alone, %d posts: officers would have been asked about %d stories told by %d posts; a press settles %.2f posts on average, %d in the median, %d at most; %d more stories are watched",
		len(o.posts), o.asked, settled, float64(settled)/float64(len(told)), sizes[len(sizes)/2], sizes[len(sizes)-1], o.watched)
	r.Logf("of these posts the weak tags call %d a debunk, %d a question, %d found, and say nothing of %d",
		tags["debunk"], tags["query"], tags["found"], tags[""])
}

// tally counts flagged posts: those that tell a story about which an officer is asked.
type tally struct {
	flagged, right, wrong, border, unlabelled, missed int

	stories, lost map[string]bool // labelled stories of which a post was flagged, and the others
	kinds         map[fateKind]int
}

func (r *realRun) tally(o realOutcome) tally {
	t := tally{stories: map[string]bool{}, lost: map[string]bool{}, kinds: map[fateKind]int{}}
	for i, p := range o.posts {
		f := o.fates[i]
		t.kinds[f.kind]++
		yes := f.kind == fateAsked
		switch {
		case !yes && p.Label != nil && *p.Label == 1 && !p.Border:
			t.missed++
			t.lost[p.Story] = true
			r.show(fmt.Sprintf("missed, %q", f.kind), p)
		case !yes:
		case p.Label == nil:
			t.unlabelled++
		case p.Border:
			t.border++
		case *p.Label == 1:
			t.right++
			t.stories[p.Story] = true
		default:
			t.wrong++
			r.show("wrongly flagged", p)
		}
		if yes {
			t.flagged++
		}
	}
	for s := range t.stories {
		delete(t.lost, s)
	}
	return t
}

// report prints the table of what came out.
func (r *realRun) report(o realOutcome, took time.Duration) {
	r.Helper()
	t := r.tally(o)
	ruled, notices := len(r.rumors(guitu.RumorRuled)), len(r.notices())
	inChannel := len(r.telegram.Messages(realChannel))
	r.Logf("%d posts read in %s; %d flagged: %d rightly, %d wrongly, %d debatable, %d in the unlabelled stream; %d missed; %d more tell stories that are watched, %d are evidence",
		len(o.posts), took.Round(time.Second), t.flagged, t.right, t.wrong, t.border, t.unlabelled, t.missed, t.kinds[fateWatched], t.kinds[fateEvidence])
	r.Logf("%d labelled stories seen, %d never; officers are asked about %d stories, %d are watched; %d ruled in Telegram, %d in the browser; %d notices on the site, %d in the channel; %d escalations",
		len(t.stories), len(t.lost), o.asked, o.watched, ruled-len(r.console), len(r.console), notices, inChannel, o.escalations)
	if t.right == 0 || ruled == 0 || notices == 0 || inChannel == 0 {
		r.Error("nothing came through to the end")
	}
	if inChannel > ruled {
		r.Errorf("%d notices in the channel for %d ruled stories", inChannel, ruled)
	}
}

// show shows a post to whoever asks to judge by hand.
func (r *realRun) show(how string, p labelled) {
	if os.Getenv("GUITU_MISSES") != "" {
		r.Logf("%s: %s %s", how, p.ID, p.Text)
	}
}

// notices lists what stands on the site, the newest first.
func (r *realRun) notices() (all []guitu.Notice) {
	r.Helper()
	r.view(func(tx *store.Tx) (err error) {
		all, err = tx.PublicNotices(r.Context(), siteChannel, "", 0, 100000)
		return err
	})
	return all
}

// check asserts what must hold whatever the posts are: each ruled story has one verdict, by the officer who made it, one notice,
// and that notice once on each channel.
func (r *realRun) check() {
	r.Helper()
	byStory := map[int64][]guitu.Notice{}
	for _, n := range r.notices() {
		byStory[n.RumorID] = append(byStory[n.RumorID], n)
	}
	channel := r.telegram.Messages(realChannel)
	ruled := r.rumors(guitu.RumorRuled)
	for _, m := range ruled {
		r.checkVerdict(m.ID)
		if n := byStory[m.ID]; len(n) != 1 {
			r.Errorf("story %d is ruled and has %d notices on the site, want one", m.ID, len(n))
			continue
		}
		r.checkNotice(byStory[m.ID][0], channel)
	}
	if inChat := len(ruled) - len(r.console); inChat != r.pressed || inChat == 0 {
		r.Errorf("%d stories are ruled in Telegram, want the %d that were pressed on, and one at least", inChat, r.pressed)
	}
	if len(byStory) != len(ruled) || len(channel) != len(ruled) {
		r.Errorf("%d notices on the site and %d messages in the channel for %d ruled stories, want one each", len(byStory), len(channel), len(ruled))
	}
	seen := map[string]bool{}
	for _, m := range channel {
		if seen[m.Text] {
			r.Errorf("message %d in the channel repeats an earlier one", m.ID)
		}
		seen[m.Text] = true
	}
	for _, d := range r.desks {
		r.masked("chat "+d.chat, r.telegram.Messages(d.chat)...)
	}
	r.masked("the channel", channel...)
	r.checkSite()
}

// checkVerdict looks whether a story was ruled once, and by whom and how it was.
func (r *realRun) checkVerdict(id int64) {
	r.Helper()
	r.view(func(tx *store.Tx) error {
		history, err := tx.History(r.Context(), id)
		if err != nil {
			return err
		}
		verdicts := 0
		for _, e := range history {
			if e.Kind == guitu.EventRuled || e.Kind == guitu.EventCorrected {
				verdicts++
			}
		}
		v, err := tx.CurrentVerdict(r.Context(), id)
		if err != nil {
			return err
		}
		if verdicts != 1 || v == nil {
			r.Errorf("story %d has %d verdicts, the current one %+v; want one", id, verdicts, v)
			return nil
		}
		officer, basis := v.Desk.Name+"民警", chatBasis
		if r.console[id] {
			officer, basis = desks.FirstAdmin, consoleBasis
		}
		if v.Ruling != guitu.Refuted || v.Officer.Name != officer || v.Basis != basis {
			r.Errorf("story %d: %s by %s, %q; want it refuted by %s, %q", id, v.Ruling, v.Officer.Name, v.Basis, officer, basis)
		}
		return nil
	})
}

// checkNotice looks whether a notice went out once on each channel.
func (r *realRun) checkNotice(n guitu.Notice, channel []testenv.TelegramMessage) {
	r.Helper()
	var sent []string
	r.view(func(tx *store.Tx) error {
		all, err := tx.DeliveriesOf(r.Context(), n.ID)
		for _, d := range all {
			if d.State == guitu.DeliverySent {
				sent = append(sent, d.Channel)
			}
		}
		return err
	})
	slices.Sort(sent)
	if !slices.Equal(sent, []string{siteChannel, "telegram"}) {
		r.Errorf("notice %s was sent to %v, want site and telegram", n.Code, sent)
	}
	stands := 0
	for _, m := range channel {
		if strings.Contains(m.Text, r.server.config.PublicURL+"/n/"+n.Code) && strings.Contains(m.Text, "网传") {
			stands++
		}
	}
	if stands != 1 {
		r.Errorf("notice %s stands %d times in the channel, want once", n.Code, stands)
	}
}

// mobile finds a mobile number that is not masked.
var mobile = regexp.MustCompile(`(?:^|\D)1[3-9]\d{9}(?:\D|$)`)

// masked looks whether messages show anybody's number.
func (r *realRun) masked(where string, messages ...testenv.TelegramMessage) {
	r.Helper()
	for _, m := range messages {
		if mobile.MatchString(m.Text) {
			r.Errorf("message %d in %s shows a mobile number", m.ID, where)
		}
	}
}

// checkSite reads every notice in the browser, as the public does, and finds one by its code.
func (r *realRun) checkSite() {
	r.Helper()
	w, base := r.window, r.server.config.PublicURL
	all := r.notices()
	if len(all) == 0 {
		return
	}
	for _, n := range all {
		w.Open(base + "/n/" + n.Code)
		page, text := w.Text("main"), n.Texts[guitu.Chinese]
		for _, want := range append(strings.Split(text.Description, "\n"), text.Headline, text.Instruction, n.Code) {
			if !strings.Contains(page, strings.TrimSpace(want)) {
				r.Errorf("the page of notice %s lacks %q", n.Code, want)
			}
		}
		if mobile.MatchString(page) {
			r.Errorf("the page of notice %s shows a mobile number", n.Code)
		}
	}
	newest := all[0]
	w.Open(base + "/")
	if front := w.Text("main"); !strings.Contains(front, newest.Texts[guitu.Chinese].Headline) {
		r.Errorf("the front page lacks the newest notice %s", newest.Code)
	}
	w.Do(chromedp.SendKeys(chromedp.CSS("#code"), newest.Code))
	w.Click(".check button")
	if page := w.Text("main"); !strings.Contains(page, newest.Texts[guitu.Chinese].Instruction) {
		r.Errorf("the check code %s does not lead to its notice", newest.Code)
	}
}
