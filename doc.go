// Package guitu (归途, "the way home") is the vocabulary of a bot between the public and the police when a child is
// missing: it reads what people post, asks the officers of the place whether it is true, and tells the public what they
// answer.
//
// A post travels through the tree in one direction:
//
//	a public page
//	  │  verify/source/*      reads it, politely                         (step Read)
//	  │  verify/spot          is it about a missing child at all?
//	  │  verify/claim         who, where, when, whose phone?
//	  │  verify/match         which known story is it a copy of?
//	  ▼
//	verify/rumors             the life of a story: Take, Route, Escalate, Decide, Correct
//	  │  bot                  one card for each story, in chat or console (steps Ask, Show, Escalate)
//	  ▼  an officer rules
//	verify/rumors.Decide      verdict, notice and deliveries, in one transaction
//	  │  publishers/*         each channel gets the notice once          (step Deliver)
//	  ▼
//	the public
//
// An alert goes the other way round, from an officer to the people near the place, and back out of the world:
//
//	an officer, or a story    bot: asked thing by thing in a chat; bot/console: one form
//	  ▼
//	verify/alerts             Begin, Edit, Concerns, Issue: message, notice and deliveries, in one transaction
//	  │  Grow                 the circle widens by the child's clock     (step Grow)
//	  │  Amend, Extend        what is new, to whoever got it             (steps Deliver, Amend; Expiring asks the desk, by Tell)
//	  ▼
//	Close, Cancel, Expire     the end, to the same; the child leaves every page and copy at once
//	  ▼
//	Redact                    what statistics keep, and the proof of what was deleted
//	  │  verify/stats         what came of it, counted honestly
//	  ▼
//	verify/bulletins          monthly and yearly, to every channel       (step Deliver)
//
// The packages beside these: verify/desks (who sits at which desk), verify/tips (what citizens report of an alert), verify/follow (who is
// told because they are near), verify/photo (a picture that was handed in, made fit to be shown), verify/hoax (what stood in refuted
// stories), verify/trail (the audit trail), publishers/poster (the pictures that go with notices), jobs (the durable steps on River and
// the clock), internal/store (the database, SQLite or PostgreSQL), internal/gazetteer (names, codes and points of China's divisions), and
// cmd/guitu, the only place where all parts meet.
//
// This package imports the standard library only, and holds no behaviour that needs a clock, a network or a database.
package guitu
