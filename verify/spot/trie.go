package spot

// trie finds words in a text of characters of the basic plane. At most places it has to look at two bits only: is the character a
// word, and do the two characters begin one?
type trie struct {
	alone [1 << aloneBits / 64]uint64 // the hashes of the characters that are words
	pairs [1 << pairBits / 64]uint64  // the hashes of the pairs that begin words
	steps []step                      // from node to node, with open addressing
	ends  []classes                   // by node, the classes of the word that ends there
	texts []string                    // by node, that word
}

// step leads from a node by a character to the next one. The zero step is none.
type step struct {
	key uint32 // the node and the character
	to  uint16
}

// The root is no word's end, so that no step leads to it.
const root = 0

const (
	aloneBits = 12
	pairBits  = 16
	stepBits  = 15
)

func aloneHash(a uint16) uint32 { return uint32(a) * 0x9E3779B1 >> (32 - aloneBits) }

func pairHash(a, b uint16) uint32 {
	return (uint32(a)*0x9E3779B1 ^ uint32(b)*0x85EBCA77) >> (32 - pairBits)
}

func newTrie() *trie {
	return &trie{steps: make([]step, 1<<stepBits), ends: make([]classes, 1), texts: make([]string, 1)}
}

// add adds a word, which is not empty.
func (t *trie) add(chars []uint16, class classes, text string) {
	if len(chars) == 1 {
		h := aloneHash(chars[0])
		t.alone[h/64] |= 1 << (h % 64)
	} else {
		h := pairHash(chars[0], chars[1])
		t.pairs[h/64] |= 1 << (h % 64)
	}
	n := uint16(root)
	for _, c := range chars {
		s := t.slot(n, c)
		if s.to == root {
			if len(t.ends) == len(t.steps)/2 {
				panic("spot: too many words")
			}
			*s = step{uint32(n)<<16 | uint32(c), uint16(len(t.ends))}
			t.ends = append(t.ends, 0)
			t.texts = append(t.texts, "")
		}
		n = s.to
	}
	t.ends[n] |= class
	t.texts[n] = text
}

// begins reports whether a word can begin with a, or with a and b. A few times it is wrong when it says yes.
func (t *trie) begins(a, b uint16) bool {
	h, k := pairHash(a, b), aloneHash(a)
	return (t.pairs[h/64]>>(h%64)|t.alone[k/64]>>(k%64))&1 != 0
}

// slot returns where the step from n by c is, or would be.
func (t *trie) slot(n, c uint16) *step {
	key := uint32(n)<<16 | uint32(c)
	for h := key * 0x9E3779B1 >> (32 - stepBits); ; h = (h + 1) % (1 << stepBits) {
		if s := &t.steps[h]; s.key == key || s.to == root {
			return s
		}
	}
}

// step returns the node behind n by c, root if there is none.
func (t *trie) step(n, c uint16) uint16 { return t.slot(n, c).to }
