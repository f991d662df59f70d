package storefault

import (
	"context"
	"strings"

	"github.com/scimproof/scimproof/target/refserver/iam"
	"github.com/scimproof/scimproof/target/refserver/resource"
	"github.com/scimproof/scimproof/target/refserver/store"
)

// PermissionsForgotten returns a store whose new accounts have no permissions.
func PermissionsForgotten(s store.Store) store.Store {
	return &otherAccounts{Store: s, made: func(_ iam.Settings, r store.Record) store.Record {
		r.Permitted = nil
		return r
	}}
}

// PermissionsOfTheDay returns a store in which each push gives an account the default
// permissions that its IAM has then.
func PermissionsOfTheDay(s store.Store) store.Store {
	return &otherAccounts{Store: s, pushed: func(m iam.Settings, _, r store.Record) store.Record {
		r.Permitted = m.DefaultPermissions
		return r
	}}
}

// PermissionsAskedFor returns a store whose new accounts also have the permissions that
// are among their attributes, in whichever schema.
func PermissionsAskedFor(s store.Store) store.Store {
	return &otherAccounts{Store: s, made: func(_ iam.Settings, r store.Record) store.Record {
		asked := append([]string{}, r.Permitted...)
		for _, m := range r.Attributes.Members() {
			if o, ok := m.Value.(*resource.Object); ok && o.Text("permissions") != "" {
				asked = append(asked, o.Text("permissions"))
			}
		}
		r.Permitted = asked
		return r
	}}
}

// FilledOnce returns a store in which an account keeps the profile that it was made
// with, whatever is pushed. What is edited by hand is kept.
func FilledOnce(s store.Store) store.Store {
	return &otherAccounts{Store: s, pushed: func(_ iam.Settings, was, r store.Record) store.Record {
		r.Profile = was.Profile
		return r
	}}
}

// Overwritten returns a store in which a push leaves nothing of what was entered by
// hand.
func Overwritten(s store.Store) store.Store {
	return &otherAccounts{Store: s, pushed: func(m iam.Settings, _, r store.Record) store.Record {
		r.Profile, r.ByHand = m.Profile(nil, r.Attributes, r.Synced), nil
		return r
	}}
}

// TakenWhole returns a store in which the first row of the attribute schema takes all
// attributes of an account, those of the core and of every extension.
func TakenWhole(s store.Store) store.Store {
	whole := func(m iam.Settings, r store.Record) store.Record {
		if len(m.AttributeSchema) == 0 {
			return r
		}
		all := &resource.Object{}
		for _, a := range r.Attributes.Members() {
			if extension, is := a.Value.(*resource.Object); is && strings.HasPrefix(a.Name, "urn:") {
				for _, its := range extension.Members() {
					all.Set(its.Name, its.Value)
				}
				continue
			}
			all.Set(a.Name, a.Value)
		}
		row := m.AttributeSchema[0]
		m.AttributeSchema = []iam.Row{row}
		r.Synced = m.Authorizations(resource.Of(resource.Member{Name: row.URN, Value: all}))
		return r
	}
	return &otherAccounts{Store: s, made: whole, pushed: func(m iam.Settings, _, r store.Record) store.Record { return whole(m, r) }}
}

// otherAccounts keeps accounts in another way: when they are made, and when they are
// pushed, which is when their attributes are written; an edit by hand writes none.
// Either may be nil. was is the account before.
type otherAccounts struct {
	store.Store
	made   func(m iam.Settings, r store.Record) store.Record
	pushed func(m iam.Settings, was, r store.Record) store.Record
}

func (s *otherAccounts) Update(ctx context.Context, in string, do func(store.Tx) error) error {
	m, err := s.IAM(ctx, in)
	if err != nil {
		return err
	}
	return s.Store.Update(ctx, in, func(tx store.Tx) error {
		if s.made != nil {
			tx = &making{tx, func(r store.Record) store.Record { return s.made(m.Settings, r) }}
		}
		if s.pushed != nil {
			tx = &pushing{tx, m.Settings, s.pushed}
		}
		return do(tx)
	})
}

// A pushing transaction keeps another account than was pushed.
type pushing struct {
	store.Tx
	settings iam.Settings
	other    func(m iam.Settings, was, r store.Record) store.Record
}

func (t *pushing) Replace(k store.Kind, r store.Record) error {
	if was, err := t.Get(k, r.ID); err == nil && k == store.Account && was.Attributes != r.Attributes {
		r = t.other(t.settings, was, r)
	}
	return t.Tx.Replace(k, r)
}
