package gazetteer

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"

	"guitu"
)

//go:embed phones.gz
var packedPhones []byte

// phones says which city a number is of.
type phones struct {
	codes map[string]guitu.Area // by area code, without the 0 before it
	from  []uint32              // first seven digits of a mobile from which the area of the same index holds
	areas []guitu.Area
}

var loadPhones = sync.OnceValue(func() *phones {
	p, err := readPhones(packedPhones)
	if err != nil {
		panic("gazetteer: the built-in table of phones cannot be read: " + err.Error())
	}
	return p
})

func readPhones(packed []byte) (*phones, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		return nil, err
	}
	short := false
	next := func() uint64 {
		v, n := binary.Uvarint(raw)
		short = short || n <= 0
		raw = raw[max(n, 0):]
		return v
	}
	all := []guitu.Area{""}
	for range next() {
		all = append(all, guitu.Area(fmt.Sprintf("%06d", next())))
	}
	p := &phones{codes: map[string]guitu.Area{}}
	for range next() {
		code := strconv.FormatUint(next(), 10)
		p.codes[code] = all[next()+1]
	}
	for at := uint64(1300000); len(raw) > 0 && !short; {
		at += next()
		p.from = append(p.from, uint32(at))
		p.areas = append(p.areas, all[next()])
	}
	if short {
		return nil, io.ErrUnexpectedEOF
	}
	return p, nil
}

// OfPhone returns the city, or for some area codes the province, of which a phone number is: of a landline by its area code, of a
// mobile by where its first seven digits were given out. People move and numbers with them, so it hints at best. The number is
// in digits only; ok is false when it tells nothing.
func OfPhone(number string) (area guitu.Area, ok bool) {
	area = loadPhones().of(number)
	return area, area != ""
}

func (p *phones) of(number string) guitu.Area {
	if code, landline := strings.CutPrefix(number, "0"); landline {
		for _, n := range []int{2, 3} {
			if len(code) >= n+7 && p.codes[code[:n]] != "" {
				return p.codes[code[:n]]
			}
		}
		return ""
	}
	if len(number) != 11 || number[0] != '1' {
		return ""
	}
	segment, err := strconv.ParseUint(number[:7], 10, 32)
	if err != nil {
		return ""
	}
	i, exact := slices.BinarySearch(p.from, uint32(segment))
	if !exact {
		i--
	}
	if i < 0 {
		return ""
	}
	return p.areas[i]
}
