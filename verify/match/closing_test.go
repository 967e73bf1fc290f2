package match

import (
	"strings"
	"testing"
)

func TestClosingWords(t *testing.T) {
	for _, w := range closing {
		if s := "网传孩子走失，" + w + "，谢谢大家"; !closes(s) {
			t.Errorf("closes(%q) = false", s)
		}
	}
	if s := strings.Repeat("孩子还没有找到，请不要停，", 3); closes(s) {
		t.Errorf("closes(%q) = true", s)
	}
}
