package jobs_test

import (
	"context"
	"testing"

	"guitu"
	"guitu/internal/store"
	"guitu/jobs"
	"guitu/publishers/site"
)

// boardSite is the site under the name of the tests' channel.
type boardSite struct{ *site.Site }

func (boardSite) Name() string { return channel }

// A notice whose process died amid publishing it on the site comes to stand there without a person.
func TestInterruptedOnTheSite(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		public, err := site.New(store.Public{DB: h.db, Channel: channel}, site.Options{})
		if err != nil {
			t.Fatal(err)
		}
		d := h.rule(guitu.Refuted)
		h.update(func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.MoveDelivery(ctx, d.ID, guitu.DeliveryDue, guitu.DeliverySending, "")
			return err
		})
		defer h.start(jobs.Options{Publishers: []guitu.Publisher{boardSite{public}}})()
		h.becomes(d.ID, guitu.DeliverySent)
		if _, err := (store.Public{DB: h.db, Channel: channel}).Notice(t.Context(), d.Code); err != nil {
			t.Errorf("the site does not show the notice: %v", err)
		}
	})
}
