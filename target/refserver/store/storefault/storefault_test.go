package storefault_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/scimproof/scimproof/target/refserver/store"
	"github.com/scimproof/scimproof/target/refserver/store/storefault"
	"github.com/scimproof/scimproof/target/refserver/store/storetest"
)

// Where nothing happens at once, the mistake is a store like any other.
func TestLostUpdateIsAStore(t *testing.T) {
	storetest.Run(t, func() store.Store { return storefault.LostUpdate(store.NewMemory(), 0) },
		"transactions side by side lose nothing")
}

// What is written is what a store keeps; the copy is a matter of reading it at once.
func TestOlderCopyIsAStore(t *testing.T) {
	storetest.Run(t, func() store.Store { return caughtUp{storefault.OlderCopy(store.NewMemory())} })
}

// caughtUp lets the copy hear of every change.
type caughtUp struct{ store.Store }

func (s caughtUp) Update(ctx context.Context, iam string, do func(store.Tx) error) error {
	err := s.Store.Update(ctx, iam, do)
	_ = s.Store.View(ctx, iam, func(store.View) error { return nil })
	return err
}

// kept is a store with an IAM, the accounts a, b and c, and the group g with a in it.
type kept struct {
	*testing.T
	store.Store
}

func with(t *testing.T, s store.Store) kept {
	k := kept{t, s}
	k.must(s.CreateIAM(t.Context(), store.IAM{ID: "m", DisplayName: "M"}))
	k.update(func(tx store.Tx) error {
		for _, id := range []string{"a", "b", "c"} {
			if _, err := tx.Insert(store.Account, store.Record{ID: id, Key: id}); err != nil {
				return err
			}
		}
		_, err := tx.Insert(store.Group, store.Record{ID: "g", Key: "g"})
		_, joined := tx.Join("g", "a")
		return errors.Join(err, joined)
	})
	return k
}

func (k kept) must(err error) {
	k.Helper()
	if err != nil {
		k.Fatal(err)
	}
}

func (k kept) update(do func(store.Tx) error) {
	k.Helper()
	if err := k.Update(k.Context(), "m", do); err != nil {
		k.Error(err)
	}
}

func (k kept) join(group string, accounts ...string) {
	k.Helper()
	k.update(func(tx store.Tx) error {
		for _, a := range accounts {
			if _, err := tx.Join(group, a); err != nil {
				return err
			}
		}
		return nil
	})
}

func (k kept) leave(group, account string) {
	k.Helper()
	k.update(func(tx store.Tx) error { _, err := tx.Leave(group, account); return err })
}

func (k kept) rename(group, key string) {
	k.Helper()
	k.update(func(tx store.Tx) error {
		r, err := tx.Get(store.Group, group)
		r.Key = key
		return errors.Join(err, tx.Replace(store.Group, r))
	})
}

// shown is the group g in one read: its key, its members, and who has it among their
// groups.
func (k kept) shown() (shown string) {
	k.Helper()
	k.must(k.View(k.Context(), "m", func(v store.View) error {
		shown = show(k.T, v)
		return nil
	}))
	return shown
}

func show(t *testing.T, v store.View) string {
	t.Helper()
	g, err := v.Get(store.Group, "g")
	if err != nil {
		return err.Error()
	}
	var members, sides []string
	accounts, err := v.Members("g")
	if err != nil {
		t.Error(err)
	}
	for _, a := range accounts {
		members = append(members, a.ID)
	}
	all, err := v.Page(store.Account, 0, 100)
	if err != nil {
		t.Error(err)
	}
	for _, a := range all {
		groups, err := v.GroupsOf(a.ID)
		is, other := v.IsMember("g", a.ID)
		listed := slices.ContainsFunc(groups, func(g store.Record) bool { return g.ID == "g" })
		if listed != is || err != nil || other != nil {
			t.Errorf("%s shows the group: %t, and is a member: %t; %v, %v", a.ID, listed, is, err, other)
		}
		if is {
			sides = append(sides, a.ID)
		}
	}
	size, err := v.Size("g")
	if !slices.Equal(slices.Sorted(slices.Values(members)), slices.Sorted(slices.Values(sides))) || size != len(members) || err != nil {
		t.Errorf("members %v, size %d, %v; of these the group is shown by %v", members, size, err, sides)
	}
	found, err := v.Find(store.Group, g.Key)
	page, other := v.Page(store.Group, 0, 1)
	if found.ID != "g" || page[0].Key != g.Key || err != nil || other != nil {
		t.Errorf("by its id it is %s; by its name %v, %v, and in a list %v, %v", g.Key, found, err, page, other)
	}
	return g.Key + ": " + strings.Join(members, " ")
}

