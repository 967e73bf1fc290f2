// Package publishers holds one folder for each channel on which the public is told, and what they have in common.
//
// A channel implements guitu.Publisher, and guitu.Finder and guitu.Editor where it can. It makes one call, waits for nothing
// but the answer, and says truly what came of it: whether to try again, and when, is decided by jobs. The suite that each must
// pass is publisherstest.Exercise.
//
// A publisher never writes the database, never changes a notice's words, and never guesses that a lost answer meant "no".
package publishers
