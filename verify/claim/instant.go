package claim

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// china is the zone of every stated time; China has had one zone and no summer time since 1992.
var china = time.FixedZone("UTC+8", 8*60*60)

var (
	ymd      = regexp.MustCompile(`^((?:19|20)\d{2})(?:[年./-](\d{1,2})[月./-](\d{1,2})|(\d{2})(\d{2}))`)
	yearWord = regexp.MustCompile(`^((?:19|20)\d{2})年|^(今年|去年|前年)`)
	monthDay = regexp.MustCompile(`^[,]?(\d{1,2}|[一二三四五六七八九十]{1,3})(?:月(?:份|(\d{1,2}|[一二三四五六七八九十]{1,3})[日号]?)?|[./](\d{1,2})[日号]?)`)
	dayOnly  = regexp.MustCompile(`^(本月|上月)?(\d{1,2})[日号]`)
	daysAgo  = regexp.MustCompile(`^(\d{1,2})天前`)
	weekday  = regexp.MustCompile(`^(上上|上|本|这|下)?个?(?:周|星期|礼拜)([一二三四五六日天])`)
	clockAt  = regexp.MustCompile(`(\d{1,2}|[一二三四五六七八九十]{1,3})(?:[:点时](\d{1,2}|[一二三四五六七八九十]{1,3})|[点时](半)?)`)
)

// fullDate reads a date that names its year.
func fullDate(s string) (time.Time, bool) {
	m := ymd.FindStringSubmatch(s)
	if m == nil {
		return time.Time{}, false
	}
	if m[2] == "" {
		m[2], m[3] = m[4], m[5]
	}
	return day(numeral(m[1]), numeral(m[2]), numeral(m[3]))
}

// day returns midnight in China; ok is false where there is no such day.
func day(y, m, d int) (time.Time, bool) {
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, china)
	return t, t.Day() == d && int(t.Month()) == m
}

// numeral reads digits or Chinese numerals up to 99; 0 when s is no number.
func numeral(s string) int {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	n, digit := 0, 0
	for _, r := range s {
		switch at := strings.IndexRune("零一二三四五六七八九", r); {
		case r == '十':
			n, digit = n+10*max(digit, 1), 0
		case r == '两':
			digit = 2
		case at >= 0:
			digit = at / len("零")
		default:
			return 0
		}
	}
	return n + digit
}

// instant returns the earliest instant that a stated time allows, against the time of the post; zero where it cannot be told: a
// relative time without a post's time, a festival of the lunar calendar, a year or month alone. A time after the post is taken
// back to the year or month before, as far as it names none.
func instant(s string, posted time.Time) time.Time {
	d, rest, ok := dateOf(strings.TrimSpace(s), posted)
	if !ok {
		return time.Time{}
	}
	t := d.Add(timeOfDay(rest))
	// A post of the morning cannot tell of the afternoon, but its own clock may be behind.
	if !posted.IsZero() && t.After(posted.Add(time.Hour)) {
		return time.Time{}
	}
	return t.UTC()
}

