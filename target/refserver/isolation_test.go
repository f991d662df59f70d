package refserver_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/scimproof/scimproof/target/refserver"
)

// A world is a server with two IAMs. Each holds an account and a group that the other
// one has too, and an account and a group of its own. Two worlds are equal to the byte,
// but for the keys.
type world struct {
	first, second side
}

// A side is one IAM, the ids of the account and the group that the other has too, and
// the words by which something in it can be named.
type side struct {
	tenant
	ana, everybody string
	words          []word
}

type word struct{ kind, text string }

func newWorld(t *testing.T) world {
	var ids, now atomic.Int64
	server := refserver.New(refserver.Config{
		AdminToken: adminToken,
		NewID:      func() string { return fmt.Sprintf("id-%04d-", ids.Add(1)) },
		Now:        func() time.Time { return time.Unix(1_700_000_000+now.Add(1), 0) },
	})
	empty := tenant{T: t, server: server, now: &now}
	return world{newSide(empty.sibling("first"), "blue"), newSide(empty.sibling("second"), "green")}
}

func newSide(s tenant, colour string) side {
	s.settings(`{` + rows(row(demoURN, "okta")) + `,` + mapped(`"snowflake":"okta.login"`) + `}`).is(200)
	userName, externalID, staff := colour+"@example.com", "00u-"+colour, "Staff in "+colour
	both := s.newUser("ana", `"externalId":"1"`)
	own := s.newUser(userName, `"externalId":"`+externalID+`"`, `"displayName":"`+userName+`"`, `"name":{"formatted":"`+userName+`"}`,
		`"emails":[{"value":"`+userName+`"}]`, block(demoURN, `"login":"`+externalID+`"`))
	everybody := s.newGroup("G", members(both))
	group := s.newGroup(staff, members(own, both), `"externalId":"`+externalID+`"`)
	return side{s, both, everybody, []word{
		{"the id of an account", own},
		{"the id of the account that both have", both},
		{"the id of a group", group},
		{"the id of the group that both have", everybody},
		{"a user name", userName},
		{"an external id", externalID},
		{"a group's name", staff},
		{"the id of the IAM", s.id},
	}}
}

// state is all that an IAM holds, by SCIM and on the screens.
func (s side) state() string {
	var all strings.Builder
	for _, path := range []string{"/Users", "/Groups"} {
		all.WriteString(s.ask("GET", path, "").is(200).Body.String())
	}
	for _, path := range []string{"/accounts", "/group-list"} {
		all.WriteString(s.admin("GET", "/iams/"+s.id+path, "").is(200).Body.String())
	}
	return all.String()
}

// An approach is a request of somebody of the first IAM that names something. In path
// and body, "WORD" stands for the name, "MINE" for the id of an account and "OURS" for
// that of a group of the first IAM.
type approach struct {
	method, path, body string
	admin              bool
}

func (a approach) String() string {
	return strings.TrimSpace(a.method + " " + a.path + " " + a.body)
}

