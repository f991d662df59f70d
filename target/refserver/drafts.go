package refserver

import (
	"sync"

	"github.com/scimproof/scimproof/target/refserver/iam"
)

// drafts are the App Settings pages that administrators have open. Like what stands
// in a page and is not saved they are kept nowhere else: they end with the process.
// It is safe for concurrent use.
type drafts struct {
	mu   sync.Mutex
	ids  []string // in the order of opening
	open map[string]iam.Draft
}

func (s *drafts) add(id string, d iam.Draft) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids = append(s.ids, id)
	s.open[id] = d
}

func (s *drafts) get(id string) (iam.Draft, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, ok := s.open[id]
	if !ok {
		return d, notFound("there is no draft %q", id)
	}
	return d, nil
}

// change gives a draft the state that do makes of it; none when do returns an error,
// which change returns.
func (s *drafts) change(id string, do func(iam.Draft) (iam.Draft, error)) (iam.Draft, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, ok := s.open[id]
	if !ok {
		return d, notFound("there is no draft %q", id)
	}
	after, err := do(d)
	if err != nil {
		return d, err
	}
	s.open[id] = after
	return after, nil
}

// drop closes a draft, if it is open.
func (s *drafts) drop(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, id)
	kept := s.ids[:0]
	for _, other := range s.ids {
		if other != id {
			kept = append(kept, other)
		}
	}
	s.ids = kept
}

// each calls do with every draft in the order of opening. do may not use drafts.
func (s *drafts) each(do func(id string, d iam.Draft)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range s.ids {
		do(id, s.open[id])
	}
}
