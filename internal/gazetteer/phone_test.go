package gazetteer_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"testing"

	"guitu"
	"guitu/internal/gazetteer"
)

func TestOfPhone(t *testing.T) {
	for _, tt := range []struct {
		number string
		want   guitu.Area
	}{
		{"05399900001", "371300"},
		{"01099000001", "110000"},
		{"02199000001", "310000"},
		{"02499000001", "210000"}, // shared by three cities
		{"07289900001", "429004"},
		{"09089900001", "653000"},
		{"110", ""},
		{"4000000000", ""},
		{"0539", ""},
		{"19900000001", ""},
		{"1990000000a", ""},
		{"", ""},
	} {
		if area, ok := gazetteer.OfPhone(tt.number); area != tt.want || ok != (tt.want != "") {
			t.Errorf("OfPhone(%q) = %q (%s), %v, want %q", tt.number, area, gazetteer.Name(area), ok, tt.want)
		}
	}
}

// A table of one area, no area codes, and the mobiles of one prefix: the numbers of tests are nobody's, so that the real table has none of them.
func TestOfPhoneMobile(t *testing.T) {
	pack := func(vs ...uint64) []byte {
		var b []byte
		for _, v := range vs {
			b = binary.AppendUvarint(b, v)
		}
		var buf bytes.Buffer
		z := gzip.NewWriter(&buf)
		if _, err := z.Write(b); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return buf.Bytes()
	}
	for _, tt := range []struct {
		from, length uint64
		want         guitu.Area
	}{{1990000, 1, "371300"}, {1989998, 5, "371300"}, {1989999, 1, ""}, {1990001, 1, ""}} {
		got, err := gazetteer.OfPhoneIn(pack(1, 371300, 0, tt.from-1300000, 1, tt.length, 0), "19900000001")
		if err != nil || got != tt.want {
			t.Errorf("with %d prefixes from %d in Linyi, a number of 1990000 is of %q, %v, want %q", tt.length, tt.from, got, err, tt.want)
		}
	}
	if _, err := gazetteer.OfPhoneIn(pack(1, 371300, 0, 690000), "19900000001"); err == nil {
		t.Error("a table that ends early was read")
	}
}
