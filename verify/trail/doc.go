// Package trail lets auditors read, export and check what officers did: the audit trail, and the log of who read a child's data and
// why. It changes neither; that it exported one of them is an entry of its own.
package trail
