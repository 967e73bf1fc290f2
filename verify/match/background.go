package match

import _ "embed"

// background holds, in four bits for each bucket of hashes, how usual a shingle is in posts at large: 0 for one that fewer than
// three of them have, and from there on the binary logarithm of their number.
//
//go:embed background.bin
var background string

// backgroundBits is the logarithm of the number of buckets.
const backgroundBits = 18

// weight returns what a shingle says: 1 when it is rare, little when everybody writes it.
func weight(h uint32) float32 {
	return weights[class(h)]
}

// class returns how usual a shingle is, 0 for a rare one.
func class(h uint32) byte {
	b := h >> (32 - backgroundBits)
	return background[b/2] >> (4 * (b % 2)) & 15
}

// weights are the inverse document frequencies of the background's classes, as shares of the highest.
var weights = [16]float32{1, 0.74, 0.59, 0.46, 0.35, 0.26, 0.17, 0.11, 0.06, 0.02, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01}

// Background returns what background.bin holds, of the number of posts that have each shingle.
func Background(posts map[uint32]int) []byte {
	b := make([]byte, 1<<(backgroundBits-1))
	for h, n := range posts {
		var c byte
		for ; n >= 3 && c < 15; n /= 2 {
			c++
		}
		bucket := h >> (32 - backgroundBits)
		shift := 4 * (bucket % 2)
		if c > b[bucket/2]>>shift&15 {
			b[bucket/2] = b[bucket/2]&^(15<<shift) | c<<shift
		}
	}
	return b
}
