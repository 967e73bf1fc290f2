package match

import _ "embed"

// background holds, in four bits for each bucket of hashes, how usual a shingle is in posts at large: 0 for one that fewer than
// three of them have, and from there on the binary logarithm of their number.
//
//go:embed background.bin
var background string

// backgroundBits is the logarithm of the number of buckets.
const backgroundBits = 17

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
var weights = [16]float32{1, 0.86, 0.77, 0.68, 0.59, 0.51, 0.42, 0.33, 0.24, 0.15, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}
