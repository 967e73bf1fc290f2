package console_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/bot/console"
)

const formKey = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// alertDesk is the console of an officer of lan, with its alerts.
func alertDesk(t *testing.T) (*backend, *cases, *browser) {
	t.Helper()
	b := newBackend()
	ks := newCases(b)
	s := serve(t, b, console.Options{Alerts: ks, Places: places{}})
	return b, ks, publishing(t, s, b, officerID)
}

func TestFactsAreRead(t *testing.T) {
	for _, tt := range []struct {
		name string
		sent []string
		want func(f guitu.Facts) bool
	}{
		{"full width", []string{"age", "７", "height", "１２０厘米", "weight", "25公斤"}, func(f guitu.Facts) bool { return f.Child.Age == 7 && f.Child.Height == 120 && f.Child.Weight == 25 }},
		{"an age of 0 is known", []string{"age", "0"}, func(f guitu.Facts) bool { return f.Child.AgeKnown && f.Child.Age == 0 }},
		{"birth date", []string{"born", "2024-03-05"}, func(f guitu.Facts) bool {
			return f.Child.Born.Format(time.DateOnly) == "2024-03-05" && !f.Child.AgeKnown
		}},
		{"an age that follows", []string{"born", "2024-05-07", "date", "2031-05-06", "time", "16:30"}, func(f guitu.Facts) bool { return f.Child.AgeKnown && f.Child.Age == 6 }},
		{"lines are joined", []string{"clothing", " 蓝色外套\r\n黑裤 "}, func(f guitu.Facts) bool { return f.Child.Clothing == "蓝色外套 黑裤" }},
		{"time in Beijing", []string{"date", "2031-05-06", "time", "16:30"}, func(f guitu.Facts) bool {
			return f.MissingAt.Equal(time.Date(2031, 5, 6, 8, 30, 0, 0, time.UTC))
		}},
		{"a date without a time is no time", []string{"date", "2031-05-06"}, func(f guitu.Facts) bool { return f.MissingAt.IsZero() }},
		{"a time alone is today's", []string{"time", "00:30"}, func(f guitu.Facts) bool { return f.MissingAt.Equal(midnight.Add(-30 * time.Minute)) }},
		{"this morning", []string{"do", "morning"}, func(f guitu.Facts) bool { return f.MissingAt.Equal(midnight.Add(7 * time.Hour)) }},
		{"the only county", []string{"place", "临沂市河东区虚构路"}, func(f guitu.Facts) bool { return f.Area == "371312" && f.Point != nil }},
		{"the desk's county", []string{"place", "虚构小区南门"}, func(f guitu.Facts) bool { return f.Area == "371302" }},
		{"several counties are asked about", []string{"place", "临沂市虚构路"}, func(f guitu.Facts) bool { return f.Area == "" && f.Place != "" }},
		{"chosen from the list", []string{"place", "临沂市虚构路", "area", "371312"}, func(f guitu.Facts) bool { return f.Area == "371312" }},
		{"chosen step by step", []string{"place", "临沂市虚构路", "area", "371312", "pick_county", "371311"}, func(f guitu.Facts) bool { return f.Area == "371311" }},
		{"a district without a city", []string{"place", "虚构路", "pick_city", "110105"}, func(f guitu.Facts) bool { return f.Area == "110105" }},
		{"a city is no county", []string{"place", "虚构路", "area", "371300"}, func(f guitu.Facts) bool { return f.Area == "371302" }},
		{"coordinates", []string{"place", "河边", "point", "118.34，35.05"}, func(f guitu.Facts) bool { return f.Point != nil && f.Point.Lat == 35.05 && f.Point.Lng == 118.34 }},
		{"phones", []string{"contact", "+86 199-0000-0001", "family", "19900000002，19900000003\n19900000002"}, func(f guitu.Facts) bool {
			return f.Contact.Phone == "19900000001" && slices.Equal(f.Family, []string{"19900000002", "19900000003"})
		}},
		{"settings of its own", []string{"tier", "lost", "rule", "yes", "rule_reach", "200", "rule_hours", "24", "rule_photo", "yes"}, func(f guitu.Facts) bool {
			return f.Rule != nil && *f.Rule == guitu.TierRule{Reach: 200, ShowPhoto: true, Life: 24 * time.Hour}
		}},
		{"settings not ticked", []string{"tier", "lost", "rule_reach", "200", "rule_hours", "24"}, func(f guitu.Facts) bool { return f.Rule == nil }},
	} {
		_, ks, br := alertDesk(t)
		a := br.post("/console/alerts/31/edit", append(tt.sent, "key", formKey, "version", "1")...)
		if f := ks.facts(draftID); !tt.want(f) || a.status >= 400 {
			t.Errorf("%s: %d, %v became %+v", tt.name, a.status, tt.sent, f)
		}
	}
}

