package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"guitu"
	"guitu/internal/store"
	"guitu/verify/trail"
)

// auditCmd checks and exports what officers did.
type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Check that the audit trail is what was written; the exit code is 1 when it is not."`
	Export auditExportCmd `cmd:"" help:"Write a year of the audit trail, or of the log of who read a child's data, to standard output."`
}

// auditVerifyCmd walks the trail.
type auditVerifyCmd struct {
	configFlag
	Exercise bool   `help:"In the practice day's database."`
	Head     string `placeholder:"ENTRY:HASH" help:"An end that was noted earlier: the entry must still have that hash."`
}

// Run prints the end of the trail, to be noted where nobody who can write the database can write.
func (c *auditVerifyCmd) Run(ctx context.Context, w io.Writer) error {
	noted, err := parseHead(c.Head)
	if err != nil {
		return err
	}
	return withTrail(ctx, c.Config, c.Exercise, func(t *trail.Trail, _ Config) error {
		head, err := t.Verify(ctx, noted)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w, "%d entries, each as it was written.\nThe end is %d:%s\n", head.Entry, head.Entry, head.Hash)
		return err
	})
}

// parseHead reads the end of a trail as verify prints it.
func parseHead(s string) (h store.Head, err error) {
	if s == "" {
		return h, nil
	}
	entry, hash, _ := strings.Cut(s, ":")
	h.Hash = hash
	if h.Entry, err = strconv.ParseInt(entry, 10, 64); err != nil || h.Entry <= 0 || len(hash) != 64 {
		return h, fmt.Errorf("--head: want ENTRY:HASH as verify prints it, got %q", s)
	}
	return h, nil
}

// auditExportCmd writes a year.
type auditExportCmd struct {
	configFlag
	Exercise bool   `help:"In the practice day's database."`
	Year     int    `required:"" help:"The year, by the configured time zone."`
	Views    bool   `help:"The log of views in place of the trail."`
	Format   string `default:"jsonl" enum:"jsonl,csv" help:"jsonl or csv."`
}

// Run writes the year. That it was exported is an entry of the trail.
func (c *auditExportCmd) Run(ctx context.Context, w io.Writer) error {
	r := trail.Request{What: trail.Audit, Format: trail.Format(c.Format), Year: c.Year}
	if c.Views {
		r.What = trail.Views
	}
	return withTrail(ctx, c.Config, c.Exercise, func(t *trail.Trail, config Config) error {
		r.Location = config.location()
		err := t.Export(ctx, w, r)
		if guitu.KindOf(err) == guitu.Invalid {
			return fmt.Errorf("--year: want one from 2000 to 2200, got %d", c.Year)
		}
		return err
	})
}

// withTrail opens the trail of the configured database.
func withTrail(ctx context.Context, path string, exercise bool, do func(*trail.Trail, Config) error) (err error) {
	config, _, err := loadConfig(path, exercise)
	if err != nil {
		return err
	}
	status := guitu.Actual
	if exercise {
		status = guitu.Exercise
	}
	db, err := store.Open(ctx, config.Database.Reveal(), store.Options{Status: status})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return do(trail.New(db), config)
}
