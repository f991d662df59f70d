package refserver

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/scimproof/scimproof/target/refserver/iam"
	"github.com/scimproof/scimproof/target/refserver/resource"
	"github.com/scimproof/scimproof/target/refserver/store"
)

func (a *visit) listAccounts() (*resource.Object, error) { return a.hits(store.Account, showAccount) }

func (a *visit) listGroups() (*resource.Object, error) { return a.hits(store.Group, showGroup) }

// hits shows the records of a kind: as many as size says, all when it says nothing,
// after the first offset ones. count is of all (the form was seen in public code:
// observed).
func (a *visit) hits(k store.Kind, show func(store.View, store.IAM, store.Record) (*resource.Object, error)) (*resource.Object, error) {
	m, err := a.iam()
	if err != nil {
		return nil, err
	}
	offset, err := a.number("offset", 0)
	if err != nil {
		return nil, err
	}
	var shown *resource.Object
	err = a.Store.View(a.Context(), m.ID, func(v store.View) error {
		count, err := v.Count(k)
		if err != nil {
			return err
		}
		size, err := a.number("size", count)
		if err != nil {
			return err
		}
		page, err := v.Page(k, offset, size)
		hits := resource.List{}
		for _, rec := range page {
			one, err := show(v, m, rec)
			if err != nil {
				return err
			}
			hits = append(hits, one)
		}
		shown = object("count", integer(count), "hits", hits)
		return err
	})
	return shown, noIAM(m.ID, err)
}

// number is a parameter of the query that counts; otherwise is its value where it is
// not there.
func (a *visit) number(name string, otherwise int) (int, error) {
	text := a.URL.Query().Get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return 0, badValue("%s: %q is no number of accounts or groups", name, text)
	}
	return int(n), nil
}

func (a *visit) readAccount() (shown *resource.Object, err error) {
	m, err := a.iam()
	if err != nil {
		return nil, err
	}
	err = a.Store.View(a.Context(), m.ID, func(v store.View) error {
		rec, err := a.account(v)
		if err != nil {
			return err
		}
		shown, err = showAccount(v, m, rec)
		return err
	})
	return shown, noIAM(m.ID, err)
}

// forceSync brings all accounts in line with the IAM's settings, without waiting for
// their next push (that there is such a button: the provider's support, documented;
// that it works on what SCIM has sent before, and asks nobody: the reference server's
// choice).
func (a *visit) forceSync() (*resource.Object, error) {
	if err := a.external(); err != nil {
		return nil, err
	}
	m, err := a.iam()
	if err != nil {
		return nil, err
	}
	changed := 0
	err = a.Store.Update(a.Context(), m.ID, func(tx store.Tx) error {
		return each(tx, store.Account, func(rec store.Record) error {
			before := rec
			if fill(&rec, m.Settings); same(rec, before) {
				return nil
			}
			changed++
			rec.Modified, rec.Version = a.Now(), rec.Version+1
			return tx.Replace(store.Account, rec)
		})
	})
	return object("changed", integer(changed)), noIAM(m.ID, err)
}

// account is the account that the path names.
func (a *visit) account(v store.View) (store.Record, error) {
	rec, err := v.Find(store.Account, resource.Fold(a.at["userid"]))
	if errors.Is(err, store.ErrNotFound) {
		return rec, notFound("there is no account %q", a.at["userid"])
	}
	return rec, err
}

// addAccount makes an account by hand, which only the internal IAM can: those of an
// external one come from its identity provider.
func (a *visit) addAccount() (shown *resource.Object, err error) {
	body, err := a.body()
	if err != nil {
		return nil, err
	}
	m, err := a.iam()
	if err != nil {
		return nil, err
	}
	if m.ID != iam.Internal {
		return nil, iam.Conflict("the accounts of " + m.ID + " come from its identity provider; by hand they are made in " + iam.Internal)
	}
	userid := body.Text("userid")
	if userid == "" {
		return nil, badValue("userid: a name is needed")
	}
	if err := iam.CheckText("userid", userid); err != nil {
		return nil, err
	}
	body.Remove("userid")
	now := a.Now()
	rec := store.Record{
		ID: a.NewID(), Key: resource.Fold(userid), Attributes: object("userName", userid, "active", true),
		Created: now, Modified: now, Version: 1,
	}
	if err := edit(&rec, m, body); err != nil {
		return nil, err
	}
	a.status = http.StatusCreated
	err = a.Store.Update(a.Context(), m.ID, func(tx store.Tx) error {
		kept, err := tx.Insert(store.Account, rec)
		if errors.Is(err, store.ErrTaken) {
			return iam.Conflict("there is an account " + userid)
		} else if err != nil {
			return err
		}
		shown, err = showAccount(tx, m, kept)
		return err
	})
	return shown, err
}

