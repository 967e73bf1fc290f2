package rumors

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"guitu"
	"guitu/internal/store"
	"guitu/verify/claim"
	"guitu/verify/desks"
	"guitu/verify/hoax"
)

// The registry keeps what stood in refuted stories: phones, names, pictures. It is a hint for the officer of the next story and
// never a proof, since victims' and bystanders' numbers are misused in hoaxes: nothing is ruled, scored or routed by it.

const (
	maxAssets   = 200   // kept of a story
	maxSeen     = 10    // shown of a story
	maxPictures = 20    // of a story's pictures compared
	maxKnownPic = 20000 // pictures of refuted stories compared with, the latest
)

// register makes the registry hold what stood in a story, when it is refuted, and nothing of it otherwise. What an administrator
// took out stays out.
func (s *Rumors) register(ctx context.Context, tx *store.Tx, rumorID int64) error {
	v, err := tx.CurrentVerdict(ctx, rumorID)
	if err != nil {
		return err
	}
	if v == nil || v.Ruling != guitu.Refuted {
		return tx.SetAssets(ctx, rumorID, 0, nil)
	}
	posts, err := tx.ExemplarsOf(ctx, rumorID, math.MaxInt64)
	if err != nil {
		return err
	}
	var all []guitu.Asset
	add := func(kind guitu.AssetKind, values []string) {
		for _, v := range values {
			if a := (guitu.Asset{Kind: kind, Value: v}); len(all) < maxAssets && !slices.Contains(all, a) {
				all = append(all, a)
			}
		}
	}
	for _, p := range posts {
		c := claim.Read(p.Text, p.PostedAt)
		add(guitu.AssetPhone, hoax.Phones(c))
		add(guitu.AssetName, hoax.Names(c))
	}
	pictures, err := tx.Pictures(ctx, rumorID, maxAssets)
	if err != nil {
		return err
	}
	add(guitu.AssetPicture, pictures)
	// Always in one order, so that two transactions that register the same never wait for each other in a circle.
	slices.SortFunc(all, func(a, b guitu.Asset) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Value, b.Value))
	})
	return tx.SetAssets(ctx, rumorID, v.ID, all)
}

// seen lists what of a story stood in other stories that were refuted.
func seen(ctx context.Context, tx *store.Tx, r guitu.Rumor) ([]guitu.Asset, error) {
	all, err := tx.SeenAssets(ctx, r.ID, hoax.Phones(r.Claim), hoax.Names(r.Claim), maxSeen)
	if err != nil {
		return nil, err
	}
	pictures, err := tx.Pictures(ctx, r.ID, maxPictures)
	if err != nil || len(pictures) == 0 {
		return all, err
	}
	known, err := tx.PictureAssets(ctx, r.ID, maxKnownPic)
	if err != nil {
		return nil, err
	}
	for _, k := range known {
		if len(all) < maxSeen && slices.ContainsFunc(pictures, func(p string) bool { return hoax.Alike(p, k.Value) }) {
			all = append(all, k)
		}
	}
	return all, nil
}

// Registry lists what stood in refuted stories, the newest first; with a value only that phone, name or hash.
func (s *Rumors) Registry(ctx context.Context, value string, before int64, limit int) (all []guitu.Asset, err error) {
	if digits := strings.NewReplacer(" ", "", "-", "").Replace(value); digits != "" && strings.Trim(digits, "0123456789") == "" {
		value = digits
	}
	err = s.db.View(ctx, func(tx *store.Tx) error {
		all, err = tx.Assets(ctx, value, before, limit)
		return err
	})
	return all, err
}

// DropAsset takes something out of the registry on an administrator's word: it is a victim's number, a bystander's name. It stays
// out. Dropping it again changes nothing.
func (s *Rumors) DropAsset(ctx context.Context, assetID, officerID int64, reason string) error {
	reason = strings.TrimSpace(reason)
	if n := utf8.RuneCountInString(reason); n == 0 || n > guitu.MaxBasis || !utf8.ValidString(reason) || strings.ContainsRune(reason, 0) {
		return guitu.Errorf(guitu.Invalid, "请写明移出登记的理由，最多 %d 字", guitu.MaxBasis)
	}
	return s.db.Update(ctx, func(tx *store.Tx) error {
		if err := desks.Admin(ctx, tx, officerID); err != nil {
			return err
		}
		a, dropped, err := tx.DropAsset(ctx, assetID, officerID, reason)
		if err != nil || !dropped {
			return err
		}
		tx.Deed(officerID, guitu.DeedAssetDrop, assetID)
		// The history names the kind only: it outlives the reason for which the value was kept.
		return tx.Log(ctx, a.RumorID, officerID, guitu.EventSettled, "移出不实信息登记：一项"+kindWords[a.Kind])
	})
}

// KeepPicture records the hash of a post's picture, "" when it can't be had or says nothing, and what follows: the registry holds
// it if the story is refuted, and the story's cards say so if it stood in a refuted one.
func (s *Rumors) KeepPicture(ctx context.Context, postID int64, number int, hash string) error {
	return s.db.Update(ctx, func(tx *store.Tx) error {
		_, rumorID, err := tx.Post(ctx, postID)
		if err != nil {
			return err
		}
		r, err := tx.LockRumor(ctx, rumorID)
		if err != nil {
			return err
		}
		if err := tx.SetPicture(ctx, postID, number, hash); err != nil || hash == "" {
			return err
		}
		if r.State == guitu.RumorRuled {
			if err := s.register(ctx, tx, r.ID); err != nil {
				return err
			}
		}
		known, err := seen(ctx, tx, r.Rumor)
		if err != nil || !slices.ContainsFunc(known, func(a guitu.Asset) bool { return a.Kind == guitu.AssetPicture }) {
			return err
		}
		return s.show(ctx, tx, r.ID)
	})
}

// kindWords are the kinds of assets as the history names them.
var kindWords = map[guitu.AssetKind]string{guitu.AssetPhone: "电话", guitu.AssetName: "姓名", guitu.AssetPicture: "图片"}
