package refserver

import (
	"fmt"
	"maps"
	"slices"

	"github.com/scimproof/scimproof/target/refserver/iam"
	"github.com/scimproof/scimproof/target/refserver/resource"
	"github.com/scimproof/scimproof/target/refserver/schema"
	"github.com/scimproof/scimproof/target/refserver/store"
)

// listAttributes shows every attribute that accounts of the IAM have, with all its
// values, whoever gave them.
func (a *visit) listAttributes() (*resource.Object, error) {
	values := map[string][]string{}
	err := a.everyAccount(func(_ store.View, rec store.Record) error {
		for _, m := range iam.Merge(rec.Synced, rec.ByHand).Members() {
			for _, v := range m.Value.(resource.List) {
				values[m.Name] = append(values[m.Name], v.(string))
			}
		}
		return nil
	})
	hits := resource.List{}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		all := slices.Compact(slices.Sorted(slices.Values(values[name])))
		hits = append(hits, object("name", name, "values", texts(all)))
	}
	return object("count", integer(len(hits)), "hits", hits), err
}

// listUsernames shows the usernames on data platforms and whose they are. One that
// several accounts have is allowed, and told (the reference server's choice: whether
// access may be shared is for policies to say).
func (a *visit) listUsernames() (*resource.Object, error) {
	type username struct{ platform, name string }
	var order []username
	whose := map[username][]string{}
	err := a.everyAccount(func(_ store.View, rec store.Record) error {
		for _, platform := range schema.Platforms {
			u := username{platform, rec.Profile.Object(iam.Elsewhere).Text(schema.PlatformUser(platform))}
			if u.name == "" {
				continue
			}
			if whose[u] == nil {
				order = append(order, u)
			}
			whose[u] = append(whose[u], rec.Attributes.Text("userName"))
		}
		return nil
	})
	hits := resource.List{}
	for _, u := range order {
		hit := object("platform", u.platform, "username", u.name, "accounts", texts(whose[u]))
		if n := len(whose[u]); n > 1 {
			hit.Set("warning", fmt.Sprintf("%d accounts are this user on %s", n, u.platform))
		}
		hits = append(hits, hit)
	}
	return object("count", integer(len(hits)), "hits", hits), err
}

// listLeftovers shows what an IAM that was in use before may hold, and what makes
// Okta's directory and it disagree (the seed page warns of it: documented; what to
// look at is inference): accounts that are disabled, with the groups that they are
// still in, accounts that no identity provider has given an id of its own, groups
// that are empty, and groups that no push reaches.
func (a *visit) listLeftovers() (*resource.Object, error) {
	disabled, unlinked, empty, stale := resource.List{}, resource.List{}, resource.List{}, resource.List{}
	err := a.everyAccount(func(v store.View, rec store.Record) error {
		if rec.Attributes.Text("externalId") == "" {
			unlinked = append(unlinked, rec.Attributes.Text("userName"))
		}
		if rec.Attributes.Get("active") == true {
			return nil
		}
		groups, err := v.GroupsOf(rec.ID)
		names := resource.List{}
		for _, g := range groups {
			names = append(names, g.Attributes.Text("displayName"))
		}
		disabled = append(disabled, object("userid", rec.Attributes.Text("userName"), "groups", names))
		return err
	})
	if err != nil {
		return nil, err
	}
	err = a.every(store.Group, func(v store.View, m store.IAM, rec store.Record) error {
		size, err := v.Size(rec.ID)
		if size == 0 {
			empty = append(empty, rec.Attributes.Text("displayName"))
		}
		if !m.SyncGroups {
			stale = append(stale, rec.Attributes.Text("displayName"))
		}
		return err
	})
	return object("disabled_accounts", disabled, "unlinked_accounts", unlinked, "empty_groups", empty, "stale_groups", stale), err
}

func (a *visit) everyAccount(do func(store.View, store.Record) error) error {
	return a.every(store.Account, func(v store.View, _ store.IAM, rec store.Record) error { return do(v, rec) })
}

// every calls do with all records of a kind that the IAM of the path has.
func (a *visit) every(k store.Kind, do func(store.View, store.IAM, store.Record) error) error {
	m, err := a.iam()
	if err != nil {
		return err
	}
	return noIAM(m.ID, a.Store.View(a.Context(), m.ID, func(v store.View) error {
		return each(v, k, func(rec store.Record) error { return do(v, m, rec) })
	}))
}
