// Package telegram holds the conversation with officers in Telegram. It puts cards into chats (guitu.Chat), receives what
// people do (Poll or Webhook), and answers it (Handle).
//
// Receiving and answering are apart, because Telegram sends nothing twice once it is acknowledged: an update goes to the Inbox
// first and is acknowledged then, and Handle runs from there, again if need be, until it succeeds.
package telegram
