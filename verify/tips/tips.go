// Package tips takes what citizens report about active alerts, and brings it to the desk that holds the case.
//
// A tip that says the same as an earlier one is folded into it, a flood is told once a minute, and what can't be true by distance or
// time is marked, never refused. Who sends stays unknown: senders are told apart by a hash whose salt dies with the process.
package tips

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"guitu"
	"guitu/internal/gazetteer"
	"guitu/internal/store"
	"guitu/verify/alerts"
)

// Options say how tips are taken. The zero value works and takes no photos.
type Options struct {
	// Clean makes of a photo as it was sent one without metadata; nil refuses photos.
	Clean func(body []byte) (guitu.Photo, []byte, error)
	Rand  io.Reader // of receipts and the salt; default crypto/rand
}

// How much is taken within an hour.
const (
	maxOfSender = 6
	maxOfAlert  = 600
)

// tellEvery is how often a desk is told of tips on one case.
const tellEvery = time.Minute

// How far a child can have come, generously: a place is known by the centre of its county, and the fastest train goes 350 km/h.
const (
	slack = 50.0  // kilometres
	speed = 350.0 // kilometres an hour
)

// Tips takes tips. It is safe for concurrent use.
type Tips struct {
	db   *store.DB
	o    Options
	salt []byte
}

// New returns the tips in a database. The error is that of Options.Rand.
func New(db *store.DB, o Options) (*Tips, error) {
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	s := &Tips{db: db, o: o, salt: make([]byte, 32)}
	if _, err := io.ReadFull(o.Rand, s.salt); err != nil {
		return nil, fmt.Errorf("draw a salt: %w", err)
	}
	return s, nil
}

// Take stores a tip and returns its receipt. The same Key again returns the same receipt. Errors for people: Invalid when something
// is wrong with the tip, NotFound for an unknown code, Conflict when the alert is over or too much comes in.
func (s *Tips) Take(ctx context.Context, r guitu.TipRequest) (receipt string, err error) {
	p, err := s.read(r)
	if err != nil {
		return "", err
	}
	err = s.db.Update(ctx, func(tx *store.Tx) error {
		// Two that come at once with one key, or from one sender, take turns.
		if err := tx.Lock(ctx, "tips"); err != nil {
			return err
		}
		if receipt, err = tx.ReceiptByKey(ctx, p.Key); err != nil || receipt != "" {
			return err
		}
		a, err := tx.AlertByCode(ctx, r.Code)
		if err != nil {
			return err
		}
		// Nothing comes in while the case is being emptied.
		if a, err = tx.LockAlert(ctx, a.ID); err != nil {
			return err
		}
		if err := open(a.Alert, tx.Now); err != nil {
			return err
		}
		ofSender, ofAlert, err := tx.CountTips(ctx, p.Sender, a.ID, tx.Now.Add(-time.Hour))
		switch {
		case err != nil:
			return err
		case ofSender >= maxOfSender:
			return guitu.Errorf(guitu.Conflict, "您提交得太频繁，请一小时后再试。情况紧急请拨打 110。")
		case ofAlert >= maxOfAlert:
			return guitu.Errorf(guitu.Conflict, "线索太多，暂时不能提交。请拨打 110 或通告上的电话。")
		}
		p.AlertID = a.ID
		if receipt, err = s.again(ctx, tx, &p, a.Facts); err != nil || receipt != "" {
			return err
		}
		weigh(&p, a.Facts, tx.Now)
		if err := s.tell(ctx, tx, &p, a.Alert); err != nil {
			return err
		}
		receipt = p.Receipt
		return tx.CreateTip(ctx, &p)
	})
	if err != nil {
		return "", err
	}
	return receipt, nil
}

