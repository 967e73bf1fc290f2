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

// Harvest gathers the posts of one Read into a batch.
type Harvest struct {
	source string
	now    time.Time
	seen   *Seen
	batch  guitu.Batch
}

// NewHarvest begins a batch of the named source. Posts and rejects that seen knows are passed over, and the others are added to
// it.
func NewHarvest(source string, now time.Time, seen *Seen) *Harvest {
	return &Harvest{source: source, now: now, seen: seen}
}

// Add sanitises p and takes it, or rejects it with raw as its evidence. It reports whether p is not known from before.
func (h *Harvest) Add(p guitu.Post, raw []byte) bool {
	clean, err := Sanitize(p, h.now)
	if err != nil {
		return h.Reject(p.ExternalID, err.Error(), raw)
	}
	if !h.seen.Add(clean.ExternalID) {
		return false
	}
	clean.Source = h.source
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