// TestNothingTypedIsLost sends what can't be read: it is complained about beside its field, stays as it was typed, and all else is kept.
func TestNothingTypedIsLost(t *testing.T) {
	for field, typed := range map[string]string{
		"age": "七八岁", "height": "500", "weight": "一百", "born": "昨天", "point": "51.5, -0.1", "contact": "甲", "family": "孩子妈妈",
		"clothing": strings.Repeat("衣", 201), "time": "25:99",
	} {
		_, ks, br := alertDesk(t)
		a := br.post("/console/alerts/31/edit", "key", formKey, "version", "1", "name", "林小川", field, typed, "do", "check")
		a.want(t, http.StatusUnprocessableEntity, typed, "处需要改正")
		id := field
		if field == "time" {
			id = "missing_at"
		}
		if !strings.Contains(a.body, `href="#`+id+`"`) || strings.Contains(a.body, `id="err-`+id+`" data-live></p>`) {
			t.Errorf("%s: no complaint beside it: %s", field, a.body)
		}
		if f := ks.facts(draftID); f.Child.Name != "林小川" {
			t.Errorf("%s lost the name: %+v", field, f)
		}
	}
}

func TestFamilyNumberIsRefused(t *testing.T) {
	_, ks, br := alertDesk(t)
	br.post("/console/alerts/31/edit", "key", formKey, "version", "1", "contact", "199 0000 0002", "family", "19900000002").
		want(t, http.StatusUnprocessableEntity, "不能公开", "199 0000 0002")
	if f := ks.facts(draftID); f.Contact.Phone != "" || len(f.Family) != 1 {
		t.Errorf("kept %+v", f)
	}
}

// TestUnconfirmed begins an alert from a story: what its posts say is marked until it is changed or ticked.
func TestUnconfirmed(t *testing.T) {
	b, ks, br := alertDesk(t)
	key := newKeyOf(t, br.get("/console/stories/17"), "/console/stories/17/alert")
	a := br.post("/console/stories/17/alert", "key", key)
	a.want(t, http.StatusSeeOther)
	if again := br.post("/console/stories/17/alert", "key", key); again.header.Get("Location") != a.header.Get("Location") || len(b.only("begin")) != 1 {
		t.Errorf("pressed twice: %v", b.only("begin"))
	}
	path := a.header.Get("Location")
	form := br.get(path)
	form.want(t, http.StatusOK, "钱小某", `value="name" id="sure-name"`, `value="sex" id="sure-sex"`, "未确认")
	id := ks.last
	q := b.questions[17].Rumor.Claim
	// The same words again confirm nothing; a tick and a change do.
	br.post(path, "key", formKey, "version", "1", "name", q.Name, "sex", "男", "place", q.Place, "area", "371302").want(t, http.StatusSeeOther)
	if got := ks.facts(id).Unconfirmed; !slices.Equal(got, []string{"name", "place"}) {
		t.Errorf("unconfirmed %q, want name and place", got)
	}
	br.post(path, "key", formKey, "version", "2", "name", q.Name, "sex", "男", "place", q.Place, "area", "371302", "sure", "name").want(t, http.StatusSeeOther)
	if got := ks.facts(id).Unconfirmed; !slices.Equal(got, []string{"place"}) {
		t.Errorf("unconfirmed %q, want place", got)
	}
}

// TestDraftHandedOver: what was typed goes along.
func TestDraftHandedOver(t *testing.T) {
	b, ks, br := alertDesk(t)
	br.post("/console/alerts/31/edit", "key", formKey, "version", "1", "name", "林小川", "do", "handover").want(t, http.StatusUnprocessableEntity, "请选择要转交的值班台", `value="林小川"`)
	br.post("/console/alerts/31/edit", "key", formKey, "version", "2", "name", "林小川", "clothing", "蓝色外套", "do", "handover", "to", "2").want(t, http.StatusSeeOther)
	if a := ks.alerts[draftID]; a.Desk.ID != he.ID || a.Facts.Child.Clothing != "蓝色外套" || len(b.only("hand alert")) != 1 {
		t.Errorf("handed over %+v", a)
	}
	br.get("/console/alerts/31/edit").want(t, http.StatusForbidden)
}

