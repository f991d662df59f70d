package refserver

import (
	"strconv"

	"github.com/scimproof/scimproof/target/refserver/iam"
	"github.com/scimproof/scimproof/target/refserver/resource"
	"github.com/scimproof/scimproof/target/refserver/schema"
	"github.com/scimproof/scimproof/target/refserver/store"
)

// render is a record as a client sees it: what it wrote, and what the server
// adds. The attributes of the store are shared and not altered. Members of a
// group are left out when nobody asks for them, since there may be very many.
func (c *call) render(v store.View, col collection, rec store.Record, members bool) (*resource.Object, error) {
	r := object("schemas", schemasOf(col.typ, rec.Attributes), "id", rec.ID)
	for _, m := range rec.Attributes.Members() {
		r.Set(m.Name, m.Value)
	}
	if col.kind == store.Account {
		if err := c.renderAccount(v, r, rec); err != nil {
			return nil, err
		}
	} else if members {
		list, err := c.members(v, rec.ID)
		if err != nil {
			return nil, err
		}
		r.Set("members", list)
	}
	r.Set("meta", object(
		"resourceType", col.typ.Name,
		"created", instant(rec.Created),
		"lastModified", instant(rec.Modified),
		"location", c.location(col.typ, rec.ID),
		"version", version(rec),
	))
	return r, nil
}

// version is a weak tag: a projection and the whole have the same one.
func version(rec store.Record) string { return `W/"` + strconv.Itoa(rec.Version) + `"` }

func (c *call) renderAccount(v store.View, r *resource.Object, rec store.Record) error {
	if whole := schema.FullName(r); whole != "" && r.Object("name").Text("formatted") == "" {
		name := resource.Of(append([]resource.Member(nil), r.Object("name").Members()...)...)
		name.Set("formatted", whole)
		r.Set("name", name)
	}
	groups, err := v.GroupsOf(rec.ID)
	if err != nil {
		return err
	}
	list := resource.List{}
	for _, g := range groups {
		list = append(list, object(
			"value", g.ID,
			"$ref", c.location(schema.Groups, g.ID),
			"display", g.Attributes.Text("displayName"),
			"type", "direct",
		))
	}
	r.Set("groups", list)
	own := object(
		"iamid", c.iam.ID,
		"id", integer(int(rec.Number)),
		"disabled", r.Get("active") != true,
	)
	if elsewhere := rec.Profile.Object(iam.Elsewhere); elsewhere.Len() > 0 {
		own.Set(iam.Elsewhere, elsewhere)
	}
	r.Set(schema.Refserver, own)
	return nil
}

func (c *call) members(v store.View, group string) (resource.List, error) {
	accounts, err := v.Members(group)
	list := make(resource.List, len(accounts))
	for i, a := range accounts {
		list[i] = c.member(a)
	}
	return list, err
}

func (c *call) member(a store.Record) *resource.Object {
	return resource.Of(
		resource.Member{Name: "value", Value: a.ID},
		resource.Member{Name: "$ref", Value: c.location(schema.Users, a.ID)},
		resource.Member{Name: "display", Value: a.Attributes.Text("userName")},
		resource.Member{Name: "type", Value: "User"},
	)
}

// schemasOf lists the schemas that a resource uses: the base, and the URN of
// each extension that it has (RFC 7643, section 3).
func schemasOf(t schema.Type, attributes *resource.Object) resource.List {
	list := resource.List{t.Base.ID}
	for _, m := range attributes.Members() {
		if resource.IsURN(m.Name) {
			list = append(list, m.Name)
		}
	}
	if t.Name == schema.Users.Name {
		list = append(list, schema.Refserver)
	}
	return list
}
