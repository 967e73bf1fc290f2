package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"

	"guitu"
)

// Audit adds an entry to the audit trail; its ID, time and hash are the trail's to give. It is written as the last thing of the
// transaction, and committed with it or not at all: only then the end of the trail is held, so that whoever waits for it waits for
// a commit and for nothing else.
func (t *Tx) Audit(e guitu.Entry) { t.trail = append(t.trail, e) }

// Deed is Audit for an officer's deed without details.
func (t *Tx) Deed(officerID int64, d guitu.Deed, thingID int64) {
	t.Audit(guitu.Entry{OfficerID: officerID, Deed: d, ThingID: thingID})
}

// writeTrail appends what the transaction did to the trail.
func (t *Tx) writeTrail(ctx context.Context) error {
	if len(t.trail) == 0 {
		return nil
	}
	var last int64
	var hash string
	// The row stays locked until the transaction ends, on PostgreSQL too.
	err := t.row(ctx, `UPDATE audit_head SET entry = entry + $1 WHERE id = 1 RETURNING entry, hash`, len(t.trail)).Scan(&last, &hash)
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	for i, e := range t.trail {
		e.ID, e.At = last-int64(len(t.trail)-1-i), t.Now
		hash = e.Digest(hash)
		_, err := t.exec(ctx, `INSERT INTO audit (id, at, officer_id, deed, thing_id, detail, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			e.ID, ms(e.At), e.OfficerID, e.Deed, e.ThingID, asJSON(e.Detail), hash)
		if err != nil {
			return fmt.Errorf("audit: %w", err)
		}
	}
	if _, err := t.exec(ctx, `UPDATE audit_head SET hash = $1 WHERE id = 1`, hash); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	return nil
}

// Trail lists entries of the audit trail, the oldest first unless the filter says otherwise.
func (t *Tx) Trail(ctx context.Context, f guitu.TrailFilter) ([]guitu.Entry, error) {
	order := ` ORDER BY id`
	if f.Newest {
		order += ` DESC`
	}
	things := "%"
	if f.Thing != "" {
		things = f.Thing + ".%"
	}
	return collect(ctx, t, scanEntry, `
		SELECT id, at, officer_id, deed, thing_id, detail, hash FROM audit
		WHERE id > $1 AND id < $2 AND at >= $3 AND at < $4 AND deed LIKE $5
			AND (thing_id = $6 OR CAST($6 AS BIGINT) = 0) AND (officer_id = $7 OR CAST($7 AS BIGINT) = 0)`+order+` LIMIT $8`,
		f.After, cmp.Or(f.Before, math.MaxInt64), ms(f.From), cmp.Or(ms(f.Until), math.MaxInt64), things, f.ThingID, f.OfficerID, f.Limit)
}

func scanEntry(r scanner) (e guitu.Entry, err error) {
	err = r.Scan(&e.ID, timestamp{&e.At}, &e.OfficerID, &e.Deed, &e.ThingID, fromJSON{&e.Detail}, &e.Hash)
	return e, err
}

// Head is the end of the audit trail.
type Head struct {
	Entry int64 // 0 while the trail is empty
	Hash  string
}

// TrailHead returns the end of the trail as the last writer left it.
func (t *Tx) TrailHead(ctx context.Context) (h Head, err error) {
	err = t.row(ctx, `SELECT entry, hash FROM audit_head WHERE id = 1`).Scan(&h.Entry, &h.Hash)
	return h, err
}

// BrokenTrail says at which entry a trail is not what was written.
type BrokenTrail struct {
	Entry int64
	Why   string
}

// Error names the entry.
func (b *BrokenTrail) Error() string { return fmt.Sprintf("audit entry %d: %s", b.Entry, b.Why) }

// checkBatch is how many entries are held in memory while the trail is checked.
const checkBatch = 5000

// CheckTrail walks the whole trail and returns its end. The error is a *BrokenTrail for the first entry that was changed, left out,
// put in or cut off.
func (t *Tx) CheckTrail(ctx context.Context) (Head, error) {
	var at Head
	head, err := t.TrailHead(ctx)
	if err != nil {
		return at, err
	}
	size := checkBatch
	for {
		batch, err := t.Trail(ctx, guitu.TrailFilter{After: at.Entry, Limit: size})
		switch {
		case err != nil && size > 1 && ctx.Err() == nil:
			size = 1 // to find which of them can't be read
			continue
		case err != nil:
			return at, errors.Join(&BrokenTrail{at.Entry + 1, "can't be read"}, err)
		}
		for _, e := range batch {
			if e.ID != at.Entry+1 {
				return at, &BrokenTrail{at.Entry + 1, "is missing"}
			}
			if e.Hash != e.Digest(at.Hash) {
				return at, &BrokenTrail{e.ID, "is not what was written, or does not follow the one before it"}
			}
			at = Head{e.ID, e.Hash}
		}
		if len(batch) < size {
			break
		}
	}
	if at.Entry < head.Entry {
		return at, &BrokenTrail{at.Entry + 1, "is missing: the trail was cut off"}
	}
	if at != head {
		return at, &BrokenTrail{at.Entry, "is not the end that its writer left"}
	}
	return at, nil
}
