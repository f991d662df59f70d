package refserver_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

func TestAGroupIsMadeWithItsMembers(t *testing.T) {
	s := newTenant(t)
	a, b := s.newUser("a"), s.newUser("b")
	for name, tt := range map[string]struct{ sent, want string }{
		"none named":                {`"x":"y"`, ""},
		"an empty list":             {members(), ""},
		"null":                      {`"members":null`, ""},
		"two":                       {members(a, b), a + " " + b},
		"the same twice":            {members(a, a), a},
		"other letter case in name": {`"MEMBERS":[{"VALUE":"` + a + `"}]`, a},
	} {
		t.Run(name, func(t *testing.T) {
			s := s.in(t)
			made := s.ask("POST", "/Groups", group(name, tt.sent)).is(201)
			read := s.ask("GET", "/Groups/"+made.text("id"), "").is(200)
			if got := read.ids("members"); got != tt.want {
				t.Errorf("members %q, want %q", got, tt.want)
			}
			if made.show() != read.show() {
				t.Errorf("made %s, read %s", made.show(), read.show())
			}
		})
	}
}

func TestAGroupNameIsTakenOnce(t *testing.T) {
	s := newTenant(t)
	id := s.newGroup("Analysts")
	s.ask("POST", "/Groups", group("Analysts")).fails(409, "uniqueness")
	s.ask("POST", "/Groups", group("ANALYSTS")).fails(409, "uniqueness")
	other := s.newGroup("Others")
	s.ask("PUT", "/Groups/"+other, group("analysts")).fails(409, "uniqueness")
	s.ask("PATCH", "/Groups/"+other, ops(`{"op":"replace","value":{"displayName":"analysts"}}`)).fails(409, "uniqueness")
	s.ask("DELETE", "/Groups/"+id, "").is(204)
	s.newGroup("Analysts")
	s.ask("POST", "/Groups", `{"schemas":["`+groupURN+`"]}`).fails(400, "invalidValue")
	s.ask("POST", "/Groups", group("")).fails(400, "invalidValue")
}

