// Package bench measures guitu beside others who could do the same work, in the same run and on the same real posts. It is a
// module of its own, so that no peer becomes a dependency of guitu.
//
//	cd verify/bench
//	GUITU_DATA=/where/the/posts/are go test -bench Screen -run '^$' -count 5
//
// Posts are real and labelled; without GUITU_DATA nothing is measured. Everything runs on one core. Beside the posts per second
// by the clock (posts/s) stand those per second of processor time (posts/cpu-s), which other programs on the machine disturb
// less; x-slower is how many times that rate goes into guitu's.
package bench
