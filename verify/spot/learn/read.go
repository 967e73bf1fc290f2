package learn

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"guitu"
)

// Example is a labelled post.
type Example struct {
	ID, Text string
	Label    bool        // about a missing or snatched person
	Kind     guitu.Topic // of what is labelled; for other posts evidence, or empty
	Subtype  string      // what the labeller called it
	Story    string      // the same for all posts that tell one story
	Family   string      // the same for all posts of one template
	Border   bool        // debatable: neither learned from nor counted in the headline figures
	Invented bool        // one of the project's own
	Stream   bool        // from an unlabelled stream, taken for something else until shown otherwise
}

// Read reads the labelled posts of a folder (spot.dev.jsonl and, where they are there, variants.dev.jsonl and reposts.dev.jsonl),
// adds the invented ones, and groups all of them by family.
func Read(dir fs.FS) ([]Example, error) {
	var all []Example
	seen := map[string]bool{}
	err := lines(dir, "spot.dev.jsonl", func(line []byte) error {
		var r struct {
			ID, Text, Kind, Subtype, Story string
			Label                          int
			Border                         bool
		}
		if err := json.Unmarshal(line, &r); err != nil {
			return err
		}
		e := Example{ID: r.ID, Text: r.Text, Label: r.Label == 1, Subtype: r.Subtype, Story: r.Story, Border: r.Border}
		switch {
		case e.Label:
			e.Kind = guitu.Topic(r.Kind)
		case r.Subtype == "debunk":
			e.Kind = guitu.Debunk
		case r.Subtype == "news_found":
			e.Kind = guitu.FoundNews
		}
		seen[r.ID] = true
		all = append(all, e)
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = lines(dir, "variants.dev.jsonl", func(line []byte) error {
		var r struct{ ID, Text, Kind, Group, Topic string }
		if err := json.Unmarshal(line, &r); err != nil {
			return err
		}
		if !seen[r.ID] && r.Topic == "other" {
			seen[r.ID] = true
			all = append(all, Example{ID: r.ID, Text: r.Text, Story: r.Group})
		}
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	n := 0
	err = lines(dir, "reposts.dev.jsonl", func(line []byte) error {
		var r struct{ Post, Text string }
		if err := json.Unmarshal(line, &r); err != nil {
			return err
		}
		n++
		all = append(all, Example{ID: fmt.Sprintf("%s:%d", r.Post, n), Text: r.Text, Stream: true})
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for i := range all {
		if all[i].Story == "" {
			all[i].Story = all[i].ID
		}
	}
	all = append(all, Invented()...)
	Group(all)
	return all, nil
}

func lines(dir fs.FS, name string, each func([]byte) error) error {
	f, err := dir.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	n := 0
	for sc.Scan() {
		n++
		if len(strings.TrimSpace(sc.Text())) == 0 {
			continue
		}
		if err := each(sc.Bytes()); err != nil {
			return fmt.Errorf("%s: line %d: %w", name, n, err)
		}
	}
	if err := sc.Err(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// Counts says what examples there are.
type Counts struct {
	Real, Yes, Stories, Families, Border int // labelled real posts; of them about missing people, and debatable
	Stream, Invented                     int
}

// Count counts examples.
func Count(examples []Example) Counts {
	var c Counts
	stories, families := map[string]bool{}, map[string]bool{}
	for _, e := range examples {
		switch {
		case e.Stream:
			c.Stream++
		case e.Invented:
			c.Invented++
		case e.Border:
			c.Border++
		default:
			c.Real++
			if e.Label {
				c.Yes++
				stories[e.Story], families[e.Family] = true, true
			}
		}
	}
	c.Stories, c.Families = len(stories), len(families)
	return c
}