// dateOf reads the date at the start of s and returns what follows it.
func dateOf(s string, posted time.Time) (time.Time, string, bool) {
	if d, ok := fullDate(s); ok {
		return d, s[len(ymd.FindString(s)):], true
	}
	here := posted.In(china)
	today := time.Date(here.Year(), here.Month(), here.Day(), 0, 0, 0, 0, china)
	year := 0
	rest := s
	if m := yearWord.FindStringSubmatch(s); m != nil {
		rest = s[len(m[0]):]
		switch {
		case m[1] != "":
			year = numeral(m[1])
		case posted.IsZero():
			return time.Time{}, "", false
		default:
			year = here.Year() - map[string]int{"今年": 0, "去年": 1, "前年": 2}[m[2]]
		}
	}
	if m := monthDay.FindStringSubmatch(rest); m != nil {
		d := m[2] + m[3]
		if d == "" || year == 0 && posted.IsZero() {
			return time.Time{}, "", false
		}
		y := year
		if y == 0 {
			y = here.Year()
		}
		t, ok := day(y, numeral(m[1]), numeral(d))
		if year == 0 && ok && t.After(posted) {
			t, ok = day(y-1, numeral(m[1]), numeral(d))
		}
		return t, rest[len(m[0]):], ok
	}
	if posted.IsZero() || year != 0 {
		return time.Time{}, "", false
	}
	if m := dayOnly.FindStringSubmatch(s); m != nil {
		t, ok := day(here.Year(), int(here.Month()), numeral(m[2]))
		if m[1] == "上月" || ok && t.After(posted) || !ok {
			before := time.Date(here.Year(), here.Month()-1, 1, 0, 0, 0, 0, china)
			t, ok = day(before.Year(), int(before.Month()), numeral(m[2]))
		}
		return t, s[len(m[0]):], ok
	}
	if m := daysAgo.FindStringSubmatch(s); m != nil {
		return today.AddDate(0, 0, -numeral(m[1])), s[len(m[0]):], true
	}
	if m := weekday.FindStringSubmatch(s); m != nil {
		return onWeekday(today, m[1], m[2]), s[len(m[0]):], m[1] != "下"
	}
	for _, w := range relative {
		if strings.HasPrefix(s, w.word) {
			return today.AddDate(0, 0, w.days), w.part + s[len(w.word):], true
		}
	}
	if strings.HasPrefix(s, "刚") {
		return here, "", true
	}
	if strings.HasPrefix(s, "元旦") {
		t, _ := day(here.Year(), 1, 1)
		return t, s[len("元旦"):], true
	}
	return time.Time{}, "", false
}

// relative are the days counted from the post's; the longest word first. The part of the day that a word has stays with the rest.
var relative = []struct {
	word string
	days int
	part string
}{
	{"大前天", -3, ""},
	{"今天", 0, ""},
	{"今日", 0, ""},
	{"今晚", 0, "晚"},
	{"今早", 0, "早"},
	{"今晨", 0, "早"},
	{"昨天", -1, ""},
	{"昨日", -1, ""},
	{"昨儿个", -1, ""},
	{"昨儿", -1, ""},
	{"昨晚", -1, "晚"},
	{"前天", -2, ""},
	{"前日", -2, ""},
	{"前晚", -2, "晚"},
}

// onWeekday returns the last such day up to today, or the one of the week that which names. Weeks begin on Monday.
func onWeekday(today time.Time, which, name string) time.Time {
	want := strings.Index("一二三四五六日", name) / len("一")
	if name == "天" {
		want = 6
	}
	is := (int(today.Weekday()) + 6) % 7
	d := today.AddDate(0, 0, want-is)
	switch which {
	case "上":
		return d.AddDate(0, 0, -7)
	case "上上":
		return d.AddDate(0, 0, -14)
	case "":
		if d.After(today) {
			return d.AddDate(0, 0, -7)
		}
	}
	return d
}

// parts are the parts of the day with the hour at which each begins at the earliest.
var parts = []struct {
	word string
	hour int
	pm   bool // hours up to twelve are those after noon
}{
	{"凌晨", 0, false},
	{"清晨", 5, false},
	{"早晨", 5, false},
	{"早上", 5, false},
	{"上午", 8, false},
	{"中午", 11, true},
	{"下午", 12, true},
	{"午后", 12, true},
	{"傍晚", 17, true},
	{"晚上", 18, true},
	{"晚间", 18, true},
	{"夜里", 20, true},
	{"深夜", 22, true},
	{"半夜", 0, false},
	{"夜间", 20, true},
	{"早", 5, false},
	{"晚", 18, true},
}

// timeOfDay reads a clock or a part of the day; without either the day begins at midnight.
func timeOfDay(s string) time.Duration {
	base, pm := 0, false
	for _, p := range parts {
		if strings.Contains(s, p.word) {
			base, pm = p.hour, p.pm
			break
		}
	}
	m := clockAt.FindStringSubmatch(s)
	if m == nil {
		return time.Duration(base) * time.Hour
	}
	hour, minute := numeral(m[1]), numeral(m[2])
	if m[3] == "半" {
		minute = 30
	}
	switch {
	case pm && hour < 12 && (base != 11 || hour < 4), base >= 18 && hour == 12: // 晚上12点 ends the day
		hour += 12
	}
	if hour > 24 || minute > 59 {
		return time.Duration(base) * time.Hour
	}
	return time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute
}
