package bluesky_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/rivo/uniseg"

	"guitu/publishers/publisherstest"
)

const (
	did    = "did:plc:guituguituguituguitugui"
	handle = "guitu.test"
)

// server answers as a personal data server does (its lexicons, atproto.com), for one account.
type server struct {
	password string

	mu      sync.Mutex
	signIns int
	access  string // the token that is good
	refresh string
	tokens  int
	keys    []string // in the order in which records were first written
	records map[string]record
	blobs   map[string]blob // by cid
}

type record struct {
	Type   string   `json:"$type"`
	Text   string   `json:"text"`
	Langs  []string `json:"langs"`
	Facets []struct {
		Index struct {
			Start int `json:"byteStart"`
			End   int `json:"byteEnd"`
		} `json:"index"`
		Features []struct {
			Type string `json:"$type"`
			URI  string `json:"uri"`
		} `json:"features"`
	} `json:"facets"`
	Embed *struct {
		Images []struct {
			Alt   string `json:"alt"`
			Image struct {
				Ref struct {
					Link string `json:"$link"`
				} `json:"ref"`
			} `json:"image"`
		} `json:"images"`
	} `json:"embed,omitempty"`
	Reply *struct {
		Root   ref `json:"root"`
		Parent ref `json:"parent"`
	} `json:"reply,omitempty"`
	CreatedAt string `json:"createdAt"`
}

type blob struct {
	size   int
	digest string
}

type ref struct {
	URI string `json:"uri"`
	CID string `json:"cid"`
}

func newServer(password string) *server {
	return &server{password: password, records: map[string]record{}, blobs: map[string]blob{}}
}

func uri(key string) string { return "at://" + did + "/app.bsky.feed.post/" + key }

func (s *server) Posts() []publisherstest.Post {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []publisherstest.Post
	for _, k := range s.keys {
		p := publisherstest.Post{ID: uri(k), Text: s.records[k].Text}
		if r := s.records[k].Reply; r != nil {
			p.ReplyTo = r.Parent.URI
		}
		if e := s.records[k].Embed; e != nil {
			for _, i := range e.Images {
				p.Pictures = append(p.Pictures, publisherstest.PostPicture{Alt: i.Alt, Digest: s.blobs[i.Image.Ref.Link].digest})
			}
		}
		all = append(all, p)
	}
	return all
}

func (s *server) Remove(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget(id[strings.LastIndex(id, "/")+1:])
}

func (s *server) forget(key string) {
	delete(s.records, key)
	s.keys = slices.DeleteFunc(s.keys, func(k string) bool { return k == key })
}

// expire ends the access token, and the refresh token too when both is set.
func (s *server) expire(both bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.access = ""
	if both {
		s.refresh = ""
	}
}

func (s *server) give(w http.ResponseWriter) {
	s.tokens++
	s.access, s.refresh = "access-"+strconv.Itoa(s.tokens), "refresh-"+strconv.Itoa(s.tokens)
	says(w, 200, map[string]any{"did": did, "handle": handle, "accessJwt": s.access, "refreshJwt": s.refresh, "active": true})
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	bearer := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	method := strings.TrimPrefix(r.URL.Path, "/xrpc/")
	var in struct {
		Identifier string          `json:"identifier"`
		Password   string          `json:"password"`
		Repo       string          `json:"repo"`
		Collection string          `json:"collection"`
		Key        string          `json:"rkey"`
		Record     json.RawMessage `json:"record"`
	}
	body, _ := io.ReadAll(r.Body)
	if r.Header.Get("Content-Type") == "application/json" && json.Unmarshal(body, &in) != nil {
		fails(w, 400, "InvalidRequest", "Request body is no JSON")
		return
	}
	switch {
	case method == "com.atproto.server.createSession":
		s.signIns++
		if in.Identifier != handle || in.Password != s.password {
			fails(w, 401, "AuthenticationRequired", "Invalid identifier or password")
			return
		}
		s.give(w)
		return
	case method == "com.atproto.server.refreshSession":
		if bearer != s.refresh || bearer == "" {
			fails(w, 400, "ExpiredToken", "Token has been revoked")
			return
		}
		s.give(w)
		return
	case bearer == "":
		fails(w, 401, "AuthMissing", "Authentication Required")
		return
	case bearer != s.access:
		fails(w, 400, "ExpiredToken", "Token has expired")
		return
	}
	switch method {
	case "com.atproto.server.getSession":
		says(w, 200, map[string]any{"did": did, "handle": handle, "active": true})
	case "com.atproto.repo.uploadBlob":
		s.upload(w, r.Header.Get("Content-Type"), body)
	case "com.atproto.repo.putRecord":
		s.put(w, in.Repo, in.Collection, in.Key, in.Record)
	case "com.atproto.repo.deleteRecord":
		s.forget(in.Key)
		says(w, 200, map[string]any{})
	case "com.atproto.repo.getRecord":
		key := r.URL.Query().Get("rkey")
		rec, ok := s.records[key]
		if !ok {
			fails(w, 400, "RecordNotFound", "Could not locate record: "+uri(key))
			return
		}
		says(w, 200, map[string]any{"uri": uri(key), "cid": "cid-" + key, "value": rec})
	default:
		fails(w, 501, "MethodNotImplemented", "Method Not Implemented")
	}
}

func (s *server) upload(w http.ResponseWriter, media string, body []byte) {
	if !strings.HasPrefix(media, "image/") || !strings.HasPrefix(http.DetectContentType(body), "image/") {
		fails(w, 400, "InvalidRequest", "no image")
		return
	}
	cid := fmt.Sprintf("blob-%d", len(s.blobs))
	s.blobs[cid] = blob{len(body), publisherstest.Digest(body)}
	says(w, 200, map[string]any{"blob": map[string]any{
		"$type": "blob", "ref": map[string]string{"$link": cid}, "mimeType": media, "size": len(body),
	}})
}

// put writes a record, and refuses what the lexicons refuse.
func (s *server) put(w http.ResponseWriter, repo, collection, key string, raw json.RawMessage) {
	var rec record
	switch err := json.Unmarshal(raw, &rec); {
	case err != nil || repo != did || collection != "app.bsky.feed.post" || rec.Type != collection || len(key) != 13:
		fails(w, 400, "InvalidRequest", "Invalid record")
		return
	case uniseg.GraphemeClusterCount(rec.Text) > 300 || len(rec.Text) > 3000:
		fails(w, 400, "InvalidRequest", "Invalid app.bsky.feed.post record: Record/text must not be longer than 300 graphemes")
		return
	}
	for _, f := range rec.Facets {
		if f.Index.Start < 0 || f.Index.End > len(rec.Text) || rec.Text[f.Index.Start:f.Index.End] != f.Features[0].URI {
			fails(w, 400, "InvalidRequest", "a facet lies beside its address")
			return
		}
	}
	if rec.Embed != nil {
		for _, i := range rec.Embed.Images {
			if b, ok := s.blobs[i.Image.Ref.Link]; !ok || b.size > 1_000_000 || len(rec.Embed.Images) > 4 {
				fails(w, 400, "BlobNotFound", "Could not find blob: "+i.Image.Ref.Link)
				return
			}
		}
	}
	if _, there := s.records[key]; !there {
		s.keys = append(s.keys, key)
	}
	s.records[key] = rec
	says(w, 200, map[string]string{"uri": uri(key), "cid": "cid-" + key})
}

func fails(w http.ResponseWriter, status int, name, message string) {
	says(w, status, map[string]string{"error": name, "message": message})
}

func says(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
