package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	for _, tt := range []struct {
		args           string
		code           int
		stdout, stderr string // what each must hold; "" means that it must be empty
	}{
		{"", exitUsage, "", "guitu: expected one of"},
		{"--help", exitOK, "check-config", ""},
		{"check-config --help", exitOK, "--config=FILE", ""},
		{"fly", exitUsage, "", "guitu: unexpected argument fly"},
		{"check-config --confg=x", exitUsage, "", "unknown flag --confg"},
		{"version", exitOK, "guitu (devel) (", ""},
		{"check-config", exitOK, "No configuration file", ""},
		{"check-config --config good.yaml", exitOK, "warning: good.yaml:2:", ""},
		{"check-config --config bad.yaml", exitError, "", "bad.yaml:1:1: lisen: unknown key"},
		{"check-config --config missing.yaml", exitError, "", "guitu: open missing.yaml: no such file or directory"},
	} {
		t.Run(tt.args, func(t *testing.T) {
			workplace(t, map[string]string{
				"good.yaml": "public_url: http://guitu.example\nlisten: 0.0.0.0:80\n", "bad.yaml": "lisen: x\n",
			})
			var stdout, stderr bytes.Buffer
			if code := run(t.Context(), strings.Fields(tt.args), &stdout, &stderr); code != tt.code {
				t.Errorf("exit code %d, want %d", code, tt.code)
			}
			for _, s := range []struct{ name, got, want string }{{"stdout", stdout.String(), tt.stdout}, {"stderr", stderr.String(), tt.stderr}} {
				if !strings.Contains(s.got, s.want) || s.want == "" && s.got != "" {
					t.Errorf("%s is %q, want %q in it", s.name, s.got, s.want)
				}
			}
		})
	}
}
