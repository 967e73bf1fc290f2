package jobs_test

import (
	"context"
	"testing"

	"guitu/jobs"
)

func TestReady(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		j, err := jobs.New(h.db, h.rumors, jobs.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if j.Ready() == nil {
			t.Error("ready before the start")
		}
		if err := j.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := j.Ready(); err != nil {
			t.Errorf("not ready after the start: %v", err)
		}
		if err := j.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Fatal(err)
		}
		if j.Ready() == nil {
			t.Error("ready after the end")
		}
	})
}
