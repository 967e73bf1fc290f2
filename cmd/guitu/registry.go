package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"guitu"
	"guitu/internal/store"
	"guitu/verify/hoax"
)

// registryCmd prints what stood in refuted stories, for screen --registry.
type registryCmd struct{ configFlag }

// assetsAtATime is how much of the registry is read at a time.
const assetsAtATime = 1000

// Run prints one item a line, the newest first, without what was taken out. That it was asked for is recorded first.
func (c *registryCmd) Run(ctx context.Context, w io.Writer) error {
	config, _, err := loadConfig(c.Config, false)
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, config.Database.Reveal(), store.Options{})
	if err != nil {
		return err
	}
	defer db.Close()
	err = db.Update(ctx, func(tx *store.Tx) error {
		tx.Audit(guitu.Entry{Deed: guitu.DeedAuditExport, Detail: map[string]string{"what": "registry"}})
		return nil
	})
	if err != nil {
		return err
	}
	return db.View(ctx, func(tx *store.Tx) error {
		enc := json.NewEncoder(w)
		for before := int64(0); ; {
			all, err := tx.Assets(ctx, "", before, assetsAtATime)
			if err != nil || len(all) == 0 {
				return err
			}
			for _, a := range all {
				if !a.Dropped.IsZero() {
					continue
				}
				if err := enc.Encode(a); err != nil {
					return err
				}
			}
			before = all[len(all)-1].ID
		}
	})
}

// readRegistry reads what registryCmd prints.
func readRegistry(path string, errs io.Writer) (*hoax.Registry, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := registryWriter{new(hoax.Registry)}
	err = eachLine(f, r, prefixed(errs, path+": "), func(out, line []byte) ([]byte, error) {
		var a guitu.Asset
		if err := decodeLine(line, &a); err != nil {
			return nil, err
		}
		switch a.Kind {
		case guitu.AssetPhone, guitu.AssetName, guitu.AssetPicture:
		default:
			return nil, fmt.Errorf(`"kind" is none of a registry: %q`, a.Kind)
		}
		if a.Value == "" {
			return nil, errors.New(`no "value"`)
		}
		return encodeLine(out, a)
	})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return r.to, nil
}

// registryWriter adds what is written to a registry.
type registryWriter struct{ to *hoax.Registry }

// Write takes items, one a line. It is called with whole lines.
func (r registryWriter) Write(lines []byte) (int, error) {
	for line := range bytes.Lines(lines) {
		var a guitu.Asset
		if err := json.Unmarshal(line, &a); err != nil {
			return 0, err
		}
		r.to.Add(a)
	}
	return len(lines), nil
}
