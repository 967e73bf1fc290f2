package publisherstest

import (
	"context"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"guitu"
)

func harness(keys bool, sin string) Harness {
	return Harness{
		Fake: func(testing.TB) Fake { return newBoard(keys) },
		Publisher: func(_ testing.TB, url, secret string) guitu.Publisher {
			return &writer{url: url, secret: secret, sin: sin}
		},
		TooMany:      func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) },
		Rejected:     func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnprocessableEntity) },
		Unauthorized: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) },
		Limits:       boardLimits, Idempotent: keys, Credential: "the key of the board", Replies: true,
	}
}

func TestExercise(t *testing.T) {
	t.Run("Keys", func(t *testing.T) { Exercise(t, harness(true, "")) })
	t.Run("NoKeys", func(t *testing.T) { Exercise(t, harness(false, "")) })
}

// mute is a publisher of a channel that gives no ids: nothing can be found, edited or pulled.
type mute struct{ w *writer }

func (m mute) Name() string { return m.w.Name() }

func (m mute) Publish(ctx context.Context, pub guitu.Publication) (guitu.Receipt, error) {
	_, err := m.w.Publish(ctx, pub)
	return guitu.Receipt{}, err
}

func TestExerciseNameless(t *testing.T) {
	h := harness(false, "")
	h.Nameless, h.Replies = true, false
	h.Publisher = func(_ testing.TB, url, secret string) guitu.Publisher { return mute{&writer{url: url, secret: secret}} }
	Exercise(t, h)
}

// TestExerciseCatches shows that the suite sees what it is there for: each sin fails at least the checks that are named.
func TestExerciseCatches(t *testing.T) {
	tests := []struct {
		sin  string
		keys bool
		want []string
	}{
		{"posts twice", false, []string{"Publishes", "Concurrent"}},
		{"posts twice", true, []string{"SameKeyTwice"}},
		{"forgets its id", false, []string{"Publishes"}},
		{"hurries", false, []string{"TooMany"}},
		{"tries for ever", false, []string{"Rejected"}},
		{"confuses no with who", false, []string{"Unauthorized"}},
		{"gives up on a 500", false, []string{"ServerError"}},
		{"calls everything unknown", false, []string{"Unreachable"}},
		{"calls lost answers failed", false, []string{"AnswerLost", "CancelledDuring"}},
		{"takes any 200", false, []string{"AnswerLost"}},
		{"finds nothing in trouble", false, []string{"Find"}},
		{"edits the first", false, []string{"Edit"}},
		{"never cuts", false, []string{"Limit"}},
		{"cuts anywhere", false, []string{"Grapheme"}},
		{"escapes", false, []string{"AsTyped"}},
		{"shows the secret", false, []string{"Unreachable"}},
		{"does not say which", false, []string{"Unauthorized", "Probe"}},
		{"drops what must stay", false, []string{"Limit", "PicturesLimit"}},
		{"edits the text only", false, []string{"EditPictures"}},
		{"forgets what pictures show", false, []string{"Pictures"}},
		{"touches pictures", false, []string{"Pictures"}},
		{"sends every picture", false, []string{"PicturesLimit"}},
		{"answers nobody", false, []string{"ReplyTo"}},
		{"pulls the next", false, []string{"Pull"}},
		{"pulls once", false, []string{"Pull"}},
		{"probes by posting", false, []string{"Probe"}},
		{"gives up on a cut", false, []string{"CutBefore", "EditTrouble"}},
		{"ignores the context", false, []string{"CancelledBefore"}},
	}
	for _, tt := range tests {
		t.Run(strings.ReplaceAll(tt.sin, " ", "_"), func(t *testing.T) {
			for _, name := range tt.want {
				i := slices.IndexFunc(checks, func(c check) bool { return c.name == name })
				if i < 0 {
					t.Fatalf("no check %q", name)
				}
				if !fails(t, checks[i], harness(tt.keys, tt.sin)) {
					t.Errorf("%s passes a publisher that %s", name, tt.sin)
				}
			}
		})
	}
}

// TestExerciseHearsTheLog shows that a credential in the log is seen.
func TestExerciseHearsTheLog(t *testing.T) {
	for sin, want := range map[string]bool{"": false, "logs the secret": true} {
		r := &recorder{}
		t.Run("Log", func(t *testing.T) {
			r.TB = t
			listen(r)
			publishes(r, harness(false, sin))
		})
		if r.failed != want {
			t.Errorf("with a publisher that %q the log is found bad: %v, want %v", sin, r.failed, want)
		}
	}
}

// fails runs a check and reports whether it failed.
func fails(t *testing.T, c check, h Harness) bool {
	r := &recorder{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.run(r, h)
	}()
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		t.Fatalf("%s does not end", c.name)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failed
}

// recorder is a testing.TB whose failures do not fail the test.
type recorder struct {
	testing.TB
	mu     sync.Mutex
	failed bool
}

func (r *recorder) Errorf(string, ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failed = true
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}
