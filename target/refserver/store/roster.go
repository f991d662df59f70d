package store

// A roster is a set of ids that remembers the order in which they came. To add
// and to remove one costs the same whatever its size.
type roster struct {
	order []string // "" where one has left
	at    map[string]int
}

func (r *roster) has(id string) bool {
	if r == nil {
		return false
	}
	_, ok := r.at[id]
	return ok
}

func (r *roster) size() int {
	if r == nil {
		return 0
	}
	return len(r.at)
}

// add appends an id that is not there.
func (r *roster) add(id string) {
	if r.at == nil {
		r.at = map[string]int{}
	}
	r.at[id] = len(r.order)
	r.order = append(r.order, id)
}

// drop takes back the add that came last.
func (r *roster) drop(id string) {
	delete(r.at, id)
	r.order = r.order[:len(r.order)-1]
}

// remove leaves a hole where an id was, and says where.
func (r *roster) remove(id string) int {
	i := r.at[id]
	delete(r.at, id)
	r.order[i] = ""
	return i
}

// restore takes back a remove.
func (r *roster) restore(id string, i int) {
	r.at[id] = i
	r.order[i] = id
}

// tidy closes the holes when they are most of the order.
func (r *roster) tidy() {
	if len(r.order) < 2*len(r.at)+16 {
		return
	}
	order := make([]string, 0, len(r.at))
	for _, id := range r.order {
		if id != "" {
			r.at[id] = len(order)
			order = append(order, id)
		}
	}
	r.order = order
}

func (r *roster) ids() []string {
	if r == nil {
		return nil
	}
	ids := make([]string, 0, len(r.at))
	for _, id := range r.order {
		if id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}
