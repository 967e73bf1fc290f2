package match

// arena holds records in pages, so that none of them moves. A released record's room goes to the next one of its size.
type arena struct {
	pages [][]uint32
	used  int                 // words used of the last page
	free  map[uint32][]uint32 // places by size
}

const pageWords = 1 << 15

// put copies a record and returns where it is. A record is shorter than a page. The word before it says how long it is.
func (a *arena) put(r record) uint32 {
	size := uint32(len(r))
	if places := a.free[size]; len(places) > 0 {
		at := places[len(places)-1]
		a.free[size] = places[:len(places)-1]
		copy(a.get(at), r)
		return at
	}
	if len(a.pages) == 0 || a.used+len(r)+1 > pageWords {
		a.pages = append(a.pages, make([]uint32, pageWords))
		a.used = 0
	}
	page := a.pages[len(a.pages)-1]
	page[a.used] = size
	copy(page[a.used+1:], r)
	at := uint32(len(a.pages)-1)*pageWords + uint32(a.used)
	a.used += len(r) + 1
	return at
}

// get returns the record at a place. It must not be changed.
func (a *arena) get(at uint32) record {
	page, i := a.pages[at/pageWords], at%pageWords
	return page[i+1 : i+1+page[i]]
}

func (a *arena) release(at uint32, size int) {
	if a.free == nil {
		a.free = map[uint32][]uint32{}
	}
	a.free[uint32(size)] = append(a.free[uint32(size)], at)
}
