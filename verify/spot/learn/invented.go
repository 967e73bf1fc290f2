package learn

import (
	_ "embed"
	"fmt"
	"strings"

	"guitu"
)

//go:embed invented.txt
var inventedText string

// Invented returns the invented posts that are learned from beside the real ones; each is a story and a family of its own.
func Invented() []Example {
	var all []Example
	var kind string
	for n, line := range strings.Split(inventedText, "\n") {
		switch {
		case strings.HasPrefix(line, "== "):
			switch head := line[3:]; guitu.Topic(head) {
			case guitu.Plea, guitu.AbductionScare, guitu.AdultMissing, guitu.Debunk, guitu.FoundNews:
				kind = head
			default:
				kind = ""
			}
		case line == "" || strings.HasPrefix(line, "# "):
		default:
			id := fmt.Sprintf("invented:%d", n+1)
			all = append(all, Example{
				ID: id, Text: line, Story: id, Family: id, Kind: guitu.Topic(kind), Invented: true,
				Label: kind != "" && !guitu.Topic(kind).Evidence(),
			})
		}
	}
	return all
}
