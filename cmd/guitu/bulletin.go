package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"guitu"
	"guitu/internal/gazetteer"
	"guitu/internal/store"
	"guitu/verify/bulletins"
	"guitu/verify/stats"
)

// bulletinCmd counts a period and prints it. It announces nothing.
type bulletinCmd struct {
	configFlag
	From    string `required:"" placeholder:"DAY" help:"First day, 2026-01-01."`
	To      string `required:"" placeholder:"DAY" help:"Last day, 2026-12-31."`
	JSON    bool   `xor:"form" help:"Print the report as JSON."`
	CSV     bool   `xor:"form" help:"Print the report as CSV."`
	English bool   `help:"Print in English."`
}

// Run prints what a bulletin of the period would say, and the table with its definitions.
func (c *bulletinCmd) Run(ctx context.Context, w io.Writer) error {
	config, _, err := loadConfig(c.Config, false)
	if err != nil {
		return err
	}
	from, err := time.ParseInLocation(time.DateOnly, c.From, config.location())
	if err != nil {
		return fmt.Errorf("--from: want a day such as 2026-01-01, got %q", c.From)
	}
	to, err := time.ParseInLocation(time.DateOnly, c.To, config.location())
	if err != nil {
		return fmt.Errorf("--to: want a day such as 2026-12-31, got %q", c.To)
	}
	if to.Before(from) {
		return errors.New("--to: is before --from")
	}
	db, err := store.Open(ctx, config.Database.Reveal(), store.Options{})
	if err != nil {
		return err
	}
	defer db.Close()
	var r guitu.Report
	err = db.View(ctx, func(tx *store.Tx) error {
		r, err = bulletins.Report(ctx, tx, from, to.AddDate(0, 0, 1))
		return err
	})
	if err != nil {
		return err
	}
	return c.print(w, r)
}

func (c *bulletinCmd) print(w io.Writer, r guitu.Report) error {
	switch {
	case c.CSV:
		return stats.CSV(w, r)
	case c.JSON:
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	lang := guitu.Chinese
	if c.English {
		lang = guitu.English
	}
	t := stats.Texts(guitu.Bulletin{Report: r})[lang]
	_, err := fmt.Fprintf(w, "%s\n\n%s\n\n%s", t.Headline, t.Description, stats.Table(r, lang, gazetteer.Name))
	return err
}
