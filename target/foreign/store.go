package foreign

import (
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/elimity-com/scim"
	"github.com/elimity-com/scim/errors"
	"github.com/elimity-com/scim/optional"
)

// A store keeps the resources of one type in memory, and is the library's
// ResourceHandler for that type.
//
// A kept resource is never altered, only put in another's place: so what goes
// out shares its values and copies no more than the outermost map, into which
// the library writes id, schemas and meta.
type store struct {
	shape shape
	now   func() time.Time
	newID func() string

	mu    sync.RWMutex
	byID  map[string]scim.Resource
	order []string // ids, the oldest first: paging needs an order that stays
}

func newStore(s shape, now func() time.Time, newID func() string) *store {
	return &store{shape: s, now: now, newID: newID, byID: map[string]scim.Resource{}}
}

func (s *store) Create(_ *http.Request, attributes scim.ResourceAttributes) (scim.Resource, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.accept("", attributes); err != nil {
		return scim.Resource{}, err
	}
	id, now := s.newID(), s.now().UTC()
	s.order = append(s.order, id)
	return s.keep(id, attributes, scim.Meta{Created: &now, LastModified: &now}), nil
}

func (s *store) Get(_ *http.Request, id string) (scim.Resource, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	kept, err := s.at(id)
	return outgoing(kept), err
}

func (s *store) GetAll(_ *http.Request, params scim.ListRequestParams) (scim.Page, error) {
	found := s.all()
	if f := params.FilterValidator; f != nil {
		found = slices.DeleteFunc(found, func(r scim.Resource) bool {
			return f.PassesFilter(filterable(r.Attributes)) != nil
		})
	}
	total := len(found)
	first := min(params.StartIndex-1, total)
	last := min(first+params.Count, total)
	return scim.Page{TotalResults: total, Resources: found[first:last]}, nil
}

func (s *store) Replace(_ *http.Request, id string, attributes scim.ResourceAttributes) (scim.Resource, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept, err := s.at(id)
	if err != nil {
		return scim.Resource{}, err
	}
	return s.change(kept, attributes)
}

func (s *store) Patch(_ *http.Request, id string, operations []scim.PatchOperation) (scim.Resource, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept, err := s.at(id)
	if err != nil {
		return scim.Resource{}, err
	}
	patched, err := s.shape.patch(kept.Attributes, operations)
	if err != nil {
		return scim.Resource{}, err
	}
	return s.change(kept, patched)
}

func (s *store) Delete(_ *http.Request, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.at(id); err != nil {
		return err
	}
	delete(s.byID, id)
	s.order = slices.DeleteFunc(s.order, func(other string) bool { return other == id })
	return nil
}

func (s *store) at(id string) (scim.Resource, error) {
	kept, ok := s.byID[id]
	if !ok {
		return scim.Resource{}, errors.ScimErrorResourceNotFound(id)
	}
	return kept, nil
}

// all returns every resource, the oldest first. Filtering happens outside the
// lock, as the library panics on some filters.
func (s *store) all() []scim.Resource {
	s.mu.RLock()
	defer s.mu.RUnlock()
	resources := make([]scim.Resource, 0, len(s.order))
	for _, id := range s.order {
		resources = append(resources, outgoing(s.byID[id]))
	}
	return resources
}

// change puts attributes in place of those of kept. What alters nothing does
// not count as a modification (RFC 7644, section 3.5.2.1).
func (s *store) change(kept scim.Resource, attributes scim.ResourceAttributes) (scim.Resource, error) {
	if err := s.accept(kept.ID, attributes); err != nil {
		return scim.Resource{}, err
	}
	if reflect.DeepEqual(kept.Attributes, attributes) {
		return outgoing(kept), nil
	}
	now := s.now().UTC()
	return s.keep(kept.ID, attributes, scim.Meta{Created: kept.Meta.Created, LastModified: &now}), nil
}

func (s *store) keep(id string, attributes scim.ResourceAttributes, meta scim.Meta) scim.Resource {
	kept := scim.Resource{ID: id, Attributes: attributes, Meta: meta}
	if external, ok := attributes[externalID.Name()].(string); ok {
		kept.ExternalID = optional.NewString(external)
	}
	s.byID[id] = kept
	return outgoing(kept)
}

// accept checks and tidies what is to be kept for id, which is empty for what
// has none yet.
func (s *store) accept(id string, attributes scim.ResourceAttributes) error {
	if err := s.checkUserName(id, attributes); err != nil {
		return err
	}
	s.shape.tidy(attributes)
	return nil
}

// checkUserName refuses an empty userName, and one that another account has;
// letter case makes no difference (RFC 7643, section 4.1.1). A group has none.
func (s *store) checkUserName(id string, attributes scim.ResourceAttributes) error {
	name, ok := attributes["userName"].(string)
	if !ok {
		return nil
	}
	if name == "" {
		return errors.ScimErrorInvalidValue
	}
	for _, other := range s.byID {
		taken, _ := other.Attributes["userName"].(string)
		if other.ID != id && strings.EqualFold(taken, name) {
			return errors.ScimErrorUniqueness
		}
	}
	return nil
}

func outgoing(kept scim.Resource) scim.Resource {
	kept.Attributes = maps.Clone(kept.Attributes)
	return kept
}

// filterable shows a resource as the library's filters look at it: an
// extension's attributes beside the others, each under its full URN.
func filterable(attributes scim.ResourceAttributes) map[string]any {
	flat := maps.Clone(attributes)
	for urn, value := range attributes {
		extension, ok := value.(map[string]any)
		if !ok || !strings.HasPrefix(urn, "urn:") {
			continue
		}
		for name, value := range extension {
			flat[urn+":"+name] = value
		}
	}
	return flat
}
