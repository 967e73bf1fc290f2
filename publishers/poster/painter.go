package poster

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"guitu"
)

// Reader reads what a notice rests on.
type Reader interface {
	// AlertMessage returns a message of an alert; NotFound when there is none.
	AlertMessage(ctx context.Context, messageID int64) (guitu.AlertMessage, error)
	// Shown returns the photos of an alert that may be shown, with their bytes; none when the alert is over.
	Shown(ctx context.Context, alertID int64) ([]Shot, error)
}

// Shot is a photo with its bytes.
type Shot struct {
	guitu.Photo
	Bytes []byte
}

// Options of a Painter. The zero value paints without QR codes and addresses.
type Options struct {
	Link     func(code string) string  // status page of a notice
	PhotoURL func(token string) string // public address of a photo
	Now      func() time.Time          // default time.Now
	Log      *slog.Logger              // default discards
}

// Painter paints the pictures of notices. It is safe for concurrent use.
type Painter struct {
	reader Reader
	fonts  *Fonts
	o      Options

	mu   sync.Mutex // one picture at a time: each takes 6 MB, and a request for one can be repeated by anybody
	kept []keptPicture
}

// What was painted is kept for a short time, since all channels ask for the same at once, and a page may be opened by many.
const (
	keepPictures = 8
	keepFor      = 2 * time.Minute
)

type keptPicture struct {
	key     string
	alert   int64
	picture guitu.Picture
	at      time.Time
}

