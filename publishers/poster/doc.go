// Package poster draws the pictures that go with notices, so that channels and people have something to pass on that can be
// checked: the poster of an alert, the card of a verdict, and what stands in their place when an alert is over. Each has a QR code
// and the check code of its status page.
//
// A picture says nothing that its notice does not say. It shows a child only while the alert is active and only what the tier's
// rule shows, never a rumor's picture, and nothing of how a case ended. A picture of an exercise is stamped all over.
//
// Fonts come from the system or the configuration. A character that no font has is drawn as 〓, the printers' mark for a missing
// type, and the picture says so.
package poster
