// Package spot decides whether a post is about a missing or snatched child (or adult) whom somebody looks for or warns of, and
// whether one that is not speaks of such a story: that it is false, or over.
//
// One pass over the characters of the one spelling of the post (see package text) finds the words. Rules weigh what stands
// together: a child beside a loss, a plea to share, a phone, against words of an end (found, arrested, refuted), of lost things, pets,
// fiction and advice. A small learned model (see MODEL.md) weighs the same words, their order and distance, the characters
// around them and the shape of the post. Both are joined into one probability with two thresholds: from Ask on an officer is asked,
// from Flag on the post is taken for a copy of a story.
//
// Every rule that spoke is returned with the place in the original text that made it speak, because an officer has to see why a
// post was flagged; the learned part is one more such reason, at the piece of text that moved it most. The package is pure, and safe for
// concurrent use.
package spot
