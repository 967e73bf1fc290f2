package claim

import (
	"slices"

	"guitu"
)

// single are the fields with one value, but for those of the place and the time, which go together.
func single(c *guitu.Claim) map[string]*string {
	return map[string]*string{
		"name": &c.Name, "sex": &c.Sex, "age": &c.Age, "born": &c.Born, "height": &c.Height, "weight": &c.Weight, "reward": &c.Reward,
		"clothing": &c.Clothing, "features": &c.Features, "taker": &c.Taker,
	}
}

// said counts what a claim says.
func said(c guitu.Claim) int {
	n := len(c.Phones)
	for _, v := range single(&c) {
		if *v != "" {
			n++
		}
	}
	for _, v := range []string{c.Place, string(c.Area), c.MissingAt} {
		if v != "" {
			n++
		}
	}
	return n
}

// completed returns c with what it leaves open as other, another part of the same post, has it.
func completed(c, other guitu.Claim) guitu.Claim {
	taken := map[string]bool{}
	have := single(&c)
	for field, v := range single(&other) {
		if *have[field] == "" && *v != "" {
			*have[field], taken[field] = *v, true
		}
	}
	if c.MissingAt == "" && other.MissingAt != "" {
		c.MissingAt, c.LostAt, taken["missing_at"] = other.MissingAt, other.LostAt, true
	}
	if c.Area == "" && c.Place == "" {
		c.Place, c.Area, c.Point, taken["place"] = other.Place, other.Area, other.Point, true
	}
	if c.AreaHint == "" {
		c.AreaHint = other.AreaHint
	}
	if c.Area != "" {
		c.AreaHint = ""
	}
	for _, p := range other.Spans {
		var list *[]string
		var value string
		switch p.Field {
		case "phones":
			list, value = &c.Phones, valueOf(other, "phones", p)
		case "contacts":
			list, value = &c.Contacts, valueOf(other, "contacts", p)
		default:
			if taken[p.Field] {
				c.Spans = append(c.Spans, p)
			}
			continue
		}
		if !slices.Contains(*list, value) {
			*list = append(*list, value)
			c.Spans = append(c.Spans, p)
		}
	}
	c.Spans = inOrder(c.Spans)
	return c
}

// valueOf returns the value that stands at a span of a field with several values: both are in the order of the text.
func valueOf(c guitu.Claim, field string, at guitu.Span) string {
	values := c.Phones
	if field == "contacts" {
		values = c.Contacts
	}
	n := 0
	for _, p := range c.Spans {
		if p == at {
			break
		}
		if p.Field == field {
			n++
		}
	}
	return values[n]
}

func inOrder(spans []guitu.Span) []guitu.Span {
	slices.SortStableFunc(spans, func(a, b guitu.Span) int { return a.Start - b.Start })
	return spans
}
