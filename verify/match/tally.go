package match

// tally adds up scores by exemplar: a small hash table that is emptied at no cost.
type tally struct {
	cells []cell
	used  []uint32 // indexes of the cells in use
	round uint32
}

type cell struct {
	near
	round uint32 // the cell is empty in any other round
}

func (t *tally) reset() {
	t.round++
	t.used = t.used[:0]
	if t.cells == nil || t.round == 0 {
		t.cells, t.round = make([]cell, max(len(t.cells), 1<<10)), 1
	}
}

func (t *tally) add(id uint32, score float32) {
	mask := uint32(len(t.cells) - 1)
	i := id * 0x9E3779B1 >> 7 & mask
	for ; t.cells[i].round == t.round; i = (i + 1) & mask {
		if t.cells[i].id == id {
			t.cells[i].score += score
			return
		}
	}
	t.cells[i] = cell{near{id, score}, t.round}
	t.used = append(t.used, i)
	if 2*len(t.used) > len(t.cells) {
		t.grow()
	}
}

func (t *tally) grow() {
	old := t.append(nil)
	t.cells = make([]cell, 2*len(t.cells))
	t.used = t.used[:0]
	for _, n := range old {
		t.add(n.id, n.score)
	}
}

func (t *tally) append(all []near) []near {
	for _, i := range t.used {
		all = append(all, t.cells[i].near)
	}
	return all
}
