package trail

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"guitu"
	"guitu/internal/store"
)

// Format is how an export is written.
type Format string

// The formats. A line of JSON of the trail is the canonical entry with its "hash" among the keys; without it, it is what was hashed.
const (
	CSV  Format = "csv"
	JSON Format = "jsonl"
)

// What an export holds.
const (
	Audit = "audit" // the audit trail
	Views = "views" // the log of views
)

// Request is an export of a year.
type Request struct {
	What     string // Audit or Views
	Format   Format
	Year     int
	Location *time.Location // whose year
	By       int64          // the auditor; 0 for the operator at the command line
}

// batch is how many rows are held in memory.
const batch = 2000

// Export writes a year. That it was asked for is recorded first.
func (t *Trail) Export(ctx context.Context, w io.Writer, r Request) error {
	if r.What != Audit && r.What != Views || r.Format != CSV && r.Format != JSON || r.Year < 2000 || r.Year > 2200 {
		return guitu.Errorf(guitu.Invalid, "没有这种导出")
	}
	err := t.db.Update(ctx, func(tx *store.Tx) error {
		if r.By != 0 {
			if err := auditor(ctx, tx, r.By); err != nil {
				return err
			}
		}
		tx.Audit(guitu.Entry{OfficerID: r.By, Deed: guitu.DeedAuditExport, ThingID: int64(r.Year), Detail: map[string]string{
			"what": r.What, "format": string(r.Format),
		}})
		return nil
	})
	if err != nil {
		return err
	}
	out := &table{w: bufio.NewWriter(w), format: r.Format}
	from := time.Date(r.Year, 1, 1, 0, 0, 0, 0, r.Location)
	export := t.exportAudit
	if r.What == Views {
		export = t.exportViews
	}
	if err := export(ctx, out, from, from.AddDate(1, 0, 0)); err != nil {
		return err
	}
	return out.flush()
}

func (t *Trail) exportAudit(ctx context.Context, out *table, from, until time.Time) error {
	out.head("entry", "at", "officer", "deed", "deed_zh", "thing", "detail", "previous", "hash")
	f := guitu.TrailFilter{From: from, Until: until, Limit: batch}
	var last guitu.Entry
	return t.each(ctx, func(tx *store.Tx) (int, error) {
		all, err := tx.Trail(ctx, f)
		for _, e := range all {
			if last.ID != e.ID-1 {
				// The first of the year; and entries of one moment may stand on either side of midnight.
				if last.Hash, err = hashOf(ctx, tx, e.ID-1); err != nil {
					return 0, err
				}
			}
			if err := out.entry(e, last.Hash); err != nil {
				return 0, err
			}
			last, f.After = e, e.ID
		}
		return len(all), err
	})
}

func (t *Trail) exportViews(ctx context.Context, out *table, from, until time.Time) error {
	out.head("view", "at", "officer", "name", "desk", "thing", "thing_id", "reason", "reason_zh", "note")
	f := guitu.ViewFilter{From: from, Until: until, Limit: batch}
	return t.each(ctx, func(tx *store.Tx) (int, error) {
		all, err := tx.Views(ctx, f)
		for _, v := range all {
			if err := out.view(v); err != nil {
				return 0, err
			}
			f.After = v.ID
		}
		return len(all), err
	})
}

// each reads batch after batch, each in a transaction of its own: a slow reader holds none open.
func (t *Trail) each(ctx context.Context, read func(*store.Tx) (int, error)) error {
	for n := batch; n == batch; {
		err := t.db.View(ctx, func(tx *store.Tx) (err error) {
			n, err = read(tx)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// table writes rows in a format.
type table struct {
	w      *bufio.Writer
	format Format
	csv    *csv.Writer
}

// head writes the names of the columns, and before them what tells spreadsheets that the text is UTF-8.
func (t *table) head(names ...string) {
	if t.format == CSV {
		t.w.WriteString("\ufeff") //nolint:errcheck // a bufio.Writer keeps the error for Flush
		t.csv = csv.NewWriter(t.w)
		t.csv.Write(names) //nolint:errcheck // kept for Flush
	}
}

func (t *table) entry(e guitu.Entry, previous string) error {
	if t.format == JSON {
		// The keys stand in alphabetical order, and hash between entry and officer.
		line := e.Canonical(previous)
		at := bytes.LastIndex(line, []byte(`,"officer":`))
		_, err := t.w.Write(slices.Concat(line[:at], []byte(`,"hash":"`+e.Hash+`"`), line[at:], []byte("\n")))
		return err
	}
	var detail strings.Builder
	if err := json.NewEncoder(&detail).Encode(e.Detail); err != nil {
		return err
	}
	return t.row(guitu.Ref(e.ID), stamp(e.At), guitu.Ref(e.OfficerID), string(e.Deed), e.Deed.Words(), guitu.Ref(e.ThingID),
		strings.TrimSpace(detail.String()), previous, e.Hash)
}

func (t *table) view(v guitu.View) error {
	thing, id := "rumor", v.RumorID
	if v.AlertID != 0 {
		thing, id = "alert", v.AlertID
	}
	if t.format == CSV {
		return t.row(guitu.Ref(v.ID), stamp(v.At), guitu.Ref(v.Officer.ID), v.Officer.Name, v.Desk.Name, thing, guitu.Ref(id),
			string(v.Reason), v.Reason.Words(), v.Note)
	}
	return json.NewEncoder(t.w).Encode(map[string]any{
		"view": v.ID, "at": stamp(v.At), "officer": v.Officer.ID, "name": v.Officer.Name, "desk": v.Desk.Name, "thing": thing,
		"thing_id": id, "reason": v.Reason, "reason_zh": v.Reason.Words(), "note": v.Note,
	})
}

func stamp(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }

// row writes cells of which none is a formula to a spreadsheet: notes are what somebody typed.
func (t *table) row(cells ...string) error {
	for i, c := range cells {
		if c != "" && strings.ContainsAny(c[:1], "=+-@\t\r") {
			if _, err := strconv.ParseFloat(c, 64); err != nil {
				cells[i] = "'" + c
			}
		}
	}
	return t.csv.Write(cells)
}

func (t *table) flush() error {
	if t.csv != nil {
		t.csv.Flush()
		if err := t.csv.Error(); err != nil {
			return err
		}
	}
	return t.w.Flush()
}
