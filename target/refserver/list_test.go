package refserver_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
)

func TestAFilterFindsWhatMatchesAndNothingElse(t *testing.T) {
	s := newTenant(t)
	ana := s.newUser("ana@example.com", `"externalId":"00uAna"`, `"displayName":"Ana"`, `"name":{"familyName":"O\"Neil \\ x"}`,
		`"emails":[{"value":"ana@example.com","type":"work"},{"value":"a@home.example","type":"home"}]`, `"`+entURN+`":{"department":"R"}`, `"urn:example:x:2.0:User":{"role":"Chief"}`)
	ben := s.newUser("ben+x@example.com", `"externalId":"00uBen"`, `"active":false`, `"name":{"familyName":"Soto"}`, `"displayName":"Ana"`)
	cai := s.newUser("cai;&#%@example.com", `"title":"Dr"`)
	g := s.newGroup("Über Analysts", members(ana))
	all := ana + " " + ben + " " + cai
	for filter, want := range map[string]string{
		`userName eq "ana@example.com"`:                                         ana,
		`USERNAME EQ "ANA@EXAMPLE.COM"`:                                         ana,
		userURN + `:userName eq "ana@example.com"`:                              ana,
		strings.ToUpper(userURN) + `:userName eq "ana@example.com"`:             ana,
		strings.ToUpper(entURN) + `:department eq "R"`:                          ana,
		`userName eq "ben+x@example.com"`:                                       ben,
		`userName eq "cai;&#%@example.com"`:                                     cai,
		`userName eq "nobody"`:                                                  "",
		`userName eq "ana"`:                                                     "",
		`userName eq "ana@example.com "`:                                        "",
		`id eq "` + ben + `"`:                                                   ben,
		`id eq "` + strings.ToUpper(ben) + `"`:                                  "",
		`id eq "` + g + `"`:                                                     "",
		`externalId eq "00uAna"`:                                                ana,
		`externalId eq "00uana"`:                                                "",
		`displayName eq "ana"`:                                                  ana + " " + ben,
		`emails.value eq "A@HOME.example"`:                                      ana,
		`emails eq "a@home.example"`:                                            ana,
		`emails[type eq "WORK"]`:                                                ana,
		`active eq false`:                                                       ben,
		`active eq true`:                                                        ana + " " + cai,
		`name.familyName eq "soto"`:                                             ben,
		`name.familyName eq "O\"Neil \\ x"`:                                     ana,
		`name.familyName eq "\u004f\"Neil \\ x"`:                                ana,
		entURN + `:department eq "r"`:                                           ana,
		`urn:example:x:2.0:User:role eq "chief"`:                                ana,
		`groups.value eq "` + g + `"`:                                           ana,
		`groups.display eq "über ANALYSTS"`:                                     ana,
		`title pr`:                                                              cai,
		`userName sw "ben" or title eq "dr"`:                                    ben + " " + cai,
		`not (active eq true)`:                                                  ben,
		`displayName eq "Ana" and not(active eq false)`:                         ana,
		`emails[type eq "work" and value eq "a@home.example"]`:                  "",
		`emails.type eq "work" and emails.value eq "a@home.example"`:            ana,
		`meta.resourceType eq "User"`:                                           all,
		`meta.created gt "2000-01-01T00:00:00+02:00"`:                           all,
		`userName eq "x" or (userName ew "example.com" and displayName pr)`:     ana + " " + ben,
		ownURN + `:disabled eq true`:                                            ben,
		ownURN + `:id ge 2`:                                                     ben + " " + cai,
		`schemas eq "` + entURN + `"`:                                           ana,
		`  userName   eq   "ana@example.com"  `:                                 ana,
		`userName eq null`:                                                      "",
		`title eq null`:                                                         ana + " " + ben,
		`userName ne "ana@example.com"`:                                         ben + " " + cai,
		`title ne "x"`:                                                          all,
		`(((userName eq "ana@example.com")))`:                                   ana,
		strings.Repeat("(", 60) + `title pr` + strings.Repeat(")", 60):          cai,
		`userName eq "a"` + strings.Repeat(` or userName eq "ana@x"`, 200):      "",
		`userName co "@example" and userName gt "b" and not (userName pr)`:      "",
		`emails[value sw "A@HOME" and not (type eq "work")] and active eq true`: ana,
	} {
		t.Run(filter[:min(len(filter), 60)], func(t *testing.T) {
			s := s.in(t)
			a := s.ask("GET", "/Users?filter="+url.QueryEscape(filter), "").is(200)
			if got := a.each("id"); got != want {
				t.Errorf("found %q, want %q", got, want)
			}
			n := fmt.Sprint(len(strings.Fields(want)))
			a.has("totalResults", n, "itemsPerPage", n, "startIndex", "1", "schemas", `["urn:ietf:params:scim:api:messages:2.0:ListResponse"]`)
		})
	}
	for filter, want := range map[string]string{
		`displayName eq "über analysts"`:               g,
		groupURN + `:displayName eq "Über Analysts"`:   g,
		`displayName eq "analysts"`:                    "",
		`members.value eq "` + ana + `"`:               g,
		`members eq "` + ben + `"`:                     "",
		`members[display eq "ana@example.com"]`:        g,
		`id eq "` + g + `"`:                            g,
		`id eq "` + ana + `"`:                          "",
		`members pr and displayName sw "Ü"`:            g,
		`externalId pr or meta.resourceType eq "User"`: "",
	} {
		t.Run("groups "+filter, func(t *testing.T) {
			s := s.in(t)
			if got := s.ask("GET", "/Groups?filter="+url.QueryEscape(filter), "").is(200).each("id"); got != want {
				t.Errorf("found %q, want %q", got, want)
			}
		})
	}
}

