package claim

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

const sum = `(?:人民币)?(?:\d+(?:\.\d+)?|[一二两三四五六七八九十百]+)(?:余|多)?(?:万|千|百)?(?:元|块)?(?:整|钱)?(?:人民币|现金)?`

var (
	rewards = regexp.MustCompile(`(?:有线索者?|提供(?:有价值)?(?:的)?线索者?(?:的)?|找到者|知情者|提供[^,。;!?:\s]{0,18})?(?:奖励|给予|必有|必|定|将|重金|愿)*(?:重谢|酬金|悬赏|酬谢|重金感谢|奖励|重赏)(?:金|为|人民币|:| )?(?:` + sum + `)?`)
	pledge  = regexp.MustCompile(`(?:把|以|用|拿|将|愿意?)((?:价值)?` + sum + `(?:的)?[^,。;!?:\s]{0,10}(?:给予|作为|当作?)?酬金)`)

	worn    = regexp.MustCompile(`(?:上身|下身|身|上衣|当时|失踪时|走失时|出走时)?(?:穿着|身着|上穿|下穿|穿)(?:一件|一身|一套|一条|一双|了)?[\p{Han}]{1,24}`)
	garment = regexp.MustCompile(`[衣裤裙鞋袖帽衫装套包袄袜巾校服]`)
	more    = regexp.MustCompile(`^[,、和 ]?(?:下身?|上身?|脚|头|背|戴|脚穿|背着)?(?:穿着?)?[\p{Han}]{1,14}`)
)

// reward finds what is promised to those who help.
func (r *reader) reward() span {
	if m := pledge.FindStringSubmatchIndex(r.body); m != nil {
		return group(m, 1, 0)
	}
	if m := rewards.FindStringIndex(r.body); m != nil {
		return span{m[0], m[1]}
	}
	return span{}
}

// clothing finds what the person wore: from the verb on, as long as garments are named.
func (r *reader) clothing() span {
	for _, m := range worn.FindAllStringIndex(r.body, -1) {
		if !garment.MatchString(r.body[m[0]:m[1]]) || strings.Contains(r.body[m[0]:m[1]], "如图") {
			continue
		}
		p := span{m[0], m[1]}
		for _, lead := range []string{"当时", "失踪时", "走失时", "出走时"} {
			if strings.HasPrefix(r.body[p.start:p.end], lead) {
				p.start += len(lead)
			}
		}
		for utf8.RuneCountInString(r.body[p.start:p.end]) < 60 {
			n := more.FindStringIndex(r.body[p.end:])
			if n == nil || !garment.MatchString(r.body[p.end:p.end+n[1]]) {
				break
			}
			p.end += n[1]
		}
		return p
	}
	return span{}
}
