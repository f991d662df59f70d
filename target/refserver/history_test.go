package refserver_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/scimproof/scimproof/target/refserver"
	"github.com/scimproof/scimproof/target/refserver/store"
	"github.com/scimproof/scimproof/target/refserver/store/storefault"
)

// An act is one request about a group; what is heard of it are the members that the
// answer shows.
type act struct {
	verb   string // "add", "remove", "put" or "read"
	people []string
}

// oneGroup is what a group is to all who use it at once: a list of people that each
// act changes or reads as a whole, one act after the other.
var oneGroup = porcupine.Model{
	Init: func() any { return "" },
	Step: func(state, input, output any) (bool, any) {
		in, a := strings.Fields(state.(string)), input.(act)
		switch a.verb {
		case "remove":
			in = slices.DeleteFunc(in, func(id string) bool { return slices.Contains(a.people, id) })
		case "put":
			in = slices.DeleteFunc(in, func(id string) bool { return !slices.Contains(a.people, id) })
		}
		for _, id := range a.people {
			if a.verb != "remove" && !slices.Contains(in, id) {
				in = append(in, id)
			}
		}
		then := strings.Join(in, " ")
		return output == then, then
	},
}

func (a act) do(s tenant, group string) string {
	path := "/Groups/" + group
	switch a.verb {
	case "add":
		return s.send(s.request("PATCH", path, ops(`{"op":"add","path":"members","value":`+values(a.people...)+`}`))).ids("members")
	case "remove":
		return s.send(s.request("PATCH", path, ops(`{"op":"remove","path":"members[value eq \"`+a.people[0]+`\"]"}`))).ids("members")
	case "put":
		return s.send(s.request("PUT", path, `{"schemas":["`+groupURN+`"],"displayName":"G",`+members(a.people...)+`}`)).ids("members")
	}
	return s.send(s.request("GET", path, "")).ids("members")
}

// history is what several clients did to one group at once, and heard. Its times are
// places in an order that all of them share.
func history(t *testing.T, kept store.Store) (all []porcupine.Operation) {
	s := newTenant(t)
	s.server = refserver.New(refserver.Config{AdminToken: adminToken, Store: kept})
	s = s.sibling("another")
	var ids []string
	for _, name := range []string{"a", "b", "c", "d"} {
		ids = append(ids, s.newUser(name))
	}
	g := s.newGroup("G")
	var clock atomic.Int64
	var clients sync.WaitGroup
	var mu sync.Mutex
	for client := range 5 {
		clients.Go(func() {
			for range 8 {
				some := make([]string, 1+rand.IntN(2))
				for i := range some {
					some[i] = ids[rand.IntN(len(ids))]
				}
				a := act{[]string{"add", "add", "remove", "put", "read"}[rand.IntN(5)], some}
				if a.verb == "remove" {
					a.people = some[:1]
				} else if a.verb == "read" {
					a.people = nil
				}
				began := clock.Add(1)
				heard := a.do(s, g)
				ended := clock.Add(1)
				mu.Lock()
				all = append(all, porcupine.Operation{ClientId: client, Input: a, Output: heard, Call: began, Return: ended})
				mu.Unlock()
			}
		})
	}
	clients.Wait()
	return all
}

// TestAGroupIsOneToAllWhoUseItAtOnce: whatever clients hear of one group while they
// all change it can have come about one request after the other. Stores with the
// mistakes that concern such histories are found out by them.
func TestAGroupIsOneToAllWhoUseItAtOnce(t *testing.T) {
	for range 40 {
		if got := porcupine.CheckOperationsTimeout(oneGroup, history(t, store.NewMemory()), time.Minute); got != porcupine.Ok {
			t.Fatalf("what was heard cannot have come about one by one: %s", got)
		}
	}
	for _, mistake := range []string{"lost-update", "reads-an-older-copy"} {
		found := false
		for range 20 { // one is nearly always enough
			kept, err := storefault.In(mistake, store.NewMemory())
			if err != nil {
				t.Fatal(err)
			}
			found = found || porcupine.CheckOperationsTimeout(oneGroup, history(t, kept), time.Minute) == porcupine.Illegal
			if found {
				break
			}
		}
		if !found {
			t.Errorf("%s goes unnoticed", mistake)
		}
	}
}
