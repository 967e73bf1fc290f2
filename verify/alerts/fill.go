package alerts

import (
	"time"

	"guitu"
	"guitu/internal/gazetteer"
	"guitu/verify/claim"
)

// Stated returns the facts that an officer's words state, written at an instant. They are the officer's, so none of them is unconfirmed.
func Stated(words string, at time.Time) guitu.Facts {
	f := fill(claim.Read(words, at))
	f.Unconfirmed = nil
	return f
}

// fill returns the facts that posts state. All of them are unconfirmed. The numbers in the posts are taken for the family's, so that
// none of them is published as whom to call.
func fill(c guitu.Claim) guitu.Facts {
	f := guitu.Facts{Place: c.Place, Area: gazetteer.Present(c.Area), Point: c.Point, MissingAt: c.LostAt, Family: c.Phones}
	if f.Area.Level() != guitu.County && !settled(f.Area) {
		// A city is no place to draw circles around: the officer says which county it was.
		f.Area, f.Point = "", nil
	}
	k := &f.Child
	k.Name, k.Sex, k.Features, k.Clothing = c.Name, c.Sex, c.Features, c.Clothing
	k.Born, _ = readDate(c.Born)
	k.Height, _ = readHeight(c.Height)
	k.Weight, _ = readWeight(c.Weight)
	if age, ok := k.AgeAt(f.MissingAt); ok && !f.MissingAt.IsZero() && !k.Born.IsZero() {
		k.Age, k.AgeKnown = age, true
	} else {
		k.Age, k.AgeKnown = readAge(c.Age)
	}
	// What a post claims can be longer than an officer would write, and is cut: the officer reads it there.
	k.Name, k.Features, k.Clothing = cut(k.Name, maxName), cut(k.Features, maxMarks), cut(k.Clothing, maxMarks)
	f.Place = cut(f.Place, maxPlace)
	f.Family = f.Family[:min(len(f.Family), maxFamily)]
	f = tidy(f)
	stated := fields(f)
	for _, field := range fillable {
		if stated[field] != nil {
			f.Unconfirmed = append(f.Unconfirmed, field)
		}
	}
	return f
}

// settled reports whether an area is a city that has no counties, such as 东莞市.
func settled(a guitu.Area) bool { return a.Level() == guitu.City && len(gazetteer.Below(a)) == 0 }
