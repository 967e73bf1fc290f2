// Package practice is a practice day (演练): invented public posts on pages in the markup of m.weibo.cn, of s.weibo.com and of
// an RSS feed, so that the whole bot can be tried without touching any real site. The sources read these pages as they
// read the real ones.
//
// Several stories run through the day, among a hundred posts of chatter: a hoax whose phones and places change from copy to
// copy, a missing boy, a child long found, a scare about a van, a lost old woman, a girl who ran away. All people and numbers
// are invented (1990000xxxx is not assigned); the places are real, because desks sit there. The posts appear in the course of
// the first minute and then stand. Every page and every author says 演练.
//
// The day is day.jsonl, one post a line: its key, its story ("" is chatter), the second at which it appears, the site (m, s
// or f), and for a forward the key of what it forwards, on the same site.
package practice
