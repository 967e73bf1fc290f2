package main

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"guitu"
)

// gauges is the part of the store that metrics are read from.
type gauges interface {
	Gauges(ctx context.Context) (guitu.Gauges, error)
}

// scrapeTimeout is how long one scrape may ask the database. Prometheus gives up after ten seconds by default.
const scrapeTimeout = 5 * time.Second

// metrics is what Prometheus reads at /metrics: what the steps report here, and what the store knows when asked. Labels are
// names from the configuration and the program, never ids or texts.
type metrics struct {
	registry *prometheus.Registry
	log      *slog.Logger
	duration *prometheus.HistogramVec
	retries  *prometheus.CounterVec
	failures *prometheus.CounterVec
}

// newMetrics makes the metrics of a process that reads its gauges from g.
func newMetrics(g gauges, b build, log *slog.Logger) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		log:      log,
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "guitu_step_duration_seconds",
			Help: "How long one run of a durable step took.",
			// From a row in the database to a slow site's deadline.
			Buckets: []float64{.001, .005, .025, .1, .25, .5, 1, 2.5, 5, 10, 30, 60},
		}, []string{"step"}),
		retries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "guitu_step_retries_total", Help: "Runs of a step that were not its first.",
		}, []string{"step"}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "guitu_step_failures_total", Help: "Runs of a step that ended in an error.",
		}, []string{"step"}),
	}
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "guitu_build_info", Help: "1, with the version of the program.",
		ConstLabels: prometheus.Labels{"version": b.Version, "revision": b.Revision, "go": b.Go},
	})
	info.Set(1)
	m.registry.MustRegister(m.duration, m.retries, m.failures, info, &gaugeCollector{gauges: g, log: log},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// StepDone records one run of a step: its kind, the number of the attempt (the first is 1), how long it took, and its error. A
// step that is put off to a later time has run without one.
func (m *metrics) StepDone(kind string, attempt int, took time.Duration, err error) {
	m.duration.WithLabelValues(kind).Observe(took.Seconds())
	if attempt > 1 {
		m.retries.WithLabelValues(kind).Inc()
	}
	if err != nil {
		m.failures.WithLabelValues(kind).Inc()
	}
}

// handler serves the metrics. They are for the operator's network: a reverse proxy must not pass them on.
func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(m.log.Handler(), slog.LevelError), MaxRequestsInFlight: 2, Timeout: 2 * scrapeTimeout,
	})
}

// gaugeCollector reads the store when Prometheus asks, so that nothing runs between two scrapes and two processes on one
// database say the same.
type gaugeCollector struct {
	gauges gauges
	log    *slog.Logger
}

var (
	storeUp = prometheus.NewDesc("guitu_store_up",
		"1 when the database answered this scrape, else 0; then the gauges read from it are missing.", nil, nil)
	sourceLastSuccess = prometheus.NewDesc("guitu_source_last_success_timestamp_seconds",
		"When a source was last read without an error, in Unix time; missing until it was.", []string{"source", "kind"}, nil)
	sourcePosts = prometheus.NewDesc("guitu_source_posts_total",
		"Posts that a source has brought.", []string{"source", "kind"}, nil)
	sourceFailing = prometheus.NewDesc("guitu_source_failing_reads",
		"Reads of a source in a row that did not succeed.", []string{"source", "kind"}, nil)
	sourcePaused = prometheus.NewDesc("guitu_source_paused",
		"1 when a person must look at a source and resume it.", []string{"source", "kind"}, nil)
	queueAge = prometheus.NewDesc("guitu_queue_age_seconds",
		"How long the oldest step that could run has waited.", []string{"queue"}, nil)
	unanswered = prometheus.NewDesc("guitu_stories_unanswered",
		"Open stories that have waited at least this long, and less than the next group.", []string{"waiting"}, nil)
	deliveries = prometheus.NewDesc("guitu_deliveries",
		"Deliveries by channel and state.", []string{"channel", "state"}, nil)
)

// Describe implements prometheus.Collector.
func (c *gaugeCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		storeUp, sourceLastSuccess, sourcePosts, sourceFailing, sourcePaused, queueAge, unanswered, deliveries,
	} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (c *gaugeCollector) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTimeout)
	defer cancel()
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	g, err := c.gauges.Gauges(ctx)
	if err != nil {
		c.log.ErrorContext(ctx, "read gauges", "error", err)
		gauge(storeUp, 0)
		return
	}
	gauge(storeUp, 1)
	for _, s := range g.Sources {
		if !s.LastOK.IsZero() {
			gauge(sourceLastSuccess, float64(s.LastOK.UnixMilli())/1000, s.Name, s.Kind)
		}
		ch <- prometheus.MustNewConstMetric(sourcePosts, prometheus.CounterValue, float64(s.Posts), s.Name, s.Kind)
		gauge(sourceFailing, float64(s.Fails), s.Name, s.Kind)
		paused := 0.0
		if s.Paused {
			paused = 1
		}
		gauge(sourcePaused, paused, s.Name, s.Kind)
	}
	for queue, age := range g.QueueAge {
		gauge(queueAge, age.Seconds(), queue)
	}
	for i, stories := range g.Unanswered {
		gauge(unanswered, float64(stories), duration(guitu.AgeBounds[i]).String())
	}
	for _, d := range g.Deliveries {
		gauge(deliveries, float64(d.Count), d.Channel, string(d.State))
	}
}
