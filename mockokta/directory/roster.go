package directory

// A roster is people in the order in which they were put on it, each once. Putting
// somebody on it, looking for them and taking them off cost the same however long it
// is.
type roster struct {
	place map[PersonID]int // in order
	order []PersonID       // "" where somebody was taken off
}

func (r *roster) has(id PersonID) bool {
	_, has := r.place[id]
	return has
}

// put returns false for who is on it already.
func (r *roster) put(id PersonID) bool {
	if r.has(id) {
		return false
	}
	if r.place == nil {
		r.place = map[PersonID]int{}
	}
	r.place[id] = len(r.order)
	r.order = append(r.order, id)
	return true
}

// drop returns false for who is not on it.
func (r *roster) drop(id PersonID) bool {
	at, has := r.place[id]
	if !has {
		return false
	}
	delete(r.place, id)
	if r.order[at] = ""; len(r.order) > 2*len(r.place) {
		r.order = r.list()
		for i, left := range r.order {
			r.place[left] = i
		}
	}
	return true
}

// list is a copy; nil when nobody is on it.
func (r *roster) list() []PersonID {
	if len(r.place) == 0 {
		return nil
	}
	all := make([]PersonID, 0, len(r.place))
	for _, id := range r.order {
		if id != "" {
			all = append(all, id)
		}
	}
	return all
}
