package storefault_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/scimproof/scimproof/target/refserver/iam"
	"github.com/scimproof/scimproof/target/refserver/resource"
	"github.com/scimproof/scimproof/target/refserver/store"
	"github.com/scimproof/scimproof/target/refserver/store/storefault"
	"github.com/scimproof/scimproof/target/refserver/store/storetest"
)

// What these mistakes leave alone is what a store keeps.
func TestMistakesWithAccountsAreStores(t *testing.T) {
	for name, in := range map[string]func(store.Store) store.Store{
		"permissions-forgotten":       storefault.PermissionsForgotten,
		"permissions-of-the-day":      storefault.PermissionsOfTheDay,
		"permissions-asked-for":       storefault.PermissionsAskedFor,
		"profiles-filled-once":        storefault.FilledOnce,
		"pushes-overwrite-hand-edits": storefault.Overwritten,
		"rows-take-everything":        storefault.TakenWhole,
		"namesakes-migrate":           storefault.Namesakes,
		"settings-never-reread":       storefault.NeverReread,
	} {
		t.Run(name, func(t *testing.T) {
			var without []string
			if name == "settings-never-reread" {
				without = []string{"an IAM's settings change as a whole", "changes of one IAM side by side lose nothing"}
			}
			storetest.Run(t, func() store.Store { return in(store.NewMemory()) }, without...)
		})
	}
}

// An account is made, edited by hand, and pushed.
func TestMistakesWithAccounts(t *testing.T) {
	for name, tt := range map[string]struct{ made, edited, pushed string }{
		"permissions-forgotten":       {"; Girona", "; Girona, likes maps; blue", "; Lleida, likes maps; blue"},
		"permissions-of-the-day":      {"AUDIT; Girona", "AUDIT; Girona, likes maps; blue", "GOVERNANCE; Lleida, likes maps; blue"},
		"permissions-asked-for":       {"AUDIT USER_ADMIN; Girona", "AUDIT USER_ADMIN; Girona, likes maps; blue", "AUDIT USER_ADMIN; Lleida, likes maps; blue"},
		"profiles-filled-once":        {"AUDIT; Girona", "AUDIT; Girona, likes maps; blue", "AUDIT; Girona, likes maps; blue"},
		"pushes-overwrite-hand-edits": {"AUDIT; Girona", "AUDIT; Girona, likes maps; blue", "AUDIT; Lleida"},
		"namesakes-migrate":           {"AUDIT; Girona", "AUDIT; Girona, likes maps; blue", "AUDIT; Lleida, likes maps; blue"},
	} {
		t.Run(name, func(t *testing.T) {
			in, err := storefault.In(name, store.NewMemory())
			s := kept{t, in}
			s.must(err)
			settings := iam.Settings{DefaultPermissions: []string{"AUDIT"}, ProfileSchema: []iam.Filled{{Field: "location", From: resource.Attr{Name: "office"}}}}
			s.must(s.CreateIAM(t.Context(), store.IAM{ID: "m", DisplayName: "M", Settings: settings}))
			office := func(city string) *resource.Object {
				return resource.Of(resource.Member{Name: "office", Value: city}, resource.Member{Name: "urn:x", Value: resource.Of(resource.Member{Name: "permissions", Value: "USER_ADMIN"})})
			}
			push := func(r store.Record, city string) store.Record {
				r.Attributes = office(city)
				r.Profile = settings.Profile(r.Profile, r.Attributes, nil)
				return r
			}
			s.update(func(tx store.Tx) error {
				_, err := tx.Insert(store.Account, push(store.Record{ID: "a", Key: "a", Permitted: settings.DefaultPermissions}, "Girona"))
				return err
			})
			s.shows("made", tt.made)
			s.change(func(r store.Record) store.Record {
				r.Profile, err = settings.Edit(r.Profile, resource.Of(resource.Member{Name: "about", Value: "likes maps"}))
				s.must(err)
				r.ByHand = resource.Of(resource.Member{Name: "team", Value: resource.List{"blue"}})
				return r
			})
			s.shows("edited", tt.edited)
			s.must(s.UpdateIAM(t.Context(), "m", func(m *store.IAM) error {
				m.DefaultPermissions = []string{"GOVERNANCE"}
				return nil
			}))
			s.change(func(r store.Record) store.Record { return push(r, "Lleida") })
			s.shows("pushed", tt.pushed)
		})
	}
}

// change replaces the account a.
func (k kept) change(to func(store.Record) store.Record) {
	k.Helper()
	k.update(func(tx store.Tx) error {
		r, err := tx.Get(store.Account, "a")
		if err != nil {
			return err
		}
		return tx.Replace(store.Account, to(r))
	})
}

// shows compares permissions, profile and what was given by hand.
func (k kept) shows(when, want string) {
	k.Helper()
	k.must(k.View(k.Context(), "m", func(v store.View) error {
		r, err := v.Get(store.Account, "a")
		if err != nil {
			return err
		}
		got := strings.Join(r.Permitted, " ") + "; " + r.Profile.Text("location")
		if about := r.Profile.Text("about"); about != "" {
			got += ", " + about
		}
		for _, given := range r.ByHand.List("team") {
			got += "; " + given.(string)
		}
		if got != want {
			k.Errorf("%s: %s, want %s", when, got, want)
		}
		return nil
	}))
}

