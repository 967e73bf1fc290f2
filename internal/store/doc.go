// Package store keeps everything that must survive: posts, stories, verdicts, notices, deliveries, officers and the inbox, in
// SQLite or PostgreSQL by one SQL text.
//
// All work happens in transactions: [DB.Update] changes, [DB.View] reads. A fact and the step that it causes are written by the
// same [Tx], so that a crash keeps both or neither. Inside a transaction nothing but the Tx is used: no network and, since
// SQLite has one writing connection, no second transaction.
//
// The methods of Tx say what they change in the words of package guitu. They hold no decisions: those are made by
// verify/rumors and verify/desks.
package store
