package telegram_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"guitu"
	"guitu/internal/fake"
	api "guitu/internal/telegram"
	"guitu/publishers"
	"guitu/publishers/publisherstest"
	"guitu/publishers/telegram"
)

const channel = "@guitu_notices"

// server shows the fake's channel to the suite.
type server struct{ *fake.Telegram }

func (s server) Posts() []publisherstest.Post {
	var posts []publisherstest.Post
	albums := map[string]int{}
	for _, m := range s.Messages(channel) {
		if i, known := albums[m.Album]; known && m.Album != "" {
			posts[i].ID += fmt.Sprintf(",%d", m.ID)
			posts[i].Pictures = append(posts[i].Pictures, publisherstest.PostPicture{Digest: m.Photo})
			continue
		}
		p := publisherstest.Post{ID: fmt.Sprintf("%d/%d", fake.ChannelID, m.ID), Text: m.Text}
		if m.Photo != "" {
			p.ID = fmt.Sprintf("%d/photo:%d", fake.ChannelID, m.ID)
			p.Pictures = []publisherstest.PostPicture{{Digest: m.Photo}}
		}
		if m.ReplyTo != 0 {
			p.ReplyTo = fmt.Sprintf("%d/%d", fake.ChannelID, m.ReplyTo)
		}
		albums[m.Album] = len(posts)
		posts = append(posts, p)
	}
	return posts
}

func (s server) Remove(id string) {
	_, messages, _ := strings.Cut(id, "/")
	for _, message := range strings.Split(strings.TrimPrefix(messages, "photo:"), ",") {
		n, _ := strconv.Atoi(message)
		s.Delete(channel, n)
	}
}

func publisher(t testing.TB, url, secret string) *telegram.Publisher {
	c, err := api.New(secret, api.Options{APIURL: url, Timeout: 2 * time.Second, Limits: api.Limits{MaxWait: time.Second}})
	if err != nil {
		t.Fatal(err)
	}
	p, err := telegram.New(c, channel, telegram.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func refusal(status int, description string, retryAfter int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]any{
			"ok": false, "error_code": status, "description": description, "parameters": map[string]int{"retry_after": retryAfter},
		})
	}
}

func TestExercise(t *testing.T) {
	publisherstest.Exercise(t, publisherstest.Harness{
		Golden: "testdata/sent.txt",
		Fake: func(testing.TB) publisherstest.Fake {
			return server{fake.NewTelegram(fake.TelegramOptions{Token: publisherstest.Secret})}
		},
		Publisher: func(t testing.TB, url, secret string) guitu.Publisher { return publisher(t, url, secret) },
		TooMany: refusal(429, fmt.Sprintf("Too Many Requests: retry after %d", int(publisherstest.RetryAfter.Seconds())),
			int(publisherstest.RetryAfter.Seconds())),
		Rejected:     refusal(403, "Forbidden: bot is not a member of the channel chat", 0),
		Unauthorized: refusal(401, "Unauthorized", 0),
		Limits: publishers.Limits{
			Text: api.MaxText, Caption: api.MaxCaption, Pictures: api.MaxAlbum, PictureBytes: api.MaxPhotoBytes,
		},
		Replies: true,
	})
}

func TestNewRefusesChannels(t *testing.T) {
	for _, bad := range []string{"", "@", "guitu", "12345", "0", "-x"} {
		if _, err := telegram.New(nil, bad, telegram.Options{}); err == nil {
			t.Errorf("New with channel %q is no error", bad)
		}
	}
}

func TestReceipt(t *testing.T) {
	f := fake.NewTelegram(fake.TelegramOptions{Token: publisherstest.Secret})
	s := httptest.NewServer(f)
	defer s.Close()
	p := publisher(t, s.URL, publisherstest.Secret)
	pub := publisherstest.Publication("RC", "说明。")
	r, err := p.Publish(context.Background(), pub)
	if err != nil {
		t.Fatal(err)
	}
	m := f.Messages(channel)[0]
	if want := fmt.Sprintf("https://t.me/guitu_notices/%d", m.ID); r.URL != want {
		t.Errorf("URL = %q, want %q", r.URL, want)
	}
	if !strings.HasPrefix(m.HTML, "<b>【演练】临沂市兰山区没有发生网传的拐走儿童一事</b>\n") {
		t.Errorf("the post begins %.80s, want its headline in bold", m.HTML)
	}
	pub.Receipt = guitu.Receipt{ExternalID: "17"}
	if err := p.Edit(context.Background(), pub); !errors.Is(err, guitu.ErrRejected) {
		t.Errorf("Edit at a receipt that is none = %v, want %v", err, guitu.ErrRejected)
	}
}

