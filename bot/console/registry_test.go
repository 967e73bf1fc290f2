package console_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guitu"
	"guitu/bot/console"
)

func TestRegistry(t *testing.T) {
	b := newBackend()
	b.assets = []guitu.Asset{
		{ID: 1, Kind: guitu.AssetPhone, Value: "19900001234", RumorID: 17, Area: "371302", Since: midnight, RuledAt: midnight},
		{ID: 2, Kind: guitu.AssetName, Value: "赵某某", RumorID: 18, Area: "371312", Since: midnight, RuledAt: midnight},
		{ID: 3, Kind: guitu.AssetPhone, Value: "19900005678", RumorID: 18, Area: "371312", Since: midnight, RuledAt: midnight},
		{ID: 4, Kind: guitu.AssetPicture, Value: "8f00ff00ff00ff01", RumorID: 17, Area: "371302", Dropped: midnight, DroppedBy: "乙管理员", Reason: "系被冒用的照片"},
	}
	s := serve(t, b, console.Options{})
	br := as(t, s, b, officerID)
	a := br.get("/console/registry")
	a.want(t, http.StatusOK, "不能据此认定", "19900001234", `href="/console/stories/17"`, "赵**", "19*****78", "已移出", "系被冒用的照片", `aria-current="page">登记`)
	for _, secret := range []string{"赵某某", "19900005678", `href="/console/stories/18"`, "/drop"} {
		if strings.Contains(a.body, secret) {
			t.Errorf("an officer of another desk sees %q", secret)
		}
	}
	// Who knows the number may ask for it.
	a = br.get("/console/registry?text=19900005678")
	a.want(t, http.StatusOK, "传言 #18", "19*****78")
	if strings.Contains(a.body, "#17") {
		t.Error("shows what was not searched for")
	}
	br.get("/console/registry?text=19900009999").want(t, http.StatusOK, "没有登记")

	admin := as(t, s, b, adminID)
	a = admin.get("/console/registry")
	a.want(t, http.StatusOK, "赵某某", "19900005678", `/console/registry/3/drop`)
	if strings.Contains(a.body, "/console/registry/4/drop") {
		t.Error("what is out can be taken out again")
	}
	admin.post("/console/registry/3/drop", "reason", "  ").want(t, http.StatusUnprocessableEntity, "请写明移出登记的理由")
	a = admin.post("/console/registry/3/drop", "reason", " 号码属于受害者 ", "text", "19900005678")
	a.want(t, http.StatusSeeOther)
	if to := a.header.Get("Location"); to != "/console/registry?text=19900005678" {
		t.Errorf("leads to %s", to)
	}
	if diff := cmp.Diff([]string{"drop 3 by 12: 号码属于受害者"}, b.only("drop")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRegistryPages(t *testing.T) {
	b := newBackend()
	for i := range int64(60) {
		b.assets = append(b.assets, guitu.Asset{ID: i + 1, Kind: guitu.AssetPhone, Value: "19900000000"})
	}
	br := as(t, serve(t, b, console.Options{}), b, adminID)
	br.get("/console/registry").want(t, http.StatusOK, `href="/console/registry?before=11"`)
	br.get("/console/registry?before=x").want(t, http.StatusUnprocessableEntity)
}
