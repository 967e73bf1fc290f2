package bot

import (
	"fmt"
	"strings"

	"guitu"
)

// evidence is what other posts say came of the story.
func (w cardWriter) evidence(e guitu.Evidence) []Line {
	var ls []Line
	if e.Debunks > 0 {
		ls = append(ls, Line{Label: "称不实", Text: fmt.Sprintf("%d 条帖文", e.Debunks)})
	}
	if e.Found > 0 {
		ls = append(ls, Line{Label: "称已找回或了结", Text: fmt.Sprintf("%d 条帖文", e.Found)})
	}
	for _, p := range e.Latest {
		ls = append(ls, Line{
			Label: join(" · ", EvidenceLabel(p.Evidence).Zh, w.time(p.PostedAt), w.mask(p.Author)),
			Text:  cut(w.mask(strings.TrimSpace(p.Text)), w.Samples),
			URL:   webAddress(p.URL),
			Quote: true,
		})
	}
	return ls
}
