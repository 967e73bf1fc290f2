package spot

// trie finds words in a text of characters of the basic plane. At most places it has to look at two bits only: is the character a
// word, and do the two characters begin one?
type trie struct {
	alone [1 << aloneBits / 64]uint64 // the hashes of the characters that are words
	pairs [1 << pairBits / 64]uint64  // the hashes of the pairs that begin words
	steps []step                      // from node to node, with open addressing
	nodes int
	words []entry // the first is none
}

// entry is a word in a trie.
type entry struct {
	text    string
	classes classes
}

// step leads from a node by a character to the next one, where the word with that index ends, if it is not 0.
type step struct {
	key  uint32 // the node and the character; 0 is no step
	to   uint16
	word uint16
}

// A node is known by its characters if there are none, which is 0, or one, which is that; the others are counted from here. No
// character of a word is as high.
const firstNode = 0xA000

const (
	aloneBits = 12
	pairBits  = 17
	stepBits  = 15
)

func aloneHash(a uint16) uint32 { return uint32(a) * 0x9E3779B1 >> (32 - aloneBits) }

func pairHash(a, b uint16) uint32 {
	return (uint32(a)*0x9E3779B1 ^ uint32(b)*0x85EBCA77) >> (32 - pairBits)
}

func newTrie() *trie {
	return &trie{steps: make([]step, 1<<stepBits), words: make([]entry, 1)}
}

// add adds a word of these characters.
func (t *trie) add(chars []uint16, text string, class classes) {
	if len(chars) == 1 {
		h := aloneHash(chars[0])
		t.alone[h/64] |= 1 << (h % 64)
	} else {
		h := pairHash(chars[0], chars[1])
		t.pairs[h/64] |= 1 << (h % 64)
	}
	n := uint16(0)
	for i, c := range chars {
		if c == 0 || c >= firstNode {
			panic("spot: no word can have a character of " + text)
		}
		if i == 0 && len(chars) > 1 {
			n = c
			continue
		}
		s := t.step(n, c)
		if s.key == 0 {
			*s = step{key: uint32(n)<<16 | uint32(c), to: c}
			if i > 0 {
				s.to = uint16(firstNode + t.nodes)
				t.nodes++
			}
			if t.nodes > len(t.steps)/2 || firstNode+t.nodes > 0xFFFF {
				panic("spot: too many words")
			}
		}
		if i == len(chars)-1 {
			if s.word == 0 {
				s.word = uint16(len(t.words))
				t.words = append(t.words, entry{text: text})
			}
			t.words[s.word].classes |= class
		}
		n = s.to
	}
}

// begins returns 1 if a word can begin with a, or with a and b, and 0 if not. A few times it is wrong when it says 1.
func (t *trie) begins(a, b uint16) int {
	h, k := pairHash(a, b), aloneHash(a)
	return int((t.pairs[h/64]>>(h%64) | t.alone[k/64]>>(k%64)) & 1)
}

// step returns the step from node n by c. The step that is none has the key 0.
func (t *trie) step(n, c uint16) *step {
	key := uint32(n)<<16 | uint32(c)
	for h := key * 0x9E3779B1 >> (32 - stepBits); ; h = (h + 1) % (1 << stepBits) {
		if s := &t.steps[h]; s.key == key || s.key == 0 {
			return s
		}
	}
}
