package gazetteer

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"guitu"
)

//go:embed divisions.tsv.gz
var packed []byte

type division struct {
	area    guitu.Area
	name    string
	point   guitu.Point
	present guitu.Area // the division in force that it has become, "" when it is in force itself
}

// bearer is a division that goes by some name.
type bearer struct {
	area  guitu.Area
	short bool // the name lacks its kind: 临沂 for 临沂市
	age   age
}

// age says whether a name is in force.
type age int

const (
	inForce  age = iota
	lately       // retired since 2002, so that people still say it
	longPast     // retired before
)

type name struct {
	text    string
	bearers []bearer
}

type table struct {
	byArea map[guitu.Area]division
	// names holds the names by their first two runes, the longest first.
	names map[[2]rune][]name
	// begin marks the first two runes of all names, by a hash of 16 bits: it spares most look-ups in names.
	begin [1 << 16 / 64]uint64
}

var load = sync.OnceValue(func() *table {
	t, err := read(packed)
	if err != nil {
		panic("gazetteer: the built-in table cannot be read: " + err.Error())
	}
	return t
})

func read(packed []byte) (*table, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		return nil, err
	}
	t := &table{byArea: make(map[guitu.Area]division, 7000), names: make(map[[2]rune][]name, 7000)}
	for line := range strings.Lines(string(raw)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		d := division{area: guitu.Area(f[0]), name: f[1]}
		b := bearer{area: d.area}
		if strings.Contains(f[2], ".") {
			d.point.Lat, _ = strconv.ParseFloat(f[2], 64)
			d.point.Lng, _ = strconv.ParseFloat(f[3], 64)
		} else {
			d.present = guitu.Area(f[2])
			b = bearer{area: d.present, age: longPast}
			if f[3] != "" {
				b.age = lately
			}
		}
		if _, known := t.byArea[d.area]; !known {
			t.byArea[d.area] = d
		}
		for _, name := range spellings(d.name) {
			b.short = false
			t.add(name, b)
			if s := stem(name); s != name && utf8.RuneCountInString(s) > 1 {
				b.short = true
				t.add(s, b)
			}
		}
	}
	return t, nil
}

// spellings returns the ways in which name is written in simplified text. Converters turn 乾 into 干, also in 乾县.
func spellings(name string) []string {
	if strings.Contains(name, "乾") {
		return []string{name, strings.ReplaceAll(name, "乾", "干")}
	}
	return []string{name}
}

func (t *table) add(text string, b bearer) {
	k, ok := key(text)
	if !ok {
		return
	}
	h := hash(k)
	t.begin[h/64] |= 1 << (h % 64)
	list := t.names[k]
	at := len(list)
	for i, n := range list {
		if n.text == text {
			// A retired name of a division that bears it still says nothing more.
			if !slices.ContainsFunc(n.bearers, func(o bearer) bool { return o.area == b.area && o.age <= b.age && (b.short || !o.short) }) {
				list[i].bearers = append(list[i].bearers, b)
			}
			return
		}
		if at == len(list) && len(n.text) < len(text) {
			at = i
		}
	}
	list = append(list, name{})
	copy(list[at+1:], list[at:])
	list[at] = name{text, []bearer{b}}
	t.names[k] = list
}

func hash(k [2]rune) uint16 { return uint16((uint32(k[0])*40503 + uint32(k[1])) * 2654435769 >> 16) }

// key returns the first two runes of s.
func key(s string) (k [2]rune, ok bool) {
	r, n := utf8.DecodeRuneInString(s)
	q, m := utf8.DecodeRuneInString(s[n:])
	return [2]rune{r, q}, n > 0 && m > 0
}

var kinds = []string{"特别行政区", "自治区", "自治州", "自治县", "自治旗", "地区", "林区", "特区", "新区", "省", "市", "区", "县", "盟", "旗", "州"}

var peoples = strings.Fields(`维吾尔 哈萨克 蒙古族 蒙古 回族 藏族 苗族 彝族 壮族 布依族 朝鲜族 满族 侗族 瑶族 白族 土家族 哈尼族 哈萨克族 傣族 黎族
	傈僳族 佤族 畲族 拉祜族 水族 东乡族 纳西族 景颇族 柯尔克孜族 柯尔克孜 土族 达斡尔族 仫佬族 羌族 布朗族 撒拉族 毛南族 仡佬族 锡伯族
	普米族 塔吉克族 塔吉克 怒族 鄂温克族 德昂族 保安族 裕固族 独龙族 鄂伦春族 各族`)

// stem returns a division's name without its kind and peoples: 临沂 for 临沂市, 恩施 for 恩施土家族苗族自治州.
func stem(name string) string {
	s := name
	for _, k := range kinds {
		if c, ok := strings.CutSuffix(s, k); ok && utf8.RuneCountInString(c) > 1 {
			s = c
			break
		}
	}
	for cut := true; cut; {
		cut = false
		for _, p := range peoples {
			// 鄂伦春自治旗 and 东乡族自治县 are named after their people: something must stay.
			if c, ok := strings.CutSuffix(s, p); ok && utf8.RuneCountInString(c) > 1 {
				s, cut = c, true
			}
		}
	}
	return s
}

// Present returns the division in force that area is or has become, as far as it can be told: that of 宁河县 is 宁河区, and that of
// a district which was divided is its city. It returns "" for the whole country and for a code of no known province.
func Present(area guitu.Area) guitu.Area {
	for t := load(); area != ""; area = area.Parent() {
		if d, ok := t.byArea[area]; ok && d.present != "" {
			return d.present
		} else if ok {
			return area
		}
	}
	return ""
}

// Name returns the whole name of an area (山东省临沂市兰山区), 全国 for the empty area, and "" for a code that is in neither the
// current nor the retired part of the table.
func Name(area guitu.Area) string {
	if area == "" {
		return "全国"
	}
	t := load()
	d, ok := t.byArea[area]
	if !ok {
		return ""
	}
	s := d.name
	for up := area.Parent(); up != ""; up = up.Parent() {
		s = t.byArea[up].name + s
	}
	return s
}

// Point returns the centre of an area, for a retired one that of the division which it has become; ok is false for the whole
// country and for codes whose centre is unknown.
func Point(area guitu.Area) (p guitu.Point, ok bool) {
	t := load()
	d, ok := t.byArea[area]
	if d.present != "" {
		d = t.byArea[d.present]
	}
	return d.point, ok && d.point != guitu.Point{}
}
