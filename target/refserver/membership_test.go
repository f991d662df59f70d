package refserver_test

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// TestBothSidesShowOneMembership: what a group shows of its members and an account
// of its groups is the same in the resource itself and in the list, and follows
// every change on either side.
func TestBothSidesShowOneMembership(t *testing.T) {
	s := newTenant(t)
	a, b := s.newUser("ana"), s.newUser("ben")
	g, h := s.newGroup("G", members(a)), s.newGroup("H", members(a, b))
	base := "http://idp.test:8080" + s.path
	shown := func(path, attribute, ofKind, want string) {
		t.Helper()
		var parts []string
		for _, pair := range strings.Fields(want) {
			id, display, _ := strings.Cut(pair, "=")
			kind := map[string]string{"Users": "User", "Groups": "direct"}[ofKind]
			parts = append(parts, `{"$ref":"`+base+"/"+ofKind+"/"+id+`","display":"`+display+`","type":"`+kind+`","value":"`+id+`"}`)
		}
		list := "[" + strings.Join(parts, ",") + "]"
		s.ask("GET", path, "").is(200).has(attribute, list)
		endpoint, id := path[:strings.LastIndex(path, "/")], path[strings.LastIndex(path, "/")+1:]
		in := s.ask("GET", endpoint+"?filter="+url.QueryEscape(`id eq "`+id+`"`), "").is(200)
		in.body = in.body["Resources"].([]any)[0].(map[string]any)
		in.has(attribute, list)
	}
	expect := func(groupsOfA, groupsOfB, membersOfG, membersOfH string) {
		t.Helper()
		shown("/Users/"+a, "groups", "Groups", groupsOfA)
		shown("/Users/"+b, "groups", "Groups", groupsOfB)
		shown("/Groups/"+g, "members", "Users", membersOfG)
		if membersOfH != "gone" {
			shown("/Groups/"+h, "members", "Users", membersOfH)
		}
	}
	expect(g+"=G "+h+"=H", h+"=H", a+"=ana", a+"=ana "+b+"=ben")

	s.ask("PATCH", "/Groups/"+g, ops(`{"op":"replace","value":{"id":"`+g+`","displayName":"G2"}}`)).is(200)
	expect(g+"=G2 "+h+"=H", h+"=H", a+"=ana", a+"=ana "+b+"=ben")

	s.ask("PATCH", "/Users/"+a, ops(`{"op":"replace","value":{"userName":"eva"}}`)).is(200)
	expect(g+"=G2 "+h+"=H", h+"=H", a+"=eva", a+"=eva "+b+"=ben")

	s.ask("PATCH", "/Users/"+b, ops(`{"op":"replace","value":{"active":false}}`)).is(200)
	expect(g+"=G2 "+h+"=H", h+"=H", a+"=eva", a+"=eva "+b+"=ben") // who is disabled stays

	s.ask("PUT", "/Users/"+b, user("ben", `"active":true`, `"groups":[{"value":"`+g+`"}]`)).is(200)
	c := s.ask("POST", "/Users", user("cai", `"groups":[{"value":"`+g+`"}]`)).is(201).has("groups", "[]").text("id")
	for _, op := range []string{
		`{"op":"add","path":"groups","value":[{"value":"` + g + `"}]}`,
		`{"op":"replace","value":{"groups":[]}}`,
		`{"op":"remove","path":"groups"}`,
		`{"op":"remove","path":"groups[value eq \"` + h + `\"]"}`,
		`{"op":"replace","path":"groups.display","value":"x"}`,
	} {
		s.ask("PATCH", "/Users/"+b, ops(op)).fails(400, "mutability")
	}
	expect(g+"=G2 "+h+"=H", h+"=H", a+"=eva", a+"=eva "+b+"=ben") // groups are read-only

	s.ask("PUT", "/Groups/"+g, group("G2", members(b, a, c))).is(200)
	expect(g+"=G2 "+h+"=H", h+"=H "+g+"=G2", a+"=eva "+b+"=ben "+c+"=cai", a+"=eva "+b+"=ben")

	s.ask("DELETE", "/Groups/"+h, "").is(204)
	expect(g+"=G2", g+"=G2", a+"=eva "+b+"=ben "+c+"=cai", "gone")

	s.admin("PATCH", "/iams/"+s.id, `{"delete_users":true}`).is(200)
	s.ask("DELETE", "/Users/"+c, "").is(204)
	expect(g+"=G2", g+"=G2", a+"=eva "+b+"=ben", "gone")
}

