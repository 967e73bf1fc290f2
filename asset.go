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
	ID        int64
	Kind      AssetKind
	Value     string
	RumorID   int64     // the story in which it stood
	Area      Area      // that story's
	Since     time.Time // when that story was first seen
	RuledAt   time.Time // when it was refuted
	Dropped   time.Time // when an administrator took it out, zero while it counts
	DroppedBy string    // that administrator's name
	Reason    string    // why
}
