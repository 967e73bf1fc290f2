package fake

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Photo makes a user send a picture in a chat with a caption, as a reply to a message of the bot when replyTo is not 0, and returns
// the update's id. As a document it is sent as it is, with a media type.
func (t *Telegram) Photo(user int64, chat string, picture []byte, caption string, replyTo int, document string) int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	id := fmt.Sprint("f", len(t.files)+1)
	t.files[id] = picture
	file := map[string]any{"file_id": id, "file_unique_id": "u" + id, "file_size": len(picture)}
	m := map[string]any{"caption": caption}
	if document != "" {
		file["mime_type"] = document
		m["document"] = file
	} else {
		file["width"], file["height"] = 1280, 960
		small := map[string]any{"file_id": "small", "file_unique_id": "usmall", "width": 90, "height": 67}
		m["photo"] = []any{small, file}
	}
	return t.say(user, chat, m, replyTo)
}

// Locate makes a user share a location in a chat, as Photo does a picture.
func (t *Telegram) Locate(user int64, chat string, lat, lng float64, replyTo int) int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.say(user, chat, map[string]any{"location": map[string]any{"latitude": lat, "longitude": lng}}, replyTo)
}

// Forget makes a file be gone, as one of a message that was taken back.
func (t *Telegram) Forget(file string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.files, file)
}

// say makes an update of a user's message. The lock is held.
func (t *Telegram) say(user int64, chat string, m map[string]any, replyTo int) int64 {
	id := t.nextUpdate()
	t.lastID++
	m["message_id"], m["date"], m["chat"], m["from"] = t.lastID, time.Now().Unix(), t.chat(chat), person(user)
	if replyTo != 0 {
		to := map[string]any{"message_id": replyTo, "date": 1, "chat": t.chat(chat), "from": t.me()}
		if sent := t.find(chat, replyTo); sent != nil {
			says := "text"
			if sent.Photo != "" {
				says = "caption"
			}
			to[says] = sent.Text
		}
		m["reply_to_message"] = to
	}
	t.push(id, "message", m)
	return id
}

func (t *Telegram) getFile(p map[string]string) answer {
	f, known := t.files[p["file_id"]]
	if !known {
		return bad("invalid file_id")
	}
	return ok(map[string]any{
		"file_id": p["file_id"], "file_unique_id": "u" + p["file_id"], "file_size": len(f), "file_path": "photos/" + p["file_id"] + ".jpg",
	})
}

// serveFile serves /file/bot<token>/photos/<id>.jpg.
func (t *Telegram) serveFile(w http.ResponseWriter, rest string) {
	t.mu.Lock()
	id, at := strings.CutPrefix(strings.TrimSuffix(rest, ".jpg"), t.o.Token+"/photos/")
	f, known := t.files[id]
	_, wrong := t.fault("file")
	t.mu.Unlock()
	switch {
	case wrong:
		http.Error(w, "Bad Gateway", http.StatusBadGateway)
	case !at || !known:
		http.Error(w, "Not Found", http.StatusNotFound)
	default:
		_, _ = w.Write(f)
	}
}
