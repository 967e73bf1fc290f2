package poster

import (
	"fmt"
	"strings"

	"guitu"
)

// exercise marks what is said of an exercise.
func exercise(n guitu.Notice, zh, en string) map[string]string {
	if n.Status == guitu.Exercise {
		zh, en = "【演练】"+zh, "[Exercise] "+en
	}
	return map[string]string{guitu.Chinese: zh, guitu.English: en}
}

// alertAlt says what a poster shows, for those who can't see it. It is as long as the poster: there is no other way to read it.
func alertAlt(n guitu.Notice, m guitu.AlertMessage) map[string]string {
	zh := []string{"寻人海报：" + subject(m), "走失时间：" + when(m), "走失地点：" + guitu.PlaceIn(n.Place, m.Facts.Place)}
	if m.Facts.Child.Clothing != "" {
		zh = append(zh, "衣着："+m.Facts.Child.Clothing)
	}
	if m.Facts.Child.Features != "" {
		zh = append(zh, "特征："+m.Facts.Child.Features)
	}
	zh = append(zh, "看到孩子请立即拨打110，或联系"+or(m.Facts.Contact.Name, "警方")+m.Facts.Contact.Phone, "核验码："+n.Code)
	en := fmt.Sprintf("Missing child poster: %s, missing since %s, %s. If you see the child, call 110 or %s. Check code: %s.",
		subjectEnglish(m), m.Facts.MissingAt.In(beijing).Format("2 January 2006, 15:04"), guitu.PlaceIn(n.Place, m.Facts.Place), m.Facts.Contact.Phone, n.Code)
	return exercise(n, strings.Join(zh, "。")+"。", en)
}

// subject is who is looked for, as far as the tier allows.
func subject(m guitu.AlertMessage) string {
	if m.Shown.ShowName && m.Facts.Child.Name != "" {
		return strings.TrimSuffix(m.Facts.Child.Name+"，"+sexAge(m), "，")
	}
	return who(m)
}

func subjectEnglish(m guitu.AlertMessage) string {
	s := map[string]string{"男": "a boy", "女": "a girl"}[m.Facts.Child.Sex]
	s = or(s, "a child")
	if years, ok := m.Facts.Child.AgeAt(m.Facts.MissingAt.In(beijing)); ok {
		s += fmt.Sprintf(" aged %d", years)
	}
	if m.Shown.ShowName && m.Facts.Child.Name != "" {
		return m.Facts.Child.Name + ", " + s
	}
	return s
}

// cardAlt says what a card shows.
func cardAlt(n guitu.Notice) map[string]string {
	v := verdictOf(n)
	zh := "核查通告图：" + v.word + "。"
	en := "Card of a verdict: " + n.Texts[guitu.English].Headline + "."
	if n.CorrectedBy != "" {
		zh += "本通告已被第" + n.CorrectedBy + "号通告更正，不再有效。"
		en = "Card: notice " + n.CorrectedBy + " corrects this one, which no longer holds."
	} else {
		zh += fact(n)
	}
	return exercise(n, zh+"核验码："+n.Code+"。", en+" Check code: "+n.Code+".")
}

// endAlt says what stands in a poster's place.
func endAlt(n guitu.Notice, cause guitu.Cause) map[string]string {
	v, why := endOf(n, cause)
	return exercise(n, "通告图："+v.word+"。"+why+"请停止转发，并删除已保存的海报和照片。核验码："+n.Code+"。",
		"Card: this missing child alert is over. Please stop sharing and delete saved posters and photos. Check code: "+n.Code+".")
}
