package source

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"guitu"
)

// MaxRaw is how much of an unreadable piece is kept, in bytes.
const MaxRaw = 4096

// minRecount is how many reposts a known post must have for its count to be told again: few change nothing about a story.
const minRecount = 100

// maxParts is how many posts are asked for their whole text in one Read: each is a request, and a Read is short.
const maxParts = 5

// Harvest gathers the posts of one Read into a batch.
type Harvest struct {
	source string
	now    time.Time
	seen   *Seen
	batch  guitu.Batch
	parts  []int // places in batch.Posts of those of which the page showed the beginning only
	left   bool  // the page has more such posts than one Read completes
}

// NewHarvest begins a batch of the named source. Posts and rejects that seen knows are passed over, and the others are added to
// it.
func NewHarvest(source string, now time.Time, seen *Seen) *Harvest {
	return &Harvest{source: source, now: now, seen: seen}
}

// Add sanitises p and takes it, or rejects it with raw as its evidence. It reports whether p is not known from before.
func (h *Harvest) Add(p guitu.Post, raw []byte) bool { return h.add(p, raw, false) }

// AddPart takes, as Add does, a post of which the page shows the beginning only. What is more than one Read can complete is left for
// the next.
func (h *Harvest) AddPart(p guitu.Post, raw []byte) bool { return h.add(p, raw, true) }

func (h *Harvest) add(p guitu.Post, raw []byte, part bool) bool {
	clean, err := Sanitize(p, h.now)
	if err != nil {
		return h.Reject(p.ExternalID, err.Error(), raw)
	}
	if part && len(h.parts) == maxParts && !h.seen.Has(clean.ExternalID) {
		h.left = true
		return true
	}
	if !h.seen.Add(clean.ExternalID) {
		if clean.Reposts >= minRecount {
			h.batch.Recounts = append(h.batch.Recounts, guitu.Recount{ExternalID: clean.ExternalID, Reposts: clean.Reposts})
		}
		return false
	}
	clean.Source = h.source
	if part {
		h.parts = append(h.parts, len(h.batch.Posts))
	}
	h.batch.Posts = append(h.batch.Posts, clean)
	return true
}

// Reject quarantines a piece that is no post. The same piece is quarantined once, though the page goes on showing it.
func (h *Harvest) Reject(id, reason string, raw []byte) bool {
	key := "!" + id
	if id == "" {
		sum := sha256.Sum256(raw)
		key += hex.EncodeToString(sum[:8])
	}
	if !h.seen.Add(key) {
		return false
	}
	h.batch.Rejects = append(h.batch.Rejects, NewReject(id, reason, raw))
	return true
}

// Batch returns what was gathered, oldest first.
func (h *Harvest) Batch(cursor string, more bool) guitu.Batch {
	slices.SortStableFunc(h.batch.Posts, func(a, b guitu.Post) int { return a.PostedAt.Compare(b.PostedAt) })
	h.batch.Cursor, h.batch.More = cursor, more
	return h.batch
}

// NewReject makes a Reject with the beginning of raw.
func NewReject(id, reason string, raw []byte) guitu.Reject {
	if len(id) > maxID {
		id = ""
	}
	return guitu.Reject{ExternalID: id, Reason: reason, Raw: slices.Clone(raw[:min(len(raw), MaxRaw)])}
}