// read checks a tip and makes what is stored of it.
func (s *Tips) read(r guitu.TipRequest) (p store.Tip, err error) {
	p.Text, p.Place, p.Contact = strings.TrimSpace(r.Text), strings.TrimSpace(r.Place), strings.TrimSpace(r.Contact)
	for _, line := range [...]struct {
		text string
		most int
	}{{p.Text, guitu.MaxTip}, {p.Place, guitu.MaxTipLine}, {p.Contact, guitu.MaxTipLine}} {
		if !utf8.ValidString(line.text) || strings.ContainsRune(line.text, 0) || utf8.RuneCountInString(line.text) > line.most {
			return p, guitu.Errorf(guitu.Invalid, "内容最多 %d 字，地点和电话最多 %d 字。", guitu.MaxTip, guitu.MaxTipLine)
		}
	}
	if p.Text == "" && r.Photo == nil && (r.Point == nil || r.Chat == "") {
		return p, guitu.Errorf(guitu.Invalid, "请写下您看到的情况，或者附上照片。")
	}
	if r.Key == "" || len(r.Key) > 100 || !utf8.ValidString(r.Key) || strings.ContainsRune(r.Key, 0) {
		return p, guitu.Errorf(guitu.Invalid, "请重新打开页面再提交。")
	}
	hash := ""
	if r.Photo != nil {
		if s.o.Clean == nil {
			return p, guitu.Errorf(guitu.Invalid, "这里不接收照片。")
		}
		cleaned, body, err := s.o.Clean(r.Photo)
		if err != nil {
			return p, err
		}
		p.Body, hash = body, cleaned.Digest
	}
	if p.Receipt, err = s.receipt(); err != nil {
		return p, err
	}
	p.Key, p.SeenAt, p.Outcome = r.Key, r.SeenAt, r.Outcome
	p.Sender, p.Likeness = s.hash("sender", r.Sender), likeness(p.Text, p.Place, hash)
	p.Point, p.Chat = r.Point, r.Chat
	if p.Point != nil && !p.Point.Valid() {
		return p, guitu.Errorf(guitu.Invalid, "没有这样的位置。")
	}
	if p.Area, _, _, _ = gazetteer.Locate(p.Place); p.Area == "" {
		p.Area, _, _, _ = gazetteer.Locate(p.Text)
	}
	if p.Point != nil && p.Area == "" {
		p.Area, _ = gazetteer.Nearest(*p.Point)
	}
	return p, nil
}

// weigh says how far from the child a tip is, and marks what can't be.
func weigh(p *store.Tip, f guitu.Facts, now time.Time) {
	if p.SeenAt.IsZero() || p.SeenAt.After(now) {
		p.SeenAt = now
	}
	hours := p.SeenAt.Sub(f.MissingAt).Hours()
	if !f.MissingAt.IsZero() && hours < -0.5 { // nobody knows to the minute
		p.Doubt = guitu.TipEarly
	}
	lost := f.Point
	if at, ok := gazetteer.Point(f.Area); lost == nil && ok {
		lost = &at
	}
	// Of a place only as large as a city the centre says nothing.
	if at, ok := gazetteer.Point(p.Area); p.Point == nil && ok && p.Area.Level() <= guitu.City {
		p.Point = &at
	}
	if lost == nil || p.Point == nil {
		return
	}
	p.Away = lost.Distance(*p.Point)
	room := slack
	if p.Area.Level() == guitu.City {
		room += 100 // a city's edge may be that far from its centre
	}
	if p.Doubt == "" && !f.MissingAt.IsZero() && p.Away > room+speed*max(hours, 0) {
		p.Doubt = guitu.TipFar
	}
}

// tell lets the desk that holds the case know, at most once a minute, and not of what was said before.
func (s *Tips) tell(ctx context.Context, tx *store.Tx, p *store.Tip, a guitu.Alert) (err error) {
	if p.SameAs, err = tx.LikeTip(ctx, a.ID, p.Likeness); err != nil {
		return err
	}
	last, err := tx.LastTold(ctx, a.ID)
	if err != nil {
		return err
	}
	if p.Told = last; p.SameAs != 0 || last.After(tx.Now) {
		return nil // what is told then includes this one
	}
	if p.Told = tx.Now; last.Add(tellEvery).After(tx.Now) {
		p.Told = last.Add(tellEvery)
	}
	return tx.Enqueue(ctx, guitu.Tell{AlertID: a.ID, DeskID: a.Desk.ID, Event: guitu.EventTip}, p.Told)
}

