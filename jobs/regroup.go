package jobs

import (
	"context"
	"errors"
	"time"

	"guitu"
)

// regroup puts stories together anew for half a step's time, and goes on a moment later, so that one step never holds up others.
func (j *Jobs) regroup(ctx context.Context) error {
	for until := j.db.Now().Add(readTimeout / 2); j.db.Now().Before(until); {
		if done, err := j.rumors.Regroup(ctx); err != nil || done {
			return err
		}
	}
	return &guitu.RetryError{After: time.Second, Err: errors.New("stories are still being put together anew")}
}
