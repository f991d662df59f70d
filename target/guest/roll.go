package guest

import (
	"context"
	"encoding/json"
	"strconv"
	"sync"

	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/wire"
)

// A roll is the whole list of a kind at the target, read once, when a lookup by
// name proves nothing: nobody was found by one, so that the filter may find nobody
// ever. What is not on a complete list is not there.
type roll struct {
	once     sync.Once
	named    map[string][]target.Resource // by keyOf the name
	ids      map[string]bool
	complete bool // each of totalResults was shown, once
	err      error
}

const (
	rollPage = 100
	rollMost = 1_000_000 // entries: a list that is longer is not read to its end
)

// readRoll reads the pages of a kind. A list that contradicts itself, or that SCIM
// does not know (RFC 7644, section 3.4.2), is not complete.
func (b *Broom) readRoll(ctx context.Context, kind string) *roll {
	r := b.rolls[kind]
	r.once.Do(func() {
		r.named, r.ids = map[string][]target.Resource{}, map[string]bool{}
		eyes := b.Eyes(wire.Subject{})
		page := eyes.Page
		if kind == evidence.Group {
			page = eyes.GroupPage
		}
		r.complete, r.err = r.read(ctx, kind, page)
	})
	return r
}

func (r *roll) read(ctx context.Context, kind string, page func(context.Context, int, int) (target.Look, error)) (complete bool, err error) {
	for shown := 0; shown < rollMost; {
		look, err := page(ctx, shown+1, rollPage)
		if err != nil {
			return false, err
		}
		number, _ := look.Resource.Get("totalResults").(json.Number)
		total, err := strconv.Atoi(number.String())
		list, _ := look.Resource.Get("Resources").([]any)
		if err != nil || !look.OK() {
			return false, nil
		}
		known := len(r.ids)
		for _, one := range list {
			object, _ := one.(map[string]any)
			r.add(kind, object)
		}
		if len(list) > 0 && len(r.ids) == known {
			return false, nil // the same page again
		}
		if shown += len(list); len(list) == 0 || shown >= total {
			return shown == total && len(r.ids) == total, nil
		}
	}
	return false, nil
}

func (r *roll) add(kind string, resource target.Resource) {
	key := keyOf(nameOf(kind, resource))
	r.ids[resource.ID()] = true
	r.named[key] = append(r.named[key], resource)
}

// shows says whether all of these are on the roll. One that is not, and is there,
// shows that the list leaves out what is there.
func (r *roll) shows(ids map[string]bool) bool {
	for id := range ids {
		if !r.ids[id] {
			return false
		}
	}
	return true
}