// TestAGroupWrite holds what each write makes of a group with the members a and b,
// beside whom there is c.
func TestAGroupWrite(t *testing.T) {
	type row struct {
		method, body string // A, B, C, ME stand for ids
		status       int
		scimType     string
		want         string // the members then
	}
	patch := func(op ...string) string { return ops(op...) }
	for name, tt := range map[string]row{
		"adds a member":                                  {"PATCH", patch(`{"op":"add","path":"members","value":[{"value":"C","display":"x"}]}`), 200, "", "A B C"},
		"adds a member that is there":                    {"PATCH", patch(`{"op":"add","path":"members","value":[{"value":"A"}]}`), 200, "", "A B"},
		"adds one member without a list":                 {"PATCH", patch(`{"op":"add","path":"members","value":{"value":"C"}}`), 200, "", "A B C"},
		"adds without a path":                            {"PATCH", patch(`{"op":"add","value":{"members":[{"value":"C"}]}}`), 200, "", "A B C"},
		"adds with the full URN":                         {"PATCH", patch(`{"op":"add","path":"` + groupURN + `:members","value":[{"value":"C"}]}`), 200, "", "A B C"},
		"adds nobody":                                    {"PATCH", patch(`{"op":"add","path":"members","value":[]}`), 200, "", "A B"},
		"removes by filter":                              {"PATCH", patch(`{"op":"remove","path":"members[value eq \"A\"]"}`), 200, "", "B"},
		"removes by a filter with or":                    {"PATCH", patch(`{"op":"remove","path":"members[value eq \"A\" or display eq \"BEN\"]"}`), 200, "", ""},
		"removes nobody":                                 {"PATCH", patch(`{"op":"remove","path":"members[value eq \"C\"]"}`), 200, "", "A B"},
		"removes all":                                    {"PATCH", patch(`{"op":"remove","path":"members"}`), 200, "", ""},
		"removes the named (Entra's form)":               {"PATCH", patch(`{"op":"Remove","path":"members","value":[{"value":"A"}]}`), 200, "", "B"},
		"removes nobody named":                           {"PATCH", patch(`{"op":"remove","path":"members","value":[]}`), 200, "", "A B"},
		"replaces all":                                   {"PATCH", patch(`{"op":"replace","path":"members","value":[{"value":"C"}]}`), 200, "", "C"},
		"replaces all by nobody":                         {"PATCH", patch(`{"op":"replace","path":"members","value":[]}`), 200, "", ""},
		"replaces without a path, with id":               {"PATCH", patch(`{"op":"replace","value":{"id":"SELF","displayName":"G2","members":[{"value":"C"}]}}`), 200, "", "C"},
		"removes and adds in order":                      {"PATCH", patch(`{"op":"remove","path":"members"}`, `{"op":"add","path":"members","value":[{"value":"A"}]}`), 200, "", "A"},
		"adds and removes in order":                      {"PATCH", patch(`{"op":"add","path":"members","value":[{"value":"C"}]}`, `{"op":"remove","path":"members[value eq \"C\"]"}`), 200, "", "A B"},
		"renames and keeps the members":                  {"PATCH", patch(`{"op":"replace","value":{"id":"SELF","displayName":"G2"}}`), 200, "", "A B"},
		"repeats a member's value":                       {"PATCH", patch(`{"op":"replace","path":"members[value eq \"A\"].value","value":"A"}`), 200, "", "A B"},
		"is refused for another id":                      {"PATCH", patch(`{"op":"replace","value":{"id":"other","displayName":"G2"}}`), 400, "mutability", "A B"},
		"is refused for an unknown member":               {"PATCH", patch(`{"op":"add","path":"members","value":[{"value":"C"},{"value":"nobody"}]}`), 400, "invalidValue", "A B"},
		"is refused whole when one part is bad":          {"PATCH", patch(`{"op":"replace","path":"members","value":[{"value":"C"}]}`, `{"op":"replace","path":"displayName","value":5}`), 400, "invalidValue", "A B"},
		"is refused whole when the last part is bad":     {"PATCH", patch(`{"op":"remove","path":"members"}`, `{"op":"add","path":"members","value":[{"value":"nobody"}]}`), 400, "invalidValue", "A B"},
		"is refused for a group as member":               {"PATCH", patch(`{"op":"add","path":"members","value":[{"value":"C","type":"Group"}]}`), 400, "invalidValue", "A B"},
		"is refused for a member without value":          {"PATCH", patch(`{"op":"add","path":"members","value":[{"display":"x"}]}`), 400, "invalidValue", "A B"},
		"is refused for a member as a string":            {"PATCH", patch(`{"op":"add","path":"members","value":["C"]}`), 400, "invalidValue", "A B"},
		"is refused for a change of a member's value":    {"PATCH", patch(`{"op":"replace","path":"members[value eq \"A\"].value","value":"C"}`), 400, "mutability", "A B"},
		"is refused for a change of a member":            {"PATCH", patch(`{"op":"replace","path":"members[value eq \"A\"]","value":{"value":"C"}}`), 400, "mutability", "A B"},
		"is refused for a change of a display":           {"PATCH", patch(`{"op":"replace","path":"members[value eq \"A\"].display","value":"A"}`), 400, "mutability", "A B"},
		"is refused for removal of a sub-attribute":      {"PATCH", patch(`{"op":"remove","path":"members[value eq \"A\"].value"}`), 400, "mutability", "A B"},
		"is refused for members.value":                   {"PATCH", patch(`{"op":"replace","path":"members.value","value":"A"}`), 400, "mutability", "A B"},
		"is refused for replacing a member not there":    {"PATCH", patch(`{"op":"replace","path":"members[value eq \"C\"]","value":{"value":"C"}}`), 400, "noTarget", "A B"},
		"is refused for an unknown sub-attribute":        {"PATCH", patch(`{"op":"remove","path":"members[nick eq \"C\"]"}`), 400, "invalidFilter", "A B"},
		"is refused for the removal of the name":         {"PATCH", patch(`{"op":"remove","path":"displayName"}`), 400, "mutability", "A B"},
		"replaces members under the core URN":            {"PATCH", patch(`{"op":"replace","value":{"` + groupURN + `":{"members":[],"displayName":"G2"}}}`), 200, "", ""},
		"puts other members":                             {"PUT", group("G", members("B", "C")), 200, "", "B C"},
		"puts nobody":                                    {"PUT", group("G", members()), 200, "", ""},
		"puts without members, which removes them":       {"PUT", group("G"), 200, "", ""},
		"puts the same member twice":                     {"PUT", group("G", members("A", "A")), 200, "", "A"},
		"puts its id too":                                {"PUT", group("G", `"id":"SELF"`, members("A")), 200, "", "A"},
		"is refused when it puts an unknown member":      {"PUT", group("G", members("C", "nobody")), 400, "invalidValue", "A B"},
		"is refused when it puts members as an object":   {"PUT", group("G", `"members":{"value":"A"}`), 400, "invalidValue", "A B"},
		"is refused when it puts members as a string":    {"PUT", group("G", `"members":"A"`), 400, "invalidValue", "A B"},
		"is refused when it puts no name":                {"PUT", `{"schemas":["` + groupURN + `"],` + members("C") + `}`, 400, "invalidValue", "A B"},
		"is refused when members are given twice":        {"PUT", group("G", members("C"), `"Members":[]`), 400, "invalidSyntax", "A B"},
		"puts a member with the attributes of a read":    {"PUT", group("G", `"members":[{"value":"A","$ref":"x","display":"y","type":"User"}]`), 200, "", "A"},
		"adds a member by its value and nothing further": {"PATCH", patch(`{"op":"ADD","path":"Members","value":[{"VALUE":"C"}]}`), 200, "", "A B C"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newTenant(t)
			a, b, c := s.newUser("ana"), s.newUser("ben"), s.newUser("cai")
			g := s.newGroup("G", members(a, b))
			ids := strings.NewReplacer(`"A"`, `"`+a+`"`, `"B"`, `"`+b+`"`, `"C"`, `"`+c+`"`, `\"A\"`, `\"`+a+`\"`, `\"C\"`, `\"`+c+`\"`, "SELF", g)
			answer := s.ask(tt.method, "/Groups/"+g, ids.Replace(tt.body))
			if tt.status >= 400 {
				answer.fails(tt.status, tt.scimType)
			} else {
				answer.is(tt.status)
			}
			read := s.ask("GET", "/Groups/"+g, "").is(200)
			want := strings.NewReplacer("A", a, "B", b, "C", c).Replace(tt.want)
			if got := read.ids("members"); got != want {
				t.Errorf("members %q, want %q", got, want)
			}
			if tt.status >= 400 {
				read.has("displayName", `"G"`, "meta/version", `"W/\"1\""`)
			} else if answer.Body.String() != read.Body.String() {
				t.Errorf("answered %s, and then shows %s", answer.Body, read.Body)
			}
			for _, id := range []string{a, b, c} { // both sides say the same
				in := strings.Contains(" "+want+" ", " "+id+" ")
				if got := s.ask("GET", "/Users/"+id, "").ids("groups") == g; got != in {
					t.Errorf("account %s shows the group: %t, want %t", id, got, in)
				}
			}
		})
	}
}

