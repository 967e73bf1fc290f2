// Package telegram speaks to the Telegram Bot API for bot/telegram and publishers/telegram: one client for a token, so that
// both keep to the same limits. It turns every outcome into guitu's errors, and never lets the token into one.
package telegram
