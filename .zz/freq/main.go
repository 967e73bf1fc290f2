package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"sort"

	"guitu"
	"guitu/internal/gazetteer"
	"guitu/verify/text"
)

func main() {
	count := map[string]int{}
	ctx := map[string][]string{}
	sc := bufio.NewScanner(os.Stdin)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var x struct{ Text string }
		json.Unmarshal(sc.Bytes(), &x)
		s := text.Normalise(x.Text).String
		for _, m := range gazetteer.Find(s) {
			if m.Area.Level() != guitu.County {
				continue
			}
			w := s[m.Start:m.End]
			if len(w) > 9 {
				continue
			}
			count[w]++
			if len(ctx[w]) < 3 {
				a, b := m.Start-12, m.End+12
				if a < 0 {
					a = 0
				}
				if b > len(s) {
					b = len(s)
				}
				ctx[w] = append(ctx[w], s[a:b])
			}
		}
	}
	var ks []string
	for k := range count {
		ks = append(ks, k)
	}
	sort.Slice(ks, func(i, j int) bool { return count[ks[i]] > count[ks[j]] })
	for _, k := range ks {
		fmt.Println(count[k], k, ctx[k])
	}
}
