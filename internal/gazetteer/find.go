package gazetteer

import (
	"slices"
	"strings"
	"unicode/utf8"

	"guitu"
)

// Mention is a place that a text names: one division, or several from the top down (山东临沂兰山区).
type Mention struct {
	// Area is the smallest division that the mention settles together with the rest of the text. An ambiguous name that nothing
	// settles gives the smallest area that covers all its bearers, which may be the whole country.
	Area       guitu.Area
	Start, End int // byte offsets in the text
}

// Find returns the mentions in text, in order. Text should be in simplified characters.
func Find(text string) []Mention {
	t := load()
	chains := chains(t.parts(text))
	// What is said elsewhere settles what is ambiguous here.
	var known []guitu.Area
	for _, c := range chains {
		if len(c.areas) == 1 && !slices.Contains(known, c.areas[0]) {
			known = append(known, c.areas[0])
		}
	}
	mentions := make([]Mention, 0, len(chains))
	for _, c := range chains {
		areas := c.areas
		for _, k := range known {
			if k.Level() == guitu.County {
				k = k.Parent()
			}
			if within := filter(areas, func(a guitu.Area) bool { return k.Covers(a) }); len(within) > 0 {
				areas = within
			}
		}
		mentions = append(mentions, Mention{common(areas), c.start, c.end})
	}
	return mentions
}

// Locate returns the place that text is about: the smallest area that a mention settles, the first of several that are as
// small. ok is false when the text settles none.
func Locate(text string) (area guitu.Area, start, end int, ok bool) {
	for _, m := range Find(text) {
		if m.Area != "" && (!ok || m.Area != area && area.Covers(m.Area)) {
			area, start, end, ok = m.Area, m.Start, m.End, true
		}
	}
	return area, start, end, ok
}

// part is one name in a text with all that it may stand for.
type part struct {
	name       string       // as the table has it
	areas      []guitu.Area // of names in force, or else of retired ones
	retired    []guitu.Area // what it has become where the name is retired
	start, end int
	short      bool // the name lacks its kind, so it may be an ordinary word
	old        bool // it is short and was retired before 2002
	water      bool // with what follows it may be a river or a hill
	district   bool // it is the name of a district, which several towns may have: 郊区
}

// parts cuts the names out of text, the longest at each place.
func (t *table) parts(text string) []part {
	var parts []part
	last, before := 0, utf8.RuneError // the character before, and where it is
	end := 0                          // of the last part
	for i, c := range text {
		k := [2]rune{before, c}
		at := last
		last, before = i, c
		if h := hash(k); t.begin[h/64]>>(h%64)&1 == 0 || at < end {
			continue
		}
		if p, found := t.at(text, at, k); found {
			parts = append(parts, p)
			end = p.end
		}
	}
	return parts
}

// at returns the longest name that begins at text[i].
func (t *table) at(text string, i int, k [2]rune) (part, bool) {
	for _, n := range t.names[k] {
		if !strings.HasPrefix(text[i:], n.text) {
			continue
		}
		// 济南市中区 is 市中区 in 济南.
		if rest := text[i+len(n.text):]; strings.HasSuffix(n.text, "市") && startsWith(rest, cityDistricts) {
			continue
		}
		p := part{name: n.text, start: i, end: i + len(n.text), district: strings.HasSuffix(n.text, "区") && !strings.HasSuffix(n.text, "地区")}
		if p.take(n.bearers, false) {
			return p, true
		}
		p.take(n.bearers, true)
		p.short = true
		p.water = startsWith(text[p.end:], waters)
		// 宁河县 has become 宁河区: another kind behind a known stem names the same place.
		if rest := text[p.end:]; strings.HasPrefix(rest, "县") || strings.HasPrefix(rest, "市") && !strings.HasPrefix(rest, "市场") || strings.HasPrefix(rest, "区") {
			if counties := filter(p.areas, func(a guitu.Area) bool { return a.Level() == guitu.County }); len(counties) > 0 {
				p.areas, p.end, p.short = counties, p.end+len("县"), false
				return p, true
			}
		}
		if strings.HasPrefix(text[p.end:], "地区") {
			if cities := filter(p.areas, func(a guitu.Area) bool { return a.Level() == guitu.City }); len(cities) > 0 {
				p.areas, p.end, p.short = cities, p.end+len("地区"), false
				return p, true
			}
		}
		if partOfWord(text[p.end:]) && !t.wholeNameAt(text[p.end:]) {
			return part{}, false
		}
		return p, true
	}
	return part{}, false
}

// wholeNameAt reports whether a name with its kind begins s: 桥西区, which makes no bridge of 石家庄.
func (t *table) wholeNameAt(s string) bool {
	k, ok := key(s)
	return ok && slices.ContainsFunc(t.names[k], func(n name) bool {
		return strings.HasPrefix(s, n.text) && slices.ContainsFunc(n.bearers, func(b bearer) bool { return !b.short })
	})
}

