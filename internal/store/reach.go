package store

import (
	"context"
	"time"

	"guitu"
)

// RaiseReach records how many a channel says that it told of a delivery; what it said before is never lowered. NotFound when the
// channel has no such delivery.
func (t *Tx) RaiseReach(ctx context.Context, channel string, deliveryID int64, r guitu.Reached) error {
	n, err := t.exec(ctx, `
		INSERT INTO partner_reach (delivery_id, devices, views, at)
		SELECT id, CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS BIGINT) FROM deliveries WHERE id = $1 AND channel = $2
		ON CONFLICT (delivery_id) DO UPDATE SET at = excluded.at,
			devices = CASE WHEN excluded.devices > partner_reach.devices THEN excluded.devices ELSE partner_reach.devices END,
			views = CASE WHEN excluded.views > partner_reach.views THEN excluded.views ELSE partner_reach.views END`,
		deliveryID, channel, r.Devices, r.Views, ms(t.Now))
	if err == nil && n == 0 {
		return guitu.Errorf(guitu.NotFound, "该渠道没有这次投递")
	}
	return err
}

// ChannelDeliveries lists a channel's deliveries of notices that were made since a time, the newest first.
func (t *Tx) ChannelDeliveries(ctx context.Context, channel string, since time.Time, limit int) ([]guitu.Delivery, error) {
	return collect(ctx, t, scanDelivery, `SELECT `+deliveryColumns+deliveryTables+`
		WHERE d.channel = $1 AND n.made_at >= $2 ORDER BY d.id DESC LIMIT $3`, channel, ms(since), limit)
}
