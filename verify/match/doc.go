// Package match finds the known story of which a post is a copy.
//
// Wording proposes, identity decides. These rumors are a handful of texts with the slots changed, so likeness of wording says
// only that two posts belong to one family of a template. They tell one story when they describe the same child (name, or sex
// and age), or give the same phone number; another child in the same words is another story of the family. Posts that
// describe nobody are compared by their wording alone. A post that refutes a story, or says that the child is found, is no
// copy of it, but is about it: the officer gets it as evidence.
//
// An Index lives in memory. It keeps a few exemplars of each story, never every copy: ten
// thousand copies of a post cost as much memory as one. It is rebuilt after a restart by adding the exemplars again, which
// Add marks.
package match

//go:generate go run ./build background
//go:generate go run ./build weights
