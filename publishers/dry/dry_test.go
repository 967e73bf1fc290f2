package dry_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guitu"
	"guitu/internal/testenv/golden"
	"guitu/publishers/dry"
	"guitu/publishers/publisherstest"
)

// silent is a channel that can only publish, and fails the test when it is called.
type silent struct{ t *testing.T }

func (silent) Name() string { return "silent:一" }

func (s silent) Publish(context.Context, guitu.Publication) (guitu.Receipt, error) {
	s.t.Error("the channel itself was called")
	return guitu.Receipt{}, nil
}

// able is a channel that can do everything, and has readers by place.
type able struct{ silent }

func (a able) Edit(context.Context, guitu.Publication) error { a.t.Error("edited"); return nil }
func (a able) Pull(context.Context, guitu.Publication) error { a.t.Error("pulled"); return nil }
func (able) Local()                                          {}
func (able) Preview(p guitu.Publication) (string, []guitu.Picture) {
	return "短：" + p.Notice.Code, p.Pictures[:0]
}

func TestDry(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	p, err := dry.New(silent{t}, dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := p.(guitu.Local); ok || p.Name() != "silent:一" {
		t.Errorf("%s stands in for a channel of places: %v", p.Name(), ok)
	}
	pub := guitu.Publication{Key: "delivery-7", Link: "https://guitu.example/n/A2RRT4", Notice: publisherstest.Samples()[0].Notice}
	pub.Pictures = []guitu.Picture{publisherstest.Picture(1, "海报"), {Name: "photo.jpg", Child: true, URL: "https://guitu.example/p/1", Alt: map[string]string{guitu.Chinese: "照片"}}}
	pub.ReplyTo.ExternalID = "delivery-3"
	f := p.(guitu.Finder)
	if _, there, err := f.Find(ctx, pub); there || err != nil {
		t.Errorf("Find before Publish = %v, %v", there, err)
	}
	r, err := p.Publish(ctx, pub)
	if err != nil || r.ExternalID != "delivery-7" {
		t.Fatalf("Publish = %+v, %v", r, err)
	}
	if got, there, err := f.Find(ctx, pub); !there || err != nil || got != r {
		t.Errorf("Find = %+v, %v, %v; want %+v", got, there, err, r)
	}
	text, err := os.ReadFile(filepath.Join(dir, "silent_一", "delivery-7.txt"))
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "testdata/alert.txt", string(text))
	picture := filepath.Join(dir, "silent_一", "delivery-7-1.png")
	if b, err := os.ReadFile(picture); err != nil || string(b) != string(pub.Pictures[0].Bytes) {
		t.Errorf("the picture: %d bytes, %v", len(b), err)
	}
	if info, err := os.Stat(picture); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the picture can be read by others: %v, %v", info, err)
	}
	pub.Receipt = r
	if err := p.(guitu.Editor).Edit(ctx, pub); !errors.Is(err, guitu.ErrRejected) {
		t.Errorf("Edit for a channel that can't = %v, want %v", err, guitu.ErrRejected)
	}
	if err := p.(guitu.Puller).Pull(ctx, pub); !errors.Is(err, guitu.ErrRejected) {
		t.Errorf("Pull for a channel that can't = %v, want %v", err, guitu.ErrRejected)
	}
}

func TestDryOfAble(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	p, err := dry.New(able{silent{t}}, dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := p.(guitu.Local); !ok {
		t.Error("a channel of places is none in the dry run")
	}
	pub := publisherstest.Publication("DA", "说明。")
	pub.Pictures = []guitu.Picture{publisherstest.Picture(1, "不会发")}
	if pub.Receipt, err = p.Publish(ctx, pub); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(p.(guitu.Editor).Edit(ctx, pub), p.(guitu.Puller).Pull(ctx, pub)); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*", pub.Key+"*"))
	if err != nil || len(files) != 3 {
		t.Errorf("files %q, %v; want the text, the edited one and that it was pulled, and no picture that the channel would not take", files, err)
	}
	if b, err := os.ReadFile(files[len(files)-1]); err != nil || !strings.Contains(string(b), "短：DA2345") {
		t.Errorf("the text is %q, %v; want it as the channel words it", b, err)
	}
	done, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := p.Publish(done, pub); !errors.Is(err, context.Canceled) {
		t.Errorf("Publish with a cancelled context = %v", err)
	}
}
