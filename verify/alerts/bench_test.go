package alerts_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"guitu"
	"guitu/internal/gazetteer"
	"guitu/internal/store"
)

// crowded is a house with ten thousand active alerts all over the country.
func crowded(b *testing.B) *house {
	b.Helper()
	h := build(b, filepath.Join(b.TempDir(), "bench.db"), options())
	counties := gazetteer.Within(lanshan, 3000)
	h.update(func(ctx context.Context, tx *store.Tx) error {
		o, err := tx.Officer(ctx, h.officers[ministry])
		if err != nil {
			return err
		}
		for i := range 10000 {
			f := facts(h.clock.now())
			f.Area = counties[i%len(counties)]
			p, _ := gazetteer.Point(f.Area)
			f.Point = &p
			f.Child.Name = fmt.Sprintf("赵%c%c", rune('一'+i%5000), rune('丁'+i/5000))
			a := guitu.Alert{Status: guitu.Actual, Facts: f, Author: o, Desk: o.Desk}
			if err := tx.CreateAlert(ctx, &a); err != nil {
				return err
			}
			a.State, a.Code, a.IssuedAt, a.Expires, a.Reach = guitu.AlertActive, fmt.Sprintf("%06d", i), tx.Now, tx.Now.Add(72*time.Hour), 100
			if err := tx.SaveAlert(ctx, store.Alert{Alert: a}, guitu.Kept{}); err != nil {
				return err
			}
			if err := tx.AddAlertAreas(ctx, a.ID, gazetteer.Whole(gazetteer.Within(p, 100))); err != nil {
				return err
			}
		}
		return nil
	})
	return h
}

// BenchmarkCrowded measures what officers and steps wait for while ten thousand alerts are active.
func BenchmarkCrowded(b *testing.B) {
	h := crowded(b)
	ctx := context.Background()
	next := 0
	fresh := func() guitu.Alert {
		next++
		h.clock.set(atNoon)
		f := facts(h.clock.now())
		f.Child.Name = fmt.Sprintf("钱%c", rune('一'+next))
		return h.issued(f)
	}
	b.Run("Grow", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			a := fresh()
			h.clock.add(4 * time.Hour)
			b.StartTimer()
			if err := h.Grow(ctx, a.ID); err != nil {
				b.Fatal(err)
			}
		}
	})
	one := fresh()
	b.Run("Concerns", func(b *testing.B) {
		for b.Loop() {
			if _, err := h.Concerns(ctx, one.ID, h.officers[county]); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("List", func(b *testing.B) {
		for b.Loop() {
			if _, err := h.List(ctx, guitu.AlertFilter{OfficerID: h.officers[county], State: guitu.AlertActive, Limit: 20}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("ByCode", func(b *testing.B) {
		for b.Loop() {
			if err := h.db.View(ctx, func(tx *store.Tx) error {
				_, err := tx.AlertByCode(ctx, one.Code)
				return err
			}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
