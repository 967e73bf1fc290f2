package console

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"guitu"
)

// maxUpload is the largest form with photos, in bytes: what the photos of a telephone have.
const maxUpload = 48 << 20

// uploadTime is how long a form with photos may take to arrive.
const uploadTime = 3 * time.Minute

// maxPhotos is how many photos an alert shows.
const maxPhotos = 5

// photosOf adds the photos that came with the form, and drops the one that the officer pressed on.
func (c *console) photosOf(r *http.Request, me guitu.Officer, b *editBody, do string) error {
	ctx := r.Context()
	if s, ok := strings.CutPrefix(do, "drop-photo:"); ok {
		photoID, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return guitu.Errorf(guitu.NotFound, "没有这张照片。")
		}
		return c.opts.Alerts.DropPhoto(ctx, b.Alert.ID, photoID, me.ID, pressKey(me, b.Key)+":drop:"+s)
	}
	if r.MultipartForm == nil {
		return nil
	}
	files := r.MultipartForm.File["photo"]
	if len(files)+len(b.Photos) > maxPhotos {
		b.Form.Errors["photos"] = fmt.Sprintf("最多 %d 张照片。请先删除一张，再重新选择。", maxPhotos)
		return nil
	}
	for i, h := range files {
		f, err := h.Open()
		if err != nil {
			return err
		}
		raw, err := io.ReadAll(f)
		f.Close()
		if err != nil {
			return err
		}
		_, err = c.opts.Alerts.AddPhoto(ctx, guitu.PhotoRequest{
			AlertID: b.Alert.ID, OfficerID: me.ID, Bytes: raw,
			Photo: guitu.Photo{Alt: altOf(r.PostForm.Get("photo_alt"), b.Alert.Facts.Child)},
			Key:   contentKey(pressKey(me, b.Key), i, raw),
		})
		var e *guitu.Error
		switch {
		case errors.As(err, &e) && e.Kind != guitu.Forbidden:
			b.Form.Errors["photos"] = e.Message + "其他内容都已保存，请重新选择照片。"
		case err != nil:
			return err
		}
	}
	return nil
}

// altOf is what a photo shows for those who can't see it: what the officer typed, or what is known of the child. A photo that was
// chosen can't be kept in a form that is sent back, so that a missing word does not refuse it.
func altOf(typed string, child guitu.Child) string {
	typed = strings.TrimSpace(typed)
	if typed != "" && utf8.ValidString(typed) && utf8.RuneCountInString(typed) <= maxLine {
		return typed
	}
	alt := "走失儿童的照片"
	if child.Sex != "" {
		alt += "：" + child.Sex + "孩"
	}
	if child.AgeKnown {
		alt += fmt.Sprintf("，%d岁", child.Age)
	}
	if child.Clothing != "" && utf8.RuneCountInString(child.Clothing) <= 30 {
		alt += "，" + child.Clothing
	}
	return alt
}

// alertPhoto serves a photo to an officer.
func (c *console) alertPhoto(w http.ResponseWriter, r *http.Request, me guitu.Officer) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	photoID, err := strconv.ParseInt(r.PathValue("photo"), 10, 64)
	if err != nil {
		return guitu.Errorf(guitu.NotFound, "没有这张照片。")
	}
	p, raw, err := c.opts.Alerts.Photo(r.Context(), id, photoID, me.ID)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", p.Type)
	w.Write(raw) //nolint:errcheck // the browser has gone
	return nil
}
