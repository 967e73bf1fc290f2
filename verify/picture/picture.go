// Package picture hashes a post's picture, so that the same picture is known again when it is scaled or compressed anew. It keeps
// nothing of the picture. It is pure: no clock, no network.
package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/gif"  // the formats that sites serve
	_ "image/jpeg" //
	_ "image/png"  //
	"math/bits"

	"github.com/corona10/goimagehash"
	_ "golang.org/x/image/webp" //
)

const (
	// MaxPixels bounds what a picture costs: 64 MB while it is hashed. A telephone's camera makes twelve million.
	MaxPixels = 16 << 20
	// minSide leaves out icons and emoji, which stand in posts of every kind.
	minSide = 64
	// fewest and most are the bits that a hash of a real picture has set: about half. Others are of one colour or a gradient, and
	// alike among each other.
	fewest, most = 16, 48
)

// ErrNoPicture says that a body is no picture that can be told from others: another format, too large, too small, or blank.
var ErrNoPicture = errors.New("no picture")

// Hash returns the perceptual hash of an encoded picture as 16 hexadecimal digits. Hashes of copies differ in few bits.
func Hash(body []byte) (string, error) {
	c, format, err := image.DecodeConfig(bytes.NewReader(body))
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrNoPicture, err)
	}
	if c.Width < minSide || c.Height < minSide || c.Width > MaxPixels/c.Height {
		return "", fmt.Errorf("%w: %s of %d by %d", ErrNoPicture, format, c.Width, c.Height)
	}
	p, _, err := image.Decode(bytes.NewReader(body))
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrNoPicture, err)
	}
	// The frame of a GIF may be smaller than the screen that its header states.
	if b := p.Bounds(); b.Dx() < minSide || b.Dy() < minSide {
		return "", fmt.Errorf("%w: frame of %d by %d", ErrNoPicture, b.Dx(), b.Dy())
	}
	h, err := goimagehash.PerceptionHash(p)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrNoPicture, err)
	}
	if n := bits.OnesCount64(h.GetHash()); n < fewest || n > most {
		return "", fmt.Errorf("%w: nothing on it", ErrNoPicture)
	}
	return fmt.Sprintf("%016x", h.GetHash()), nil
}
