// Package eval measures the engine on labelled posts: how well it spots, reads and matches.
//
// Its functions are pure: they take labelled rows and what is to be measured, and return figures with 95 % confidence intervals.
// Tests and the command guitu eval share them. Posts come in stories and stories in families of one template, so that rows are
// not independent of each other: intervals are drawn by story (a bootstrap over whole stories), and figures are given by row
// and by story, where a story weighs the same however many posts tell it.
package eval
