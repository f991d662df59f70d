package refserver

import (
	"errors"
	"net/http"

	"github.com/scimproof/scimproof/target/refserver/iam"
	"github.com/scimproof/scimproof/target/refserver/patch"
	"github.com/scimproof/scimproof/target/refserver/resource"
	"github.com/scimproof/scimproof/target/refserver/schema"
	"github.com/scimproof/scimproof/target/refserver/store"
)

func (c *call) create(col collection) (answer, error) {
	want, err := c.projection()
	if err != nil {
		return answer{}, err
	}
	body, members, err := readResource(c.Request, col)
	if err != nil {
		return answer{}, err
	}
	attributes, err := writable(body, col.typ)
	if err != nil {
		return answer{}, err
	}
	if _, given := attributes.Lookup("active"); col.kind == store.Account && !given {
		attributes.Set("active", true)
	}
	now := c.Now()
	rec := store.Record{ID: c.NewID(), Key: key(col, attributes), Attributes: attributes, Created: now, Modified: now, Version: 1}
	if col.kind == store.Account {
		rec.Permitted = c.iam.DefaultPermissions
		fill(&rec, c.iam.Settings)
	}
	return c.update(col, http.StatusCreated, want, func(tx store.Tx) (store.Record, error) {
		rec, err := tx.Insert(col.kind, rec)
		if err != nil {
			return rec, taken(col, attributes, err)
		}
		_, err = join(tx, rec.ID, members)
		return rec, err
	})
}

func (c *call) read(col collection, id string) (answer, error) {
	want, err := c.projection()
	if err != nil {
		return answer{}, err
	}
	var a answer
	err = c.Store.View(c.Context(), c.iam.ID, func(v store.View) error {
		rec, err := find(v, col, id)
		if err != nil {
			return err
		}
		a, err = c.show(v, col, rec, http.StatusOK, want)
		return err
	})
	return a, err
}

func (c *call) put(col collection, id string) (answer, error) {
	want, err := c.projection()
	if err != nil {
		return answer{}, err
	}
	body, members, err := readResource(c.Request, col)
	if err != nil {
		return answer{}, err
	}
	attributes, err := writable(body, col.typ)
	if err != nil {
		return answer{}, err
	}
	return c.update(col, http.StatusOK, want, func(tx store.Tx) (store.Record, error) {
		rec, err := find(tx, col, id)
		if err != nil {
			return rec, err
		}
		changed := false
		if col.kind == store.Group {
			if changed, err = setMembers(tx, id, members); err != nil {
				return rec, err
			}
		}
		return c.keep(tx, col, rec, attributes, changed)
	})
}

func (c *call) patch(col collection, id string) (answer, error) {
	want, err := c.projection()
	if err != nil {
		return answer{}, err
	}
	body, err := readBody(c.Request, col.body)
	if err != nil {
		return answer{}, err
	}
	ops, err := patch.Parse(body)
	if err != nil {
		return answer{}, err
	}
	var onMembers []patch.Op
	if col.kind == store.Group {
		onMembers, ops = patch.Split(ops, col.typ, "members")
	}
	return c.update(col, http.StatusOK, want, func(tx store.Tx) (store.Record, error) {
		rec, err := find(tx, col, id)
		if err != nil {
			return rec, err
		}
		attributes, err := c.patched(tx, col, rec, ops)
		if err != nil {
			return rec, err
		}
		changed, err := c.patchMembers(tx, id, onMembers)
		if err != nil {
			return rec, err
		}
		return c.keep(tx, col, rec, attributes, changed)
	})
}

// patched is what the operations make of a record's attributes. They are applied
// to all that a client sees, so that one which repeats a read-only value without
// changing it succeeds: Okta's rename of a group carries the group's id
// (documented). One that changes it fails.
func (c *call) patched(v store.View, col collection, rec store.Record, ops []patch.Op) (*resource.Object, error) {
	before, err := c.render(v, col, rec, false)
	if err != nil {
		return nil, err
	}
	after, err := patch.Apply(before, col.typ, ops)
	if err != nil {
		return nil, err
	}
	if err := permitted(before, after, col.typ); err != nil {
		return nil, err
	}
	return clean(after, col.typ)
}

// permitted says why a change of a resource may not be made: it alters what is
// read-only, or takes away what is required (RFC 7644, sections 3.5.2 and 3.5.2.2).
func permitted(before, after *resource.Object, t schema.Type) error {
	if name := t.Altered(before, after); name != "" {
		return immutable("%s is read-only", name)
	}
	for _, a := range t.Base.Attributes {
		needed := a.Required || a.Name == "active"
		if needed && resource.Compact(resource.Clone(after.Get(a.Name))) == nil {
			return immutable("%s cannot be removed", a.Name)
		}
	}
	return nil
}