// editAccount changes by hand what SCIM does not fill. For the two parts see
// iam.Settings.Edit and iam.Give.
func (a *visit) editAccount() (shown *resource.Object, err error) {
	body, err := a.body()
	if err != nil {
		return nil, err
	}
	m, err := a.iam()
	if err != nil {
		return nil, err
	}
	err = a.Store.Update(a.Context(), m.ID, func(tx store.Tx) error {
		rec, err := a.account(tx)
		if err != nil {
			return err
		}
		if err := edit(&rec, m, body); err != nil {
			return err
		}
		rec.Modified, rec.Version = a.Now(), rec.Version+1
		if err := tx.Replace(store.Account, rec); err != nil {
			return err
		}
		shown, err = showAccount(tx, m, rec)
		return err
	})
	return shown, noIAM(m.ID, err)
}

func edit(rec *store.Record, m store.IAM, body *resource.Object) (err error) {
	for _, part := range body.Members() {
		change, ok := part.Value.(*resource.Object)
		switch {
		case ok && part.Name == "profile":
			rec.Profile, err = m.Edit(rec.Profile, change)
		case ok && part.Name == "bimAuthorizations":
			rec.ByHand, err = iam.Give(rec.ByHand, change)
		default:
			return badValue("%s: profile and bimAuthorizations can be edited, each an object", part.Name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// showAccount is an account as the provider's screens show it. The shape follows
// a user record of Immuta's API (documented); the scim_id is ours.
func showAccount(v store.View, m store.IAM, rec store.Record) (*resource.Object, error) {
	groups, err := v.GroupsOf(rec.ID)
	if err != nil {
		return nil, err
	}
	names := resource.List{}
	for _, g := range groups {
		names = append(names, g.Attributes.Text("displayName"))
	}
	a := rec.Attributes
	shown := object(
		"id", integer(int(rec.Number)),
		"iamid", m.ID,
		"userid", a.Text("userName"),
		"scim_id", rec.ID,
		"profile", showProfile(rec.Profile),
		"disabled", a.Get("active") != true,
		"permissions", texts(rec.Permitted),
		"groups", names,
		"bimAuthorizations", iam.Merge(nil, rec.ByHand),
		"iamAuthorizations", iam.Merge(rec.Synced, nil),
		"authorizations", iam.Merge(rec.Synced, rec.ByHand),
		"createdAt", instant(rec.Created),
		"updatedAt", instant(rec.Modified),
	)
	if x := a.Text("externalId"); x != "" {
		shown.Set("external_id", x)
	}
	return shown, nil
}

func showProfile(profile *resource.Object) *resource.Object {
	shown := &resource.Object{}
	for _, field := range iam.Fields {
		if text := profile.Text(field); text != "" {
			shown.Set(field, text)
		}
	}
	shown.Set(iam.Elsewhere, &resource.Object{})
	if elsewhere := profile.Object(iam.Elsewhere); elsewhere != nil {
		shown.Set(iam.Elsewhere, elsewhere)
	}
	return shown
}

// showGroup is a group on the provider's screens. One is stale while group sync is
// off: it is kept as it was, and no push reaches it (the reference server's choice).
func showGroup(v store.View, m store.IAM, rec store.Record) (*resource.Object, error) {
	members, err := v.Members(rec.ID)
	names := resource.List{}
	for _, a := range members {
		names = append(names, a.Attributes.Text("userName"))
	}
	return object(
		"id", integer(int(rec.Number)),
		"iamid", m.ID,
		"name", rec.Attributes.Text("displayName"),
		"scim_id", rec.ID,
		"members", names,
		"stale", !m.SyncGroups,
	), err
}
