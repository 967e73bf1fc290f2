package alerts

import (
	"context"
	"fmt"
	"math/bits"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"guitu"
	"guitu/internal/gazetteer"
	"guitu/internal/store"
)

// What is odd.
const (
	farPoint    = 80  // kilometres from the county's centre; the counties in the west are wide
	wrongPoint  = 500 // kilometres: no county is that wide
	longAgo     = 30 * 24 * time.Hour
	sameTime    = 24 * time.Hour // two losses within it can be one
	nearPicture = 6              // of the 64 bits of two hashes: a scaled or compressed copy differs in few (verify/picture)
	maxAlike    = 200            // alerts of the city, or of the name, that are compared
	maxKnown    = 20000          // pictures of refuted stories and of active alerts compared, the latest
	adult       = 18             // years
)

// Concerns returns what stands against publishing a draft, or an active alert's facts, as they are: first what blocks, then what is odd
// and must be acknowledged by its code. When something can't be looked up it returns the error, and nothing may go out.
func (s *Alerts) Concerns(ctx context.Context, alertID, officerID int64) (all []guitu.Concern, err error) {
	err = s.db.View(ctx, func(tx *store.Tx) error {
		a, o, err := s.read(ctx, tx, alertID, officerID)
		if err != nil {
			return err
		}
		all, err = s.concerns(ctx, tx, a.Alert, o)
		return err
	})
	return all, err
}

// concerns is Concerns within a transaction.
func (s *Alerts) concerns(ctx context.Context, tx *store.Tx, a guitu.Alert, o guitu.Officer) ([]guitu.Concern, error) {
	photos, err := standing(ctx, tx, a.ID)
	if err != nil {
		return nil, err
	}
	l := &list{}
	l.child(a.Facts)
	l.place(a.Facts, o)
	l.when(a.Facts, tx.Now)
	l.contact(a.Facts)
	l.checklist(a.Facts.Checklist)
	l.description(a.Facts, photos)
	l.tier(a.Facts)
	l.name(a.Facts, s.rule(a.Facts))
	if err := s.second(ctx, tx, a, l); err != nil {
		return nil, err
	}
	if err := s.duplicates(ctx, tx, a, photos, l); err != nil {
		return nil, err
	}
	if err := s.hoaxes(ctx, tx, a, photos, l); err != nil {
		return nil, err
	}
	if err := s.rumor(ctx, tx, a, l); err != nil {
		return nil, err
	}
	if u := a.Facts.Unconfirmed; len(u) > 0 {
		l.odd("unconfirmed", "", "以下内容来自网帖，尚无人核实：%s。请逐项核对", words(u))
	}
	slices.SortStableFunc(l.all, func(a, b guitu.Concern) int { return rank(a) - rank(b) })
	return l.all, nil
}

func rank(c guitu.Concern) int {
	if c.Blocks {
		return 0
	}
	return 1
}

// list gathers concerns.
type list struct{ all []guitu.Concern }

func (l *list) blocks(code, field, format string, args ...any) {
	l.all = append(l.all, guitu.Concern{Code: code, Blocks: true, Field: field, Message: fmt.Sprintf(format, args...)})
}

func (l *list) odd(code, field, format string, args ...any) {
	l.all = append(l.all, guitu.Concern{Code: code, Field: field, Message: fmt.Sprintf(format, args...)})
}

func (l *list) child(f guitu.Facts) {
	c := f.Child
	if c.Name == "" {
		l.odd("name", "name", "没有姓名：确实不知道姓名时才这样发布")
	}
	if c.Sex == "" {
		l.blocks("sex", "sex", "没有性别")
	}
	years, known := c.AgeAt(f.MissingAt.In(beijing))
	switch {
	case !known:
		l.blocks("age", "age", "没有年龄或出生日期")
	case years < 0:
		l.blocks("born", "born", "出生日期晚于走失时间")
	case years >= adult:
		l.blocks("adult", "age", "年满 18 周岁：本平台只发布未成年人走失警报")
	case !c.Born.IsZero() && c.AgeKnown && c.Age != years && !f.MissingAt.IsZero():
		l.blocks("age_born", "age", "年龄（%d岁）与出生日期不符：按出生日期应为%d岁", c.Age, years)
	}
}

