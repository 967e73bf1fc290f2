package telegram

import (
	"strings"
	"unicode/utf16"
)

// The Bot API's lengths. Telegram counts in UTF-16 units after the markup is gone.
const (
	MaxText  = 4096
	MaxToast = 200
)

// Len counts the UTF-16 units of s.
func Len(s string) int {
	n := 0
	for _, r := range s {
		n += max(1, utf16.RuneLen(r))
	}
	return n
}

// Cut shortens s to at most n UTF-16 units, with an ellipsis where something is missing.
func Cut(s string, n int) string {
	if Len(s) <= n {
		return s
	}
	used := 0
	for i, r := range s {
		w := max(1, utf16.RuneLen(r))
		if used+w > n-1 {
			return s[:i] + "…"
		}
		used += w
	}
	return s
}

// escape makes text safe between tags. Telegram knows these entities and no others by name.
var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\x00", "")

// Escape returns text as Telegram's HTML that shows it: valid UTF-8, without NUL.
func Escape(text string) string { return escape.Replace(strings.ToValidUTF8(text, "�")) }
