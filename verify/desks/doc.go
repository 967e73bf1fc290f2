// Package desks knows who sits at which desk: officers, their invitations, their duty, and how they sign in.
//
// Nobody becomes an officer but by a single-use, expiring invitation that an administrator made; the first administrator comes
// by the link that the program prints when it starts.
package desks
