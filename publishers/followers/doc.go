// Package followers tells people of alerts because they are near: those who asked for it, by the push service of their browser.
//
// Each ring is told once; who was told is told how it goes on, and its end; nothing goes out after the end.
package followers
