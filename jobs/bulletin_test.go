package jobs_test

import (
	"testing"
	"time"

	"guitu"
	"guitu/internal/store"
	"guitu/jobs"
	"guitu/publishers/site"
	"guitu/verify/bulletins"
)

// The running bot announces by itself what became due while it was down, and the site shows it.
func TestBulletin(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		shelf := store.Public{DB: h.db, Channel: channel}
		public, err := site.New(shelf, site.Options{})
		if err != nil {
			t.Fatal(err)
		}
		b, err := bulletins.New(h.db, bulletins.Options{
			Channels: []string{channel}, Schedules: map[guitu.BulletinKind]string{guitu.BulletinMonthly: "0 10 1 * *"},
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Announce(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.shift = 32 * 24 * time.Hour
		defer h.start(jobs.Options{Publishers: []guitu.Publisher{boardSite{public}}, Bulletins: b})()
		h.until("a bulletin on the site", func() bool {
			all, err := shelf.Notices(t.Context(), "", 0, 10)
			if err != nil {
				t.Fatal(err)
			}
			return len(all) == 1 && all[0].Kind == guitu.NoticeBulletin
		})
	})
}
