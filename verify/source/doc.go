// Package source holds what all sources share: the polite fetcher, the guard around the network, and the checks that every
// post passes.
//
// The sources themselves are below: weibo (the JSON search of m.weibo.cn), weibohtml (the search pages of s.weibo.com), feed
// (RSS, Atom, JSON Feed) and file (JSON lines that another program writes). Each is a guitu.Source and passes
// sourcetest.Exercise.
//
// A source reads public pages as the site's rules allow. [Client] says who it is, obeys robots.txt, leaves a pause between
// two requests to a host, and waits when it is told to. It never gets around a wall: a login page, a captcha or a refusal
// becomes guitu.ErrWall and ends the reading until a person has looked.
package source
