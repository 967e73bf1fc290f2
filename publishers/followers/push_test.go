package followers_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	webpush "github.com/SherClockHolmes/webpush-go"

	"guitu"
	"guitu/publishers/followers"
)

// browser is a subscription and the keys behind it.
type browser struct {
	key  *ecdh.PrivateKey
	auth []byte
}

// decrypt reads a message as RFC 8291 says.
func (b browser) decrypt(body []byte) ([]byte, error) {
	salt, n := body[:16], int(body[20])
	sender, sealed := body[21:21+n], body[21+n:]
	if size := binary.BigEndian.Uint32(body[16:20]); size > 4096 || len(body) > 4096 {
		return nil, errors.New("too long")
	}
	public, err := ecdh.P256().NewPublicKey(sender)
	if err != nil {
		return nil, err
	}
	shared, err := b.key.ECDH(public)
	if err != nil {
		return nil, err
	}
	info := "WebPush: info\x00" + string(b.key.PublicKey().Bytes()) + string(sender)
	ikm, err := hkdf.Key(sha256.New, shared, b.auth, info, 32)
	if err != nil {
		return nil, err
	}
	key, err := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: aes128gcm\x00", 16)
	if err != nil {
		return nil, err
	}
	nonce, err := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: nonce\x00", 12)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	plain, err := gcm.Open(nil, nonce, sealed, nil)
	return []byte(strings.TrimRight(string(plain), "\x00\x02")), err
}

// TestPush holds that a push can be read by its browser alone, says how long and how urgently, and that an end is told as the channel does.
func TestPush(t *testing.T) {
	now := time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC)
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b := browser{key, []byte("0123456789abcdef")}
	var status int
	var header http.Header
	var plain []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header = r.Header
		body, err := io.ReadAll(r.Body)
		if err == nil {
			plain, err = b.decrypt(body)
		}
		if err != nil {
			t.Error(err)
		}
		w.WriteHeader(status)
	}))
	defer server.Close()
	private, public, err := webpush.GenerateVAPIDKeys()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := followers.PublicKey(private); err != nil || got != public {
		t.Fatalf("public key %q, %v, want %q", got, err, public)
	}
	p, err := followers.NewPush(private, "https://guitu.example", server.Client(), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	address, err := json.Marshal(webpush.Subscription{
		Endpoint: server.URL + "/1", Keys: webpush.Keys{Auth: encode(b.auth), P256dh: encode(key.PublicKey().Bytes())},
	})
	if err != nil {
		t.Fatal(err)
	}
	n := guitu.Notice{
		Kind: guitu.NoticeAlert, Code: "K7M2QX", Expires: now.Add(time.Hour),
		Texts: map[string]guitu.Text{guitu.Chinese: {Headline: "寻人", Keep: strings.Repeat("地点", 1000)}},
	}
	g := guitu.Telling{Follower: guitu.Follower{Address: string(address)}, Loud: true}
	status = http.StatusCreated
	if _, err := p.Send(context.Background(), g, n, "https://guitu.example/n/K7M2QX"); err != nil {
		t.Fatal(err)
	}
	var m struct {
		Title, Body, URL, Tag string
		Silent                bool
	}
	if err := json.Unmarshal(plain, &m); err != nil || m.Title != "寻人" || m.Tag != n.Code || m.Silent || !strings.HasSuffix(m.URL, n.Code) {
		t.Errorf("the browser reads %q, %v", plain, err)
	}
	for name, want := range map[string]string{"Ttl": "3600", "Urgency": "high", "Topic": n.Code, "Content-Encoding": "aes128gcm"} {
		if got := header.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if got := header.Get("Authorization"); !strings.HasPrefix(got, "vapid t=") || !strings.Contains(got, "k="+public) {
		t.Errorf("Authorization: %q", got)
	}
	token, _, _ := strings.Cut(strings.TrimPrefix(header.Get("Authorization"), "vapid t="), ",")
	checkVAPID(t, token, public, server.URL, time.Now()) // the library signs by the machine's clock
	status = http.StatusGone
	if _, err := p.Send(context.Background(), g, n, ""); !errors.Is(err, guitu.ErrRejected) {
		t.Errorf("gone: %v", err)
	}
	status = http.StatusTooManyRequests
	var retry *guitu.RetryError
	if _, err := p.Send(context.Background(), g, n, ""); !errors.As(err, &retry) {
		t.Errorf("too many: %v", err)
	}
}

// checkVAPID holds that a token is what RFC 8292 asks for: signed with the key (ES256), for this push service, for a day at most, and says
// whom to ask.
func checkVAPID(t *testing.T, token, public, audience string, now time.Time) {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("%d parts of the token %q, want 3", len(parts), token)
	}
	var raw [3][]byte
	for i, p := range parts {
		var err error
		if raw[i], err = base64.RawURLEncoding.DecodeString(p); err != nil {
			t.Fatal(err)
		}
	}
	var head struct{ Typ, Alg string }
	var claims struct {
		Aud, Sub string
		Exp      int64
	}
	if err := errors.Join(json.Unmarshal(raw[0], &head), json.Unmarshal(raw[1], &claims)); err != nil {
		t.Fatal(err)
	}
	point, err := base64.RawURLEncoding.DecodeString(public)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if len(raw[2]) != 64 || !ecdsa.Verify(key, sum[:], new(big.Int).SetBytes(raw[2][:32]), new(big.Int).SetBytes(raw[2][32:])) {
		t.Error("the token is not signed with the key")
	}
	life := time.Unix(claims.Exp, 0).Sub(now)
	if head.Alg != "ES256" || claims.Aud != audience || claims.Sub != "https://guitu.example" || life <= 0 || life > 24*time.Hour {
		t.Errorf("the token says %+v and %+v, %s from now", head, claims, life)
	}
}
