package jobs

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"guitu"
	"guitu/internal/store"
	"guitu/verify/rumors"
)

// maxBackoff bounds the wait before a source that failed is read again.
const maxBackoff = time.Hour

// read reads a source from its cursor until it has no more, or for half a step's time.
func (j *Jobs) read(ctx context.Context, name string) error {
	src, ok := j.sources[name]
	if !ok {
		return nil // not configured any more
	}
	until := j.db.Now().Add(readTimeout / 2)
	for {
		var state guitu.SourceState
		var cursor string
		err := j.db.View(ctx, func(tx *store.Tx) (err error) {
			state, cursor, err = tx.Source(ctx, name)
			return err
		})
		if err != nil || state.Paused {
			return err
		}
		b, err := call(ctx, func(ctx context.Context) (guitu.Batch, error) { return src.Read(ctx, cursor) })
		if err != nil {
			if ctx.Err() != nil {
				return err // the program ends; that is no trouble of the source's
			}
			return j.readFailed(ctx, src, state, err)
		}
		next := j.db.Now()
		if !b.More {
			next = next.Add(jitter(src.Every))
		}
		spotted, err := j.rumors.Take(ctx, name, cursor, b, next)
		if errors.Is(err, rumors.ErrMoved) {
			return nil
		}
		if err != nil {
			return err
		}
		if len(b.Posts)+len(b.Rejects) > 0 {
			j.o.Log.InfoContext(ctx, "read", "source", name, "posts", len(b.Posts), "spotted", spotted, "rejected", len(b.Rejects))
		}
		if !b.More || j.db.Now().After(until) {
			return nil
		}
	}
}

// readFailed records a read that did not succeed. A wall or refused credentials pause the source: a person must look. Everything
// else is tried again, later each time.
func (j *Jobs) readFailed(ctx context.Context, src Source, state guitu.SourceState, cause error) error {
	wait := min(maxBackoff, jitter(src.Every)<<min(state.Fails, 8))
	var retry *guitu.RetryError
	if errors.As(cause, &retry) {
		wait = max(wait, retry.After)
	}
	pause := errors.Is(cause, guitu.ErrWall) || errors.Is(cause, guitu.ErrUnauthorized)
	err := j.db.Update(ctx, func(tx *store.Tx) error {
		s, failed, err := tx.SourceFailed(ctx, src.Name(), trouble(cause), pause, tx.Now.Add(wait))
		if err != nil || !failed || !needsPerson(s, cause) {
			return err
		}
		return warnings(ctx, tx, s.Name)
	})
	log := j.o.Log.With("source", src.Name(), "error", cause, "paused", pause)
	if pause || errors.Is(cause, guitu.ErrMarkup) {
		log.ErrorContext(ctx, "source needs a person")
	} else {
		log.WarnContext(ctx, "read did not succeed", "again_in", wait.String())
	}
	return err
}

// trouble says in the operator's words what a read met, and then what the source said of it.
func trouble(cause error) string {
	what := "读取未成功"
	switch {
	case errors.Is(cause, guitu.ErrWall):
		what = "网站要求登录、验证码或拒绝访问"
	case errors.Is(cause, guitu.ErrUnauthorized):
		what = "登录凭据无效或已过期"
	case errors.Is(cause, guitu.ErrMarkup):
		what = "页面结构已变化，读不出帖文"
	}
	return what + "：" + cause.Error()
}

// jitter spreads a time by a fifth around it, so that sources of the same pace do not march in step.
func jitter(d time.Duration) time.Duration {
	return d - d/10 + time.Duration(rand.Int64N(int64(d/5)+1))
}

// call gives an outside call its deadline.
func call[T any](ctx context.Context, do func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	return do(ctx)
}