// TestPlaceChanges: a county that was found for one place does not hold for another, and one that still fits stays.
func TestPlaceChanges(t *testing.T) {
	_, ks, br := alertDesk(t)
	for i, tt := range []struct {
		place, area string
		want        guitu.Area
	}{
		{"临沂市兰山区虚构路", "", "371302"},
		{"临沂市河东区虚构路", "371302", "371312"}, // the page still had the old one ticked
		{"临沂市虚构路", "371312", "371312"},
		{"虚构路", "371312", "371312"},
		{"济南市虚构路", "371312", ""},
	} {
		br.post("/console/alerts/31/edit", "key", formKey, "version", strconv.Itoa(ks.alerts[draftID].Version), "place", tt.place, "area", tt.area).want(t, http.StatusSeeOther)
		if got := ks.facts(draftID).Area; got != tt.want {
			t.Errorf("%d: %s with %q ticked is in %q, want %q", i, tt.place, tt.area, got, tt.want)
		}
	}
}

// TestCountyConfirmsItsCentre: the centre of a county that a story named needs no tick of its own.
func TestCountyConfirmsItsCentre(t *testing.T) {
	_, ks, br := alertDesk(t)
	ks.edit(draftID, func(f *guitu.Facts) { *f = goodFacts("371302"); f.Unconfirmed = []string{"area", "point"} })
	br.post("/console/alerts/31/edit", "key", formKey, "version", "2", "place", "虚构小区南门", "area", "371302", "name", "林小川").want(t, http.StatusSeeOther)
	if got := ks.facts(draftID).Unconfirmed; !slices.Equal(got, []string{"area", "point"}) {
		t.Errorf("unconfirmed %q before the county is ticked", got)
	}
	br.post("/console/alerts/31/edit", "key", formKey, "version", "3", "place", "虚构小区南门", "area", "371302", "name", "林小川", "sure", "area").want(t, http.StatusSeeOther)
	if got := ks.facts(draftID).Unconfirmed; len(got) != 0 {
		t.Errorf("unconfirmed %q after the county was ticked", got)
	}
}

// newKeyOf is the key of the form that goes to an address.
func newKeyOf(t *testing.T, a answer, action string) string {
	t.Helper()
	_, rest, ok := strings.Cut(a.body, `action="`+action+`"`)
	m := keyField.FindStringSubmatch(rest)
	if !ok || m == nil {
		t.Fatalf("no form for %s: %s", action, a.body)
	}
	return m[1]
}

func TestDraftTwice(t *testing.T) {
	b, ks, br := alertDesk(t)
	form := []string{"key", formKey, "version", "1", "name", "林小川"}
	for range 2 {
		br.post("/console/alerts/31/edit", form...).want(t, http.StatusSeeOther)
	}
	if got := b.only("edit"); len(got) != 1 {
		t.Errorf("the same form twice: %v", got)
	}
	// More on the same version, after an answer that was lost, is another form: it is refused and shown, never dropped.
	br.post("/console/alerts/31/edit", append(form, "clothing", "蓝色外套")...).want(t, http.StatusConflict, "蓝色外套", "尚未保存")
	if f := ks.facts(draftID); f.Child.Clothing != "" {
		t.Errorf("kept on an outdated version: %+v", f)
	}
	// A form that changes nothing makes no version.
	br.post("/console/alerts/31/edit", "key", formKey, "version", "2", "name", "林小川").want(t, http.StatusSeeOther)
	if got := b.only("edit"); len(got) != 1 {
		t.Errorf("a form without changes: %v", got)
	}
}

func TestReadPoint(t *testing.T) {
	for s, want := range map[string]guitu.Point{
		"35.05, 118.34": {Lat: 35.05, Lng: 118.34}, "118.34,35.05": {Lat: 35.05, Lng: 118.34}, "北纬35.05°，东经118.34°": {Lat: 35.05, Lng: 118.34},
		"": {}, "35.05": {}, "51.5,-0.1": {}, "1,2,3": {}, "35.05 35.06": {}, "999,999": {}, "18,180": {},
	} {
		if got, ok := console.ReadPoint(s); ok != (want != guitu.Point{}) || ok && got != want {
			t.Errorf("point(%q) = %v, %v, want %v", s, got, ok, want)
		}
	}
}

func FuzzReadPoint(f *testing.F) {
	f.Add("35.05, 118.34")
	f.Fuzz(func(t *testing.T, s string) {
		if p, ok := console.ReadPoint(s); ok && (p.Lat < 3 || p.Lat > 54 || p.Lng < 73 || p.Lng > 136) {
			t.Errorf("point(%q) = %v", s, p)
		}
	})
}
