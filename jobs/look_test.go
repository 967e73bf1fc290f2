package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"guitu"
	"guitu/internal/store"
	"guitu/jobs"
)

// gallery answers for pictures as it is told.
type gallery struct {
	mu    sync.Mutex
	asked map[string]int
}

func (g *gallery) picture(_ context.Context, address string) (string, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asked[address]++
	switch {
	case address == "gone":
		return "", fmt.Errorf("%w: no picture", guitu.ErrRejected)
	case address == "wall":
		return "", fmt.Errorf("fetch: %w", guitu.ErrWall)
	case address == "flaky" && g.asked[address] == 1:
		return "", errors.New("HTTP 500")
	}
	return "ff00ff00ff00ff00", nil
}

func (g *gallery) count(address string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.asked[address]
}

func TestLook(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		g := &gallery{asked: map[string]int{}}
		posts := []guitu.Post{
			{Text: "寻人启事：李大宝，男，9岁，昨天晚上在青岛市市南区走失，背蓝色书包，家人万分着急，见到请打电话19900005555，求扩散", Images: []string{"flaky", "gone", "fine", "fourth"}},
			{Text: "紧急寻人！王豆豆，男，6岁，今天放学后走失，身穿绿色校服，有线索请联系家长19900007777，请大家帮忙转发！", Images: []string{"wall"}},
		}
		for i := range posts {
			posts[i].Source, posts[i].ExternalID, posts[i].PostedAt = "page", fmt.Sprint(i), h.db.Now()
		}
		defer h.work(g, posts)()
		h.until("pictures looked at", func() bool {
			return g.count("fine") == 1 && g.count("wall") == 1 && h.waiting("look") == 0
		})
		h.update(func(ctx context.Context, tx *store.Tx) error {
			for rumor, want := range map[int64]int{h.story + 1: 1, h.story + 2: 0} {
				if hashes, err := tx.Pictures(ctx, rumor, 10); err != nil || len(hashes) != want {
					t.Errorf("story %d has the pictures %v, %v; want %d", rumor, hashes, err, want)
				}
			}
			return nil
		})
		for address, want := range map[string]int{"flaky": 2, "gone": 1, "fine": 1, "fourth": 0, "wall": 1} {
			if got := g.count(address); got != want {
				t.Errorf("%s was asked for %d times, want %d", address, got, want)
			}
		}
	})
}

// work takes posts and works the steps with g's pictures.
func (h *house) work(g *gallery, posts []guitu.Post) (stop func()) {
	h.t.Helper()
	p := &page{answer: func(n int64, _ string) (guitu.Batch, error) {
		if n > 1 {
			return guitu.Batch{Cursor: "2"}, nil
		}
		return guitu.Batch{Cursor: "1", Posts: posts}, nil
	}}
	h.update(func(ctx context.Context, tx *store.Tx) error {
		return tx.SetSources(ctx, []store.SourceSetup{{Name: "page", Kind: "feed"}})
	})
	return h.start(jobs.Options{Sources: []jobs.Source{{Source: p, Every: 600e9}}, Picture: g.picture})
}
