// Package rumors is the life of a story: Take gathers the posts that tell it, Route brings it to the nearest desk, Escalate takes
// it up when nobody answers, HandOver passes it on, and Decide records what an officer found, and corrects it.
//
// Which posts are one story is the engine's guess and an officer's word: Merge and Split are the word, and later posts follow
// it; Regroup guesses again what nobody has given a word on, when the engine has become another. What stood in refuted stories
// is kept in a registry, which says so of later stories and decides nothing.
//
// It is the only writer of verdicts and notices. Each of its calls is one transaction that records a fact together with the
// steps that the fact causes; it calls nobody outside.
//
// # When a notice goes out
//
// A ruling of Refuted or Outdated makes a notice. It is due at the next announcement time, or at once when the story's reach is
// at or above the urgent threshold, or when it corrects an earlier notice. The due time is fixed when the notice is made and is
// kept in the database: what should have gone out while the bot was down goes out once at the next start, late rather than
// never, because a debunk does not expire. A notice that is corrected before it went out never does.
package rumors