func TestAFilterThatCannotBeAppliedIsRefused(t *testing.T) {
	s := newTenant(t)
	s.newUser("ana", `"active":true`)
	for _, filter := range []string{
		``, ` `, `userName`, `userName eq`, `userName "x"`, `eq "x"`, `userName eq x"`, `userName eq "x`, `userName eq 'x'`,
		`(userName eq "x"`, `userName eq "x")`, `userName eq "x" and`, `and`, `not`, `not userName eq "x"`, `userName eq "x" "y"`,
		`userName regex "x"`, `userName = "x"`, `userName == "x"`, `userName pr "x"`, `usrName eq "x"`, `name eq "x"`, `name.nick eq "x"`,
		`active eq "true"`, `active gt true`, `active co "x"`, `active eq 1`, `userName eq true`, `userName eq 5`, `userName gt null`,
		`x509Certificates.value ge "AA"`, `emails[foo eq "x"]`, `emails[]`, `emails[type eq "work"`, `name[givenName eq "x"]`, `[0]`,
		`emails[type[value eq "x"]]`, `password eq "x"`, `password pr`, `userName eq "\ud800"`, `userName eq "\x"`, `department eq "x"`,
		entURN + `:nick eq "x"`, userURN + `:nick eq "x"`, userURN + ` pr`, `userName eq "x"; drop table`, "userName eq \"\xff\"", `userName.x eq "y"`,
		`urn:x eq "y"`, `userName eq 01`, `userName eq 1e999`, `*`, `userName eq "x" /* */`, `(objectClass=*)`, `{"$ne":null}`, `userName eq "x" or`,
		strings.Repeat("(", 65) + `title pr` + strings.Repeat(")", 65), strings.Repeat("not (", 100_000/100) + `title pr`, strings.Repeat("(", 9_000),
		`title pr` + strings.Repeat(` or title pr`, 256), `userName eq "` + strings.Repeat("x", 10<<10) + `"`,
	} {
		t.Run(filter[:min(len(filter), 40)], func(t *testing.T) {
			s := s.in(t)
			s.ask("GET", "/Users?filter="+url.QueryEscape(filter), "").fails(400, "invalidFilter")
		})
	}
}

func TestAQueryIsNotGuessedAt(t *testing.T) {
	s := newTenant(t)
	s.newUser("ana")
	for name, query := range map[string]string{
		"a raw semicolon, which would drop the filter": `filter=userName+eq+"a;b"`,
		"a filter given twice":                         `filter=userName+pr&filter=title+pr`,
		"a filter given twice in other case":           `filter=userName+pr&Filter=title+pr`,
		"a bad escape":                                 `filter=userName+eq+"%zz"`,
		"a count that is no number":                    `count=abc`,
		"a count that is no integer":                   `count=1.5`,
		"a start that is empty":                        `startIndex=`,
		"a start given twice":                          `startIndex=1&startIndex=2`,
		"both projections":                             `attributes=userName&excludedAttributes=title`,
	} {
		t.Run(name, func(t *testing.T) {
			s := s.in(t)
			r := s.request("GET", "/Users", "")
			r.URL.RawQuery = query
			s.send(r).fails(400, "invalidValue")
		})
	}
	s.ask("GET", `/Users?FILTER=userName%20eq%20%22x%22`, "").is(200).has("totalResults", "0")
	s.ask("GET", "/Users?foo=bar&sortBy=userName", "").is(200).has("totalResults", "1")
}

