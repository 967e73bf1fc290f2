package rumors

import "guitu"

// SpotWith replaces spotting, so that a test says itself which posts are over which bar.
func (s *Rumors) SpotWith(spot func(post string) guitu.Finding) { s.spot = spot }
