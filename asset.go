package guitu

import "time"

// AssetKind is what an asset is.
type AssetKind string

// The kinds of assets.
const (
	AssetPhone   AssetKind = "phone"   // digits only
	AssetName    AssetKind = "name"    // as posts write it
	AssetPicture AssetKind = "picture" // perceptual hash, 16 hexadecimal digits
)

// Asset (登记项) is a phone, a name or a picture that stood in a refuted story. It says nothing of whose it is, and proves nothing:
// the numbers of victims and of bystanders are misused in hoaxes too.
type Asset struct {
	ID        int64     `json:"-"`
	Kind      AssetKind `json:"kind"`
	Value     string    `json:"value"`
	RumorID   int64     `json:"story"`            // in which it stood
	Area      Area      `json:"area,omitempty"`   // that story's
	Since     time.Time `json:"since,omitzero"`   // when that story was first seen
	RuledAt   time.Time `json:"refuted,omitzero"` // when it was refuted
	Dropped   time.Time `json:"-"`                // when an administrator took it out, zero while it counts
	DroppedBy string    `json:"-"`                // that administrator's name
	Reason    string    `json:"-"`                // why
}

// Hit returns what is said of a post that has the same phone, name or picture. It has no weight.
func (a Asset) Hit() Hit {
	h := Hit{Rule: "registry " + string(a.Kind), Known: &a}
	if a.Kind != AssetPicture {
		h.Text = a.Value
	}
	return h
}