// keep stores new attributes of a record, if they are new: a write that changes
// nothing leaves no trace (RFC 7644, section 3.5.2.1).
func (c *call) keep(tx store.Tx, col collection, rec store.Record, attributes *resource.Object, changed bool) (store.Record, error) {
	if col.kind == store.Account {
		settle(attributes, rec.Attributes)
	}
	after := rec
	after.Attributes, after.Key = attributes, key(col, attributes)
	if col.kind == store.Account {
		fill(&after, c.iam.Settings)
	}
	if !changed && same(after, rec) {
		return rec, nil
	}
	after.Modified, after.Version = c.Now(), rec.Version+1
	return after, taken(col, attributes, tx.Replace(col.kind, after))
}

// fill makes of an account's attributes what settings make of them.
func fill(rec *store.Record, s iam.Settings) {
	rec.Synced = s.Authorizations(rec.Attributes)
	rec.Profile = s.Profile(rec.Profile, rec.Attributes, rec.Synced)
}

// same says whether two states of a record hold the same.
func same(a, b store.Record) bool {
	return resource.Equal(a.Attributes, b.Attributes) && resource.Equal(a.Synced, b.Synced) && resource.Equal(a.Profile, b.Profile)
}

// settle decides what a write leaves open. A derived name that comes back is no
// name that the client chose. An account whose state is not named keeps it.
func settle(attributes, before *resource.Object) {
	if _, given := attributes.Lookup("active"); !given {
		attributes.Set("active", before.Get("active"))
	}
	name, was := attributes.Object("name"), before.Object("name")
	if f := name.Text("formatted"); f != "" && was.Text("formatted") == "" && f == schema.DerivedName(was) {
		if name.Remove("formatted"); name.Len() == 0 {
			attributes.Remove("name")
		}
	}
}

func (c *call) delete(col collection, id string) (answer, error) {
	err := c.Store.Update(c.Context(), c.iam.ID, func(tx store.Tx) error {
		if _, err := find(tx, col, id); err != nil {
			return err
		}
		if col.kind == store.Account && !c.iam.DeleteUsers {
			return problemf(http.StatusMethodNotAllowed, "", "accounts are disabled, not deleted: set active to false")
		}
		return tx.Delete(col.kind, id)
	})
	return answer{status: http.StatusNoContent}, err
}

// update runs a write as one transaction and shows the record as it is then.
func (c *call) update(col collection, status int, want projection, do func(store.Tx) (store.Record, error)) (a answer, err error) {
	err = c.Store.Update(c.Context(), c.iam.ID, func(tx store.Tx) error {
		rec, err := do(tx)
		if err != nil {
			return err
		}
		if unseen, err := c.unseen(tx, col, rec, want); err != nil || unseen {
			a = answer{status: http.StatusNoContent, header: http.Header{"Etag": {version(rec)}}}
			return err
		}
		a, err = c.show(tx, col, rec, status, want)
		return err
	})
	return a, err
}

// unseen says whether a PATCH is answered without the resource: a group with many
// members, which would cost what it holds and not what was changed. Who names the
// attributes to see is shown them (RFC 7644, section 3.5.2).
func (c *call) unseen(v store.View, col collection, rec store.Record, want projection) (bool, error) {
	if c.Method != http.MethodPatch || col.kind != store.Group || want.only != nil || want.without != nil {
		return false, nil
	}
	size, err := v.Size(rec.ID)
	return size > maxResults, err
}

func (c *call) show(v store.View, col collection, rec store.Record, status int, want projection) (answer, error) {
	r, err := c.render(v, col, rec, want.has("members"))
	if err != nil {
		return answer{}, err
	}
	header := http.Header{"Etag": {version(rec)}}
	if status == http.StatusCreated {
		header.Set("Location", c.location(col.typ, rec.ID))
	}
	return answer{status, want.of(r, col.typ), header}, nil
}

func find(v store.View, col collection, id string) (store.Record, error) {
	rec, err := v.Get(col.kind, id)
	if errors.Is(err, store.ErrNotFound) {
		return rec, notFound("there is no %s with this id", col.typ.Name)
	}
	return rec, err
}

// nameAttribute is the attribute that an IAM has once.
func nameAttribute(col collection) string {
	if col.kind == store.Account {
		return "userName"
	}
	return "displayName"
}

func key(col collection, attributes *resource.Object) string {
	return resource.Fold(attributes.Text(nameAttribute(col)))
}

func taken(col collection, attributes *resource.Object, err error) error {
	if errors.Is(err, store.ErrTaken) {
		name := nameAttribute(col)
		return problemf(http.StatusConflict, "uniqueness", "there is a %s with the %s %q", col.typ.Name, name, attributes.Text(name))
	}
	return err
}

// each calls do with every record of a kind in the order of creation.
func each(v store.View, k store.Kind, do func(store.Record) error) error {
	const stride = 256
	for skip := 0; ; skip += stride {
		page, err := v.Page(k, skip, stride)
		if err != nil {
			return err
		}
		for _, rec := range page {
			if err := do(rec); err != nil {
				return err
			}
		}
		if len(page) < stride {
			return nil
		}
	}
}