func (l *list) place(f guitu.Facts, o guitu.Officer) {
	if f.Place == "" {
		l.blocks("place", "place", "没有走失地点")
	}
	known := f.Area != "" && gazetteer.Name(f.Area) != "" && gazetteer.Present(f.Area) == f.Area
	switch {
	case f.Area == "":
		l.blocks("area", "area", "没有走失地点所在的县（市、区）")
	case !known || f.Area.Level() != guitu.County && !settled(f.Area):
		l.blocks("area", "area", "行政区划代码 %s 不是现行的县（市、区）", f.Area)
	case !o.Desk.Area.Covers(f.Area):
		l.odd("desk_area", "area", "走失地点%s不在您的值班台（%s）辖区内", gazetteer.Name(f.Area), o.Desk.Name)
	}
	if f.Point == nil {
		l.blocks("point", "point", "没有走失地点的位置，无法确定推送范围")
	}
	if !known {
		return
	}
	if said, _, _, ok := gazetteer.Locate(f.Place); ok && !said.Covers(f.Area) && !f.Area.Covers(said) {
		l.odd("place_area", "place", "走失地点的文字像是在%s，所选区划是%s", gazetteer.Name(said), gazetteer.Name(f.Area))
	}
	centre, ok := gazetteer.Point(f.Area)
	if f.Point == nil || !ok {
		return
	}
	switch km := centre.Distance(*f.Point); {
	case km > wrongPoint:
		l.blocks("point_area", "point", "所标位置距%s约 %.0f 公里，位置或区划有误", gazetteer.Name(f.Area), km)
	case km > farPoint:
		l.odd("point_area", "point", "所标位置距%s中心约 %.0f 公里，请核对", gazetteer.Name(f.Area), km)
	}
}

func (l *list) when(f guitu.Facts, now time.Time) {
	switch {
	case f.MissingAt.IsZero():
		l.blocks("missing_at", "missing_at", "没有走失时间，无法确定推送范围")
	case f.MissingAt.After(now):
		l.blocks("future", "missing_at", "走失时间晚于现在")
	case now.Sub(f.MissingAt) > longAgo:
		l.odd("old", "missing_at", "走失时间距今已超过 %d 天，请核对年月", longAgo/(24*time.Hour))
	}
}

// The numbers that a citizen can call: a mobile phone, or a landline with its area code.
var (
	mobile   = regexp.MustCompile(`^1[3-9][0-9]{9}$`)
	landline = regexp.MustCompile(`^0[1-9][0-9]{8,10}$`)
)

func (l *list) contact(f guitu.Facts) {
	phone := f.Contact.Phone
	switch {
	case phone == "":
		l.blocks("contact", "contact", "没有联系电话：请填民警或值班台的电话")
	case slices.ContainsFunc(f.Family, func(p string) bool { return sameNumber(p, phone) }):
		l.blocks("contact_family", "contact", "联系电话是家属的号码：家属电话会被骗子利用，请填民警或值班台的电话")
	case !mobile.MatchString(phone) && !landline.MatchString(phone):
		l.blocks("contact_phone", "contact", "联系电话有误：应为手机号，或带区号的固定电话")
	}
	if f.Contact.Name == "" {
		l.blocks("contact_name", "contact", "没有联系人：请填“王警官”这样的称呼，或者值班台的名称")
	}
}

// sameNumber reports whether two numbers are one, with or without the area code.
func sameNumber(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	return a == b || len(a) >= 7 && strings.HasSuffix(b, a) && b[0] == '0'
}

func (l *list) checklist(c guitu.Checklist) {
	if !c.Reported {
		l.blocks("reported", "checklist", "尚未确认：是否已报警立案")
	}
	if c.Danger == "" {
		l.blocks("danger", "checklist", "尚未说明：孩子处于什么危险，或者为什么未成年人失联本身就需要发布")
	}
	switch c.Custody {
	case guitu.CustodyNone:
	case guitu.CustodyDisputed:
		l.odd("custody", "checklist", "监护权有争议：警报可能把孩子的下落告诉不该知道的人")
	case guitu.CustodyOrder:
		l.blocks("custody", "checklist", "有人身安全保护令：不得公开寻找，请走内部协查")
	default:
		l.blocks("custody", "checklist", "尚未回答：是否有监护权争议或人身安全保护令")
	}
}

