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

// table is a hash table with linear probing. A term is known by its tag; that two terms share one costs a needless comparison.
type table struct {
	tags []uint16
	ids  []uint32 // numbers of exemplars from one; 0 is free
	used int      // entries, removed ones too
	dead int      // removed entries
}

func (p *postings) table(term uint32) (t *table, tag uint16) {
	return &p.tables[term>>(32-tableBits)], uint16(term >> (16 - tableBits))
}

func (t *table) home(tag uint16) int { return int(uint64(tag) * uint64(len(t.ids)) >> 16) }

// find appends the exemplars that hold a term to ids.
func (p *postings) find(term uint32, ids []uint32) []uint32 {
	t, tag := p.table(term)
	if len(t.ids) == 0 {
		return ids
	}
	for i := t.home(tag); t.ids[i] != 0; {
		if t.tags[i] == tag && t.ids[i] != gone {
			ids = append(ids, t.ids[i])
		}
		if i++; i == len(t.ids) {
			i = 0
		}
	}
	return ids
}

// add says that an exemplar holds a term. Of too many, those whose rank is lowest stay, whatever the order in which they
// came.
func (p *postings) add(term, id uint32, ranks []uint32) {
	t, tag := p.table(term)
	if (t.used+1)*5 > len(t.ids)*4 {
		t.grow()
	}
	count, free, last := 0, -1, -1
	i := t.home(tag)
	for ; t.ids[i] != 0; i = (i + 1) % len(t.ids) {
		switch {
		case t.ids[i] == gone:
			if free < 0 {
				free = i
			}
		case t.tags[i] == tag && t.ids[i] == id:
			return
		case t.tags[i] == tag:
			count++
			if last < 0 || ranks[t.ids[i]] > ranks[t.ids[last]] {
				last = i
			}
		}
	}
	switch {
	case count >= maxPosting:
		if ranks[id] < ranks[t.ids[last]] {
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

func (p *postings) remove(term, id uint32) {
	t, tag := p.table(term)
	if len(t.ids) == 0 {
		return
	}
	for i := t.home(tag); t.ids[i] != 0; i = (i + 1) % len(t.ids) {
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
	for i, id := range old.ids {
		if id == 0 || id == gone {
			continue
		}
		j := t.home(old.tags[i])
		for t.ids[j] != 0 {
			j = (j + 1) % size
		}
		t.tags[j], t.ids[j] = old.tags[i], id
		t.used++
	}
}
