package main

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// TestReadme holds the manuals to the code: their tables name every key, and their example is good.
func TestReadme(t *testing.T) {
	keys := leaves(reflect.TypeFor[Config](), "")
	if len(keys) < 20 {
		t.Fatalf("found only %q", keys)
	}
	for _, name := range []string{"README.md", "README.zh-CN.md"} {
		text, err := os.ReadFile(filepath.Join("..", "..", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range keys {
			if !strings.Contains(string(text), "\n| `"+key+"` |") {
				t.Errorf("%s: the table lacks %s", name, key)
			}
		}
		_, example, _ := strings.Cut(string(text), "```yaml\n")
		example, _, _ = strings.Cut(example, "```")
		t.Run(name, func(t *testing.T) {
			workplace(t, map[string]string{
				"guitu.yaml": example, "posts.jsonl": "",
				"telegram.token": "1:abc", "webhook.secret": "a-secret-of-some-length", "weibo.cookie": "SUB=x",
			})
			if _, warnings, err := loadConfig("guitu.yaml", false); err != nil || len(warnings) != 0 || example == "" {
				t.Errorf("the example: error %v, warnings %v", err, warnings)
			}
		})
	}
}

// leaves lists the keys under a type as the manuals write them.
func leaves(t reflect.Type, above string) []string {
	var keys []string
	for i := range t.NumField() {
		field := t.Field(i)
		name, typ := field.Tag.Get("yaml"), field.Type
		if name == "" || name == "-" {
			continue
		}
		if typ.Kind() == reflect.Slice && typ.Elem().Kind() == reflect.Struct {
			keys = append(keys, leaves(typ.Elem(), above+name+"[].")...)
		} else if typ.Kind() == reflect.Struct && typ != reflect.TypeFor[Secret]() {
			keys = append(keys, leaves(typ, above+name+".")...)
		} else {
			keys = append(keys, above+name)
		}
	}
	return keys
}

// TestChannelsManual holds docs/channels.md to the code: each kind has a section with an example that is good and a line for each
// of its keys.
func TestChannelsManual(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "channels.md"))
	if err != nil {
		t.Fatal(err)
	}
	for kind, setup := range channelKinds() {
		t.Run(kind, func(t *testing.T) {
			_, section, _ := strings.Cut(string(text), "\n## `"+kind+"`")
			section, _, _ = strings.Cut(section, "\n## ")
			for _, key := range leaves(reflect.TypeOf(setup).Elem(), "") {
				if !strings.Contains(section, "\n| `"+key+"` |") {
					t.Errorf("the table lacks %s", key)
				}
			}
			_, example, _ := strings.Cut(section, "```yaml\n")
			example, _, _ = strings.Cut(example, "```")
			files := map[string]string{"guitu.yaml": example, "telegram.token": "1:abc"}
			for _, name := range secretFile.FindAllStringSubmatch(example, -1) {
				files[name[1]] = "a-secret-of-some-length"
				switch {
				case name[1] == "telegram.token":
					files[name[1]] = "1:abc"
				case strings.HasSuffix(name[1], ".whsec"):
					files[name[1]] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
				case strings.HasSuffix(name[1], ".webhook"):
					files[name[1]] = "https://robot.example/hook/x?key=x&access_token=x"
				}
			}
			workplace(t, files)
			c, warnings, err := loadConfig("guitu.yaml", false)
			if err != nil || len(warnings) != 0 || len(c.Publishers) == 0 {
				t.Fatalf("the example: %d channels, error %v, warnings %v\n%s", len(c.Publishers), err, warnings, example)
			}
			for _, p := range c.Publishers {
				if p.Kind == kind && p.Setup.words() == "" {
					t.Error("the plan has no words for it")
				}
			}
		})
	}
}

// secretFile matches the keys that name files with secrets.
var secretFile = regexp.MustCompile(`_file: *([a-z0-9.-]+)`)
