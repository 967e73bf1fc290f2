package telegram

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"guitu"
)

// MaxFile is the largest file in bytes that a bot may download (core.telegram.org/bots/api#getfile).
const MaxFile = 20 << 20

// filePath is where a file may lie below the server's files: never outside of them, and never at another host.
var filePath = regexp.MustCompile(`^[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*(?:\.[A-Za-z0-9]+)?$`)

// File downloads what a person sent, by its file id, which stays good; its address does for an hour only. ErrRejected: it is gone,
// longer than most bytes, or lies where it can't be fetched. Any other error may heal.
func (c *Client) File(ctx context.Context, id string, most int64) ([]byte, error) {
	most = min(most, MaxFile)
	var f *models.File
	err := c.call(ctx, "getFile", "", func(ctx context.Context) (err error) {
		f, err = c.bot.GetFile(ctx, &tg.GetFileParams{FileID: id})
		return err
	})
	if err != nil {
		return nil, err
	}
	if f == nil || !filePath.MatchString(f.FilePath) {
		return nil, fmt.Errorf("telegram getFile: %w: no path below the server's files", guitu.ErrRejected)
	}
	if f.FileSize > most {
		return nil, fmt.Errorf("telegram getFile: %w: %d bytes, at most %d", guitu.ErrRejected, f.FileSize, most)
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.bot.FileDownloadLink(f), nil)
	if err != nil {
		return nil, c.wire.scrub("file", err)
	}
	return c.wire.download(req, most)
}

// download reads a file of at most so many bytes.
func (w *wire) download(req *http.Request, most int64) ([]byte, error) {
	resp, err := w.http.Do(req)
	if err != nil {
		return nil, w.scrub("file", err)
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusBadRequest, http.StatusNotFound, http.StatusGone:
		return nil, fmt.Errorf("telegram file: %w: status %d", guitu.ErrRejected, resp.StatusCode)
	default:
		return nil, fmt.Errorf("telegram file: status %d", resp.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, most+1))
	switch {
	case err != nil:
		return nil, w.scrub("file", err)
	case int64(len(body)) > most:
		return nil, fmt.Errorf("telegram file: %w: longer than %d bytes", guitu.ErrRejected, most)
	case len(body) == 0:
		return nil, errors.New("telegram file: empty")
	}
	return body, nil
}
