// Package fake holds hand-written stand-ins for tests: a Telegram Bot API server that keeps the documented limits and records
// what is done to it, and the officers' backend in memory.
package fake
