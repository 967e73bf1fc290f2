// Package bot holds the conversation with officers, whatever it is held in: the card of a story, the buttons under it, the
// question how it was checked, and the answers. bot/telegram and bot/console put the same words on a chat and on a web page.
//
// Package bot never decides and never stores: it asks its small interfaces, and what they refuse it says in their words.
package bot
