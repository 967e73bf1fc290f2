// Package claim reads what a post says of a missing person: who, where, when, and whose phone.
//
// It reads, and judges nothing: each field is what the text states, as the text writes it, or empty. Only phone numbers, which
// people disguise, are brought to digits, and the place is given its code and centre. It is pure: no clock, no network.
package claim
