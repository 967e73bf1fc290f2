package match

import "guitu"

// Evidence returns what two posts have in common and in what they differ, as numbers for learning the weights.
// EvidenceNames names them.
func Evidence(a, b string, ca, cb guitu.Claim) []float64 {
	x, y := newTrace(a, ca), newTrace(b, cb)
	e := weigh(x, y, x.overlap(&y.wording))
	return e[:copied]
}

// Shingles returns the hashes of a post's wording, for counting the background.
func Shingles(post string) []uint32 {
	return newTrace(post, guitu.Claim{}).shingles
}

// EvidenceNames are the names of the numbers that Evidence returns.
var EvidenceNames = []string{"bias", "phoneSame", "phoneNear", "phoneDiffers", "numberSame", "nameSame", "nameDiffers", "nameMentioned", "nameOneSided", "otherCaller", "sexSame", "sexDiffers", "ageSame", "ageDiffers", "described", "countSame", "countDiffers", "contactSame", "contactDiffers", "contactMentioned", "daySame", "dayDiffers", "countySame", "citySame", "placeDiffers", "contained", "jaccard", "amount", "template", "templateDescribed", "templateUndescribed", "templateMentioned", "heightSame", "heightDiffers"}

// Prior returns what is believed of the weights of Evidence before any row is seen: the rules of the labels.
func Prior() []float64 { return prior[:copied] }

var prior = evidence{
	bias:      -1,
	phoneSame: 6, phoneNear: 4, phoneDiffers: -0.5, numberSame: 3,
	nameSame: 5, nameDiffers: -7, nameMentioned: 3.5, nameOneSided: -0.7, otherCaller: -4,
	sexSame: 0.3, sexDiffers: -5, ageSame: 0.7, ageDiffers: -5.5, described: 0.5,
	countSame: 0.5, countDiffers: -7,
	contactSame: 2, contactDiffers: -1, contactMentioned: 2,
	daySame: 0.5, dayDiffers: -0.5, countySame: 0.5, citySame: 0.7, placeDiffers: -1,
	contained: 3, jaccard: 3, amount: 1, template: 0.5, heightSame: 1, heightDiffers: -3, templateMentioned: 1.5,
}

// Related reports whether evidence makes two posts that nobody compared likely to be copies: a phone, a name or much wording.
func Related(e []float64) bool {
	return e[phoneSame]+e[nameSame]+e[nameMentioned]+e[templateMentioned] > 0 || e[contained] > 0.35
}

// Nearest returns the callers' numbers of the known posts that share most with a post.
func (x *Index) Nearest(text string, c guitu.Claim) []int64 {
	s := x.scratch.Get().(*scratch)
	defer x.scratch.Put(s)
	s.trace.read(text, c)
	var posts []int64
	for _, n := range x.candidates(s) {
		posts = append(posts, x.exemplars[n.id].post)
	}
	return posts
}