func TestMistakesWithSettings(t *testing.T) {
	off := func(m *store.IAM) error {
		m.SCIM, m.SyncGroups, m.SyncAttributes = false, false, false
		return nil
	}
	on := store.IAM{ID: "m", DisplayName: "M", Settings: iam.Settings{SCIM: true, SyncGroups: true, SyncAttributes: true}}
	read := func(s kept) iam.Settings {
		m, err := s.IAM(t.Context(), "m")
		s.must(err)
		return m.Settings
	}
	s := kept{t, storefault.NeverReread(store.NewMemory())}
	s.must(s.CreateIAM(t.Context(), on))
	s.must(s.UpdateIAM(t.Context(), "m", off))
	if got := read(s); !got.SCIM || !got.SyncGroups {
		t.Errorf("reread: %+v", got)
	}
	s = kept{t, storefault.BoxesNotRead(store.NewMemory())}
	s.must(s.CreateIAM(t.Context(), on))
	s.must(s.UpdateIAM(t.Context(), "m", off))
	s.must(s.UpdateIAM(t.Context(), "m", func(m *store.IAM) error {
		if !m.SyncGroups || !m.SyncAttributes {
			t.Errorf("an edit sees %+v", m.Settings)
		}
		return nil
	}))
	if got := read(s); got.SCIM || !got.SyncGroups || !got.SyncAttributes {
		t.Errorf("the boxes are read: %+v", got)
	}
	s = kept{t, storefault.KeptBeforeSave(store.NewMemory())}
	if _, err := s.IAM(t.Context(), "m"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the first question is answered with %v", err)
	}
	if err := s.CreateIAM(t.Context(), on); !errors.Is(err, store.ErrTaken) {
		t.Errorf("saved: %v", err)
	}
}

// Whoever is made elsewhere takes an internal account away; nobody else does.
func TestNamesakesMigrate(t *testing.T) {
	s := with(t, storefault.Namesakes(store.NewMemory()))
	s.must(s.Update(t.Context(), iam.Internal, func(tx store.Tx) error {
		for _, key := range []string{"x", "y"} {
			if _, err := tx.Insert(store.Account, store.Record{ID: "internal " + key, Key: key}); err != nil {
				return err
			}
		}
		return nil
	}))
	s.update(func(tx store.Tx) error {
		_, err := tx.Insert(store.Account, store.Record{ID: "n", Key: "x"})
		return err
	})
	var left []string
	s.must(s.View(t.Context(), iam.Internal, func(v store.View) error {
		all, err := v.Page(store.Account, 0, 10)
		for _, r := range all {
			left = append(left, r.Key)
		}
		return err
	}))
	if !slices.Equal(left, []string{"y"}) {
		t.Errorf("in the internal IAM is left %v", left)
	}
}

// A row takes what is in other schemas and in none, when an account is made and when it is
// pushed; where there is no row nothing is taken.
func TestARowTakesEverything(t *testing.T) {
	s := kept{t, storefault.TakenWhole(store.NewMemory())}
	own := iam.Settings{SyncAttributes: true, AttributeSchema: []iam.Row{{URN: "urn:x", Prefix: "okta"}}}
	for id, settings := range map[string]iam.Settings{"row": own, "none": {SyncAttributes: true}} {
		s.must(s.CreateIAM(t.Context(), store.IAM{ID: id, DisplayName: id, Settings: settings}))
		account := func(department string) store.Record {
			return store.Record{ID: "a", Key: "a", Attributes: resource.Of(
				resource.Member{Name: "title", Value: "Analyst"},
				resource.Member{Name: "urn:y", Value: resource.Of(resource.Member{Name: "department", Value: department})},
			)}
		}
		for _, tt := range []struct {
			department string
			keep       func(store.Tx, store.Record) error
		}{
			{"R&D", func(tx store.Tx, r store.Record) error { _, err := tx.Insert(store.Account, r); return err }},
			{"Law", func(tx store.Tx, r store.Record) error { return tx.Replace(store.Account, r) }},
		} {
			s.must(s.Update(t.Context(), id, func(tx store.Tx) error { return tt.keep(tx, account(tt.department)) }))
			s.must(s.View(t.Context(), id, func(v store.View) error {
				r, err := v.Get(store.Account, "a")
				if err != nil {
					return err
				}
				var got []string
				for _, m := range r.Synced.Members() {
					got = append(got, m.Name)
				}
				want := []string{"okta.title", "okta.department"}
				if id == "none" {
					want = nil
				}
				if !slices.Equal(got, want) || id == "row" && !slices.Contains(r.Synced.List("okta.department"), resource.Value(tt.department)) {
					t.Errorf("%s, %s: taken are %q", id, tt.department, got)
				}
				return nil
			}))
		}
	}
}

// The first account brings a group with it, and no other does.
func TestAGroupThatNobodyPushed(t *testing.T) {
	s := kept{t, storefault.UnpushedGroup(store.NewMemory())}
	s.must(s.CreateIAM(t.Context(), store.IAM{ID: "m", DisplayName: "M"}))
	groups := func() (names []string) {
		s.must(s.View(t.Context(), "m", func(v store.View) error {
			page, err := v.Page(store.Group, 0, 10)
			for _, g := range page {
				names = append(names, g.Attributes.Text("displayName"))
			}
			return err
		}))
		return names
	}
	if got := groups(); got != nil {
		t.Errorf("before there is anybody: %q", got)
	}
	for _, id := range []string{"a", "b"} {
		s.update(func(tx store.Tx) error {
			_, err := tx.Insert(store.Account, store.Record{ID: id, Key: id})
			return err
		})
		if got := groups(); !slices.Equal(got, []string{"Everybody"}) {
			t.Errorf("after the account %s: %q", id, got)
		}
	}
}
