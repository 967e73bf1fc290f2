package source

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
)

// envelope is how all cursors are written. The kind makes a cursor void when a source changes its kind under the same name.
type envelope struct {
	Kind string          `json:"kind"`
	At   json.RawMessage `json:"at"`
}

// ReadCursor fills at from a cursor that WriteCursor made for the same kind. It reports false, and leaves at alone, when the
// cursor is empty, of another kind or unreadable: the source then begins anew, and the database knows what it has.
func ReadCursor(cursor, kind string, at any) bool {
	var e envelope
	if json.Unmarshal([]byte(cursor), &e) != nil || e.Kind != kind {
		return false
	}
	return json.Unmarshal(e.At, at) == nil
}

// WriteCursor makes a cursor. at must be something that JSON can hold.
func WriteCursor(kind string, at any) string {
	data, err := json.Marshal(at)
	if err != nil {
		panic("source: cursor of " + kind + ": " + err.Error())
	}
	data, err = json.Marshal(envelope{kind, data})
	if err != nil {
		panic("source: cursor of " + kind + ": " + err.Error())
	}
	return string(data)
}

// Seen is a bounded set of ids, part of a cursor as a JSON list. It keeps the ids that were added or met again last, and all
// that were met in this Read, so an id stays for as long as its post stands on the page. Sources bound how many posts of a page
// they look at.
type Seen struct {
	limit int
	turn  int
	begun int            // the turn when this Read began
	last  map[string]int // id to the turn when it was met
}

// NewSeen makes an empty set that keeps limit ids.
func NewSeen(limit int) *Seen { return &Seen{limit: limit, last: make(map[string]int)} }

// Has reports whether an id is in the set.
func (s *Seen) Has(id string) bool {
	_, known := s.last[short(id)]
	return known
}

// short keeps the ids of a cursor short.
func short(id string) string {
	if len(id) > 40 {
		sum := sha256.Sum256([]byte(id))
		return "#" + hex.EncodeToString(sum[:12])
	}
	return id
}

// Add puts an id into the set and reports whether it was not there.
func (s *Seen) Add(id string) bool {
	id = short(id)
	_, known := s.last[id]
	s.turn++
	s.last[id] = s.turn
	return !known
}

// MarshalJSON writes the newest ids, the oldest of them first.
func (s *Seen) MarshalJSON() ([]byte, error) {
	ids := slices.SortedFunc(maps.Keys(s.last), func(a, b string) int { return cmp.Compare(s.last[a], s.last[b]) })
	met := 0
	for _, turn := range s.last {
		if turn > s.begun {
			met++
		}
	}
	return json.Marshal(ids[max(0, len(ids)-max(s.limit, met)):])
}

// UnmarshalJSON adds the ids of a list.
func (s *Seen) UnmarshalJSON(data []byte) error {
	var ids []string
	if err := json.Unmarshal(data, &ids); err != nil {
		return err
	}
	for _, id := range ids {
		s.Add(id)
	}
	s.begun = s.turn
	return nil
}