func TestPages(t *testing.T) {
	s := newTenant(t)
	var ids []string
	for _, n := range []string{"c", "a", "e", "b", "d"} {
		ids = append(ids, s.newUser(n, `"title":"T"`))
	}
	for query, want := range map[string]struct {
		start string
		ids   []string
	}{
		"":                            {"1", ids},
		"startIndex=1&count=2":        {"1", ids[:2]},
		"startIndex=3&count=2":        {"3", ids[2:4]},
		"startIndex=5&count=2":        {"5", ids[4:]},
		"startIndex=6&count=2":        {"6", nil},
		"startIndex=1000000000000000": {"2147483647", nil},
		"startIndex=0":                {"1", ids},
		"startIndex=-5&count=1":       {"1", ids[:1]},
		"count=0":                     {"1", nil},
		"count=-1":                    {"1", nil},
		"count=99999999999999999999":  {"1", ids},
		"startindex=2&COUNT=1":        {"2", ids[1:2]},
	} {
		for _, filter := range []string{"", "&filter=title%20eq%20%22t%22"} {
			t.Run(query+filter, func(t *testing.T) {
				s := s.in(t)
				a := s.ask("GET", "/Users?"+query+filter, "").is(200)
				if got := a.each("id"); got != strings.Join(want.ids, " ") {
					t.Errorf("got %q, want %q", got, want.ids)
				}
				a.has("totalResults", "5", "itemsPerPage", fmt.Sprint(len(want.ids)), "startIndex", want.start)
			})
		}
	}
}

func TestProjection(t *testing.T) {
	s := newTenant(t)
	id := s.newUser("ana", `"title":"Dr"`, `"name":{"givenName":"Ana","familyName":"Ruiz"}`, `"emails":[{"value":"a","type":"work"}]`, `"`+entURN+`":{"department":"R","manager":{"value":"7"}}`)
	const always = "id schemas"
	for query, want := range map[string]string{
		"attributes=userName":                                  always + " userName",
		"attributes=USERNAME,%20title":                         always + " title userName",
		"attributes=name.givenName":                            always + " name",
		"attributes=" + userURN + ":userName":                  always + " userName",
		"attributes=" + entURN + ":department":                 always + " " + entURN,
		"attributes=" + entURN:                                 always + " " + entURN,
		"attributes=foo":                                       always,
		"attributes=password":                                  always,
		"excludedAttributes=id,schemas,meta,groups,active":     "emails id name schemas title " + entURN + " " + ownURN + " userName",
		"excludedAttributes=" + entURN + "," + ownURN:          "active emails groups id meta name schemas title userName",
		"attributes=meta.location":                             always + " meta",
		"excludedAttributes=foo,name,emails,groups,meta,title": "active id schemas " + entURN + " " + ownURN + " userName",
	} {
		t.Run(query, func(t *testing.T) {
			s := s.in(t)
			a := s.ask("GET", "/Users/"+id+"?"+query, "").is(200)
			if got := names(a.body); got != sorted(want) {
				t.Errorf("shows %s, want %s", got, sorted(want))
			}
			list := s.ask("GET", "/Users?"+query, "").is(200)
			if got := names(list.body["Resources"].([]any)[0].(map[string]any)); got != sorted(want) {
				t.Errorf("the list shows %s, want %s", got, sorted(want))
			}
		})
	}
	s.ask("GET", "/Users/"+id+"?attributes=name.givenName", "").has("name", `{"givenName":"Ana"}`)
	s.ask("GET", "/Users/"+id+"?attributes=emails.value", "").has("emails", `[{"value":"a"}]`)
	s.ask("GET", "/Users/"+id+"?attributes="+entURN+":manager.value", "").has(entURN, `{"manager":{"value":"7"}}`)
	s.ask("GET", "/Users/"+id+"?excludedAttributes=name.givenName,emails.type,"+entURN+":manager", "").
		has("name", `{"familyName":"Ruiz","formatted":"Ana Ruiz"}`, "emails", `[{"value":"a"}]`, entURN, `{"department":"R"}`)
	s.ask("PATCH", "/Users/"+id+"?attributes=active", ops(`{"op":"replace","value":{"active":false}}`)).is(200).has("active", "false", "userName", "")
	s.ask("POST", "/Users?attributes=userName", user("ben")).is(201).has("userName", `"ben"`, "meta", "")
	s.ask("PUT", "/Users/"+id+"?attributes=userName&excludedAttributes=title", user("changed")).fails(400, "invalidValue")
	s.ask("GET", "/Users/"+id, "").has("userName", `"ana"`)
}

func TestSearchIsAQueryInABody(t *testing.T) {
	s := newTenant(t)
	id := s.newUser("ana")
	s.newUser("ben")
	const head = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]`
	a := s.ask("POST", "/Users/.search", head+`,"filter":"userName eq \"ANA\"","attributes":["userName"],"startIndex":-1,"count":5}`).is(200)
	if a.has("totalResults", "1", "startIndex", "1").each("id") != id || a.each("meta") != "<nil>" {
		t.Errorf("found %s", a.Body)
	}
	s.ask("POST", "/Users/.search", head+`,"filter":"userName ssw \"x\""}`).fails(400, "invalidFilter")
	s.ask("POST", "/Users/.search", `{"filter":"userName pr"}`).fails(400, "invalidSyntax")
	s.ask("POST", "/Users/.search", head+`,"filter":5}`).fails(400, "invalidFilter")
	s.ask("POST", "/Groups/.search", head+`}`).is(200).has("totalResults", "0")
}