// Answer records what an officer makes of a tip, for the case's officers only. The same answer again changes nothing.
func (s *Tips) Answer(ctx context.Context, alertID, tipID, officerID int64, answer guitu.TipAnswer) error {
	known := false
	for _, a := range guitu.TipAnswers {
		known = known || a == answer
	}
	if !known {
		return guitu.Errorf(guitu.Invalid, "请选择对线索的处理。")
	}
	return s.db.Update(ctx, func(tx *store.Tx) error {
		p, a, o, err := load(ctx, tx, alertID, tipID, officerID)
		if err != nil {
			return err
		}
		if err := alerts.MayWork(o, a, tx.Now); err != nil {
			return err
		}
		if p.Answer == answer {
			return nil
		}
		tx.Deed(officerID, guitu.DeedTipAnswer, tipID)
		return errors.Join(tx.AnswerTip(ctx, tipID, officerID, answer), tx.ReplyToTip(ctx, tipID))
	})
}

// Photo returns a tip's photo to whoever may read the case.
func (s *Tips) Photo(ctx context.Context, alertID, tipID, officerID int64) (body []byte, err error) {
	err = s.db.View(ctx, func(tx *store.Tx) error {
		_, a, o, err := load(ctx, tx, alertID, tipID, officerID)
		if err != nil {
			return err
		}
		if err := alerts.MayRead(o, a, tx.Now); err != nil {
			return err
		}
		body, err = tx.TipPhoto(ctx, tipID)
		return err
	})
	return body, err
}

func load(ctx context.Context, tx *store.Tx, alertID, tipID, officerID int64) (p guitu.Tip, a guitu.Alert, o guitu.Officer, err error) {
	if p, err = tx.Tip(ctx, tipID); err != nil {
		return p, a, o, err
	}
	if p.AlertID != alertID {
		return p, a, o, guitu.Errorf(guitu.NotFound, "没有这条线索")
	}
	stored, err := tx.Alert(ctx, alertID)
	if err != nil {
		return p, a, o, err
	}
	o, err = tx.Officer(ctx, officerID)
	return p, stored.Alert, o, err
}

// Receipt answers to a receipt: NotFound when there is none, or not any more.
func (s *Tips) Receipt(ctx context.Context, typed string) (r guitu.TipReceipt, err error) {
	code, ok := normalReceipt(typed)
	if !ok {
		return r, guitu.Errorf(guitu.NotFound, "没有这个回执")
	}
	err = s.db.View(ctx, func(tx *store.Tx) error {
		p, err := tx.TipByReceipt(ctx, code)
		if err != nil {
			return err
		}
		a, err := tx.Alert(ctx, p.AlertID)
		r = guitu.TipReceipt{Code: code, At: p.At, Alert: a.Code, Read: p.Answer != "", State: a.State}
		if p.Outcome && a.State == guitu.AlertClosed {
			r.Outcome = a.Ending.Outcome
		}
		return err
	})
	return r, err
}

// receipt draws a receipt: two codes, so that nobody meets another's by chance.
func (s *Tips) receipt() (string, error) {
	a, err := guitu.NewCode(s.o.Rand)
	b, err2 := guitu.NewCode(s.o.Rand)
	return a + "-" + b, errors.Join(err, err2)
}

func normalReceipt(typed string) (string, bool) {
	a, b, ok := strings.Cut(typed, "-")
	first, ok1 := guitu.NormalizeCode(a)
	second, ok2 := guitu.NormalizeCode(b)
	return first + "-" + second, ok && ok1 && ok2
}

// hash tells values apart without saying what they are.
func (s *Tips) hash(kind, value string) string {
	m := hmac.New(sha256.New, s.salt)
	m.Write([]byte(kind + "\x00" + value))
	return hex.EncodeToString(m.Sum(nil))
}

// likeness is equal for tips that differ in spaces and marks only.
func likeness(text, place, photo string) string {
	said := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text+place)
	sum := sha256.Sum256([]byte(said + "\x00" + photo))
	return hex.EncodeToString(sum[:])
}
