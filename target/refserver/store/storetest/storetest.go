// Package storetest holds what every store owes to the reference server. An
// implementation proves itself in one line:
//
//	storetest.Run(t, func() store.Store { return store.NewMemory() })
package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/scimproof/scimproof/target/refserver/iam"
	"github.com/scimproof/scimproof/target/refserver/resource"
	"github.com/scimproof/scimproof/target/refserver/store"
)

// Run checks the stores that empty returns, a fresh and empty one for each claim. A
// store with a mistake in it is checked without the claim that it breaks.
func Run(t *testing.T, empty func() store.Store, without ...string) {
	for name, claim := range map[string]func(*testing.T, kept){
		"IAMs come back in the order of creation":          iams,
		"an IAM's id and display name are taken once":      iamsAreUnique,
		"an IAM's settings change as a whole":              iamsAreChanged,
		"an IAM that is deleted takes all with it":         iamsAreDeleted,
		"changes of one IAM side by side lose nothing":     iamsSideBySide,
		"nothing is in an IAM that is not there":           noSuchIAM,
		"a record comes back as it was kept":               records,
		"a key is taken once among its kind":               keys,
		"a key that is given up can be taken":              freedKeys,
		"pages are in the order of creation":               pages,
		"a number is never given twice":                    numbers,
		"a membership is seen from both sides":             memberships,
		"who joins twice is one member":                    joinTwice,
		"members are in the order of joining":              order,
		"only what is there can join":                      unknownMembers,
		"what is deleted leaves its memberships":           deletion,
		"a failed transaction leaves no trace":             rollback,
		"a transaction that panics leaves no trace":        panics,
		"a transaction sees its own changes":               ownChanges,
		"IAMs do not share":                                tenants,
		"transactions side by side lose nothing":           sideBySide,
		"a reader never sees half of a transaction":        wholeViews,
		"members who come and go many times do not mix up": churn,
	} {
		if slices.Contains(without, name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			s := kept{T: t, Store: empty()}
			s.must(s.CreateIAM(t.Context(), store.IAM{ID: "m", DisplayName: "M"}))
			claim(t, s)
		})
	}
}

// kept is a store with an IAM named m, and short words for what is done to it.
type kept struct {
	*testing.T
	store.Store
}

func (s kept) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s kept) update(do func(store.Tx) error) error { return s.Update(context.Background(), "m", do) }

func (s kept) view(do func(store.View)) {
	s.Helper()
	s.must(s.View(context.Background(), "m", func(v store.View) error {
		do(v)
		return nil
	}))
}

// insert keeps records of a kind by their ids; a record's key is its id in capitals.
func (s kept) insert(k store.Kind, ids ...string) {
	s.Helper()
	s.must(s.update(func(tx store.Tx) error {
		for _, id := range ids {
			if _, err := tx.Insert(k, record(id)); err != nil {
				return err
			}
		}
		return nil
	}))
}

func (s kept) join(group string, accounts ...string) {
	s.Helper()
	s.must(s.update(func(tx store.Tx) error {
		for _, a := range accounts {
			if _, err := tx.Join(group, a); err != nil {
				return err
			}
		}
		return nil
	}))
}

func record(id string) store.Record {
	return store.Record{ID: id, Key: strings.ToUpper(id), Version: 1, Attributes: resource.Of(resource.Member{Name: "id", Value: id})}
}

// holds describes all of an IAM, so that two states can be compared.
func (s kept) holds() string {
	s.Helper()
	var b strings.Builder
	s.view(func(v store.View) {
		for _, k := range []store.Kind{store.Account, store.Group} {
			all, err := v.Page(k, 0, 1000)
			s.must(err)
			n, err := v.Count(k)
			s.must(err)
			fmt.Fprintf(&b, "%d:", n)
			for _, r := range all {
				found, err := v.Find(k, r.Key)
				s.must(err)
				fmt.Fprintf(&b, " %s=%s/%d/%s(", r.ID, found.ID, r.Version, r.Attributes)
				if k == store.Account {
					groups, err := v.GroupsOf(r.ID)
					s.must(err)
					b.WriteString(ids(groups))
				} else {
					members, err := v.Members(r.ID)
					s.must(err)
					b.WriteString(ids(members))
					if size, err := v.Size(r.ID); size != len(members) || err != nil {
						s.Errorf("%s has the size %d, %v, and %d members", r.ID, size, err, len(members))
					}
				}
				b.WriteString(")")
			}
			b.WriteString("\n")
		}
	})
	return b.String()
}

