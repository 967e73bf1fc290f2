package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"log"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
)

// writePhones writes which city a phone number is of, by the area code of a landline and the first seven digits of a mobile: as
// unsigned varints the number of areas and each area, the number of area codes and each code and the index of its area, and then
// the runs of mobile prefixes from 1300000 on, each by its distance from the one before and the index of its area, plus one, 0
// where there is none.
func writePhones(out string, all map[string]*division, names []retired, file string) error {
	places, err := readBSON(file)
	if err != nil {
		return err
	}
	areaOf := map[string]string{} // by the words of the source
	for _, where := range places {
		if areaOf[where] == "" {
			areaOf[where] = covering(where, all, names)
		}
	}
	areas := slices.Compact(slices.Sorted(maps.Values(areaOf)))
	if areas[0] == "" {
		areas = areas[1:]
	}
	index := func(prefix string) (uint64, bool) {
		i, ok := slices.BinarySearch(areas, areaOf[places[prefix]])
		return uint64(i), ok
	}
	var b []byte
	put := func(vs ...uint64) {
		for _, v := range vs {
			b = binary.AppendUvarint(b, v)
		}
	}
	put(uint64(len(areas)))
	for _, a := range areas {
		n, _ := strconv.ParseUint(a, 10, 32)
		put(n)
	}
	var codes []uint64
	for _, code := range slices.Sorted(maps.Keys(places)) {
		i, ok := index(code)
		if mobile := code[0] == '1' && code != "10"; !mobile && ok {
			n, _ := strconv.ParseUint(code, 10, 32)
			codes = append(codes, n, i)
		}
	}
	put(uint64(len(codes) / 2))
	put(codes...)
	last, lastArea := uint64(1300000), uint64(0)
	for n := last; n < 2000000; n++ {
		area := uint64(0)
		for digits := strconv.FormatUint(n, 10); len(digits) > 3 && area == 0; digits = digits[:len(digits)-1] {
			if i, ok := index(digits); ok {
				area = i + 1
			}
		}
		if area != lastArea {
			put(n-last, area)
			last, lastArea = n, area
		}
	}
	var buf bytes.Buffer
	z, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(b); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	log.Printf("%s: %d areas, %d area codes, %d bytes", out, len(areas), len(codes)/2, buf.Len())
	return os.WriteFile(out, buf.Bytes(), 0o644)
}

// covering returns the division that covers all those in where (辽宁省沈阳市、铁岭市、抚顺市), "" when one is unknown.
func covering(where string, all map[string]*division, names []retired) string {
	first, rest, _ := strings.Cut(where, "、")
	code := byFullName(first, all, names)
	if rest == "" || code == "" {
		return code
	}
	return code[:2] + "0000"
}

// byFullName finds a city, or a county that is governed by its province, by its name behind the long or short name of the province.
func byFullName(full string, all map[string]*division, names []retired) string {
	in := func(code string) bool {
		return strings.HasPrefix(full, string([]rune(all[code[:2]+"0000"].name)[:2]))
	}
	for _, code := range slices.Sorted(maps.Keys(all)) {
		d := all[code]
		if full == d.name && code[2:] == "0000" || full != d.name && strings.HasSuffix(full, d.name) && in(code) {
			return code
		}
	}
	for _, r := range names {
		if strings.HasSuffix(full, r.name) && in(r.present) {
			return r.present
		}
	}
	return ""
}

// readBSON reads a document of strings: the file is one, as BSON is specified at bsonspec.org.
func readBSON(file string) (map[string]string, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	m := map[string]string{}
	for rest := b[min(4, len(b)):]; len(rest) > 1; {
		end := bytes.IndexByte(rest, 0)
		if rest[0] != 2 || end < 0 || len(rest) < end+5 {
			return nil, fmt.Errorf("%s: not a document of strings", file)
		}
		key, value := string(rest[1:end]), rest[end+5:]
		n := int(binary.LittleEndian.Uint32(rest[end+1:]))
		if n < 1 || n > len(value) {
			return nil, fmt.Errorf("%s: a string of %d bytes among %d", file, n, len(value))
		}
		m[key], rest = string(value[:n-1]), value[n:]
	}
	return m, nil
}
