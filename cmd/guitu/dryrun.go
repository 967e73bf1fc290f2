package main

import (
	"fmt"
	"os"
	"path/filepath"

	"guitu"
	"guitu/publishers/dry"
	"guitu/verify/source"
)

// dryRun returns the configuration of a bot that sends nothing: it reads and asks as configured, officers in the console only, has a
// database of its own in the folder, and writes there what each channel would get.
func (c Config) dryRun(dir string) (Config, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Config{}, fmt.Errorf("dry run: %w", err)
	}
	c.DryRun, c.Database = dir, newSecret(filepath.Join(dir, defaultDatabase))
	return c, nil
}

// dry puts what writes into the folder in the place of every channel but the site, which is the bot's own.
func (s *server) dry(channels []guitu.Publisher) (all []guitu.Publisher, err error) {
	for _, pub := range channels {
		if pub.Name() != siteChannel {
			if pub, err = dry.New(pub, s.config.DryRun); err != nil {
				return nil, err
			}
		}
		all = append(all, pub)
	}
	return all, nil
}

// sealed is the guard of what may call nobody, for a dry run; else it is the given one.
func (s *server) sealed(g source.Guard) source.Guard {
	if s.config.DryRun != "" {
		return source.Only()
	}
	return g
}