func TestADeletedGroupLeavesItsUsers(t *testing.T) {
	s := newTenant(t)
	a := s.newUser("ana")
	g, h := s.newGroup("G", members(a)), s.newGroup("H", members(a))
	s.ask("DELETE", "/Groups/"+g, "").is(204)
	for _, method := range []string{"GET", "DELETE"} {
		s.ask(method, "/Groups/"+g, "").fails(404, "")
	}
	s.ask("PUT", "/Groups/"+g, group("G")).fails(404, "")
	s.ask("PATCH", "/Groups/"+g, ops(`{"op":"remove","path":"members"}`)).fails(404, "")
	s.ask("GET", "/Groups", "").has("totalResults", "1")
	if got := s.ask("GET", "/Users/"+a, "").has("active", "true").ids("groups"); got != h {
		t.Errorf("groups %q, want %q", got, h)
	}
}

func TestAMemberIsShownInFull(t *testing.T) {
	s := newTenant(t)
	a := s.newUser("ana")
	g := s.newGroup("G", members(a))
	base := "http://idp.test:8080" + s.path
	s.ask("GET", "/Groups/"+g, "").has("members", `[{"$ref":"`+base+`/Users/`+a+`","display":"ana","type":"User","value":"`+a+`"}]`)
	s.ask("GET", "/Users/"+a, "").has("groups", `[{"$ref":"`+base+`/Groups/`+g+`","display":"G","type":"direct","value":"`+g+`"}]`)
	if got := s.ask("GET", "/Groups/"+g+"?excludedAttributes=members", "").has("displayName", `"G"`).show("members"); got != "" {
		t.Errorf("members %s", got)
	}
}

func TestAMemberOfAnotherIAMIsUnknown(t *testing.T) {
	s := newTenant(t)
	other := s.sibling("second")
	theirs := other.newUser("ana")
	s.ask("POST", "/Groups", group("G", members(theirs))).fails(400, "invalidValue")
	s.ask("GET", "/Groups", "").has("totalResults", "0")
}

func TestALargeGroupFitsInOneBody(t *testing.T) {
	s := newTenant(t)
	var ids []string
	for i := range 500 {
		ids = append(ids, s.newUser(fmt.Sprintf("u%d", i)))
	}
	body := group("G", members(ids...), `"note":"`+strings.Repeat("x", 1<<20)+`"`)
	g := s.ask("POST", "/Groups", body).is(201).text("id")
	if got := len(strings.Fields(s.ask("GET", "/Groups/"+g, "").ids("members"))); got != 500 {
		t.Errorf("%d members", got)
	}
	s.ask("PUT", "/Groups/"+g, group("G", members(ids[:5]...))).is(200)
	s.ask("PUT", "/Groups/"+g, group("G", members(ids...))).is(200)
	if got := s.ask("GET", "/Groups/"+g, "").ids("members"); got != strings.Join(ids, " ") {
		t.Errorf("%d members", len(strings.Fields(got)))
	}
	s.ask("POST", "/Groups", group("H", `"note":"`+strings.Repeat("x", 16<<20)+`"`)).fails(413, "")
}

func TestParallelPatchesLoseNobody(t *testing.T) {
	s := newTenant(t)
	g := s.newGroup("G")
	var ids []string
	for i := range 20 {
		ids = append(ids, s.newUser(fmt.Sprintf("u%d", i)))
	}
	var wg sync.WaitGroup
	for _, id := range ids {
		wg.Go(func() {
			s.send(s.request("PATCH", "/Groups/"+g, ops(`{"op":"add","path":"members","value":[{"value":"`+id+`"}]}`)))
			s.send(s.request("GET", "/Users/"+id, ""))
		})
	}
	wg.Wait()
	if got := len(strings.Fields(s.ask("GET", "/Groups/"+g, "").ids("members"))); got != 20 {
		t.Errorf("%d members, want 20", got)
	}
}
