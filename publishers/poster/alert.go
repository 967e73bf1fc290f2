package poster

import (
	"fmt"
	"image"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"guitu"
)

// beijing is the time zone of everything that the public reads; China has one, without summer time.
var beijing = time.FixedZone("Asia/Shanghai", 8*60*60)

// The size of a poster in pixels: three by four, which telephones show without cutting.
const (
	posterWidth  = 1080
	posterHeight = 1440
)

// margin is what stays free at the left and the right.
const margin = 56

// alert draws the poster of an alert. child is the main photo, nil when none is shown.
func (p *Painter) alert(n guitu.Notice, m guitu.AlertMessage, child image.Image) (*canvas, error) {
	c := newCanvas(p.fonts, posterWidth, posterHeight)
	tier, _ := m.Tier.Words()
	c.fill(image.Rect(0, 0, posterWidth, 168), red)
	c.line(image.Rect(margin-26, 16, 640, 152), 0, mark(n)+"【寻人】", style{110, true, white})
	title := tier
	if n.Kind == guitu.NoticeUpdate {
		title += " · 更新"
	}
	c.line(image.Rect(560, 34, posterWidth-margin, 104), 1, title, style{52, true, white})
	c.line(image.Rect(560, 100, posterWidth-margin, 146), 1, m.Sent.In(beijing).Format("2006年1月2日15:04")+" 发布", style{30, false, white})

	photo := image.Rect(margin, 196, margin+450, 196+560)
	c.fill(photo, pale)
	switch {
	case child != nil:
		c.place(photo, child)
	case m.Shown.ShowPhoto:
		c.line(photo.Inset(60), 0.5, "暂无照片", style{48, false, grey})
	default:
		c.line(photo.Inset(30).Add(image.Pt(0, -40)), 0.5, "本案不公开照片", style{46, true, grey})
		c.line(photo.Inset(30).Add(image.Pt(0, 40)), 0.5, "请按文字描述辨认", style{38, false, grey})
	}
	c.block(image.Rect(margin+450+34, 196, posterWidth-margin, 196+560), person(m)...)
	c.block(image.Rect(margin, 778, posterWidth-margin, 1056), story(n, m)...)

	c.fill(image.Rect(0, 1072, posterWidth, 1196), yellow)
	call := "看到孩子请立即拨打 110"
	c.line(image.Rect(margin, 1078, posterWidth-margin, 1136), 0.5, call+"，或联系"+or(m.Facts.Contact.Name, "警方"), style{44, true, black})
	c.line(image.Rect(margin, 1132, posterWidth-margin, 1192), 0.5, spaced(m.Facts.Contact.Phone), style{50, true, red})

	return c, p.foot(c, n, 1212, "扫码查看最新状态，核对真伪")
}

// foot puts the QR code and the check code below y; 228 pixels.
func (p *Painter) foot(c *canvas, n guitu.Notice, y int, what string) error {
	link := p.o.Link(n.Code)
	left := margin
	if link != "" {
		if err := c.qr(image.Rect(margin, y+8, margin+196, y+204), link); err != nil {
			return err
		}
		left = margin + 196 + 32
	}
	right := c.Bounds().Dx() - margin
	c.line(image.Rect(left, y+6, right, y+52), 0, what, style{34, false, black})
	c.line(image.Rect(left, y+48, right, y+146), 0, "核验码 "+n.Code, style{76, true, black})
	where := strings.TrimPrefix(strings.TrimPrefix(link, "https://"), "http://")
	c.line(image.Rect(left, y+142, right, y+182), 0, where, style{30, false, grey})
	c.line(image.Rect(left, y+180, right, y+214), 0, p.note(c, n), style{26, false, grey})
	if n.Status == guitu.Exercise {
		c.stamp("演练")
	}
	return nil
}

// mark stands before what is written largest.
func mark(n guitu.Notice) string {
	if n.Status == guitu.Exercise {
		return "演练"
	}
	return ""
}

// note is the last line of a picture.
func (p *Painter) note(c *canvas, n guitu.Notice) string {
	var all []string
	if n.Status == guitu.Exercise {
		all = append(all, "演练：内容均为虚构")
	} else {
		all = append(all, "以状态页为准")
	}
	if c.gaps > 0 {
		all = append(all, string(gap)+"处为生僻字，见状态页")
	}
	return strings.Join(all, "　")
}

// person says who is looked for, as far as the tier allows.
func person(m guitu.AlertMessage) []para {
	f := m.Facts
	var all []para
	if m.Shown.ShowName && f.Child.Name != "" {
		all = append(all, para{f.Child.Name, style{78, true, black}, 8})
		all = append(all, para{sexAge(m), style{50, true, red}, 14})
	} else {
		all = append(all, para{who(m), style{64, true, black}, 14})
	}
	var size []string
	if f.Child.Height > 0 {
		size = append(size, fmt.Sprintf("身高%d厘米", f.Child.Height))
	}
	if f.Child.Weight > 0 {
		size = append(size, fmt.Sprintf("体重%d公斤", f.Child.Weight))
	}
	for _, s := range size {
		all = append(all, para{s, style{40, false, black}, 6})
	}
	if f.Child.Clothing != "" {
		all = append(all, para{"衣着", style{30, true, grey}, 0}, para{f.Child.Clothing, style{38, false, black}, 10})
	}
	if f.Child.Features != "" {
		all = append(all, para{"特征", style{30, true, grey}, 0}, para{f.Child.Features, style{38, false, black}, 0})
	}
	return all
}

// story says where and when, and what is known.
func story(n guitu.Notice, m guitu.AlertMessage) []para {
	all := []para{{"走失时间：" + when(m), style{42, true, black}, 10}, {"走失地点：" + guitu.PlaceIn(n.Place, m.Facts.Place), style{42, true, black}, 12}}
	if m.Facts.Circumstances != "" {
		all = append(all, para{m.Facts.Circumstances, style{36, false, black}, 0})
	}
	return all
}

// sexAge is "女，7岁".
func sexAge(m guitu.AlertMessage) string {
	var all []string
	if m.Facts.Child.Sex != "" {
		all = append(all, m.Facts.Child.Sex)
	}
	if years, ok := m.Facts.Child.AgeAt(m.Facts.MissingAt.In(beijing)); ok {
		all = append(all, age(years))
	}
	return strings.Join(all, "，")
}

func age(years int) string {
	if years < 1 {
		return "不满1岁"
	}
	return strconv.Itoa(years) + "岁"
}

// who is "一名7岁女孩".
func who(m guitu.AlertMessage) string {
	child := map[string]string{"男": "男孩", "女": "女孩"}[m.Facts.Child.Sex]
	years, ok := m.Facts.Child.AgeAt(m.Facts.MissingAt.In(beijing))
	if !ok {
		return "一名" + or(child, "儿童")
	}
	return "一名" + age(years) + or(child, "儿童")
}

func when(m guitu.AlertMessage) string {
	return m.Facts.MissingAt.In(beijing).Format("2006年1月2日15:04") + "许"
}

// spaced groups a mobile number as people read it out.
func spaced(phone string) string {
	if utf8.RuneCountInString(phone) == 11 && strings.HasPrefix(phone, "1") {
		return phone[:3] + " " + phone[3:7] + " " + phone[7:]
	}
	return phone
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}
