package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"guitu/verify/desks"
)

// ConsoleConfig is what the officers' console keeps to itself.
type ConsoleConfig struct {
	KeyFile string `yaml:"key_file"` // seals second factors, as guitu console-key writes it; "": nobody can begin one

	Key Secret `yaml:"-"` // from KeyFile
}

// console reads the key of second factors.
func (v *validator) console(c *ConsoleConfig) {
	c.Key = v.secret(key{"console", "key_file"}, c.KeyFile, "")
	if c.Key.IsZero() {
		return
	}
	if _, err := desks.ParseKey(c.Key.Reveal()); err != nil {
		v.bad(key{"console", "key_file"}, "%s %v", c.KeyFile, err)
	}
}

// openDesks opens the roster, and seals what earlier versions kept of second factors in the clear.
func (s *server) openDesks(ctx context.Context) (*desks.Desks, error) {
	k, err := s.factorKey()
	if err != nil {
		return nil, fmt.Errorf("key of second factors: %w", err)
	}
	d := desks.New(s.db, desks.Options{Key: k})
	lost, err := d.SealFactors(ctx)
	if errors.Is(err, desks.ErrNoKey) {
		return nil, fmt.Errorf("console.key_file: missing: %w: make one with guitu console-key", err)
	}
	if err == nil && lost > 0 {
		s.log.ErrorContext(ctx, "second factors are sealed with another key than console.key_file: recovery codes only", "officers", lost)
	}
	return d, err
}

// factorKey is the configured key. An exercise and a dry run open no secret: theirs lies beside their own database, which opens
// nothing else.
func (s *server) factorKey() (desks.Key, error) {
	text, database := s.config.Console.Key.Reveal(), s.config.Database.Reveal()
	if s.config.Exercise || s.config.DryRun != "" {
		if isPostgres(database) {
			return desks.Key{}, nil
		}
		path := database + ".key"
		b, err := readLimited(path, maxSecret)
		if errors.Is(err, fs.ErrNotExist) {
			b = []byte(desks.NewKey() + "\n")
			err = create(path, b, 0o600)
		}
		if err != nil {
			return desks.Key{}, err
		}
		text = strings.TrimSpace(string(b))
	}
	if text == "" {
		return desks.Key{}, nil
	}
	return desks.ParseKey(text)
}

// consoleKeyCmd makes what seals second factors.
type consoleKeyCmd struct {
	KeyFile string `help:"Where to write the key." default:"console.key"`
}

// Run writes a key. It overwrites nothing: with another key all second factors are lost.
func (c *consoleKeyCmd) Run(stdout io.Writer) error {
	if err := create(c.KeyFile, []byte(desks.NewKey()+"\n"), 0o600); err != nil {
		return err
	}
	_, err := fmt.Fprintf(stdout, "console:\n  key_file: %s\n", c.KeyFile)
	return err
}
