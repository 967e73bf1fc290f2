package tips_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"guitu"
	"guitu/internal/store"
)

// replies lists what the steps say that were begun since the last time: chat, answer, ending, outcome.
func (h *house) replies(seen *int) (all []string) {
	h.t.Helper()
	c, err := river.NewClient(h.db.Driver(), &river.Config{})
	h.must(err)
	jobs, err := c.JobList(context.Background(), river.NewJobListParams().Kinds("reply").First(100))
	h.must(err)
	fresh := jobs.Jobs[*seen:]
	*seen = len(jobs.Jobs)
	for _, j := range fresh {
		var id int64
		_, err := fmt.Sscanf(string(j.EncodedArgs), `{"tip_id": %d}`, &id)
		if err != nil {
			_, err = fmt.Sscanf(string(j.EncodedArgs), `{"tip_id":%d}`, &id)
		}
		h.must(err)
		h.must(h.db.Update(context.Background(), func(tx *store.Tx) error {
			r, err := tx.TipReply(context.Background(), id)
			if err != nil || r.Due() == "" {
				return err
			}
			all = append(all, fmt.Sprintf("%s %s %s %s", r.Chat, r.Answer, r.Ended, r.Outcome))
			return tx.TipSaid(context.Background(), id, r.Due())
		}))
	}
	slices.Sort(all)
	return all
}

// A place that comes alone belongs to what its sender wrote before, and says how far that is.
func TestPlaceOfTip(t *testing.T) {
	each(t, func(h *house) {
		words := h.taken(guitu.TipRequest{Text: "见到她", Chat: "800", Sender: "a"})
		far := &guitu.Point{Lat: 22.5, Lng: 114}
		if got := h.taken(guitu.TipRequest{Point: far, Chat: "800", Sender: "a"}); got != words {
			h.t.Errorf("the place has receipt %s, want the words' %s", got, words)
		}
		other := h.taken(guitu.TipRequest{Point: &guitu.Point{Lat: 35.06, Lng: 118.34}, Chat: "801", Sender: "b"})
		all := h.list()
		if len(all) != 2 || other == words {
			h.t.Fatalf("tips %+v, want two", all)
		}
		for _, p := range all {
			if p.Text != "" && (p.Doubt != guitu.TipFar || p.Point == nil || *p.Point != *far) || p.Text == "" && (p.Area != "371302" || p.Doubt != "") {
				h.t.Errorf("tip %+v", p)
			}
		}
		for name, r := range map[string]guitu.TipRequest{
			"no chat": {Point: far, Sender: "c"}, "no place": {Point: &guitu.Point{Lat: 95}, Chat: "802", Text: "见到"},
		} {
			if _, err := h.take(r); guitu.KindOf(err) != guitu.Invalid {
				h.t.Errorf("%s: %v, want Invalid", name, err)
			}
		}
	})
}

// Who sends the same again within the hour gets the same receipt, also from a page that was opened anew.
func TestSameAgain(t *testing.T) {
	each(t, func(h *house) {
		first := h.taken(guitu.TipRequest{Text: "在车站见到她", Place: "汽车站", Sender: "one"})
		if again := h.taken(guitu.TipRequest{Text: "在车站，见到她", Place: "汽车站", Sender: "one"}); again != first {
			h.t.Errorf("again %s, want %s", again, first)
		}
		if other := h.taken(guitu.TipRequest{Text: "在车站见到她", Place: "汽车站", Sender: "two"}); other == first {
			h.t.Error("another sender has the same receipt")
		}
		h.now = h.now.Add(time.Hour)
		if later := h.taken(guitu.TipRequest{Text: "在车站见到她", Place: "汽车站", Sender: "one"}); later == first {
			h.t.Error("an hour later it is the same tip")
		}
		if all := h.list(); len(all) != 1 || all[0].Same != 2 {
			h.t.Errorf("tips %+v, want one that two more say", all)
		}
	})
}

// Whoever wrote in a chat is answered there, once each, also of words that were said before; and hears the end if they wished.
func TestReplies(t *testing.T) {
	each(t, func(h *house) {
		ctx := context.Background()
		seen := 0
		expect := func(what string, want ...string) {
			h.t.Helper()
			if got := h.replies(&seen); !slices.Equal(got, want) {
				h.t.Errorf("%s: replies %q, want %q", what, got, want)
			}
		}
		if code, err := h.Lately(ctx, "800"); code != "" || err != nil {
			h.t.Errorf("lately %q, %v: want nothing", code, err)
		}
		h.must(h.Open(ctx, h.alert.Code))
		if err := h.Open(ctx, "ZZZZZZ"); guitu.KindOf(err) != guitu.NotFound {
			h.t.Errorf("open: %v, want NotFound", err)
		}
		receipt := h.taken(guitu.TipRequest{Text: "见到她", Chat: "800"})
		h.taken(guitu.TipRequest{Text: "见到她！", Chat: "801"})
		h.taken(guitu.TipRequest{Text: "在别处", Chat: "802"})
		h.taken(guitu.TipRequest{Text: "见到她", Outcome: true})
		if code, err := h.Lately(ctx, "800"); code != h.alert.Code || err != nil {
			h.t.Errorf("lately %q, %v: want %s", code, err, h.alert.Code)
		}
		expect("nobody has answered")
		for _, p := range h.list() {
			if p.Same > 0 {
				for range 2 {
					h.must(h.Answer(ctx, h.alert.ID, p.ID, h.by[holder], guitu.TipUseful))
				}
			}
		}
		expect("answered", "800 useful  ", "801 useful  ")
		expect("answered again")
		if err := h.Wish(ctx, receipt, "801"); guitu.KindOf(err) != guitu.NotFound {
			h.t.Errorf("wish of another's receipt: %v, want NotFound", err)
		}
		for range 2 {
			h.must(h.Wish(ctx, receipt, "800"))
		}
		h.close()
		expect("closed", "800 useful closed lost")
		expect("closed again")
		if err := h.Open(ctx, h.alert.Code); guitu.KindOf(err) != guitu.Conflict {
			h.t.Errorf("open after the end: %v, want Conflict", err)
		}
		h.now = h.now.Add(time.Hour)
		if code, err := h.Lately(ctx, "800"); code != "" || err != nil {
			h.t.Errorf("an hour later %q, %v: want nothing", code, err)
		}
	})
}
