package bluesky_test

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/internal/testenv"
	"guitu/publishers/bluesky"
	"guitu/publishers/publisherstest"
)

// What the fake answers is what a real server answers.
func TestRealServer(t *testing.T) {
	address := testenv.StartPDS(t)
	account, err := json.Marshal(map[string]string{"handle": handle, "email": "guitu@guitu.test", "password": "passw0rd"})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(address+"/xrpc/com.atproto.server.createAccount", "application/json", bytes.NewReader(account))
	if err != nil {
		t.Fatal(err)
	}
	if resp.Body.Close(); resp.StatusCode != http.StatusOK {
		t.Fatalf("no account was made: %s", resp.Status)
	}
	ctx := context.Background()
	p, err := bluesky.New(address, handle, "passw0rd", bluesky.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if a, err := p.Probe(ctx); err != nil || a.Name != handle {
		t.Fatalf("Probe = %+v, %v", a, err)
	}

	pub := publisherstest.Publication("RS", strings.Repeat("很长的说明👩‍👩‍👧‍👦𠮷。", 100))
	if r, ok, err := p.Find(ctx, pub); ok || err != nil {
		t.Errorf("Find before Publish = %+v, %v, %v", r, ok, err)
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 30, 40))); err != nil {
		t.Fatal(err)
	}
	pub.Pictures = []guitu.Picture{{
		Name: "poster.png", Type: "image/png", Width: 30, Height: 40, Bytes: picture.Bytes(), Alt: map[string]string{guitu.Chinese: "一张海报"},
	}}
	first, err := p.Publish(ctx, pub)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := p.Publish(ctx, pub); err != nil || again != first {
		t.Errorf("the same key twice = %+v, %v; want %+v", again, err, first)
	}
	if r, ok, err := p.Find(ctx, pub); !ok || err != nil || r != first {
		t.Errorf("Find = %+v, %v, %v; want %+v", r, ok, err, first)
	}
	next := publisherstest.Publication("RT", "接着说。")
	next.ReplyTo, next.Notice.MadeAt = first, pub.Notice.MadeAt.Add(time.Minute)
	second, err := p.Publish(ctx, next)
	if err != nil {
		t.Fatal(err)
	}

	posts := stored(t, address, first)
	if len(posts) != 2 {
		t.Fatalf("%d posts stand, want 2: %v", len(posts), posts)
	}
	// The latest comes first.
	if r := posts[0].Value.Reply; r == nil || r.Parent.URI != first.ExternalID || posts[0].URI != second.ExternalID {
		t.Errorf("the reply is %+v", posts[0])
	}
	e := posts[1].Value.Embed
	if e == nil || len(e.Images) != 1 || e.Images[0].Alt != "一张海报" || !strings.Contains(posts[1].Value.Text, pub.Link) {
		t.Errorf("the post is %+v, want a picture with its words, and the link", posts[1])
	}

	pub.Receipt = first
	for range 2 {
		if err := p.Pull(ctx, pub); err != nil {
			t.Errorf("Pull: %v", err)
		}
	}
	if posts = stored(t, address, first); len(posts) != 1 {
		t.Errorf("%d posts stand after one was pulled, want 1", len(posts))
	}
}

type stands struct {
	URI   string `json:"uri"`
	Value record `json:"value"`
}

// stored lists the posts as the server has them, without signing in, as everybody may.
func stored(t testing.TB, address string, r guitu.Receipt) []stands {
	t.Helper()
	repo, _, _ := strings.Cut(strings.TrimPrefix(r.ExternalID, "at://"), "/")
	resp, err := http.Get(address + "/xrpc/com.atproto.repo.listRecords?" + url.Values{"repo": {repo}, "collection": {"app.bsky.feed.post"}}.Encode())
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		Records []stands `json:"records"`
	}
	if err := json.Unmarshal(body, &all); err != nil {
		t.Fatalf("%s: %s", resp.Status, body)
	}
	return all.Records
}
