package console

// Patterns returns the pattern of every route but the job page, for the test that none is forgotten.
func Patterns() []string {
	var ps []string
	for _, rt := range (&console{}).routes() {
		ps = append(ps, rt.pattern)
	}
	return ps
}
