package eval_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"guitu/internal/eval"
)

func TestDivisions(t *testing.T) {
	data := fstest.MapFS{
		"divisions.csv": {Data: []byte("code,province,city,county,lat,lng\n" +
			"371302,山东省,临沂市,兰山区,35.05,118.35\n" + // near
			"371311,山东省,临沂市,罗庄区,30,118\n" + // far off
			"990000,无此省,,,1,1\n")},
		"divisions_history.csv": {Data: []byte("code,province,city,name,level,status,from_year,to_year,new_codes\n" +
			"371302,山东省,临沂市,兰山区,county,current,1994,,\n" +
			"990001,无此省,无此市,无此县,county,deprecated,1980,1990,\n")},
	}
	r, err := eval.Divisions(data)
	if err != nil {
		t.Fatal(err)
	}
	if r.Divisions != 3 || r.Known != 2 || r.SameName != 2 || r.Counties != 2 || r.Centred != 2 || r.Compared != 2 || r.Near != 1 || r.Median < 500 {
		t.Errorf("%+v, want 3 divisions, 2 of them known counties, of which one is near", r)
	}
	if r.Retired != 1 || len(r.Unresolved) != 1 || len(r.Off) != 1 {
		t.Errorf("%+v, want one retired name that gives nothing, and one centre far off", r)
	}
	delete(data, "divisions_history.csv")
	if _, err := eval.Divisions(data); !errors.Is(err, eval.ErrNoRows) {
		t.Errorf("without a history: %v, want ErrNoRows", err)
	}
	data["divisions.csv"].Data = []byte("code,name\n1,2\n")
	if _, err := eval.Divisions(data); err == nil || !strings.Contains(err.Error(), "2 columns, want 6") {
		t.Errorf("of another table: %v, want its columns to be told", err)
	}
}
