package claim_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/internal/testenv"
	"guitu/verify/claim"
	"guitu/verify/text"
)

type extract struct {
	ID, Text, Time, Story string
	Gold                  struct {
		Name, Sex, Age, Reward, Clothing *string
		MissingAt                        *string `json:"missing_at"`
		Place                            *string `json:"place_text"`
		Province, City, County           *string
		Phones                           []string
	}
}

// score counts one field.
type score struct{ right, read, stated int }

func (s *score) add(got, want string) {
	if got != "" {
		s.read++
	}
	if want != "" {
		s.stated++
		if got == want {
			s.right++
		}
	}
}

func (s *score) f1() float64 { return 2 * float64(s.right) / float64(max(1, s.read+s.stated)) }

// plain takes out what two writings of the same field may differ in.
func plain(s *string) string {
	if s == nil {
		return ""
	}
	return strings.NewReplacer(" ", "", ",", "", "、", "", ".", "").Replace(text.Normalise(*s).String)
}

// TestRealPosts measures each field on labelled posts (extract.dev.jsonl in GUITU_DATA).
func TestRealPosts(t *testing.T) {
	dir := testenv.Data(t)
	f, err := os.Open(filepath.Join(dir, "extract.dev.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	fields := []string{"name", "sex", "age", "missing_at", "place", "place, about", "phones", "reward", "clothing"}
	// All rows, and the first row of each story: half of the rows tell one story.
	rows, stories := map[string]*score{}, map[string]*score{}
	for _, n := range fields {
		rows[n], stories[n] = &score{}, &score{}
	}
	seen := map[string]bool{}
	n := 0
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var x extract
		if err := json.Unmarshal(sc.Bytes(), &x); err != nil {
			t.Fatal(err)
		}
		n++
		posted, _ := time.Parse("2006-01-02 15:04", x.Time)
		c := claim.Read(x.Text, posted)
		add := func(field, got, want string) {
			rows[field].add(got, want)
			if !seen[x.Story] {
				stories[field].add(got, want)
			}
			if os.Getenv("GUITU_MISSES") != "" && got != want {
				t.Logf("%s %s: got %q, want %q", x.ID, field, got, want)
			}
		}
		add("name", plain(&c.Name), plain(x.Gold.Name))
		add("sex", c.Sex, plain(x.Gold.Sex))
		add("age", plain(&c.Age), plain(x.Gold.Age))
		add("missing_at", plain(&c.MissingAt), plain(x.Gold.MissingAt))
		add("place", plain(&c.Place), plain(x.Gold.Place))
		add("place, about", about(&c.Place), about(x.Gold.Place))
		add("reward", plain(&c.Reward), plain(x.Gold.Reward))
		add("clothing", plain(&c.Clothing), plain(x.Gold.Clothing))
		phones(x, c, rows["phones"])
		if !seen[x.Story] {
			phones(x, c, stories["phones"])
		}
		seen[x.Story] = true
	}
	if err := sc.Err(); err != nil || n == 0 {
		t.Fatalf("read %d rows: %v", n, err)
	}
	for _, name := range fields {
		r, s := rows[name], stories[name]
		t.Logf("%-13s F1 %.3f of %d rows (%d stated, %d read); %.3f of %d stories", name, r.f1(), n, r.stated, r.read, s.f1(), len(seen))
	}
	for name, floor := range map[string]float64{"phones": 0.95, "name": 0.80, "sex": 0.85, "age": 0.85} {
		if got := rows[name].f1(); got < floor {
			t.Errorf("F1 of %s = %.3f, want %.2f at least", name, got, floor)
		}
	}
}

// about takes the words for nearness off a place: half of the labels have them.
func about(s *string) string {
	return strings.TrimSuffix(strings.TrimSuffix(plain(s), "附近"), "门口")
}

func phones(x extract, c guitu.Claim, s *score) {
	want := map[string]bool{}
	for _, p := range x.Gold.Phones {
		want[strings.NewReplacer("-", "", " ", "", "—", "").Replace(p)] = true
	}
	s.stated += len(want)
	s.read += len(c.Phones)
	for _, p := range c.Phones {
		if want[p] {
			s.right++
		} else if os.Getenv("GUITU_MISSES") != "" {
			println(x.ID, "extra phone", p)
		}
		delete(want, p)
	}
	if os.Getenv("GUITU_MISSES") != "" {
		for p := range want {
			println(x.ID, "missed phone", p)
		}
	}
}
