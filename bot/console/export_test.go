package console

import (
	"net/http"

	"guitu"
)

// Patterns returns the pattern of every route but the job page and those of alerts, for the test that none is forgotten.
func Patterns() []string { return patterns((&console{}).routes()) }

// AlertPatterns returns the pattern of every route of alerts.
func AlertPatterns() []string { return patterns((&console{}).alertRoutes()) }

func patterns(routes []route) []string {
	var ps []string
	for _, rt := range routes {
		ps = append(ps, rt.pattern)
	}
	return ps
}

// ReadPoint reads coordinates.
var ReadPoint = point

// NewPublishing is a console with one more form, which only publishers may send.
func NewPublishing(backend Backend, opts Options) http.Handler {
	return newConsole(backend, opts, route{"POST /console/publish", publishers, func(w http.ResponseWriter, _ *http.Request, _ guitu.Officer) error {
		w.WriteHeader(http.StatusTeapot)
		return nil
	}})
}
