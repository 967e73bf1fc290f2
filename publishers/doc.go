// Package publishers holds one folder for each channel on which the public is told, and what they have in common.
//
// A channel implements guitu.Publisher, and what else it can: guitu.Finder, Keyed, Editor, Puller, Prober, Budgeted. It waits for
// nothing but the answer, and says truly what came of it: whether to try again, and when, is decided by jobs. What it takes is data
// (Limits), and its text is Plain within them. The suite that each must pass is publisherstest.Exercise.
//
// A publisher never writes the database, never changes a notice's words, and never guesses that a lost answer meant "no".
package publishers
