package jobs

// NeedsPerson is when a person hears of a source's trouble.
var NeedsPerson = needsPerson
