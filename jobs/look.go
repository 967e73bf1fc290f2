package jobs

import (
	"context"
	"errors"
	"fmt"

	"guitu"
	"guitu/internal/store"
)

const (
	// maxLooks is how many pictures of a post are looked at.
	maxLooks = 3
	// lookTries is how often a picture is asked for: most that do not come at once are gone.
	lookTries = 5
)

// look hashes the pictures of a post, each once.
func (j *Jobs) look(ctx context.Context, postID int64, t try) error {
	if j.o.Picture == nil {
		return nil
	}
	for number := range maxLooks {
		var p guitu.Post
		var have bool
		err := j.db.View(ctx, func(tx *store.Tx) (err error) {
			if p, _, err = tx.Post(ctx, postID); err != nil {
				return err
			}
			have, err = tx.HasPicture(ctx, postID, number)
			return err
		})
		if err != nil || number >= len(p.Images) {
			return err
		}
		if have {
			continue
		}
		hash, cause := call(ctx, func(ctx context.Context) (string, error) { return j.o.Picture(ctx, p.Images[number]) })
		var retry *guitu.RetryError
		switch {
		case cause == nil:
		case ctx.Err() != nil, errors.As(cause, &retry):
			return cause
		case !refused(cause) && t.number < lookTries:
			return fmt.Errorf("look at picture %d of post %d: %w", number, postID, cause)
		default:
			j.o.Log.InfoContext(ctx, "picture not to be had", "post", postID, "number", number, "error", cause)
		}
		if err := j.rumors.KeepPicture(ctx, postID, number, hash); err != nil {
			return err
		}
	}
	return nil
}

// refused reports whether asking again is no use or not wanted.
func refused(err error) bool {
	return errors.Is(err, guitu.ErrWall) || errors.Is(err, guitu.ErrUnauthorized) || errors.Is(err, guitu.ErrRejected)
}
