// Package learn makes the learned part of package spot from labelled posts, and measures it.
//
// Posts come in families: one template poured over many stories, and many copies of each. Whatever is learned from one half of a
// family knows the other half, so that every figure here is taken on families that were not learned from (see Evaluate).
// The package is pure but for what it reads through the file system that it is given.
package learn
