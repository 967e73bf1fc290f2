// Package jobs runs the durable steps: it works them on River, in the same database as everything else, and keeps the clock that
// begins reads.
//
// A worker has three beats: load, call, record. No transaction is open during a call, and every step may run again: a job whose
// process died is given to another.
//
// # What a crash does
//
// A job names only ids; what it means stands in the database. The process that runs jobs holds a lease that it renews every few
// seconds; jobs of a process whose lease ended are made available again (River's own rescue would wait for the longest job).
//
//   - Read, Route, Escalate and Press repeat without harm: their record is one transaction that does nothing the second time.
//   - Look asks for a picture again that has no hash yet. Regroup makes its plan again from what the database holds, and finds in
//     place what was carried out.
//   - Ask asks again: a question asked twice is better than one that is lost, and a press on either card counts.
//   - Deliver takes the channel's turn (guitu.Pacer), marks the delivery as sending, and calls. A delivery that is found so
//     was interrupted: where the channel can look (guitu.Finder) it looks, where a second call makes no second post (guitu.Keyed) it
//     calls again, elsewhere the delivery becomes unknown and waits for a person. It is never repeated blindly.
//   - Amend edits or pulls again: both may be repeated.
//
// # Taking turns
//
// Ask, Show, Warn and Deliver speak in turn: where a chat or a channel takes only so many messages in a time, a step whose turn has
// not come is put off until about then, in the order in which the steps were begun. It holds no worker meanwhile, so that a flood of
// cards to one desk delays no other desk's, and it uses up no try.
//
// # Channels
//
// Each channel has a queue of its own, so that one that hangs slows no other, in the order of what is told: alerts before debunks before
// bulletins. A channel that refuses our credentials is paused, and one whose budget is used up (guitu.Budgeted) waits until there is
// room again: what is held says so. Every call is counted before it is made. One that says
// when the next publication may come is asked for nothing before. A channel that gets more notices in a day than our own quota
// allows is paused, too. What follows a notice reaches its copies by Amend: edited, else pulled once what takes its place is
// there, else left standing for a person; the copies of an alert that is over become nameless.
//
// A listener (Listen) that ends, panics or hears nothing for too long is begun anew, and the administrators hear of it.
//
// # What was missed while the bot was down
//
// Due times stand in the database, so nothing is forgotten: overdue deliveries and escalations happen once, at the next start;
// a source is read once from where its cursor stood.
package jobs
