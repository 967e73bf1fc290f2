package main

import (
	"os"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/internal/store"
)

// TestRegistry prints what stood in a refuted story, and screens a post with it.
func TestRegistry(t *testing.T) {
	workplace(t, nil)
	ctx := t.Context()
	db, err := store.Open(ctx, defaultDatabase, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(ctx, func(tx *store.Tx) error {
		if err := tx.SetDesks(ctx, []guitu.Desk{{Name: "总台"}}); err != nil {
			return err
		}
		desks, err := tx.Desks(ctx)
		if err != nil {
			return err
		}
		o := guitu.Officer{Name: "乙管理员", Role: guitu.RoleAdmin, Desk: desks[0], TelegramUser: 700}
		if err := tx.CreateOfficer(ctx, &o); err != nil {
			return err
		}
		r := guitu.Rumor{Status: guitu.Actual, State: guitu.RumorRuled, Topic: guitu.Plea, FirstSeen: tx.Now, LastSeen: tx.Now}
		if err := tx.CreateRumor(ctx, &r); err != nil {
			return err
		}
		v := guitu.Verdict{RumorID: r.ID, Ruling: guitu.Refuted, Basis: "致电家长，孩子在家", Officer: o, Desk: desks[0], At: tx.Now}
		if err := tx.CreateVerdict(ctx, &v, "1"); err != nil {
			return err
		}
		if err := tx.SetAssets(ctx, r.ID, v.ID, []guitu.Asset{
			{Kind: guitu.AssetPhone, Value: "19900000001"}, {Kind: guitu.AssetName, Value: "甄大山"}, {Kind: guitu.AssetPicture, Value: "00ff00ff00ff00ff"},
		}); err != nil {
			return err
		}
		all, err := tx.Assets(ctx, "甄大山", 0, 1)
		if err != nil {
			return err
		}
		_, _, err = tx.DropAsset(ctx, all[0].ID, o.ID, "受害者")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	year := db.Now().In(time.FixedZone("Asia/Shanghai", 8*60*60)).Format("2006")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	code, printed, errs := guituSays(t, "registry")
	if code != exitOK || strings.Count(printed, "\n") != 2 || strings.Contains(printed, "甄大山") {
		t.Fatalf("registry: exit %d, %s%s, want two lines and not the name that was taken out", code, printed, errs)
	}
	if code, trail, errs := guituSays(t, "audit", "export", "--year", year); code != exitOK || !strings.Contains(trail, `"registry"`) {
		t.Errorf("the trail does not say that the registry was printed: exit %d, %s%s", code, trail, errs)
	}
	if err := os.WriteFile("registry.jsonl", []byte(printed), 0o600); err != nil {
		t.Fatal(err)
	}
	var warned strings.Builder
	known, err := readRegistry("registry.jsonl", &warned)
	if err != nil || warned.Len() > 0 {
		t.Fatalf("read the registry: %v, %s", err, warned.String())
	}
	var out strings.Builder
	in := `{"id":1,"text":"急寻孩子！5岁女孩今天上午在临沂市兰山区走失，求转发，电话199-0000-0001，联系人甄大山","pictures":["00ff00ff00ff00fe"]}` + "\n" +
		`{"id":2,"text":"快递放门口，电话19900000001"}`
	if err := (screener{registry: known}).screen(strings.NewReader(in), &out, &warned); err != nil {
		t.Fatal(err, warned.String())
	}
	rows := decodeLines[struct{ Hits []guitu.Hit }](t, out.String())
	var got []string
	for _, h := range rows[0].Hits {
		if h.Known != nil {
			got = append(got, h.Rule+" "+h.Known.Value)
			if h.Known.RumorID != 1 || h.Known.Since.IsZero() || h.Known.RuledAt.IsZero() {
				t.Errorf("hit %+v lacks the story, since when, or when it was refuted", *h.Known)
			}
		}
	}
	if want := "registry phone 19900000001, registry picture 00ff00ff00ff00ff"; strings.Join(got, ", ") != want {
		t.Errorf("hits %q, want %q", got, want)
	}
	if len(rows[1].Hits) != 0 {
		t.Errorf("a post about something else has hits %+v", rows[1].Hits)
	}
}

func TestReadRegistryBroken(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("r", []byte(`{"kind":"phone","value":"19900000001"}`+"\n"+`{"kind":"plate","value":"x"}`+"\n"+`{"kind":"name"}`+"\nx\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var errs strings.Builder
	if _, err := readRegistry("r", &errs); err == nil {
		t.Error("a registry with bad lines is read without an error")
	}
	for _, want := range []string{`r: line 2: "kind" is none of a registry: "plate"`, `r: line 3: no "value"`, "r: line 4: "} {
		if !strings.Contains(errs.String(), want) {
			t.Errorf("errors lack %q:\n%s", want, errs.String())
		}
	}
}
