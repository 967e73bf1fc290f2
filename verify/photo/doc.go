// Package photo makes a picture that somebody handed in fit to be shown: bounded, upright, without a trace of the camera, and
// encoded anew, so that nothing of the bytes that came in goes out. It also makes a picture of which nobody can be told any more.
//
// Pictures come from strangers. What a picture would cost is read from its header and refused before anything is decoded, and one
// picture is worked on at a time.
//
// The package is pure: no clock, no network, no file.
package photo
