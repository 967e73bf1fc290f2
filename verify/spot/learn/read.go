package learn

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"

	"guitu"
	"guitu/internal/eval"
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

// Read reads the labelled posts of a folder (of the kind spot and, where they are there, variants and reposts: see eval.Load),
// adds the invented ones, and groups all of them by family.
func Read(dir fs.FS) ([]Example, error) {
	posts, err := eval.Load[eval.SpotRow](dir, "spot")
	if err != nil {
		return nil, err
	}
	var all []Example
	seen := map[string]bool{}
	for _, r := range posts {
		e := Example{ID: r.ID, Text: r.Text, Label: r.Label == 1, Subtype: r.Subtype, Story: cmp.Or(r.Story, r.ID), Border: r.Border}
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
	}
	copies, err := eval.Load[struct{ ID, Text, Group, Topic string }](dir, "variants")
	if err != nil && !errors.Is(err, eval.ErrNoRows) {
		return nil, err
	}
	for _, r := range copies {
		if !seen[r.ID] && r.Topic == "other" {
			seen[r.ID] = true
			all = append(all, Example{ID: r.ID, Text: r.Text, Story: cmp.Or(r.Group, r.ID)})
		}
	}
	stream, err := eval.Load[struct{ Post, Text string }](dir, "reposts")
	if err != nil && !errors.Is(err, eval.ErrNoRows) {
		return nil, err
	}
	for n, r := range stream {
		id := fmt.Sprintf("%s:%d", r.Post, n+1)
		all = append(all, Example{ID: id, Text: r.Text, Story: id, Stream: true})
	}
	all = append(all, Invented()...)
	Group(all)
	return all, nil
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
