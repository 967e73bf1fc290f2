package jobs

import "time"

// NeedsPerson is when a person hears of a source's trouble.
var NeedsPerson = needsPerson

// LookEvery makes WhileLeased look at its lease more often than in production. Call it before WhileLeased.
func (j *Jobs) LookEvery(d time.Duration) { j.checks = d }
