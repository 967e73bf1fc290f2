// Package claim reads what a post says of a missing person: who, where, when, and whose phone.
//
// It reads, and judges nothing: each field is what the text states, as the text writes it, with where it stands there, or empty.
// Only phone numbers, which people disguise, are brought to digits, the place is given its code and centre, and the time of the
// loss its instant. It is pure: no clock, no network.
//
// One vocabulary (lex.go) is looked up once for all fields: words of loss, of kinship, of those who are to be called. What a name,
// an age or a place is, the words beside it decide; no field is found by the wording of one template.
package claim
