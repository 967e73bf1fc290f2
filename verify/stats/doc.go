// Package stats counts what came of alerts and stories, honestly: found alive and found dead apart, the base and the rounding of
// each percentage stated, and nothing that points to a child.
//
// A report counts the alerts first published in its period by what is known of them when it is counted, and the stories on which
// officers were first asked in it. Definitions puts into words what each figure means; it is printed under every table and has a
// version.
//
// The package is pure: no clock, no network, no database.
package stats
