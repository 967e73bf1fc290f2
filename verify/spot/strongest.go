package spot

import "guitu"

// window is the length in characters of the text that is shown for the learned part.
const window = 8

// learned returns the learned part's share in the score, at the piece of the post that moved it most its way.
func (p *page) learned(m *Model, s *Sketch) guitu.Hit {
	t := &m.Tables[Missing]
	weight := float64(m.Share)*t.Logit(s) + float64(m.Shift)
	at := make([]int, len(p.chars))
	for i, f := range s.Grams {
		at[s.at[i]] += int(t.Weights[f])
	}
	if weight < 0 {
		for i := range at {
			at[i] = -at[i]
		}
	}
	// A window of characters slides over the text.
	best, from, to := 0, 0, 0
	sum := 0
	for i := range at {
		sum += at[i]
		if i >= window {
			sum -= at[i-window]
		}
		if sum > best {
			best, from, to = sum, max(0, i+1-window), i+1
		}
	}
	start, end := p.span(from, to)
	return guitu.Hit{Rule: "learned", Text: p.post[start:end], Start: start, End: end, Weight: weight}
}
