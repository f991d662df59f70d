package refserver

import (
	"slices"
	"sync"

	"github.com/scimproof/scimproof/target/refserver/iam"
)

// mostDrafts is how many drafts may be open. Another one closes the one that has been
// open longest (the reference server's choice: nobody closes a page for its
// administrator, and a server may run for long).
const mostDrafts = 100

// drafts are the App Settings pages that administrators have open. Like what stands
// in a page and is not saved they are kept nowhere else: they end with the process.
// The zero value is none. It is safe for concurrent use.
type drafts struct {
	mu   sync.Mutex
	open []page // in the order of opening
}

// A page is one draft. While it is being saved nobody may change it: the edit would
// be told to have succeeded, and be in no IAM.
type page struct {
	id string
	iam.Draft
	saving bool
}

func (s *drafts) add(id string, d iam.Draft) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.open) == mostDrafts {
		s.open = slices.Delete(s.open, 0, 1)
	}
	s.open = append(s.open, page{id: id, Draft: d})
}

// find is an open page. Its caller holds the lock.
func (s *drafts) find(id string) (*page, error) {
	for i := range s.open {
		if s.open[i].id == id {
			return &s.open[i], nil
		}
	}
	return nil, notFound("there is no draft %q", id)
}

// still is find for who would change the page.
func (s *drafts) still(id string) (*page, error) {
	p, err := s.find(id)
	if err == nil && p.saving {
		return nil, iam.Conflict("the draft is being saved")
	}
	return p, err
}

func (s *drafts) get(id string) (iam.Draft, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.find(id)
	if err != nil {
		return iam.Draft{}, err
	}
	return p.Draft, nil
}

// change gives a draft the state that do makes of it; none when do returns an error,
// which change returns.
func (s *drafts) change(id string, do func(iam.Draft) (iam.Draft, error)) (iam.Draft, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.still(id)
	if err != nil {
		return iam.Draft{}, err
	}
	after, err := do(p.Draft)
	if err != nil {
		return p.Draft, err
	}
	p.Draft = after
	return after, nil
}

// save closes a draft that keep has kept. When keep returns an error, which save
// returns, the draft stays open as it was. keep may take its time: meanwhile every
// change of the draft, and another save, is refused.
func (s *drafts) save(id string, keep func(iam.Draft) error) (iam.Draft, error) {
	d, err := s.begin(id)
	if err != nil {
		return d, err
	}
	kept := false
	defer func() { s.end(id, kept) }() // also when keep panics
	err = keep(d)
	kept = err == nil
	return d, err
}

func (s *drafts) begin(id string) (iam.Draft, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.still(id)
	if err != nil {
		return iam.Draft{}, err
	}
	p.saving = true
	return p.Draft, nil
}

func (s *drafts) end(id string, kept bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if kept {
		s.remove(func(p page) bool { return p.id == id })
	} else if p, err := s.find(id); err == nil {
		p.saving = false
	}
}

// drop closes a draft.
func (s *drafts) drop(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := s.still(id)
	if err == nil {
		s.remove(func(p page) bool { return p.id == id })
	}
	return err
}

// dropEdits closes the drafts that edit an IAM.
func (s *drafts) dropEdits(iam string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remove(func(p page) bool { return p.Edits == iam })
}

// remove closes pages. Its caller holds the lock.
func (s *drafts) remove(is func(page) bool) { s.open = slices.DeleteFunc(s.open, is) }

// each calls do with every draft in the order of opening. do may not use drafts.
func (s *drafts) each(do func(id string, d iam.Draft)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.open {
		do(p.id, p.Draft)
	}
}
