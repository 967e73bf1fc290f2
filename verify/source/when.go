package source

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// shanghai is China's time, which has no summer time since 1991.
var shanghai = time.FixedZone("CST", 8*60*60)

var (
	agoForm  = regexp.MustCompile(`^(\d{1,4})\s*(秒|分钟|小时|天)前$`)
	dayForm  = regexp.MustCompile(`^(今天|昨天|前天)\s*(\d{1,2}):(\d{2})$`)
	dateForm = regexp.MustCompile(`^(?:(\d{4})[-/年.])?(\d{1,2})[-/月.](\d{1,2})日?(?:[\sT]*(\d{1,2}):(\d{2})(?::(\d{2}))?)?$`)
)

// ParseTime reads a time as Chinese sites and feeds write it: "刚刚", "5分钟前", "今天 12:30", "昨天 08:00", "12-03", "12月03日
// 08:15", "2026-11-24 12:30", "Tue Nov 24 12:30:00 +0800 2026", RFC 3339 and RFC 1123. Without a zone it is Shanghai's; a date
// without a year is the latest one that is not after now. ok is false when it is none of these.
func ParseTime(s string, now time.Time) (t time.Time, ok bool) {
	s = strings.TrimSpace(s)
	now = now.In(shanghai)
	if s == "刚刚" {
		return now.UTC(), true
	}
	if m := agoForm.FindStringSubmatch(s); m != nil {
		unit := map[string]time.Duration{"秒": time.Second, "分钟": time.Minute, "小时": time.Hour, "天": 24 * time.Hour}[m[2]]
		return now.Add(-time.Duration(number(m[1])) * unit).UTC(), true
	}
	if m := dayForm.FindStringSubmatch(s); m != nil {
		back := map[string]int{"今天": 0, "昨天": 1, "前天": 2}[m[1]]
		return date(now.Year(), int(now.Month()), now.Day()-back, m[2], m[3], "", false)
	}
	if m := dateForm.FindStringSubmatch(s); m != nil {
		year, month, day := number(m[1]), number(m[2]), number(m[3])
		if m[1] != "" {
			return date(year, month, day, m[4], m[5], m[6], true)
		}
		// Four years reach back over a 29 February.
		for year = now.Year(); year > now.Year()-5; year-- {
			if t, ok := date(year, month, day, m[4], m[5], m[6], true); ok && !t.After(now) {
				return t, true
			}
		}
		return time.Time{}, false
	}
	for _, layout := range []string{time.RubyDate, time.RFC3339, time.RFC1123Z, time.RFC1123, time.RFC822Z} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// date makes a UTC time of a Shanghai date; strict refuses days that the month does not have.
func date(year, month, day int, hour, minute, second string, strict bool) (time.Time, bool) {
	h, m, s := number(hour), number(minute), number(second)
	t := time.Date(year, time.Month(month), day, h, m, s, 0, shanghai)
	if h > 23 || m > 59 || s > 60 || strict && (int(t.Month()) != month || t.Day() != day) {
		return time.Time{}, false
	}
	return t.UTC(), true
}

func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// ParseCount reads a count as Weibo writes it: "1024", "1.2万", "100万+", "3亿". A word in its place ("转发") stands for zero.
func ParseCount(s string) int {
	s = strings.TrimSuffix(strings.TrimSpace(s), "+")
	factor := 1.0
	switch {
	case strings.HasSuffix(s, "万"):
		s, factor = strings.TrimSuffix(s, "万"), 1e4
	case strings.HasSuffix(s, "亿"):
		s, factor = strings.TrimSuffix(s, "亿"), 1e8
	}
	f, err := strconv.ParseFloat(strings.ReplaceAll(s, ",", ""), 64)
	if err != nil || !(f > 0) {
		return 0
	}
	return int(min(f*factor+0.5, maxReposts))
}
