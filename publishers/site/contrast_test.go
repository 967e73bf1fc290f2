package site_test

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestContrast checks that every colour of a text stands out from what it stands on, by day and by night (WCAG 2.2, 1.4.3).
func TestContrast(t *testing.T) {
	s := newSite(t, board(missing()), false)
	page := get(s, "/").Body.String()
	css := get(s, regexp.MustCompile(`/assets/site\.[0-9a-f]+\.css`).FindString(page)).Body.String()
	day, night, ok := strings.Cut(css, "@media (prefers-color-scheme: dark)")
	if !ok {
		t.Fatal("there are no colours for the night")
	}
	night, _, _ = strings.Cut(night, "*, *::before")
	for name, sheet := range map[string]string{"day": day, "night": night} {
		colour := map[string]float64{"white": 1}
		for _, m := range regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6})`).FindAllStringSubmatch(sheet, -1) {
			colour[m[1]] = luminance(t, m[2])
		}
		for _, pair := range []string{
			"ink paper", "ink card", "soft paper", "soft card", "link paper", "link card", "alert alert-bg", "ink alert-bg", "alert-ink alert-deep", "white alert-deep",
			"alert-ink ended", "debunk debunk-bg", "found found-bg", "over over-bg", "ink over-bg", "correction correction-bg", "warn warn-bg", "warn card", "white brand",
		} {
			text, ground, _ := strings.Cut(pair, " ")
			a, aOK := colour[text]
			b, bOK := colour[ground]
			if got := (math.Max(a, b) + 0.05) / (math.Min(a, b) + 0.05); !aOK || !bOK || got < 4.5 {
				t.Errorf("by %s, %s on %s has a contrast of %.2f (known: %v, %v), want 4.5", name, text, ground, got, aOK, bOK)
			}
		}
	}
}

// luminance is the relative luminance of a colour, as WCAG defines it.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	var l float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		l += weight * c
	}
	return l
}