// approaches are every route of the two interfaces where something can be named.
func approaches() (all []approach) {
	add := func(method, path, body string) { all = append(all, approach{method: method, path: path, body: body}) }
	const member = `[{"value":"WORD"}]`
	for _, path := range []string{"/Users/WORD", "/Groups/WORD"} {
		for _, query := range []string{"", "?attributes=userName,displayName", "?excludedAttributes=members,groups"} {
			add("GET", path+query, "")
		}
		add("HEAD", path, "")
		add("DELETE", path, "")
	}
	add("PUT", "/Users/WORD", user("x"))
	add("PUT", "/Groups/WORD", group("x", members("MINE")))
	for path, operations := range map[string][]string{
		"/Users/WORD": {
			`{"op":"replace","value":{"active":false}}`, `{"op":"replace","path":"active","value":false}`, `{"op":"add","path":"title","value":"x"}`,
			`{"op":"remove","path":"externalId"}`, `{"op":"replace","path":"userName","value":"ana"}`,
		},
		"/Groups/WORD": {
			`{"op":"replace","value":{"displayName":"x"}}`, `{"op":"add","path":"members","value":[{"value":"MINE"}]}`, `{"op":"remove","path":"members"}`,
			`{"op":"remove","path":"members[value eq \"MINE\"]"}`, `{"op":"replace","path":"members","value":[]}`,
		},
		"/Groups/OURS": {
			`{"op":"add","path":"members","value":` + member + `}`, `{"op":"add","value":{"members":` + member + `}}`, `{"op":"replace","path":"members","value":` + member + `}`,
			`{"op":"replace","value":{"members":` + member + `}}`, `{"op":"remove","path":"members[value eq \"WORD\"]"}`, `{"op":"remove","path":"members","value":` + member + `}`,
		},
	} {
		for _, op := range operations {
			add("PATCH", path, ops(op))
		}
	}
	add("POST", "/Groups", group("x", members("WORD")))
	add("POST", "/Groups", group("x", members("MINE", "WORD")))
	add("PUT", "/Groups/OURS", group("x", members("WORD")))
	add("POST", "/Groups", group("WORD"))
	add("PUT", "/Groups/OURS", group("WORD"))
	add("POST", "/Users", user("WORD"))
	add("PUT", "/Users/MINE", user("WORD"))
	for kind, attributes := range map[string][]string{
		"/Users":  {"id", "userName", "externalId", "displayName", "name.formatted", "emails.value", "groups.value", "groups.display", "meta.location", demoURN + ":login"},
		"/Groups": {"id", "externalId", "displayName", "members.value", "members.display", "meta.location"},
	} {
		for _, attribute := range attributes {
			for _, op := range []string{"eq", "co"} {
				if attribute == "meta.location" && op == "eq" {
					continue // no word is a whole location
				}
				filter := attribute + " " + op + ` "WORD"`
				add("GET", kind+"?filter="+filter, "")
				add("POST", kind+"/.search", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"`+strings.ReplaceAll(filter, `"`, `\"`)+`"}`)
			}
		}
	}
	return append(all,
		approach{"GET", "/iams/first/accounts/WORD", "", true},
		approach{"PATCH", "/iams/first/accounts/WORD", `{"profile":{"about":"x"}}`, true},
	)
}

// in makes the approach in a fresh world, and returns what is heard, and what the first
// IAM holds then, with "WORD" for the name. It leaves the second IAM as it was.
func (a approach) in(t *testing.T, pick func(world) string) (heard, held string) {
	t.Helper()
	w := newWorld(t)
	name, before := pick(w), w.second.state()
	fill := strings.NewReplacer("WORD", name, "MINE", w.first.ana, "OURS", w.first.everybody).Replace
	ask := w.first.ask
	if a.admin {
		ask = w.first.admin
	}
	r := ask(a.method, strings.ReplaceAll(fill(a.path), " ", "%20"), fill(a.body))
	if after := w.second.state(); after != before {
		t.Errorf("the other IAM was %s\nand is %s", before, after)
	}
	heard = strings.ReplaceAll(fmt.Sprint(r.Code, r.Header(), r.Body), name, "WORD")
	held = strings.ReplaceAll(w.first.state(), name, "WORD")
	for _, theirs := range w.second.words {
		if strings.Contains(heard+held, theirs.text) {
			t.Errorf("shown is %s of the other IAM, %s: %s %s", theirs.kind, theirs.text, heard, held)
		}
	}
	return heard, held
}

// Whatever is named of another IAM is as unknown as what is in no IAM, at every route:
// status, headers, body and what is held then are the same to the byte. That an approach
// tells what is known from what is not is seen by what is named of the IAM itself.
func TestIAMsDoNotMeet(t *testing.T) {
	w := newWorld(t)
	words := w.second.words
	for _, path := range []string{"", "/attributes", "/external-usernames", "/leftovers"} {
		shown := w.first.admin("GET", "/iams/first"+path, "").is(200).Body.String()
		for _, theirs := range words {
			if strings.Contains(shown, theirs.text) {
				t.Errorf("%s shows %s of the other IAM: %s", path, theirs.kind, shown)
			}
		}
	}
	cases := 0
	for _, a := range approaches() {
		t.Run(a.String(), func(t *testing.T) {
			tells := false
			for i, theirs := range words {
				unknown, then := a.in(t, func(world) string { return strings.Repeat("z", len(theirs.text)) })
				foreign, held := a.in(t, func(w world) string { return w.second.words[i].text })
				if foreign != unknown || held != then {
					t.Errorf("%s of another IAM is answered with\n%s\n%s\nand an unknown one with\n%s\n%s", theirs.kind, foreign, held, unknown, then)
				}
				cases++
				if !tells && theirs.kind != "the id of the IAM" { // which is in every URL
					known, _ := a.in(t, func(w world) string { return w.first.words[i].text })
					tells = known != unknown
				}
			}
			if !tells {
				t.Error("what is named of its own IAM is answered as the unknown is")
			}
		})
	}
	if cases < 300 {
		t.Errorf("there are %d cases", cases)
	}
}

// With a key of one IAM another one is as closed as with a wrong key, and as one that is
// not there, at every route.
func TestAKeyOpensOneIAM(t *testing.T) {
	w := newWorld(t)
	before := w.second.state()
	wrong := refserver.KeyPrefix + strings.Repeat("Z", len(w.first.key)-len(refserver.KeyPrefix))
	fill := strings.NewReplacer("WORD", w.second.ana, "MINE", w.second.ana, "OURS", w.second.everybody).Replace
	routes := approaches()
	for _, path := range []string{"", "/Users", "/Groups", "/Schemas", "/ResourceTypes", "/ServiceProviderConfig", "/Me", "/Bulk", "/nothing"} {
		routes = append(routes, approach{method: "GET", path: path}, approach{method: "POST", path: path, body: user("x")})
	}
	cases := 0
	for _, a := range routes {
		if a.admin {
			continue
		}
		said := map[string]string{}
		for _, door := range []struct{ key, iam string }{{w.first.key, "second"}, {wrong, "second"}, {w.first.key, "nobody"}, {w.second.key, "first"}} {
			s := w.second.tenant
			s.key, s.path = door.key, "/scim/"+door.iam
			heard := s.ask(a.method, fill(a.path), fill(a.body))
			heard.fails(401, "")
			said[fmt.Sprint(heard.Header(), heard.Body)] = a.String()
			cases++
		}
		if len(said) != 1 {
			t.Errorf("%s is answered in different ways: %q", a, said)
		}
	}
	if after := w.second.state(); after != before {
		t.Errorf("the other IAM was %s\nand is %s", before, after)
	}
	if cases < 300 {
		t.Errorf("there are %d cases", cases)
	}
}
