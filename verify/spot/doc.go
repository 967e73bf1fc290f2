// Package spot decides whether a post is about a missing or snatched child (or adult) whom somebody looks for or warns of.
//
// One pass of a keyword automaton over the one spelling of the post (see package text) finds the words; rules weigh what
// stands together: a child beside a loss, a plea to share, a phone, against words of an end (found, arrested, refuted), of
// lost things, pets, fiction and advice. Every rule that spoke is returned with the place in the original text that made it
// speak, because an officer has to see why a post was flagged. It is pure, and safe for concurrent use.
package spot
