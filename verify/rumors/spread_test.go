package rumors_test

import (
	"testing"

	"guitu"
)

// A post that was passed on after it was read makes its story reach further, so that the notice does not wait; a count that fell, a post that
// only speaks on a story and one that nobody knows change nothing.
func TestRecount(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.SpotWith(doubt)
		first := h.batch(child, foundChild)
		first.Posts[0].Reposts = 10
		h.take(first)
		id := h.stories()[0].ID
		known, spoke := first.Posts[0].ExternalID, first.Posts[1].ExternalID
		for _, tt := range []struct {
			count guitu.Recount
			want  int
		}{
			{guitu.Recount{ExternalID: known, Reposts: 9}, 11},
			{guitu.Recount{ExternalID: known, Reposts: 400}, 401},
			{guitu.Recount{ExternalID: known, Reposts: 400}, 401},
			{guitu.Recount{ExternalID: spoke, Reposts: 9000}, 401},
			{guitu.Recount{ExternalID: "nobody", Reposts: 9000}, 401},
			{guitu.Recount{ExternalID: known, Reposts: 9000}, 9001},
		} {
			b := h.batch()
			b.Recounts = []guitu.Recount{tt.count}
			h.take(b)
			if got := h.question(id).Rumor; got.Reach != tt.want || got.Posts != 1 {
				t.Errorf("after %+v: reach %d of %d posts, want %d of 1", tt.count, got.Reach, got.Posts, tt.want)
			}
		}
		again := h.batch(child) // the source began anew and gives the post once more
		again.Posts[0].ExternalID, again.Posts[0].Reposts = known, 9500
		h.take(again)
		if got := h.question(id).Rumor; got.Reach != 9501 || got.Posts != 1 {
			t.Errorf("reach %d of %d posts, want 9501 of 1", got.Reach, got.Posts)
		}
	})
}
