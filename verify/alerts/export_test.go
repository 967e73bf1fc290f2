package alerts

// CrashWith makes each transaction that changes something ask crash before it commits.
func (s *Alerts) CrashWith(crash func() error) { s.crash = crash }

// Readers of what posts write.
var (
	ReadAge    = readAge
	ReadHeight = readHeight
	ReadWeight = readWeight
	ReadDate   = readDate
	Fill       = fill
)
