package hoax_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guitu"
	"guitu/verify/claim"
	"guitu/verify/hoax"
)

var ruled = time.Date(2026, 2, 25, 4, 0, 0, 0, time.UTC)

func registry() *hoax.Registry {
	r := new(hoax.Registry)
	for i, a := range []guitu.Asset{
		{Kind: guitu.AssetPhone, Value: "19900000001"},
		{Kind: guitu.AssetPhone, Value: "19900000001"}, // again, a day later
		{Kind: guitu.AssetName, Value: "甄大山"},
		{Kind: guitu.AssetPicture, Value: "00ff00ff00ff00ff"},
		{Kind: guitu.AssetPhone, Value: "19900000009", Dropped: ruled},
	} {
		a.RumorID, a.RuledAt = int64(i+1), ruled.AddDate(0, 0, i)
		r.Add(a)
	}
	return r
}

func TestHits(t *testing.T) {
	r := registry()
	for _, tt := range []struct {
		name, post string
		pictures   []string
		want       map[string]string // what the post has, by rule
		story      int64             // of the first
	}{
		{"phone", "孩子丢了，电话 199-0000-0001", nil, map[string]string{"registry phone": "199-0000-0001"}, 2},
		{"phone with the country", "孩子丢了，联系 +86 19900000001", nil, map[string]string{"registry phone": "19900000001"}, 2},
		{"phone in characters", "孩子丢了，电话 幺九九零零零零零零零一", nil, map[string]string{"registry phone": ""}, 2},
		{"name", "孩子丢了，联系人甄大山 19900000002", nil, map[string]string{"registry name": "甄大山"}, 3},
		{"forwarded", "转发//@甲乙丙:男孩在绍兴柯桥区走失，电话19900000001", nil, map[string]string{"registry phone": "19900000001"}, 2},
		{"near picture", "孩子丢了", []string{"00ff00ff00ff00fc"}, map[string]string{"registry picture": ""}, 4},
		{"other picture", "孩子丢了", []string{"0f0f0f0f0f0f0f0f"}, nil, 0},
		{"no hash", "孩子丢了", []string{"", "x"}, nil, 0},
		{"taken out", "孩子丢了，电话19900000009", nil, nil, 0},
		{"another", "孩子丢了，电话19900000003，联系人赵一诺", nil, nil, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			hits := r.Hits(tt.post, claim.Read(tt.post, time.Time{}), tt.pictures)
			var got map[string]string
			for i, h := range hits {
				if got == nil {
					got = map[string]string{}
				}
				got[h.Rule] = tt.post[h.Start:h.End]
				if h.Weight != 0 || h.Known == nil || i == 0 && h.Known.RumorID != tt.story {
					t.Errorf("%+v: want no weight, and story %d", h, tt.story)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("hits of %q (-want +got):\n%s", tt.post, diff)
			}
		})
	}
}

func TestNobodysNumbersAndNames(t *testing.T) {
	c := guitu.Claim{Name: "甄小", Contacts: []string{"苗警官", "赵一诺、钱二娃", "王某某"}, Phones: []string{"110", "4009900001", "19900000001"}}
	if diff := cmp.Diff([]string{"19900000001"}, hoax.Phones(c)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"赵一诺", "钱二娃"}, hoax.Names(c)); diff != "" {
		t.Error(diff)
	}
}
