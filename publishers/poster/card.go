package poster

import (
	"image"
	"image/color"
	"strings"

	"guitu"
)

// The side of a card in pixels.
const cardSide = 1080

// verdict is what a card says in large letters, and in which colour.
type verdict struct {
	word  string
	sub   string
	color color.Color
}

// verdictOf returns the verdict of a notice.
func verdictOf(n guitu.Notice) verdict {
	if n.CorrectedBy != "" {
		return verdict{"已更正", "本通告不再有效", slate}
	}
	switch n.Kind {
	case guitu.NoticeDebunk:
		return verdict{"不实信息", "警方核查通告", red}
	case guitu.NoticeFound:
		return verdict{"已找回", "请停止扩散", green}
	case guitu.NoticeOver:
		return verdict{"信息已过时", "请停止扩散", slate}
	case guitu.NoticeClosed, guitu.NoticeCancel, guitu.NoticeAlert, guitu.NoticeUpdate, guitu.NoticeCorrection, guitu.NoticeBulletin:
	}
	return verdict{"核查通告", "", blue}
}

// card draws the card of a verdict: what is true first, then the rumor once and short. It never shows the rumor's picture.
func (p *Painter) card(n guitu.Notice) (*canvas, error) {
	c := newCanvas(p.fonts, cardSide, cardSide)
	c.banner(n, verdictOf(n))
	text := n.Texts[guitu.Chinese]
	body := image.Rect(margin, 236, cardSide-margin, 816)
	if n.CorrectedBy != "" {
		c.block(body, para{"本通告已被第 " + n.CorrectedBy + " 号通告更正，不再有效。", style{60, true, black}, 24},
			para{"请以更正后的通告为准。", style{44, false, black}, 0})
		return c, p.foot(c, n, 838, "扫码查看更正后的通告")
	}
	quoted := "网传信息：" + "“" + n.Claimed + "”"
	if n.Kind == guitu.NoticeDebunk {
		quoted = "网传信息不实：" + "“" + n.Claimed + "”"
	}
	c.block(body,
		para{fact(n), style{60, true, black}, 26},
		para{quoted, style{38, false, grey}, 22},
		para{text.Instruction, style{40, false, black}, 22},
		para{strings.TrimSpace(n.Place + "　" + released(n)), style{34, false, grey}, 0})
	return c, p.foot(c, n, 838, "扫码查看通告，核对真伪")
}

// banner writes the verdict across the top.
func (c *canvas) banner(n guitu.Notice, v verdict) {
	c.fill(image.Rect(0, 0, c.Bounds().Dx(), 200), v.color)
	c.line(image.Rect(margin, 20, 720, 180), 0, mark(n)+v.word, style{120, true, white})
	c.line(image.Rect(720, 60, c.Bounds().Dx()-margin, 140), 1, v.sub, style{44, true, white})
}

// fact is the sentence that says what is true: the first paragraph, behind the mark of an exercise.
func fact(n guitu.Notice) string {
	paragraphs := strings.Split(n.Texts[guitu.Chinese].Description, "\n")
	if n.Status == guitu.Exercise && len(paragraphs) > 1 {
		return paragraphs[1]
	}
	return paragraphs[0]
}

// released is the day that the public knows a notice by.
func released(n guitu.Notice) string {
	at := n.Due
	if at.IsZero() {
		at = n.MadeAt
	}
	return at.In(beijing).Format("2006年1月2日")
}

// ended draws what stands where a poster stood: no name, no photo, nothing of how it ended.
func (p *Painter) ended(n guitu.Notice, cause guitu.Cause) (*canvas, error) {
	c := newCanvas(p.fonts, cardSide, cardSide)
	v, why := endOf(n, cause)
	c.banner(n, v)
	c.block(image.Rect(margin, 250, cardSide-margin, 816),
		para{why, style{60, true, black}, 30},
		para{"请停止转发，并删除已保存的海报和照片。", style{52, true, red}, 30},
		para{"感谢每一位转发和留意的人。请不要打听、传播孩子和家人的情况。", style{42, false, black}, 30},
		para{strings.TrimSpace(n.Place + "　" + released(n)), style{34, false, grey}, 0})
	return c, p.foot(c, n, 838, "扫码查看状态，核对真伪")
}

// endOf says how an alert stands that is over.
func endOf(n guitu.Notice, cause guitu.Cause) (verdict, string) {
	switch {
	case cause == guitu.CauseExpire:
		return verdict{"已到期", "请停止扩散", slate}, "这条寻人通告已到期，不再有效。"
	case n.Kind == guitu.NoticeCancel:
		return verdict{"已撤销", "请停止扩散", slate}, "这条寻人通告已撤销，不再有效。"
	case n.Kind == guitu.NoticeClosed:
		return verdict{"已结案", "请停止扩散", slate}, "这条寻人通告已结案，寻找已经结束。"
	}
	return verdict{"已结束", "请停止扩散", slate}, "这条寻人通告已经结束，不再有效。"
}