// TestAMemberIsItsValue: what else a client says of a member is the server's to know.
func TestAMemberIsItsValue(t *testing.T) {
	for name, more := range map[string]string{
		"nothing else":       ``,
		"display null":       `,"display":null`,
		"another display":    `,"display":"Mallory"`,
		"a number":           `,"display":5`,
		"another reference":  `,"$ref":"https://elsewhere.example/Users/1"`,
		"type null":          `,"type":null`,
		"type in lower case": `,"type":"user"`,
		"more than we know":  `,"x":{"y":[1]}`,
	} {
		t.Run(name, func(t *testing.T) {
			s := newTenant(t)
			a, b := s.newUser("ana"), s.newUser("ben")
			list := `[{"value":"` + a + `"` + more + `}]`
			g := s.newGroup("G", `"members":`+list)
			for _, write := range [][2]string{
				{"PUT", group("G", `"members":`+list)},
				{"PATCH", ops(`{"op":"replace","path":"members","value":` + list + `}`)},
				{"PATCH", ops(`{"op":"add","path":"members","value":` + list + `}`)},
			} {
				s.ask("PUT", "/Groups/"+g, group("G", members(b))).is(200)
				s.ask(write[0], "/Groups/"+g, write[1]).is(200)
				read := s.ask("GET", "/Groups/"+g, "")
				if !strings.Contains(read.show("members"), `"display":"ana","type":"User","value":"`+a+`"`) {
					t.Errorf("%s %s: members %s", write[0], write[1], read.show("members"))
				}
			}
		})
	}
}

// TestALargeGroupIsNotShownForAPatch: the answer would cost what the group holds.
func TestALargeGroupIsNotShownForAPatch(t *testing.T) {
	s := newTenant(t)
	var ids []string
	for i := range 1001 {
		ids = append(ids, s.newUser(fmt.Sprintf("u%d", i)))
	}
	g := s.newGroup("G", members(ids[:999]...))
	add := func(id string) string { return ops(`{"op":"add","path":"members","value":` + values(id) + `}`) }
	if got := strings.Fields(s.ask("PATCH", "/Groups/"+g, add(ids[999])).is(200).ids("members")); len(got) != 1000 {
		t.Errorf("a group of 1000 is answered with %d members", len(got))
	}
	a := s.ask("PATCH", "/Groups/"+g, add(ids[1000])).is(204)
	if a.Body.Len() > 0 || a.Header().Get("Etag") != `W/"3"` || a.Header().Get("Content-Type") != "" {
		t.Errorf("answered %v %q", a.Header(), a.Body)
	}
	s.ask("PATCH", "/Groups/"+g, add("nobody")).fails(400, "invalidValue")
	s.ask("PATCH", "/Groups/"+g+"?attributes=displayName", add(ids[0])).is(200).has("displayName", `"G"`, "members", "")
	s.ask("PATCH", "/Groups/"+g+"?excludedAttributes=members", add(ids[0])).is(200).has("displayName", `"G"`, "members", "")
	if got := s.ask("PATCH", "/Groups/"+g+"?attributes=members", add(ids[0])).is(200).ids("members"); got != strings.Join(ids, " ") {
		t.Errorf("%d members", len(strings.Fields(got)))
	}
	if got := s.ask("PUT", "/Groups/"+g, group("G", members(ids...))).is(200).ids("members"); got != strings.Join(ids, " ") {
		t.Errorf("a PUT is answered with %d members", len(strings.Fields(got)))
	}
}

// TestMembershipsAgreeWithANaiveModel plays random writes of groups at the server
// and at lists of names.
func TestMembershipsAgreeWithANaiveModel(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := newTenant(t)
		accounts := []string{"nobody"}
		for _, name := range []string{"a", "b", "c", "d"} {
			accounts = append(accounts, s.newUser(name))
		}
		groups := []string{s.newGroup("G"), s.newGroup("H")}
		in, of := map[string][]string{}, map[string][]string{} // members by group, groups by account
		join := func(g, a string) {
			if !slices.Contains(in[g], a) {
				in[g], of[a] = append(in[g], a), append(of[a], g)
			}
		}
		leave := func(g, a string) {
			in[g] = slices.DeleteFunc(slices.Clone(in[g]), func(id string) bool { return id == a })
			of[a] = slices.DeleteFunc(slices.Clone(of[a]), func(id string) bool { return id == g })
		}
		set := func(g string, ids []string) {
			for _, a := range in[g] {
				if !slices.Contains(ids, a) {
					leave(g, a)
				}
			}
			for _, a := range ids {
				join(g, a)
			}
		}
		some := rapid.SliceOfN(rapid.SampledFrom(accounts), 0, 5)
		for range 20 {
			g := rapid.SampledFrom(groups).Draw(r, "group")
			path, method, body := "/Groups/"+g, "PATCH", ""
			var do []func()
			refused := false
			list := func(name string) []string {
				ids := some.Draw(r, name)
				refused = refused || slices.Contains(ids, "nobody")
				return ids
			}
			switch rapid.IntRange(0, 3).Draw(r, "verb") {
			case 0:
				ids := list("put")
				method, body = "PUT", group("P"+g, members(ids...))
				do = append(do, func() { set(g, ids) })
			case 1:
				s.ask("DELETE", path, "").is(204)
				set(g, nil)
				ids := list("members of a new one")
				a := s.ask("POST", "/Groups", group("P"+g, members(ids...)))
				if refused {
					a.fails(400, "invalidValue")
					ids, a = nil, s.ask("POST", "/Groups", group("P"+g)).is(201)
				}
				groups[slices.Index(groups, g)] = a.is(201).text("id")
				set(a.text("id"), ids)
				continue
			default:
				var steps []string
				for range rapid.IntRange(1, 3).Draw(r, "operations") {
					switch rapid.IntRange(0, 4).Draw(r, "operation") {
					case 0:
						ids := list("add")
						steps = append(steps, `{"op":"add","path":"members","value":`+values(ids...)+`}`)
						do = append(do, func() {
							for _, a := range ids {
								join(g, a)
							}
						})
					case 1:
						ids := list("add without a path")
						steps = append(steps, `{"op":"Add","value":{`+members(ids...)+`}}`)
						do = append(do, func() {
							for _, a := range ids {
								join(g, a)
							}
						})
					case 2:
						a := rapid.SampledFrom(accounts).Draw(r, "leaver")
						steps = append(steps, `{"op":"remove","path":"members[value eq \"`+a+`\"]"}`)
						do = append(do, func() { leave(g, a) })
					case 3:
						ids := list("replace")
						steps = append(steps, `{"op":"replace","path":"members","value":`+values(ids...)+`}`)
						do = append(do, func() { set(g, ids) })
					case 4:
						steps = append(steps, `{"op":"replace","value":{"id":"`+g+`","displayName":"R`+g+`"}}`)
					}
				}
				body = ops(steps...)
			}
			if a := s.ask(method, path, body); refused {
				a.fails(400, "invalidValue")
			} else {
				a.is(200)
				for _, step := range do {
					step()
				}
			}
			for _, g := range groups {
				if got, want := s.ask("GET", "/Groups/"+g, "").ids("members"), strings.Join(in[g], " "); got != want {
					r.Fatalf("%s %s\nmembers %q, want %q", method, body, got, want)
				}
			}
			for _, a := range accounts[1:] {
				if got, want := s.ask("GET", "/Users/"+a, "").ids("groups"), strings.Join(of[a], " "); got != want {
					r.Fatalf("%s %s\ngroups of %s %q, want %q", method, body, a, got, want)
				}
			}
		}
	})
}

