package text_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guitu/verify/text"
)

func TestChain(t *testing.T) {
	tests := []struct {
		post string
		want []string // name=words
	}{
		{"急寻孩子", []string{"=急寻孩子"}},
		{"", []string{"="}},
		{"找到了//@小甲:帮转//@小乙：急寻孩子", []string{"=找到了", "小甲=帮转", "小乙=急寻孩子"}},
		{"//@小甲:急寻孩子", []string{"=", "小甲=急寻孩子"}},
		{"转／／＠小甲：急寻", []string{"=转", "小甲=急寻"}},
		{"转 // @小甲 : 急寻", []string{"=转 ", "小甲= 急寻"}},
		{"转//@被截断的名", []string{"=转", "被截断的名="}},
		{"转//@小甲//@小乙:急寻", []string{"=转//@小甲", "小乙=急寻"}},
		{"见 http://example.com/@a 和 //@", []string{"=见 http://example.com/@a 和 //@"}},
		{"回复@小甲:不是这样//@小甲:是吗", []string{"=回复@小甲:不是这样", "小甲=是吗"}},
		{"看//@" + strings.Repeat("长", 31) + ":急寻", []string{"=看//@" + strings.Repeat("长", 31) + ":急寻"}},
	}
	for _, tt := range tests {
		var got []string
		for _, p := range text.Chain(tt.post) {
			got = append(got, p.Name+"="+tt.post[p.Start:p.End])
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("Chain(%q) (-want +got):\n%s", tt.post, diff)
		}
	}
}

func FuzzChain(f *testing.F) {
	for _, s := range []string{"a//@b:c", "／／＠甲：乙//@", "//@:", "// @\xff:x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		parts := text.Chain(s)
		end := 0
		for i, p := range parts {
			if p.Start < end || p.End < p.Start || p.End > len(s) || i == 0 != (p.Start == 0) && p.Start == 0 {
				t.Fatalf("Chain(%q) = %+v", s, parts)
			}
			end = p.End
		}
		if parts[0].Start != 0 || parts[0].Name != "" || end != len(s) {
			t.Fatalf("Chain(%q) = %+v, want all of it", s, parts)
		}
	})
}

func ExampleChain() {
	post := "孩子已经找到了//@小甲:帮转//@小乙:急寻走失男孩"
	for _, p := range text.Chain(post) {
		fmt.Printf("%q says %q\n", p.Name, post[p.Start:p.End])
	}
	// Output:
	// "" says "孩子已经找到了"
	// "小甲" says "帮转"
	// "小乙" says "急寻走失男孩"
}
