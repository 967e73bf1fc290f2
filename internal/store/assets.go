package store

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"guitu"
)

const assetColumns = `a.id, a.kind, a.value, a.rumor_id, r.area, r.first_seen, v.at, a.dropped, COALESCE(o.name, ''), a.reason`

const assetTables = ` FROM assets a JOIN rumors r ON r.id = a.rumor_id JOIN verdicts v ON v.id = a.verdict_id
	LEFT JOIN officers o ON o.id = a.dropped_by `

func scanAsset(r scanner) (a guitu.Asset, err error) {
	err = r.Scan(&a.ID, &a.Kind, &a.Value, &a.RumorID, &a.Area, timestamp{&a.Since}, timestamp{&a.RuledAt}, timestamp{&a.Dropped},
		&a.DroppedBy, &a.Reason)
	return a, err
}

// SetAssets makes the assets of a rumor those that are given, each once and in a fixed order. What was dropped stays dropped.
func (t *Tx) SetAssets(ctx context.Context, rumorID, verdictID int64, all []guitu.Asset) error {
	have, err := collect(ctx, t, scanAsset, `SELECT `+assetColumns+assetTables+`WHERE a.rumor_id = $1 AND a.dropped = 0`, rumorID)
	if err != nil {
		return err
	}
	for _, h := range have {
		if !slices.ContainsFunc(all, func(a guitu.Asset) bool { return a.Kind == h.Kind && a.Value == h.Value }) {
			if _, err := t.exec(ctx, `DELETE FROM assets WHERE id = $1`, h.ID); err != nil {
				return err
			}
		}
	}
	for _, a := range all {
		_, err := t.exec(ctx, `
			INSERT INTO assets (kind, value, rumor_id, verdict_id) VALUES ($1, $2, $3, $4)
			ON CONFLICT (kind, value, rumor_id) DO UPDATE SET verdict_id = excluded.verdict_id`, a.Kind, a.Value, rumorID, verdictID)
		if err != nil {
			return err
		}
	}
	return nil
}

// SeenAssets lists which of some phones and names stood in other rumors that were refuted, the latest first.
func (t *Tx) SeenAssets(ctx context.Context, rumorID int64, phones, names []string, limit int) ([]guitu.Asset, error) {
	args := []any{rumorID}
	list := func(kind guitu.AssetKind, values []string) string {
		marks := make([]string, len(values))
		for i, v := range values {
			args = append(args, v)
			marks[i] = "$" + strconv.Itoa(len(args))
		}
		return `a.kind = '` + string(kind) + `' AND a.value IN (` + strings.Join(marks, ", ") + `)`
	}
	var either []string
	if len(phones) > 0 {
		either = append(either, list(guitu.AssetPhone, phones))
	}
	if len(names) > 0 {
		either = append(either, list(guitu.AssetName, names))
	}
	if len(either) == 0 {
		return nil, nil
	}
	args = append(args, limit)
	return collect(ctx, t, scanAsset, `
		SELECT `+assetColumns+assetTables+`WHERE a.dropped = 0 AND a.rumor_id <> $1 AND (`+strings.Join(either, " OR ")+`)
		ORDER BY a.rumor_id DESC, a.id LIMIT $`+strconv.Itoa(len(args)), args...)
}

// PictureAssets lists the pictures of other rumors that were refuted, the latest first.
func (t *Tx) PictureAssets(ctx context.Context, rumorID int64, limit int) ([]guitu.Asset, error) {
	return collect(ctx, t, scanAsset, `
		SELECT `+assetColumns+assetTables+`WHERE a.dropped = 0 AND a.kind = 'picture' AND a.rumor_id <> $1
		ORDER BY a.rumor_id DESC, a.id LIMIT $2`, rumorID, limit)
}

// Assets lists the registry, the newest first, or what of it has a value; before is 0 or an ID.
func (t *Tx) Assets(ctx context.Context, value string, before int64, limit int) ([]guitu.Asset, error) {
	return collect(ctx, t, scanAsset, `
		SELECT `+assetColumns+assetTables+`
		WHERE (CAST($1 AS TEXT) = '' OR a.value = $1) AND (CAST($2 AS BIGINT) = 0 OR a.id < $2) ORDER BY a.id DESC LIMIT $3`,
		value, before, limit)
}

// DropAsset takes an asset out for a reason. It reports false, and changes nothing, when it is out.
func (t *Tx) DropAsset(ctx context.Context, assetID, officerID int64, reason string) (a guitu.Asset, dropped bool, err error) {
	n, err := t.exec(ctx, `UPDATE assets SET dropped = $2, dropped_by = $3, reason = $4 WHERE id = $1 AND dropped = 0`,
		assetID, ms(t.Now), officerID, reason)
	if err != nil {
		return a, false, err
	}
	a, err = scanAsset(t.row(ctx, `SELECT `+assetColumns+assetTables+`WHERE a.id = $1`, assetID))
	return a, n == 1, found(err, "没有这个登记项")
}

// SetPicture records the hash of a post's picture, "" when it can't be had or says nothing.
func (t *Tx) SetPicture(ctx context.Context, postID int64, number int, hash string) error {
	_, err := t.exec(ctx, `
		INSERT INTO pictures (post_id, number, hash) VALUES ($1, $2, $3)
		ON CONFLICT (post_id, number) DO UPDATE SET hash = excluded.hash`, postID, number, hash)
	return err
}

// HasPicture reports whether a post's picture has been looked at.
func (t *Tx) HasPicture(ctx context.Context, postID int64, number int) (bool, error) {
	var n int
	err := t.row(ctx, `SELECT COUNT(*) FROM pictures WHERE post_id = $1 AND number = $2`, postID, number).Scan(&n)
	return n > 0, err
}

// Pictures lists the different hashes of the pictures of a rumor's posts that tell it.
func (t *Tx) Pictures(ctx context.Context, rumorID int64, limit int) ([]string, error) {
	return collect(ctx, t, func(r scanner) (h string, err error) { return h, r.Scan(&h) }, `
		SELECT DISTINCT p.hash FROM pictures p JOIN posts t ON t.id = p.post_id
		WHERE t.rumor_id = $1 AND t.role = 'copy' AND p.hash <> '' ORDER BY p.hash LIMIT $2`, rumorID, limit)
}
