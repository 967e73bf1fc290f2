package match

// Relation is how a post stands to a story.
type Relation string

// The relations, the surest first.
const (
	Same    Relation = "same"   // it tells the story: the same child, or the same phone
	About   Relation = "about"  // it speaks of the story and is no copy: it refutes it, or says that the child is found
	Family  Relation = "family" // it tells another story in the same words
	Unknown Relation = "new"    // nothing like it is known
)

// Match is what is known of a post. Scores of all relations are on one scale, by which matches can be sorted: above a half for
// Same and About, below it for Family and Unknown.
type Match struct {
	Relation Relation
	Story    int64    // the story, for Same and About; 0 otherwise
	Kin      int64    // the likeliest other story of the same template: a precedent; 0 when there is none
	Exemplar int64    // the known post that is nearest, by the caller's number; 0 for Unknown
	Score    float64  // 0 to 1: how sure it is that the post belongs to the nearest story
	Reasons  []string // for people to read, in English
}