// TestReserve: a turn that was reserved is used at once, and who has none is told when.
func TestReserve(t *testing.T) {
	f := fake.NewTelegram(fake.TelegramOptions{Token: publisherstest.Secret})
	s := httptest.NewServer(f)
	defer s.Close()
	// Nobody waits: who can't go now is sent away.
	c, err := api.New(publisherstest.Secret, api.Options{APIURL: s.URL, Limits: api.Limits{EveryChat: time.Hour, MaxWait: time.Nanosecond}})
	if err != nil {
		t.Fatal(err)
	}
	p, err := telegram.New(c, channel, telegram.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	post, err := p.Reserve(ctx)
	if err != nil || len(f.Messages(channel)) != 0 {
		t.Fatalf("Reserve = %v with %d posts, want a turn and none", err, len(f.Messages(channel)))
	}
	var retry *guitu.RetryError
	if _, err := p.Reserve(ctx); !errors.As(err, &retry) || retry.After < 59*time.Minute {
		t.Errorf("a second Reserve = %v, want a retry in an hour", err)
	}
	if _, err := p.Publish(ctx, publisherstest.Publication("RB", "说明。")); !errors.As(err, &retry) {
		t.Errorf("Publish without a turn = %v, want a retry", err)
	}
	r, err := post(ctx, publisherstest.Publication("RA", "说明。"))
	if err != nil || len(f.Messages(channel)) != 1 || r.URL == "" {
		t.Errorf("the reserved call = %+v, %v with %d posts, want one", r, err, len(f.Messages(channel)))
	}
}

// TestAlbum: an album is edited photo by photo, and what Telegram can't do is refused before anything is changed.
func TestAlbum(t *testing.T) {
	f := fake.NewTelegram(fake.TelegramOptions{Token: publisherstest.Secret})
	s := httptest.NewServer(f)
	defer s.Close()
	p := publisher(t, s.URL, publisherstest.Secret)
	ctx := context.Background()
	pub := publisherstest.Publication("AL", "说明。")
	pub.Pictures = []guitu.Picture{publisherstest.Picture(1, "一"), publisherstest.Picture(2, "二")}
	var err error
	if pub.Receipt, err = p.Publish(ctx, pub); err != nil {
		t.Fatal(err)
	}
	fewer := pub
	fewer.Pictures = pub.Pictures[:1]
	if err := p.Edit(ctx, fewer); !errors.Is(err, guitu.ErrRejected) {
		t.Errorf("Edit of an album to one photo = %v, want %v", err, guitu.ErrRejected)
	}
	other := pub
	other.Pictures = []guitu.Picture{publisherstest.Picture(3, "三"), publisherstest.Picture(4, "四")}
	if err := p.Edit(ctx, other); err != nil {
		t.Fatal(err)
	}
	posts := server{f}.Posts()
	if len(posts) != 1 || len(posts[0].Pictures) != 2 || posts[0].Pictures[1].Digest != publisherstest.Digest(other.Pictures[1].Bytes) {
		t.Errorf("after Edit %+v, want one album of the other photos", posts)
	}
	first, _ := strconv.Atoi(strings.Split(strings.TrimPrefix(strings.Split(pub.Receipt.ExternalID, "/")[1], "photo:"), ",")[0])
	f.Age(channel, first, 49*time.Hour)
	if err := p.Pull(ctx, pub); !errors.Is(err, guitu.ErrRejected) {
		t.Errorf("Pull after two days = %v, want %v", err, guitu.ErrRejected)
	}
	f.Age(channel, first, -49*time.Hour)
	if err := p.Pull(ctx, pub); err != nil || len(f.Messages(channel)) != 0 {
		t.Errorf("Pull = %v with %d messages left, want none", err, len(f.Messages(channel)))
	}
}
