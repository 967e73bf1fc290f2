package spot

import "testing"

// TestTold holds what words of falsehood and of an end count, before the learned part speaks.
func TestTold(t *testing.T) {
	for _, tt := range []struct {
		post      string
		no, ended float64
	}{
		{"网传有人偷小孩", told, 0},
		{"偷小孩的视频是编造的，经查系谣言", sure, 0},
		{"偷小孩的是误传，谣言，孩子找到了", sure, told},
		{"走失的男孩找到了", 0, sure},
		{"男孩走失，民警找到他时他在网吧", 0, sure},
		{"男孩走失是误会，孩子找到了", told, told},
		{"拐卖儿童的嫌犯落网", 0, 0}, // no child of whom anybody hopes to hear
		{"地震后一名男童失踪，昨日获救", 0, 0},
		{"走失的男孩找到了，器官都没了", 0, told},
		{"男孩走失，大家帮忙留意", 0, 0},
		{"谣言害人，已找到", 0, 0}, // it tells no story
	} {
		var p page
		p.turn(tt.post, nil)
		p.judge()
		if no, ended := p.told(); no != tt.no || ended != tt.ended {
			t.Errorf("%q: false %v, ended %v, want %v and %v", tt.post, no, ended, tt.no, tt.ended)
		}
	}
	for w := range rescues {
		var p page
		p.turn(w, nil)
		if !p.rescued() {
			t.Errorf("%s is no keyword of its class", w)
		}
	}
}