// Of two changes that are under way together one is lost, in every run, and both are
// well as far as whoever made them is told.
func TestOfTwoUpdatesAtOnceOneIsLost(t *testing.T) {
	for i := range 50 {
		k := with(t, storefault.LostUpdate(store.NewMemory(), time.Hour))
		// what each change sees of itself is itself
		change := func(id string) {
			k.update(func(tx store.Tx) error {
				_, err := tx.Join("g", id)
				if got := show(t, tx); got != "g: a "+id {
					t.Errorf("in the middle of it: %s", got)
				}
				return err
			})
		}
		var both sync.WaitGroup
		both.Go(func() { change("b") })
		both.Go(func() { change("c") })
		both.Wait()
		if got := k.shown(); got != "g: a b" && got != "g: a c" {
			t.Fatalf("run %d: %s", i, got)
		}
	}
}

// A rename takes a membership with it as well.
func TestARenameLosesAMembership(t *testing.T) {
	k := with(t, storefault.LostUpdate(store.NewMemory(), time.Hour))
	var both sync.WaitGroup
	both.Go(func() { k.rename("g", "h") })
	both.Go(func() { k.join("g", "b") })
	both.Wait()
	if got := k.shown(); got != "h: a" && got != "g: a b" {
		t.Error(got)
	}
}

// Changes of several groups do not meet: one that waits is none that another waits for.
func TestChangesOfSeveralGroupsDoNotMeet(t *testing.T) {
	k := with(t, storefault.LostUpdate(store.NewMemory(), time.Hour))
	k.update(func(tx store.Tx) error {
		_, err := tx.Insert(store.Group, store.Record{ID: "h", Key: "h"})
		return err
	})
	ctx, cancel := context.WithCancel(t.Context())
	waiting := make(chan error)
	go func() {
		waiting <- k.Update(ctx, "m", func(tx store.Tx) error { _, err := tx.Join("h", "c"); return err })
	}()
	var both sync.WaitGroup
	both.Go(func() { k.join("g", "b") })
	both.Go(func() { k.join("g", "c") })
	both.Wait()
	cancel()
	k.must(<-waiting)
	if got := k.shown(); got != "g: a b" && got != "g: a c" {
		t.Error(got)
	}
}

// One after the other nothing is lost, nor of changes of several groups at once.
func TestUpdatesThatAreNotAtOnceAreKept(t *testing.T) {
	k := with(t, storefault.LostUpdate(store.NewMemory(), time.Millisecond))
	k.update(func(tx store.Tx) error {
		_, err := tx.Insert(store.Group, store.Record{ID: "h", Key: "h"})
		return err
	})
	k.join("g", "b")
	k.rename("g", "k")
	k.leave("g", "a")
	var both sync.WaitGroup
	both.Go(func() { k.join("g", "c") })
	both.Go(func() { k.join("h", "c") })
	both.Wait()
	if got := k.shown(); got != "k: b c" {
		t.Error(got)
	}
}

// Who waits in vain goes on: what it waits for may have been refused, or be in
// another IAM, or change nothing.
func TestNobodyIsWaitedForForever(t *testing.T) {
	k := with(t, storefault.LostUpdate(store.NewMemory(), time.Hour))
	ctx, cancel := context.WithCancel(t.Context())
	waiting := make(chan error)
	go func() {
		waiting <- k.Update(ctx, "m", func(tx store.Tx) error { _, err := tx.Join("g", "b"); return err })
	}()
	k.join("g", "a") // changes nothing
	no := errors.New("no")
	err := k.Update(t.Context(), "m", func(tx store.Tx) error { _, _ = tx.Join("g", "c"); return no })
	if !errors.Is(err, no) {
		t.Errorf("a refusal became %v", err)
	}
	cancel()
	k.must(<-waiting)
	if got := k.shown(); got != "g: a b" {
		t.Error(got)
	}
}