// TestTheSameMemberAddedAtOnce: one membership, and no error (F66).
func TestTheSameMemberAddedAtOnce(t *testing.T) {
	s := newTenant(t)
	a, g := s.newUser("ana"), s.newGroup("G")
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if got := s.send(s.request("PATCH", "/Groups/"+g, ops(`{"op":"add","path":"members","value":`+values(a, a)+`}`))).Code; got != 200 {
				t.Errorf("answered %d", got)
			}
		})
	}
	wg.Wait()
	s.ask("GET", "/Groups/"+g, "").has("meta/version", `"W/\"2\""`)
	if got := s.ask("GET", "/Groups/"+g, "").ids("members"); got != a {
		t.Errorf("members %q", got)
	}
	if got := s.ask("GET", "/Users/"+a, "").ids("groups"); got != g {
		t.Errorf("groups %q", got)
	}
}

// TestChangesAtOnceAreAsIfOneByOne: each of many changes of a few groups, made side
// by side, is of a person of its own, so that whatever their order was, the end is
// known (F65).
func TestChangesAtOnceAreAsIfOneByOne(t *testing.T) {
	s := newTenant(t)
	const people = 60
	var ids []string
	for i := range people {
		ids = append(ids, s.newUser(fmt.Sprintf("u%d", i)))
	}
	groups := []string{s.newGroup("G", members(ids[:people/2]...)), s.newGroup("H")}
	var changes []func()
	patch := func(g, op string) {
		if got := s.send(s.request("PATCH", "/Groups/"+g, ops(op))).Code; got != 200 {
			t.Errorf("%s is answered %d", op, got)
		}
	}
	for i, id := range ids {
		changes = append(changes, func() {
			if i < people/2 {
				patch(groups[0], `{"op":"remove","path":"members[value eq \"`+id+`\"]"}`)
			} else {
				patch(groups[0], `{"op":"add","path":"members","value":`+values(id)+`}`)
			}
		}, func() {
			patch(groups[1], `{"op":"add","path":"members","value":`+values(id)+`}`)
		}, func() {
			s.send(s.request("PATCH", "/Users/"+id, ops(`{"op":"replace","value":{"active":false}}`)))
		}, func() {
			patch(groups[i%2], fmt.Sprintf(`{"op":"replace","value":{"displayName":"N%d"}}`, i))
		})
	}
	rand.Shuffle(len(changes), func(i, j int) { changes[i], changes[j] = changes[j], changes[i] })
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := w; i < len(changes); i += 8 {
				changes[i]()
			}
		})
	}
	wg.Wait()
	for g, want := range map[string][]string{groups[0]: ids[people/2:], groups[1]: ids} {
		got := strings.Fields(s.ask("GET", "/Groups/"+g, "").ids("members"))
		slices.Sort(got)
		want = slices.Sorted(slices.Values(want))
		if !slices.Equal(got, want) {
			t.Errorf("members %v, want %v", got, want)
		}
	}
}
