package jobs

import (
	"context"
	"time"
)

// NeedsPerson is when a person hears of a source's trouble.
var NeedsPerson = needsPerson

// LookEvery makes WhileLeased look at its lease more often than in production. Call it before WhileLeased.
func (j *Jobs) LookEvery(d time.Duration) { j.checks = d }

// Watch looks at the channels once.
func (j *Jobs) Watch(ctx context.Context) error { return j.watch(ctx) }