func (l *list) description(f guitu.Facts, photos []guitu.Photo) {
	c := f.Child
	if c.Features == "" && c.Clothing == "" && len(photos) == 0 {
		l.blocks("description", "clothing", "衣着、体貌特征、照片至少要有一项，否则看到的人认不出来")
	}
	for _, p := range photos {
		if utf8.RuneCountInString(p.Alt) < 2 {
			l.blocks("photo_alt", "photos", "照片没有文字说明：看不见图片的人需要它")
			break
		}
	}
	for _, t := range [...]struct{ field, text string }{
		{"name", c.Name}, {"features", c.Features}, {"clothing", c.Clothing}, {"place", f.Place}, {"circumstances", f.Circumstances},
	} {
		if guitu.Mask(t.text) != t.text {
			l.blocks("number_"+t.field, t.field, "%s里有号码：公开的文字里不能有电话、身份证号", words([]string{t.field}))
		}
	}
	if p := f.Contact.Name; guitu.Mask(p) != p {
		l.blocks("number_contact", "contact", "联系人里有号码：号码请填在联系电话里")
	}
}

// name keeps a name that is not shown out of the texts that are.
func (l *list) name(f guitu.Facts, r guitu.TierRule) {
	if r.ShowName || utf8.RuneCountInString(f.Child.Name) < 2 {
		return
	}
	for _, t := range [...]struct{ field, text string }{
		{"features", f.Child.Features}, {"clothing", f.Child.Clothing}, {"place", f.Place}, {"circumstances", f.Circumstances},
	} {
		if strings.Contains(t.text, f.Child.Name) {
			l.blocks("name_"+t.field, t.field, "该等级不公开姓名，%s里却写了姓名", words([]string{t.field}))
		}
	}
}

func (l *list) tier(f guitu.Facts) {
	switch {
	case f.Tier == "":
		l.blocks("tier", "tier", "没有选择风险等级")
	case f.Rule != nil && f.TierReason == "":
		l.blocks("tier_reason", "tier_reason", "调整了等级的设置，但没有写明理由")
	}
}

// second asks for a second officer's word on changed settings of a tier, where that is configured.
func (s *Alerts) second(ctx context.Context, tx *store.Tx, a guitu.Alert, l *list) error {
	if !s.o.SecondForTier || a.Facts.Rule == nil {
		return nil
	}
	agreed, err := tx.Approvals(ctx, a.ID)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(agreed, func(p guitu.Approval) bool {
		return p.Kind == guitu.ApproveTier && p.Tier == a.Facts.Tier && went(p) && p.Rule == s.rule(a.Facts)
	}) {
		l.blocks("tier_approval", "tier", "调整等级的设置需要另一名民警复核同意")
	}
	return nil
}

// duplicates looks for other alerts of the same child.
func (s *Alerts) duplicates(ctx context.Context, tx *store.Tx, a guitu.Alert, photos []guitu.Photo, l *list) error {
	others, err := tx.LikeAlerts(ctx, a, maxAlike)
	if err != nil {
		return err
	}
	for _, o := range others {
		switch f, g := a.Facts, o.Facts; {
		case o.State == guitu.AlertActive && f.Area == g.Area && sameName(f, g) && near(f, g):
			l.blocks("duplicate", "", "%s已在寻找同一个孩子：请更新那一个警报", label(o.Alert))
		case a.RumorID != 0 && a.RumorID == o.RumorID:
			l.odd("same_rumor", "", "%s也是从这条传言起草的", label(o.Alert))
		case near(f, g) && (sameName(f, g) || f.Area == g.Area && sameAge(f, g)):
			l.odd("alike", "", "与%s相似，可能是同一个孩子", label(o.Alert))
		}
	}
	if len(photos) == 0 {
		return nil
	}
	shown, err := tx.ActivePhotos(ctx, a.ID, maxKnown)
	if err != nil {
		return err
	}
	for _, p := range shown {
		if slices.ContainsFunc(photos, func(mine guitu.Photo) bool { return likeHash(mine.Hash, p.Hash) }) {
			l.odd("same_photo", "photos", "第%d号案件用的是同一张照片", p.AlertID)
			break
		}
	}
	return nil
}

func sameName(f, g guitu.Facts) bool { return f.Child.Name != "" && f.Child.Name == g.Child.Name }

func sameAge(f, g guitu.Facts) bool {
	return f.Child.AgeKnown && g.Child.AgeKnown && f.Child.Age == g.Child.Age && f.Child.Sex == g.Child.Sex
}

func near(f, g guitu.Facts) bool { return f.MissingAt.Sub(g.MissingAt).Abs() <= sameTime }

func label(a guitu.Alert) string {
	return "第" + strconv.FormatInt(a.ID, 10) + "号案件（" + or(a.Code, "草稿") + "）"
}

