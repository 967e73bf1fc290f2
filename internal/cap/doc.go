// Package cap writes the messages of alerts in the Common Alerting Protocol (OASIS CAP 1.2), by which emergency broadcasters, apps
// and other platforms take them over without a person in between. A message says in each language what its notice says, and signs
// it with an enveloped XML signature, so that whoever has the published certificate can tell that it is genuine however it came.
//
// It does no I/O, and what it writes depends on what it is given only: the same message with the same key is the same bytes. It
// checks what the protocol forbids and drops what XML cannot carry. A message that ends an alert never carries a picture, the time
// of the loss or a contact, whatever the caller gives.
package cap
