package bench_test

import (
	"runtime"
	"syscall"
	"testing"
	"time"
)

// runner is one way to do the work. Ready returns what works on item i, with all that is made once already made; the garbage
// collector must not walk over one runner's tables while another one works.
type runner struct {
	name  string
	ready func(b *testing.B) func(i int)
}

// race measures each runner on items 0 to n-1, over and over, on one core, and reports beside each how many times as fast the
// first is, which is guitu.
func race(b *testing.B, n int, runners []runner) {
	b.Helper()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	rates := make([]float64, len(runners)) // items per second of processor time
	for k, r := range runners {
		b.Run(r.name, func(b *testing.B) {
			do := r.ready(b)
			do(0)
			runtime.GC()
			b.ReportAllocs()
			begun, i := processorTime(b), 0
			for b.Loop() {
				do(i)
				if i++; i == n {
					i = 0
				}
			}
			used := processorTime(b) - begun
			rates[k] = float64(b.N) / used.Seconds()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "posts/s")
			b.ReportMetric(rates[k], "posts/cpu-s")
			if k > 0 && rates[0] > 0 {
				b.ReportMetric(rates[0]/rates[k], "x-slower")
			}
		})
	}
}

// processorTime returns how long this process has kept a core busy.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
