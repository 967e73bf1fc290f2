// Package alerts is the life of an alert: Begin, Edit and Issue bring a missing child from an officer's draft to the people around the
// place, Grow widens the circle by the child's clock, Amend and Extend change what holds, and Cancel, Close and Expire end it
// everywhere it went.
//
// It is the only writer of alerts and of their notices. Each of its calls is one transaction that records a fact together with the
// steps that the fact causes; it calls nobody outside. An officer's call carries the key of the press, and the same press again
// changes nothing.
//
// # What goes out
//
// Every change that the public hears of is a frozen message ([guitu.AlertMessage]) that refers to all earlier ones of its alert, and a
// notice that rests on it. All notices of an alert bear the alert's code. The first goes to every channel, and what follows to every
// channel that got an earlier one or may have got it; a circle that grew is told to channels that know where people are, and an
// extension only to those who read the alert at home. What an earlier notice has not delivered is withdrawn, and what it has is amended.
//
// # What ends
//
// With the message that ends an alert, in the same transaction, its photos are revoked and emptied, and its notices and messages lose
// the child: there is no moment at which the case is over and a page can still show a name. The officers' record stays for the
// retention time; then Redact leaves what statistics keep ([guitu.Kept]) and a proof of what was deleted.
package alerts
