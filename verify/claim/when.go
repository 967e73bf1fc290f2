package claim

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	number2 = `(?:\d{1,2}|[一二三四五六七八九十]{1,3})`
	dayPart = `(?:凌晨|清晨|早晨|早上|上午|中午|下午|午后|傍晚|晚上|晚间|夜里|深夜|夜间|早|晚)`
	clock   = `(?:(?:约|大约|大概)?` + number2 + `(?:[:点时]` + number2 + `分?|[点时](?:半|多|整|钟)?)(?:许|左右|前后)?)`
	// dates: 2014年12月9日, 12月9号, 2012-06-01, 20141208, 4日早上, 今天, 星期一.
	date = `(?:(?:19|20)\d{2}[年./-]\d{1,2}[月./-]\d{1,2}[日号]?|(?:19|20)\d{6}|(?:(?:19|20)\d{2}年|今年|去年)?` + number2 + `月(?:份|` + number2 + `[日号]?)|(?:本月|上月)?\d{1,2}[日号]|今天|今日|昨天|昨日|前天|昨晚|今晚|今早|今晨|大前天|刚刚|刚才|前几天|前不久|几天前|\d{1,2}天前|(?:上|本|这)?(?:周|星期|礼拜)[一二三四五六日天]|[\d一二三四五六七八九十]{1,2}年前)`
)

var (
	moment = regexp.MustCompile(date + `(?:[,、 ]?(?:的)?` + dayPart + `?(?:放学)?` + clock + `|` + dayPart + `(?:放学)?)?(?:左右|许|前后)?`)
	// lossLabel says that the time or place of the loss follows.
	timeLabel = regexp.MustCompile(`(?:失踪|走失|走丢|丢失|被拐|失联|离家)(?:的)?(?:日期|时间)(?:是|为)?[:,]?\s?`)
	loss      = regexp.MustCompile(`失踪|走失|走丢|丢失|被拐|拐走|抱走|抢走|失联|不见|离家|带走|被偷|骗走|未归|发现一名|捡到|拐卖|丢了|被抢`)
)

// missingAt finds when the person was lost: behind its label, or else the last time said before the loss, or the first at all.
func (r *reader) missingAt(posted time.Time) span {
	if m := timeLabel.FindStringIndex(r.body); m != nil {
		if t := moment.FindStringIndex(r.body[m[1]:]); t != nil && t[0] <= len("为是 ") {
			return span{m[1] + t[0], m[1] + t[1]}
		}
	}
	var all []span
	for _, m := range moment.FindAllStringIndex(r.body, -1) {
		if born(r.body[m[1]:]) || later(r.body[m[0]:m[1]], posted) {
			continue
		}
		// The number before 日 or 号 may be the tail of something else: 5路11号.
		first, _ := utf8.DecodeRuneInString(r.body[m[0]:])
		if prev, _ := utf8.DecodeLastRuneInString(r.body[:m[0]]); first < utf8.RuneSelf && strings.ContainsRune("0123456789路街栋楼第", prev) {
			continue
		}
		all = append(all, span{m[0], m[1]})
	}
	losses := loss.FindAllStringIndex(r.body, -1)
	if len(all) == 0 || len(losses) == 0 {
		return span{}
	}
	best := all[0]
	for _, l := range losses {
		found := false
		for _, t := range all {
			if t.end <= l[0] && utf8.RuneCountInString(r.body[t.end:l[0]]) <= 45 && !strings.ContainsAny(r.body[t.end:l[0]], "】!") {
				best, found = t, true
				break
			}
		}
		if found {
			break
		}
	}
	return best
}

func born(rest string) bool {
	return strings.HasPrefix(rest, "出生") || strings.HasPrefix(rest, "生") && !strings.HasPrefix(rest, "生病")
}

var fullDate = regexp.MustCompile(`^((?:19|20)\d{2})[年./-]?(\d{1,2})[月./-]?(\d{1,2})`)

// later reports whether a full date is more than a day after the post.
func later(s string, posted time.Time) bool {
	m := fullDate.FindStringSubmatch(s)
	if m == nil || posted.IsZero() {
		return false
	}
	y, _ := strconv.Atoi(m[1])
	mo, _ := strconv.Atoi(m[2])
	d, _ := strconv.Atoi(m[3])
	return time.Date(y, time.Month(mo), d, 0, 0, 0, 0, time.UTC).After(posted.AddDate(0, 0, 2))
}