// likeHash reports whether two perceptual hashes are of one picture.
func likeHash(a, b string) bool {
	x, errX := strconv.ParseUint(a, 16, 64)
	y, errY := strconv.ParseUint(b, 16, 64)
	return errX == nil && errY == nil && bits.OnesCount64(x^y) <= nearPicture
}

// hoaxes looks for what stood in refuted stories. It is odd and blocks nothing: the numbers and names of victims are misused in hoaxes.
func (s *Alerts) hoaxes(ctx context.Context, tx *store.Tx, a guitu.Alert, photos []guitu.Photo, l *list) error {
	var names, phones []string
	if utf8.RuneCountInString(a.Facts.Child.Name) >= 3 { // of two characters too many people have them
		names = append(names, a.Facts.Child.Name)
	}
	phones = append(phones, a.Facts.Family...)
	if a.Facts.Contact.Phone != "" {
		phones = append(phones, a.Facts.Contact.Phone)
	}
	seen, err := tx.SeenAssets(ctx, a.RumorID, phones, names, maxAlike)
	if err != nil {
		return err
	}
	for _, kind := range []struct {
		is    guitu.AssetKind
		code  string
		field string
		what  string
	}{{guitu.AssetPhone, "hoax_phone", "contact", "电话"}, {guitu.AssetName, "hoax_name", "name", "姓名"}} {
		if i := slices.IndexFunc(seen, func(a guitu.Asset) bool { return a.Kind == kind.is }); i >= 0 {
			l.odd(kind.code, kind.field, "%s出现在已核定为不实的第%d号传言里（%s）", kind.what, seen[i].RumorID, day(seen[i].RuledAt))
		}
	}
	if len(photos) == 0 {
		return nil
	}
	known, err := tx.PictureAssets(ctx, a.RumorID, maxKnown)
	if err != nil {
		return err
	}
	for _, k := range known {
		if slices.ContainsFunc(photos, func(p guitu.Photo) bool { return likeHash(p.Hash, k.Value) }) {
			l.odd("hoax_picture", "photos", "照片出现在已核定为不实的第%d号传言里（%s）", k.RumorID, day(k.RuledAt))
			break
		}
	}
	return nil
}

// rumor looks at what was ruled of the story from which an alert was begun, and of its family.
func (s *Alerts) rumor(ctx context.Context, tx *store.Tx, a guitu.Alert, l *list) error {
	if a.RumorID == 0 {
		return nil
	}
	v, err := tx.CurrentVerdict(ctx, a.RumorID)
	if err != nil {
		return err
	}
	if v != nil && (v.Ruling == guitu.Refuted || v.Ruling == guitu.Outdated) {
		ruling, _ := v.Ruling.Words()
		l.blocks("rumor_ruled", "", "起草所依据的第%d号传言已核定为“%s”：如果核定有误，请先更正", a.RumorID, ruling)
		return nil
	}
	r, err := tx.Rumor(ctx, a.RumorID)
	if err != nil || r.KinID == 0 {
		return err
	}
	if v, err = tx.CurrentVerdict(ctx, r.KinID); err != nil {
		return err
	}
	if v != nil && v.Ruling == guitu.Refuted {
		l.odd("hoax_story", "", "与已核定为不实的第%d号传言是同一套说辞", r.KinID)
	}
	return nil
}

// cleared refuses what stands against publishing: what blocks, and what is odd and was not acknowledged.
func cleared(all []guitu.Concern, acknowledged []string) error {
	var missing []string
	for _, c := range all {
		if c.Blocks {
			return guitu.Errorf(guitu.Invalid, "不能发布：%s", c.Message)
		}
		if !slices.Contains(acknowledged, c.Code) {
			missing = append(missing, c.Message)
		}
	}
	if len(missing) > 0 {
		return guitu.Errorf(guitu.Invalid, "发布前请逐项确认：%s", strings.Join(missing, "；"))
	}
	return nil
}

// fieldWords are the facts as officers call them.
var fieldWords = map[string]string{
	"name": "姓名", "sex": "性别", "born": "出生日期", "age": "年龄", "height": "身高", "weight": "体重", "features": "体貌特征",
	"clothing": "衣着", "place": "走失地点", "area": "区划", "point": "位置", "missing_at": "走失时间", "family": "家属电话",
	"circumstances": "经过",
}

func words(fields []string) string {
	var all []string
	for _, f := range fields {
		all = append(all, or(fieldWords[f], f))
	}
	return strings.Join(all, "、")
}
