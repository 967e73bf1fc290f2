// Package photo makes a picture that somebody handed in fit to be shown: bounded, upright, without a trace of the camera, and
// encoded anew, so that nothing of the bytes that came in goes out. It also makes a picture of which nobody can be told any more.
//
// Pictures come from strangers. What a picture would cost is read from its header and refused before anything is decoded, and one
// picture is worked on at a time.
//
// HEIC is refused in words that say what to do instead. The decoder for Go without cgo, github.com/gen2brain/heic (libheif and libde265
// under wazero), makes its own runtime with no limit to memory or time and lets its caller set none, and where the machine has
// libheif it calls that in the process instead. The size in the container cannot stand in for a limit: the pictures within may be larger.
//
// The package is pure: no clock, no network, no file.
package photo