// A group that is deleted meanwhile stays deleted, and who is gone is not written back.
func TestAWriteBackRaisesNobody(t *testing.T) {
	for name, tt := range map[string]struct {
		kind store.Kind
		id   string
		want string
		fate error
	}{
		"the group":  {store.Group, "g", store.ErrNotFound.Error(), store.ErrNotFound},
		"an account": {store.Account, "b", "g: a", nil},
	} {
		t.Run(name, func(t *testing.T) {
			k := with(t, storefault.LostUpdate(store.NewMemory(), time.Hour))
			ctx, cancel := context.WithCancel(t.Context())
			read, waiting := make(chan struct{}), make(chan error)
			go func() {
				waiting <- k.Update(ctx, "m", func(tx store.Tx) error {
					_, err := tx.Join("g", "b")
					close(read)
					return err
				})
			}()
			<-read
			k.update(func(tx store.Tx) error { return tx.Delete(tt.kind, tt.id) })
			cancel()
			if err := <-waiting; !errors.Is(err, tt.fate) {
				t.Errorf("written back: %v, want %v", err, tt.fate)
			}
			if got := k.shown(); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

// The first read after a change shows the group as it was, the next one as it is.
func TestTheCopyLagsByOneRequest(t *testing.T) {
	nothing := func(kept) {}
	for name, tt := range map[string]struct {
		change    func(kept)
		older     string
		now       string
		inBetween func(kept)
	}{
		"somebody joins":  {func(k kept) { k.join("g", "b", "c") }, "g: a", "g: a b c", nothing},
		"somebody leaves": {func(k kept) { k.leave("g", "a") }, "g: a", "g: ", nothing},
		"a new name":      {func(k kept) { k.rename("g", "h") }, "g: a", "h: a", nothing},
		"two changes":     {func(k kept) { k.join("g", "b"); k.join("g", "c") }, "g: a b", "g: a b c", nothing},
		"all in one": {func(k kept) {
			k.update(func(tx store.Tx) error {
				_, left := tx.Leave("g", "a")
				_, joined := tx.Join("g", "b")
				g, err := tx.Get(store.Group, "g")
				g.Key = "h"
				return errors.Join(left, joined, err, tx.Replace(store.Group, g))
			})
		}, "g: a", "h: b", nothing},
		"no change":     {func(k kept) { k.join("g", "a"); k.leave("g", "c") }, "g: a", "g: a", nothing},
		"a refusal":     {refusal, "g: a", "g: a", nothing},
		"a deletion":    {func(k kept) { k.update(func(tx store.Tx) error { return tx.Delete(store.Group, "g") }) }, store.ErrNotFound.Error(), store.ErrNotFound.Error(), nothing},
		"a read passes": {func(k kept) { k.join("g", "b") }, "g: a b", "g: a b", func(k kept) { k.must(k.View(k.Context(), "m", func(store.View) error { return nil })) }},
		"a write passes": {func(k kept) { k.join("g", "b") }, "g: a b", "g: a b", func(k kept) {
			k.update(func(tx store.Tx) error {
				_, err := tx.Insert(store.Account, store.Record{ID: "d", Key: "d"})
				return err
			})
		}},
		"a refusal passes": {func(k kept) { k.join("g", "b") }, "g: a b", "g: a b", refusal},
		"another IAM is read": {func(k kept) { k.join("g", "b") }, "g: a", "g: a b", func(k kept) {
			k.must(k.CreateIAM(k.Context(), store.IAM{ID: "n", DisplayName: "N"}))
			k.must(k.View(k.Context(), "n", func(store.View) error { return nil }))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			k := with(t, storefault.OlderCopy(store.NewMemory()))
			tt.change(k)
			tt.inBetween(k)
			if got := k.shown(); got != tt.older {
				t.Errorf("at first %q, want %q", got, tt.older)
			}
			if got := k.shown(); got != tt.now {
				t.Errorf("then %q, want %q", got, tt.now)
			}
		})
	}
}

func refusal(k kept) {
	no := errors.New("no")
	err := k.Update(k.Context(), "m", func(tx store.Tx) error { _, _ = tx.Leave("g", "a"); return no })
	if !errors.Is(err, no) {
		k.Errorf("a refusal became %v", err)
	}
}

// A group that is just made is there, with all who are in it.
func TestAGroupThatIsMadeHasNoOlderCopy(t *testing.T) {
	k := with(t, storefault.OlderCopy(store.NewMemory()))
	if got := k.shown(); got != "g: a" {
		t.Error(got)
	}
}

// A change is made to the group as it is, also right after another.
func TestAChangeSeesWhatIsWritten(t *testing.T) {
	k := with(t, storefault.OlderCopy(store.NewMemory()))
	k.join("g", "b")
	k.update(func(tx store.Tx) error {
		if got := show(t, tx); got != "g: a b" {
			t.Error(got)
		}
		return nil
	})
}

// Side by side nothing is lost, and nothing breaks.
func TestTheCopySideBySide(t *testing.T) {
	k := with(t, storefault.OlderCopy(store.NewMemory()))
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			id := fmt.Sprint(i)
			k.update(func(tx store.Tx) error {
				_, err := tx.Insert(store.Account, store.Record{ID: id, Key: id})
				return err
			})
			k.join("g", id)
			k.shown()
		})
	}
	all.Wait()
	k.shown()
	if got := len(strings.Fields(k.shown())); got != 22 {
		t.Errorf("%d words", got)
	}
}

func TestAMistakeIsKnownByItsName(t *testing.T) {
	for _, name := range storefault.Names() {
		if s, err := storefault.In(name, store.NewMemory()); s == nil || err != nil {
			t.Errorf("%s: %v, %v", name, s, err)
		}
	}
	if _, err := storefault.In("nonesuch", store.NewMemory()); err == nil || !strings.Contains(err.Error(), `"nonesuch"`) {
		t.Errorf("%v", err)
	}
}