// take collects the bearers whose name is whole or short, and reports whether there are any.
func (p *part) take(bearers []bearer, short bool) bool {
	long := true // every retired bearer is long past
	for _, b := range bearers {
		switch {
		case b.short != short:
		case b.age == inForce:
			p.areas = append(p.areas, b.area)
		default:
			long = long && b.age == longPast
			if !slices.Contains(p.retired, b.area) {
				p.retired = append(p.retired, b.area)
			}
		}
	}
	if len(p.areas) == 0 && len(p.retired) > 0 {
		p.areas, p.retired, p.old = p.retired, nil, short && long
	}
	return len(p.areas) > 0
}

// cityDistricts end the names of districts that begin like the name of a city: 市中区, 市南区, 市北区.
var cityDistricts = []string{"中区", "南区", "北区"}

// streets are the words that make a road or a building of a division's name: 南京路, 北京西路.
var streets = strings.Fields("路 街 大道 大街 东路 西路 南路 北路 中路 东街 西街 南街 北街 一路 二路 三路 巷 弄 胡同 桥 牌 烤鸭 烧烤 拉面 大厦 饭店 酒家 酒楼 菜馆")

func partOfWord(rest string) bool { return startsWith(rest, streets) }

func startsWith(s string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(s, w) })
}

// waters are the words that make a river or a hill of a county's name: 嘉陵江, 吉隆坡.
var waters = strings.Fields("江 河 山 湖 岛 港 峡 坡 岭 阁 大桥")

// chain is a run of names from the top down.
type chain struct {
	areas      []guitu.Area
	start, end int
}

// chains joins names that stand beside each other and lie within each other, and drops ordinary words.
func chains(parts []part) []chain {
	var found []chain
	for i := 0; i < len(parts); {
		p := parts[i]
		c := chain{p.areas, p.start, p.end}
		j := i + 1
		for ; j < len(parts) && parts[j].start-c.end <= len("省"); j++ {
			within := inside(c.areas, parts[j])
			if len(within) == 0 && j == i+1 && len(p.retired) > 0 {
				within = inside(p.retired, parts[j])
			}
			if len(within) == 0 {
				break
			}
			c.areas, c.end = within, parts[j].end
		}
		if j == i+1 {
			if c.areas = alone(p); len(c.areas) == 0 {
				i++
				continue
			}
		}
		found = append(found, c)
		i = j
	}
	return found
}

// inside returns what a lower name stands for below one of the upper areas. A retired name can stand for the upper area itself
// (邯郸地区邯郸市), and one that was moved to another city of the province since stands where it is.
func inside(upper []guitu.Area, p part) []guitu.Area {
	within := func(areas []guitu.Area, same bool) []guitu.Area {
		return filter(areas, func(b guitu.Area) bool {
			return slices.ContainsFunc(upper, func(a guitu.Area) bool { return (same || a != b) && a.Covers(b) })
		})
	}
	if found := within(p.areas, false); len(found) > 0 {
		return found
	}
	if found := within(p.retired, true); len(found) > 0 {
		return found
	}
	if found := within(p.areas, true); len(found) > 0 && !p.short {
		return found
	}
	if p.short || len(upper) != 1 {
		return nil
	}
	for _, areas := range [][]guitu.Area{p.areas, p.retired} {
		near := filter(areas, func(b guitu.Area) bool {
			if upper[0].Level() == guitu.Province {
				return b[:2] == moved[upper[0][:2]]
			}
			return b.Level() != guitu.Province && b[:2] == upper[0][:2] && !p.district
		})
		if len(near) == 1 {
			return near
		}
	}
	return nil
}

// moved are the provinces that were parts of others until 1988 and 1997: Hainan of Guangdong, and Chongqing of Sichuan.
var moved = map[guitu.Area]guitu.Area{"44": "46", "51": "50"}

// alone returns what a name means when no upper division stands beside it.
func alone(p part) []guitu.Area {
	if p.old {
		return nil
	}
	if !p.short {
		// 城区, 郊区, 东区: every town has one.
		if p.end-p.start <= 2*len("区") && strings.HasSuffix(p.name, "区") {
			return nil
		}
		return top(p.areas)
	}
	if upper := filter(p.areas, func(a guitu.Area) bool { return a.Level() != guitu.County }); len(upper) > 0 {
		return top(upper)
	}
	if len(p.areas) > 1 || words[p.name] || p.water {
		return nil
	}
	return p.areas
}

// top returns the areas of the highest level: 吉林 is the province, unless something beside it says the city.
func top(areas []guitu.Area) []guitu.Area {
	highest := guitu.County
	for _, a := range areas {
		highest = max(highest, a.Level())
	}
	return filter(areas, func(a guitu.Area) bool { return a.Level() == highest })
}

func common(areas []guitu.Area) guitu.Area {
	up := areas[0]
	for _, a := range areas[1:] {
		for !up.Covers(a) {
			up = up.Parent()
		}
	}
	return up
}

func filter(areas []guitu.Area, keep func(guitu.Area) bool) []guitu.Area {
	var kept []guitu.Area
	for _, a := range areas {
		if keep(a) {
			kept = append(kept, a)
		}
	}
	return kept
}