func ids(records []store.Record) string {
	var out []string
	for _, r := range records {
		out = append(out, r.ID)
	}
	return strings.Join(out, " ")
}

func (s kept) expect(want string) {
	s.Helper()
	if got := s.holds(); got != want {
		s.Errorf("holds\n%swant\n%s", got, want)
	}
}

func wantError(t *testing.T, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func iams(t *testing.T, s kept) {
	born := time.Unix(1_700_000_000, 0).UTC()
	second := store.IAM{
		ID: "a", DisplayName: "Zed", KeyDigest: [32]byte{1, 2}, Created: born,
		Settings: iam.Settings{
			Type: iam.SAML, ClientOptions: map[string]string{"issuer": "x"}, DefaultPermissions: []string{"AUDIT"}, SCIM: true, DeleteUsers: true,
			SyncAttributes: true, AttributeSchema: []iam.Row{{URN: "urn:example:x", Prefix: "x"}},
			ExternalUsernames: []iam.Username{{Platform: "snowflake", Attribute: "x.name"}},
		},
	}
	s.must(s.CreateIAM(t.Context(), second))
	all, err := s.IAMs(t.Context())
	s.must(err)
	if len(all) != 3 || all[0].ID != iam.Internal || all[1].ID != "m" || !reflect.DeepEqual(all[2], second) {
		t.Errorf("got %v", all)
	}
	if got, err := s.IAM(t.Context(), "a"); err != nil || !reflect.DeepEqual(got, second) {
		t.Errorf("got %v, %v", got, err)
	}
}

func iamsAreUnique(t *testing.T, s kept) {
	wantError(t, s.CreateIAM(t.Context(), store.IAM{ID: "m", DisplayName: "other"}), store.ErrTaken)
	wantError(t, s.CreateIAM(t.Context(), store.IAM{ID: "other", DisplayName: "m"}), store.ErrTaken)
	_, err := s.IAM(t.Context(), "other")
	wantError(t, err, store.ErrNotFound)
}

func iamsAreChanged(t *testing.T, s kept) {
	s.must(s.UpdateIAM(t.Context(), "m", func(m *store.IAM) error {
		m.ID, m.DisplayName = "other", "other"
		m.SyncAttributes, m.AttributeSchema = true, []iam.Row{{URN: "urn:example:x", Prefix: "x"}}
		return nil
	}))
	changed, err := s.IAM(t.Context(), "m")
	s.must(err)
	if want := (store.IAM{ID: "m", DisplayName: "M", Settings: iam.Settings{SyncAttributes: true, AttributeSchema: []iam.Row{{URN: "urn:example:x", Prefix: "x"}}}}); !reflect.DeepEqual(changed, want) {
		t.Errorf("got %v, want %v", changed, want)
	}
	refused := errors.New("refused")
	wantError(t, s.UpdateIAM(t.Context(), "m", func(m *store.IAM) error { m.SyncAttributes = false; return refused }), refused)
	if got, err := s.IAM(t.Context(), "m"); err != nil || !reflect.DeepEqual(got, changed) {
		t.Errorf("a refused change left %v, %v", got, err)
	}
	wantError(t, s.UpdateIAM(t.Context(), "no", func(*store.IAM) error { return nil }), store.ErrNotFound)
}

func iamsAreDeleted(t *testing.T, s kept) {
	s.insert(store.Account, "a")
	s.must(s.CreateIAM(t.Context(), store.IAM{ID: "n", DisplayName: "N"}))
	s.must(s.DeleteIAM(t.Context(), "m"))
	_, err := s.IAM(t.Context(), "m")
	wantError(t, err, store.ErrNotFound)
	wantError(t, s.View(t.Context(), "m", func(store.View) error { return nil }), store.ErrNotFound)
	wantError(t, s.DeleteIAM(t.Context(), "m"), store.ErrNotFound)
	all, err := s.IAMs(t.Context())
	s.must(err)
	if len(all) != 2 || all[0].ID != iam.Internal || all[1].ID != "n" {
		t.Errorf("left are %v", all)
	}
	s.must(s.CreateIAM(t.Context(), store.IAM{ID: "m", DisplayName: "M"}))
	s.expect("0:\n0:\n")
}

// iamsSideBySide: changes of one IAM wait for each other, and for nobody's reads.
func iamsSideBySide(t *testing.T, s kept) {
	var working sync.WaitGroup
	for range 8 {
		working.Go(func() {
			for range 50 {
				err := s.UpdateIAM(t.Context(), "m", func(m *store.IAM) error {
					m.AttributeSchema = append(slices.Clone(m.AttributeSchema), iam.Row{URN: "urn:example:x"})
					return nil
				})
				if _, read := s.IAM(t.Context(), "m"); err != nil || read != nil {
					t.Errorf("%v, %v", err, read)
				}
			}
		})
	}
	working.Wait()
	if m, _ := s.IAM(t.Context(), "m"); len(m.AttributeSchema) != 400 {
		t.Errorf("%d of 400 changes are left", len(m.AttributeSchema))
	}
}

func noSuchIAM(t *testing.T, s kept) {
	wantError(t, s.View(t.Context(), "no", func(store.View) error { return nil }), store.ErrNotFound)
	wantError(t, s.Update(t.Context(), "no", func(store.Tx) error { return nil }), store.ErrNotFound)
}

func records(t *testing.T, s kept) {
	born := time.Unix(1_700_000_000, 5).UTC()
	r := store.Record{
		ID: "a", Key: "A", Version: 7, Created: born, Modified: born.Add(time.Hour), Attributes: resource.Of(
			resource.Member{Name: "Name", Value: "Zoë"}, resource.Member{Name: "n", Value: resource.Number("1.50")}, resource.Member{Name: "l", Value: resource.List{true, nil}}),
		Synced:    resource.Of(resource.Member{Name: "made", Value: "of it"}),
		Profile:   resource.Of(resource.Member{Name: "name", Value: "Zoë"}),
		ByHand:    resource.Of(resource.Member{Name: "team", Value: resource.List{"blue"}}),
		Permitted: []string{"AUDIT"},
	}
	s.must(s.update(func(tx store.Tx) (err error) {
		r, err = tx.Insert(store.Account, r)
		return err
	}))
	same := func(got store.Record, err error) {
		t.Helper()
		s.must(err)
		if got.Attributes.String() != r.Attributes.String() || got.Synced.String() != r.Synced.String() ||
			got.Profile.String() != r.Profile.String() || got.ByHand.String() != r.ByHand.String() || !slices.Equal(got.Permitted, r.Permitted) ||
			got.ID != r.ID || got.Key != r.Key || got.Number != r.Number || got.Version != r.Version ||
			!got.Created.Equal(r.Created) || !got.Modified.Equal(r.Modified) {
			t.Errorf("got %+v, want %+v", got, r)
		}
	}
	s.view(func(v store.View) {
		same(v.Get(store.Account, "a"))
		same(v.Find(store.Account, "A"))
		_, err := v.Get(store.Account, "A")
		wantError(t, err, store.ErrNotFound)
		_, err = v.Find(store.Account, "a")
		wantError(t, err, store.ErrNotFound)
		_, err = v.Get(store.Group, "a")
		wantError(t, err, store.ErrNotFound)
	})
	wantError(t, s.update(func(tx store.Tx) error { return tx.Replace(store.Account, record("no")) }), store.ErrNotFound)
	wantError(t, s.update(func(tx store.Tx) error { return tx.Delete(store.Account, "no") }), store.ErrNotFound)
}

func keys(t *testing.T, s kept) {
	s.insert(store.Account, "a", "b")
	before := s.holds()
	other := record("c")
	other.Key = "A"
	wantError(t, s.update(func(tx store.Tx) error { _, err := tx.Insert(store.Account, other); return err }), store.ErrTaken)
	other.ID = "b"
	wantError(t, s.update(func(tx store.Tx) error { return tx.Replace(store.Account, other) }), store.ErrTaken)
	wantError(t, s.update(func(tx store.Tx) error { _, err := tx.Insert(store.Account, record("a")); return err }), store.ErrTaken)
	s.expect(before)
	s.insert(store.Group, "g")
	group := record("h")
	group.Key = "A" // an account's
	s.must(s.update(func(tx store.Tx) error { _, err := tx.Insert(store.Group, group); return err }))
}

func freedKeys(t *testing.T, s kept) {
	s.insert(store.Account, "a", "b")
	renamed := record("a")
	renamed.Key = "Z"
	s.must(s.update(func(tx store.Tx) error { return tx.Replace(store.Account, renamed) }))
	taker := record("b")
	taker.Key = "A"
	s.must(s.update(func(tx store.Tx) error { return tx.Replace(store.Account, taker) }))
	s.must(s.update(func(tx store.Tx) error { return tx.Delete(store.Account, "a") }))
	heir := record("c")
	heir.Key = "Z"
	s.must(s.update(func(tx store.Tx) error { _, err := tx.Insert(store.Account, heir); return err }))
	s.view(func(v store.View) {
		for key, id := range map[string]string{"A": "b", "Z": "c"} {
			if r, err := v.Find(store.Account, key); err != nil || r.ID != id {
				t.Errorf("%s is %s, %v, want %s", key, r.ID, err, id)
			}
		}
	})
}

func pages(t *testing.T, s kept) {
	s.insert(store.Account, "e", "b", "d", "a", "c")
	s.must(s.update(func(tx store.Tx) error { return tx.Delete(store.Account, "d") }))
	r := record("b")
	r.Version = 2
	s.must(s.update(func(tx store.Tx) error { return tx.Replace(store.Account, r) }))
	s.view(func(v store.View) {
		for _, tt := range []struct {
			skip, limit int
			want        string
		}{{0, 10, "e b a c"}, {0, 2, "e b"}, {1, 2, "b a"}, {3, 2, "c"}, {4, 2, ""}, {99, 1, ""}, {0, 0, ""}} {
			page, err := v.Page(store.Account, tt.skip, tt.limit)
			if got := ids(page); got != tt.want || err != nil {
				t.Errorf("page %d, %d: %q, %v, want %q", tt.skip, tt.limit, got, err, tt.want)
			}
		}
	})
}

func numbers(t *testing.T, s kept) {
	s.insert(store.Account, "a", "b")
	s.must(s.update(func(tx store.Tx) error { return tx.Delete(store.Account, "b") }))
	s.insert(store.Account, "c")
	r := record("a")
	r.Number = 99
	s.must(s.update(func(tx store.Tx) error { return tx.Replace(store.Account, r) }))
	s.view(func(v store.View) {
		all, err := v.Page(store.Account, 0, 9)
		s.must(err)
		if len(all) != 2 || all[0].Number != 1 || all[1].Number != 3 {
			t.Errorf("got %+v", all)
		}
	})
}

func memberships(t *testing.T, s kept) {
	s.insert(store.Account, "a", "b")
	s.insert(store.Group, "g", "h")
	s.join("g", "a", "b")
	s.join("h", "b")
	const all = "2: a=a/1/{\"id\":\"a\"}(g) b=b/1/{\"id\":\"b\"}(g h)\n2: g=g/1/{\"id\":\"g\"}(a b) h=h/1/{\"id\":\"h\"}(b)\n"
	s.expect(all)
	s.must(s.update(func(tx store.Tx) error {
		was, err := tx.Leave("g", "b")
		if !was {
			t.Error("b was a member, and Leave says not")
		}
		return err
	}))
	s.expect(strings.NewReplacer("(g h)", "(h)", "(a b)", "(a)").Replace(all))
	s.view(func(v store.View) {
		for pair, want := range map[[2]string]bool{{"g", "a"}: true, {"g", "b"}: false, {"h", "b"}: true, {"no", "a"}: false, {"g", "no"}: false} {
			if is, err := v.IsMember(pair[0], pair[1]); is != want || err != nil {
				t.Errorf("%v: %t, %v, want %t", pair, is, err, want)
			}
		}
	})
	s.must(s.update(func(tx store.Tx) error {
		was, err := tx.Leave("g", "b")
		if was {
			t.Error("b was no member, and Leave says so")
		}
		return err
	}))
}

func joinTwice(t *testing.T, s kept) {
	s.insert(store.Account, "a")
	s.insert(store.Group, "g")
	s.must(s.update(func(tx store.Tx) error {
		for _, want := range []bool{true, false} {
			if is, err := tx.Join("g", "a"); is != want || err != nil {
				t.Errorf("joined: %t, %v, want %t", is, err, want)
			}
		}
		return nil
	}))
	s.expect("1: a=a/1/{\"id\":\"a\"}(g)\n1: g=g/1/{\"id\":\"g\"}(a)\n")
}

func order(t *testing.T, s kept) {
	s.insert(store.Account, "a", "b", "c")
	s.insert(store.Group, "g")
	s.join("g", "c", "a", "b")
	s.must(s.update(func(tx store.Tx) error { _, err := tx.Leave("g", "c"); return err }))
	s.join("g", "c")
	s.view(func(v store.View) {
		members, err := v.Members("g")
		if got := ids(members); got != "a b c" || err != nil {
			t.Errorf("members %q, %v", got, err)
		}
	})
}

func unknownMembers(t *testing.T, s kept) {
	s.insert(store.Account, "a")
	s.insert(store.Group, "g")
	before := s.holds()
	for _, pair := range [][2]string{{"g", "no"}, {"no", "a"}, {"g", "g"}, {"a", "a"}} {
		wantError(t, s.update(func(tx store.Tx) error { _, err := tx.Join(pair[0], pair[1]); return err }), store.ErrNotFound)
	}
	s.expect(before)
}

func deletion(t *testing.T, s kept) {
	s.insert(store.Account, "a", "b")
	s.insert(store.Group, "g", "h")
	s.join("g", "a", "b")
	s.join("h", "a", "b")
	s.must(s.update(func(tx store.Tx) error { return tx.Delete(store.Group, "g") }))
	s.must(s.update(func(tx store.Tx) error { return tx.Delete(store.Account, "a") }))
	s.expect("1: b=b/1/{\"id\":\"b\"}(h)\n1: h=h/1/{\"id\":\"h\"}(b)\n")
	s.insert(store.Group, "g")
	s.expect("1: b=b/1/{\"id\":\"b\"}(h)\n2: h=h/1/{\"id\":\"h\"}(b) g=g/1/{\"id\":\"g\"}()\n")
}

// everything changes all that there is to change, and some of it twice.
func everything(tx store.Tx) error {
	r := record("a")
	r.Key, r.Version = "OTHER", 2
	_, insert := tx.Insert(store.Account, record("z"))
	_, taken := tx.Insert(store.Account, record("z"))
	_, joinNew := tx.Join("g", "z")
	_, leave := tx.Leave("g", "b")
	_, rejoin := tx.Join("g", "b")
	_, leaveNew := tx.Leave("g", "z")
	replace := tx.Replace(store.Account, r)
	again := tx.Replace(store.Account, record("a"))
	remove := tx.Delete(store.Account, "b")
	removeGroup := tx.Delete(store.Group, "g")
	_, reborn := tx.Insert(store.Group, record("g"))
	_, member := tx.Join("g", "a")
	if !errors.Is(taken, store.ErrTaken) {
		return fmt.Errorf("z is taken twice: %v", taken)
	}
	return errors.Join(insert, joinNew, leave, rejoin, leaveNew, replace, again, remove, removeGroup, reborn, member)
}

func rollback(t *testing.T, s kept) {
	full(s)
	before := s.holds()
	no := errors.New("no")
	wantError(t, s.update(func(tx store.Tx) error {
		if err := everything(tx); err != nil {
			t.Error(err)
		}
		return no
	}), no)
	s.expect(before)
	s.must(s.update(everything))
	if s.holds() == before {
		t.Error("nothing was changed at all")
	}
}

func full(s kept) {
	s.insert(store.Account, "a", "b", "c")
	s.insert(store.Group, "g", "h")
	s.join("g", "a", "b", "c")
	s.join("h", "b")
}

func panics(t *testing.T, s kept) {
	full(s)
	before := s.holds()
	func() {
		defer func() { _ = recover() }()
		_ = s.update(func(tx store.Tx) error {
			if err := everything(tx); err != nil {
				t.Error(err)
			}
			panic("on purpose")
		})
	}()
	s.expect(before)
}

func ownChanges(t *testing.T, s kept) {
	s.must(s.update(func(tx store.Tx) error {
		if _, err := tx.Insert(store.Account, record("a")); err != nil {
			return err
		}
		if _, err := tx.Insert(store.Group, record("g")); err != nil {
			return err
		}
		if _, err := tx.Join("g", "a"); err != nil {
			return err
		}
		if is, err := tx.IsMember("g", "a"); !is || err != nil {
			t.Errorf("a is a member: %t, %v", is, err)
		}
		if n, err := tx.Count(store.Account); n != 1 || err != nil {
			t.Errorf("%d accounts, %v", n, err)
		}
		return nil
	}))
}

func tenants(t *testing.T, s kept) {
	s.must(s.CreateIAM(t.Context(), store.IAM{ID: "other", DisplayName: "other"}))
	full(s)
	s.must(s.View(t.Context(), "other", func(v store.View) error {
		if n, err := v.Count(store.Account); n != 0 || err != nil {
			t.Errorf("%d accounts, %v", n, err)
		}
		_, err := v.Get(store.Account, "a")
		wantError(t, err, store.ErrNotFound)
		_, err = v.Find(store.Account, "A")
		wantError(t, err, store.ErrNotFound)
		return nil
	}))
	s.must(s.Update(t.Context(), "other", func(tx store.Tx) error {
		r, err := tx.Insert(store.Account, record("x"))
		if r.Number != 1 {
			t.Errorf("the first account has the number %d", r.Number)
		}
		return err
	}))
}

func sideBySide(t *testing.T, s kept) {
	s.insert(store.Group, "g")
	const n = 40
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			id := fmt.Sprintf("a%d", i)
			err := s.update(func(tx store.Tx) error {
				if _, err := tx.Insert(store.Account, record(id)); err != nil {
					return err
				}
				g, err := tx.Get(store.Group, "g")
				if err != nil {
					return err
				}
				g.Version++
				_, err = tx.Join("g", id)
				return errors.Join(err, tx.Replace(store.Group, g))
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	s.view(func(v store.View) {
		g, err := v.Get(store.Group, "g")
		s.must(err)
		members, err := v.Members("g")
		s.must(err)
		if g.Version != n+1 || len(members) != n {
			t.Errorf("version %d, %d members, want %d and %d", g.Version, len(members), n+1, n)
		}
	})
}

func wholeViews(t *testing.T, s kept) {
	s.insert(store.Account, "a", "b")
	s.insert(store.Group, "g")
	s.join("g", "a")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 50 {
				in, out := "a", "b"
				if i%2 == 0 {
					in, out = out, in
				}
				_ = s.update(func(tx store.Tx) error {
					_, err := tx.Leave("g", out)
					_, joined := tx.Join("g", in)
					return errors.Join(err, joined)
				})
			}
		})
		wg.Go(func() {
			for range 50 {
				s.view(func(v store.View) {
					members, err := v.Members("g")
					if err != nil || len(members) != 1 {
						t.Errorf("members %q, %v", ids(members), err)
					}
				})
			}
		})
	}
	wg.Wait()
}

func churn(t *testing.T, s kept) {
	s.insert(store.Group, "g")
	var want []string
	for i := range 100 {
		id := fmt.Sprintf("a%02d", i)
		s.insert(store.Account, id)
		s.join("g", id)
		want = append(want, id)
		if i%3 != 0 {
			gone := want[i/3%len(want)]
			s.must(s.update(func(tx store.Tx) error { _, err := tx.Leave("g", gone); return err }))
			want = slices.DeleteFunc(want, func(id string) bool { return id == gone })
		}
	}
	s.view(func(v store.View) {
		members, err := v.Members("g")
		s.must(err)
		if got := ids(members); got != strings.Join(want, " ") {
			t.Errorf("members\n got %s\nwant %s", got, strings.Join(want, " "))
		}
		for _, id := range want {
			if is, err := v.IsMember("g", id); !is || err != nil {
				t.Errorf("%s is a member: %t, %v", id, is, err)
			}
		}
	})
}
