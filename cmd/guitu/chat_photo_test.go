package main

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"guitu"
	chat "guitu/bot/telegram"
	"guitu/internal/fake"
	"guitu/internal/store"
	api "guitu/internal/telegram"
	"guitu/verify/alerts"
	"guitu/verify/desks"
	"guitu/verify/photo"
)

// snapshot is a picture as a telephone takes it, a different one for each seed.
func snapshot(t testing.TB, seed int) []byte {
	t.Helper()
	p := image.NewRGBA(image.Rect(0, 0, 320, 400))
	for y := range 400 {
		for x := range 320 {
			p.Set(x, y, color.RGBA{uint8(x * (seed + 1)), uint8(y * (seed + 2)), uint8((x / 40) * (y / 50) * (seed + 3)), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, p, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// telephone is an officer's telephone: what is done on it reaches the bot through a Telegram server, each time twice, as after a crash.
type telephone struct {
	*testing.T
	server *fake.Telegram
	client *api.Client
	bot    *chat.Bot
	alerts chatWork
	db     *store.DB
	desks  *desks.Desks
	user   int64 // the account
	did    string
	heard  *[]exchange
	me     int64 // the officer
	admin  int64
	site   string
}

// exchange is what an officer did, and what the bot said to it.
type exchange struct {
	did  string
	said fake.Message
}

// telephoneDay is chatDay through a Telegram server.
func telephoneDay(t *testing.T) *telephone {
	t.Helper()
	return telephoneDayBy(t, alerts.Options{Override: time.Hour})
}

// telephoneDayBy is telephoneDay with other rules.
func telephoneDayBy(t *testing.T, o alerts.Options) *telephone {
	t.Helper()
	server := fake.NewTelegram(fake.TelegramOptions{Token: "110201543:secret-part"})
	h := httptest.NewServer(server)
	t.Cleanup(h.Close)
	client, err := api.New("110201543:secret-part", api.Options{APIURL: h.URL, Timeout: 5 * time.Second, Limits: api.Limits{MaxWait: time.Second}})
	if err != nil {
		t.Fatal(err)
	}
	s, c := chatDayBy(t, true, o)
	p := &telephone{T: t, user: 700, heard: new([]exchange), server: server, client: client, alerts: c.alerts, db: s.db, desks: s.desks, site: s.config.PublicURL}
	c.picture = func(ctx context.Context, name string) ([]byte, error) { return client.File(ctx, name, photo.MaxBytes) }
	p.bot = chat.New(client, c.talk, inbox{s.db}, chat.Options{ShowPersonalData: true})
	me, err := s.desks.OfficerByTelegram(t.Context(), 700)
	if err != nil {
		t.Fatal(err)
	}
	p.me = me.ID
	all, err := s.desks.Officers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range all {
		if o.Role == guitu.RoleAdmin {
			p.admin = o.ID
		}
	}
	return p
}

// do hands an update to the bot twice, and returns what it said last.
func (p *telephone) do(update int64) fake.Message {
	p.Helper()
	us, err := p.client.Updates(p.Context(), update, 0, nil)
	if err != nil || len(us) != 1 || us[0].ID != update {
		p.Fatalf("update %d: %v, %v", update, us, err)
	}
	var said [2]fake.Message
	for i := range said {
		if err := p.bot.Handle(p.Context(), us[0].Body); err != nil {
			p.Fatal(err)
		}
		ms := p.server.Messages(p.chat())
		said[i] = ms[len(ms)-1]
	}
	if said[0].Text != said[1].Text {
		p.Errorf("an update was answered by %q, and again by %q", said[0].Text, said[1].Text)
	}
	if p.did == "" {
		p.did = "〔照片、位置，或别处的按钮〕"
	}
	*p.heard, p.did = append(*p.heard, exchange{p.did, said[1]}), ""
	return said[1]
}

func (p *telephone) chat() string { return strconv.FormatInt(p.user, 10) }

// colleague is another officer of the desk with a telephone.
func (p *telephone) colleague(name string, user int64) *telephone {
	p.Helper()
	o, err := p.desks.Officer(p.Context(), p.me)
	if err != nil {
		p.Fatal(err)
	}
	code, _, err := p.desks.Invite(p.Context(), o.Desk.ID, guitu.RoleOfficer, name, p.admin)
	if err != nil {
		p.Fatal(err)
	}
	if o, err = p.desks.JoinTelegram(p.Context(), code, user); err != nil {
		p.Fatal(err)
	}
	other := *p
	other.user, other.me = user, o.ID
	return &other
}

func (p *telephone) write(text string, replyTo int) fake.Message {
	p.Helper()
	p.did = text
	return p.do(p.server.Write(p.user, p.chat(), text, replyTo))
}

// press presses the first button whose label begins so.
func (p *telephone) press(under fake.Message, label string) fake.Message {
	p.Helper()
	p.did = "点按 " + label
	return p.do(p.server.Press(p.user, p.chat(), under.ID, dataOf(p.T, under.Text, under.Markup, label)))
}

// dataOf returns the data of the first button under a message whose label begins so.
func dataOf(t *testing.T, said, markup, label string) string {
	t.Helper()
	_, after, ok := strings.Cut(markup, `"text":"`+label)
	_, after, found := strings.Cut(after, `"callback_data":"`)
	data, _, _ := strings.Cut(after, `"`)
	if !ok || !found {
		t.Fatalf("no button %q under %q: %s", label, said, markup)
	}
	return data
}

func (p *telephone) photos(alertID int64) []guitu.Photo {
	p.Helper()
	_, photos, err := p.alerts.Alert(p.Context(), alertID, p.me)
	if err != nil {
		p.Fatal(err)
	}
	return photos
}

// TestPhotosFromTelegram adds photos to a draft: as an answer with a caption, without one, and to the only draft that there is.
func TestPhotosFromTelegram(t *testing.T) {
	p := telephoneDay(t)
	says(t, p.do(p.server.Photo(700, "700", snapshot(t, 1), "", 0, "")).Text, "您没有正在起草的警报")
	draft := p.write("/alert", 0)
	m := p.do(p.server.Photo(700, "700", snapshot(t, 1), "女孩正面照，短发", draft.ID, ""))
	says(t, m.Text, "警报草稿 #1：性别", "照片1张")
	m = p.do(p.server.Photo(700, "700", snapshot(t, 2), "", 0, "image/jpeg"))
	says(t, m.Text, "警报草稿 #1：照片 2 的说明")
	says(t, p.write("照", m.ID).Text, "请写明照片上看得到什么")
	says(t, p.write("背影，蓝色书包", m.ID).Text, "警报草稿 #1：性别", "照片2张")
	got := p.photos(1)
	if len(got) != 2 || got[0].Alt != "女孩正面照，短发" || got[1].Alt != "背影，蓝色书包" || got[0].Width != 320 {
		t.Fatalf("photos %+v", got)
	}
	says(t, p.do(p.server.Photo(700, "700", snapshot(t, 1), "同一张", draft.ID, "")).Text, "这张照片已经有了")
	says(t, p.do(p.server.Photo(700, "700", []byte("no picture"), "一张", draft.ID, "image/heic")).Text, "JPEG")
	lost := p.server.Photo(700, "700", snapshot(t, 3), "一张", draft.ID, "")
	p.server.Forget("f6")
	says(t, p.do(lost).Text, "照片取不到")

	// What a button deletes is gone, and the list says so.
	update := p.server.Press(700, "700", draft.ID, "alert:1:0:ask:photos")
	list := p.do(update)
	says(t, list.Text, "照片 1：女孩正面照", "照片 2：背影")
	p.press(list, "删除照片 1")
	if got = p.photos(1); len(got) != 1 || got[0].ID != 2 {
		t.Errorf("photos after one was deleted: %+v", got)
	}
	says(t, p.write("新的说明", 0).Text, "/alert") // no reply: not an answer
}

// TestPhotoComesLater: a file that can't be fetched now is fetched when the update is handled again.
func TestPhotoComesLater(t *testing.T) {
	p := telephoneDay(t)
	draft := p.write("/alert", 0)
	update := p.server.Photo(700, "700", snapshot(t, 1), "正面照，短发", draft.ID, "")
	us, err := p.client.Updates(t.Context(), update, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	p.server.Fail(fake.Fault{Method: "file", Kind: fake.Fault502})
	if err := p.bot.Handle(t.Context(), us[0].Body); err == nil || len(p.photos(1)) != 0 {
		t.Fatalf("a file that did not come: %v, photos %v", err, p.photos(1))
	}
	p.do(update)
	if got := p.photos(1); len(got) != 1 {
		t.Errorf("photos %+v", got)
	}
}

// TestLocationFromTelegram corrects the place of a draft by a location, shown before it counts.
func TestLocationFromTelegram(t *testing.T) {
	p := telephoneDay(t)
	draft := p.write("/alert", 0)
	m := p.do(p.server.Locate(700, "700", 35.0621, 118.3413, draft.ID))
	says(t, m.Text, "警报草稿 #1，位置", "兰山区", "公里")
	point := func() *guitu.Point {
		a, _, err := p.alerts.Alert(t.Context(), 1, p.me)
		if err != nil {
			t.Fatal(err)
		}
		return a.Facts.Point
	}
	if point() != nil {
		t.Fatal("a location counts that nobody confirmed")
	}
	says(t, p.press(m, "采用").Text, "性别", "兰山区")
	if got := point(); got == nil || *got != (guitu.Point{Lat: 35.0621, Lng: 118.3413}) {
		t.Fatalf("point %v", got)
	}
	// Words that name the same county, or none, leave the location; another county's do not.
	for i, tt := range []struct {
		words string
		stays bool
	}{{"虚构公园南门", true}, {"临沂市兰山区虚构公园南门", true}, {"临沂市河东区虚构公园", false}} {
		ask := p.do(p.server.Press(700, "700", draft.ID, "alert:1:0:ask:place"))
		p.write(tt.words, ask.ID)
		if got := point(); got == nil || (got.Lat == 35.0621) != tt.stays {
			t.Errorf("%d: after %q the point is %v", i, tt.words, got)
		}
	}
	m = p.do(p.server.Locate(700, "700", 35.0621, 118.3413, draft.ID))
	says(t, m.Text, "草稿写的是", "河东区")
	p.press(m, "采用，区划仍为")
	a, _, err := p.alerts.Alert(t.Context(), 1, p.me)
	if err != nil || a.Facts.Area != "371312" || a.Facts.Point.Lat != 35.0621 {
		t.Errorf("facts %+v, %v", a.Facts, err)
	}
	says(t, p.do(p.server.Locate(700, "700", 48.85, 2.35, draft.ID)).Text, "不在中国境内")
	for _, forged := range []string{"alert:1:0:at:1.2", "alert:1:0:pin:x", "alert:1:0:at:999999.9999999"} {
		update := p.server.Press(700, "700", draft.ID, forged)
		us, _ := p.client.Updates(t.Context(), update, 0, nil)
		if err := p.bot.Handle(t.Context(), us[0].Body); err != nil {
			t.Fatal(err)
		}
		if toast := p.server.Toasts()["q"+strconv.FormatInt(update, 10)]; !strings.Contains(toast, "无法识别") {
			t.Errorf("%s: %q", forged, toast)
		}
	}
}

// TestLastLookInTelegram: the poster stands over the text where both fit one message, before it where they do not, and an alert whose
// picture Telegram refuses is looked at without. What each channel shows is told on request. A photo that came after the look is
// looked at before anything goes out.
func TestLastLookInTelegram(t *testing.T) {
	p := telephoneDay(t)
	m := p.filled("半小时前")
	says(t, m.Text, "最后一眼", "首发 100 公里", "有效 72 小时", "林小川", "22公斤")
	if m.Photo == "" {
		t.Fatal("the last look has no poster")
	}
	says(t, p.press(m, "各渠道预览").Text, "【site】", "配图：海报", "林小川")

	// A picture that is refused, and a text that no caption holds.
	p.server.Fail(fake.Fault{Method: "sendPhoto", Kind: fake.Fault403, Times: 2})
	bare := p.acknowledge(p.press(p.press(m, "修改"), "不改了，继续"))
	says(t, bare.Text, "最后一眼", "林小川")
	if bare.Photo != "" {
		t.Error("a refused picture stands")
	}
	a, _, err := p.alerts.Alert(t.Context(), 1, p.me)
	if err != nil {
		t.Fatal(err)
	}
	a.Facts.Child.Features = strings.Repeat("左眉有一颗小痣，笑起来有酒窝。", 13)
	a.Facts.Child.Clothing = strings.Repeat("蓝色外套、黑色长裤、白色球鞋。", 13)
	a.Facts.Circumstances = strings.Repeat("孩子在河边玩耍时与家人走散，往公园方向去了。", 18)
	if _, err := p.alerts.Edit(t.Context(), guitu.EditRequest{AlertID: 1, OfficerID: p.me, Version: a.Version, Facts: a.Facts, Key: "edit"}); err != nil {
		t.Fatal(err)
	}
	long := p.acknowledge(p.press(m, "立即发布"))
	says(t, long.Text, "最后一眼", "往公园方向")
	if long.Photo != "" || !strings.Contains(long.Markup, "立即发布") {
		t.Errorf("a long last look: %+v", long)
	}
	if all := p.server.Messages("700"); all[len(all)-2].Photo == "" || !strings.HasPrefix(all[len(all)-2].Text, "警报草稿 #1，发布前") {
		t.Errorf("before a long last look stands %+v", all[len(all)-2])
	}

	// To the poster one can reply as to a question.
	says(t, p.do(p.server.Photo(700, "700", snapshot(t, 1), "男孩正面照", m.ID, "")).Text, "最后一眼")
	said := p.press(long, "立即发布")
	if strings.Contains(said.Text, "已发布") {
		t.Fatal("an alert went out with a photo that nobody had looked at")
	}
	says(t, p.press(p.acknowledge(said), "立即发布").Text, "警报已发布")
}