// New returns a painter.
func New(reader Reader, fonts *Fonts, o Options) *Painter {
	if o.Link == nil {
		o.Link = func(string) string { return "" }
	}
	if o.PhotoURL == nil {
		o.PhotoURL = func(string) string { return "" }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Painter{reader: reader, fonts: fonts, o: o}
}

// Pictures returns what goes with a notice: of an active alert the poster and then the child's photos, of one that is over a card
// without the child, of a verdict its card, of a bulletin its chart. Other notices have none.
func (p *Painter) Pictures(ctx context.Context, n guitu.Notice) ([]guitu.Picture, error) {
	switch n.Kind {
	case guitu.NoticeAlert, guitu.NoticeUpdate, guitu.NoticeClosed, guitu.NoticeCancel:
		return p.ofAlert(ctx, n)
	case guitu.NoticeDebunk, guitu.NoticeFound, guitu.NoticeOver:
		picture, err := p.cardOf(ctx, n)
		return one(picture, err)
	case guitu.NoticeBulletin:
		return p.chartOf(ctx, n)
	case guitu.NoticeCorrection:
	}
	return nil, nil
}

// Poster returns the first of Pictures; NotFound when there is none.
func (p *Painter) Poster(ctx context.Context, n guitu.Notice) (guitu.Picture, error) {
	all, err := p.Pictures(ctx, n)
	if err == nil && len(all) == 0 {
		err = guitu.Errorf(guitu.NotFound, "这条通告没有图片")
	}
	if err != nil {
		return guitu.Picture{}, err
	}
	return all[0], nil
}

func one(picture guitu.Picture, err error) ([]guitu.Picture, error) {
	if err != nil {
		return nil, err
	}
	return []guitu.Picture{picture}, nil
}

func (p *Painter) ofAlert(ctx context.Context, n guitu.Notice) ([]guitu.Picture, error) {
	m, err := p.reader.AlertMessage(ctx, n.MessageID)
	if err != nil {
		return nil, err
	}
	if n.Kind.Ends() || n.Ended || !n.Expires.IsZero() && !p.o.Now().Before(n.Expires) {
		return one(p.endOf(ctx, n, m))
	}
	var shots []Shot
	if m.Shown.ShowPhoto {
		if shots, err = p.shots(ctx, m); err != nil {
			return nil, err
		}
	}
	poster, err := p.posterOf(ctx, n, m, shots)
	all, err := one(poster, err)
	if err != nil {
		return nil, err
	}
	for i, s := range shots {
		all = append(all, guitu.Picture{
			Name: "photo-" + strconv.Itoa(i+1) + ".jpg", Type: s.Type, Width: s.Width, Height: s.Height, Bytes: s.Bytes, Child: true,
			URL: p.o.PhotoURL(s.Token), Alt: map[string]string{
				guitu.Chinese: or(s.Alt, "走失儿童的照片"), guitu.English: "Photo of the missing child",
			},
		})
	}
	return all, nil
}

// shots are the photos that a message shows, in its order.
func (p *Painter) shots(ctx context.Context, m guitu.AlertMessage) ([]Shot, error) {
	shown, err := p.reader.Shown(ctx, m.AlertID)
	if err != nil {
		return nil, err
	}
	var all []Shot
	for _, id := range m.Facts.Photos {
		for _, s := range shown {
			if s.ID == id && !s.Revoked {
				all = append(all, s)
			}
		}
	}
	return all, nil
}

func (p *Painter) posterOf(ctx context.Context, n guitu.Notice, m guitu.AlertMessage, shots []Shot) (guitu.Picture, error) {
	key := fmt.Sprint("alert ", n.ID)
	if len(shots) > 0 {
		key += " " + shots[0].Digest
	}
	return p.paint(ctx, key, n, func() (*canvas, error) {
		var child image.Image
		if len(shots) > 0 {
			var err error
			if child, err = jpeg.Decode(bytes.NewReader(shots[0].Bytes)); err != nil {
				return nil, fmt.Errorf("photo %d: %w", shots[0].ID, err)
			}
		}
		return p.alert(n, m, child)
	}, guitu.Picture{Name: "poster.png", Child: true, Alt: alertAlt(n, m)})
}

func (p *Painter) endOf(ctx context.Context, n guitu.Notice, m guitu.AlertMessage) (guitu.Picture, error) {
	cause := m.Cause
	if !n.Kind.Ends() {
		cause = "" // the notice is an earlier one
	}
	p.forget(n.AlertID)
	return p.paint(ctx, fmt.Sprint("end ", n.ID, n.Kind, cause), n, func() (*canvas, error) { return p.ended(n, cause) },
		guitu.Picture{Name: "ended.png", Alt: endAlt(n, cause)})
}

func (p *Painter) cardOf(ctx context.Context, n guitu.Notice) (guitu.Picture, error) {
	return p.paint(ctx, fmt.Sprint("card ", n.ID, n.CorrectedBy), n, func() (*canvas, error) { return p.card(n) },
		guitu.Picture{Name: "card.png", Alt: cardAlt(n)})
}

// paint completes a picture, or returns it as it was painted a moment ago. A notice that is not stored yet, of a preview, is never
// kept.
func (p *Painter) paint(
	ctx context.Context, key string, n guitu.Notice, draw func() (*canvas, error), to guitu.Picture,
) (guitu.Picture, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.o.Now()
	p.drop(func(k keptPicture) bool { return now.Sub(k.at) > keepFor })
	for _, k := range p.kept {
		if k.key == key && n.ID != 0 {
			return k.picture, nil
		}
	}
	if err := ctx.Err(); err != nil {
		return guitu.Picture{}, err
	}
	c, err := draw()
	if err != nil {
		return guitu.Picture{}, fmt.Errorf("paint notice %d: %w", n.ID, err)
	}
	if c.gaps > 0 {
		// The characters may be of a child's name, so the log does not hold them.
		p.o.Log.WarnContext(ctx, "characters are in no font", "notice", n.ID, "characters", c.gaps)
	}
	to.Type, to.Width, to.Height = "image/png", c.Bounds().Dx(), c.Bounds().Dy()
	if to.Bytes, err = c.encode(); err != nil {
		return guitu.Picture{}, err
	}
	// Of an alert that goes on only: that is where the site shows one.
	if link := p.o.Link(n.Code); link != "" && to.Child {
		to.URL = link + "/" + to.Name
	}
	if n.ID != 0 {
		if len(p.kept) == keepPictures {
			p.kept = p.kept[1:]
		}
		p.kept = append(p.kept, keptPicture{key, n.AlertID, to, now})
	}
	return to, nil
}

// forget drops the posters of an alert that is over.
func (p *Painter) forget(alertID int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drop(func(k keptPicture) bool { return k.alert == alertID && k.picture.Child })
}

func (p *Painter) drop(old func(keptPicture) bool) {
	var kept []keptPicture
	for _, k := range p.kept {
		if !old(k) {
			kept = append(kept, k)
		}
	}
	p.kept = kept
}
