package match

// postings says which exemplars hold a term: a multimap of hashes to numbers, six bytes an entry. It is made of many small
// tables, each of which grows by itself, so that no addition waits for the whole.
type postings struct {
	tables [1 << tableBits]table
}

const (
	tableBits = 12
	// maxPosting bounds the exemplars kept for one term. What more posts share than this tells families apart at best.
	maxPosting = 128
	gone       = ^uint32(0) // in place of a removed exemplar
)

// table is a hash table with linear probing. A term is known by its tag, which is never 0; that two terms share one costs a
// needless comparison.
type table struct {
	tags []uint16 // 0 is free
	ids  []uint32 // numbers of exemplars
	used int      // entries, removed ones too
	dead int      // removed entries
}

func (p *postings) table(term uint32) (t *table, tag uint16) {
	term = mix(term) // the rarest words have low hashes
	return &p.tables[term>>(32-tableBits)], max(1, uint16(term>>(16-tableBits)))
}

func (t *table) home(tag uint16) int { return int(uint64(tag) * uint64(len(t.ids)) >> 16) }

// find appends the exemplars that hold a term to ids.
func (p *postings) find(term uint32, ids []uint32) []uint32 {
	t, tag := p.table(term)
	if len(t.ids) == 0 {
		return ids
	}
	// The tags alone tell most terms apart: the numbers, which lie elsewhere in memory, are seldom looked at in vain.
	tags := t.tags
	for i := t.home(tag); ; i++ {
		if i == len(tags) {
			i = 0
		}
		switch tags[i] {
		case 0:
			return ids
		case tag:
			if id := t.ids[i]; id != gone {
				ids = append(ids, id)
			}
		}
	}
}

// add says that an exemplar holds a term. Of too many, those whose turn comes first stay, whatever the order in which they
// came.
func (p *postings) add(term, id uint32, ranks []uint32) {
	t, tag := p.table(term)
	if (t.used+1)*5 > len(t.ids)*4 {
		t.grow()
	}
	count, free := 0, -1
	i := t.home(tag)
	for ; t.tags[i] != 0; i = (i + 1) % len(t.ids) {
		switch {
		case t.ids[i] == gone:
			if free < 0 {
				free = i
			}
		case t.tags[i] == tag && t.ids[i] == id:
			return
		case t.tags[i] == tag:
			count++
		}
	}
	switch {
	case count >= maxPosting:
		if last := t.last(tag, ranks); turn(tag, ranks[id]) < turn(tag, ranks[t.ids[last]]) {
			t.ids[last] = id
		}
		return
	case free >= 0:
		i = free
		t.dead--
	default:
		t.used++
	}
	t.tags[i], t.ids[i] = tag, id
}

// turn orders the exemplars of a tag otherwise than those of another one, so that none is left out of all of its terms.
func turn(tag uint16, rank uint32) uint32 { return mix(uint32(tag)<<8 ^ rank) }

// last returns the entry of a term whose turn comes last.
func (t *table) last(tag uint16, ranks []uint32) int {
	last, latest := -1, uint32(0)
	for i := t.home(tag); t.tags[i] != 0; i = (i + 1) % len(t.ids) {
		if t.tags[i] != tag || t.ids[i] == gone {
			continue
		}
		if n := turn(tag, ranks[t.ids[i]]); last < 0 || n > latest {
			last, latest = i, n
		}
	}
	return last
}

func (p *postings) remove(term, id uint32) {
	t, tag := p.table(term)
	if len(t.ids) == 0 {
		return
	}
	for i := t.home(tag); t.tags[i] != 0; i = (i + 1) % len(t.ids) {
		if t.tags[i] == tag && t.ids[i] == id {
			t.ids[i] = gone
			t.dead++
			return
		}
	}
}

// grow makes room, and sweeps out what was removed.
func (t *table) grow() {
	size := max(8, (t.used-t.dead)*3/2+8)
	old := *t
	*t = table{tags: make([]uint16, size), ids: make([]uint32, size)}
	for i, tag := range old.tags {
		if tag == 0 || old.ids[i] == gone {
			continue
		}
		j := t.home(tag)
		for t.tags[j] != 0 {
			j = (j + 1) % size
		}
		t.tags[j], t.ids[j] = tag, old.ids[i]
		t.used++
	}
}
