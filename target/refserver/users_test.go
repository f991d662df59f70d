package refserver_test

import (
	"strings"
	"testing"
)

func TestAUserNameIsTakenOnce(t *testing.T) {
	s := newTenant(t)
	id := s.newUser("Ana.Ruiz@example.com", `"title":"first"`)
	for name, again := range map[string]string{
		"the same":             "Ana.Ruiz@example.com",
		"in other letter case": "ANA.RUIZ@EXAMPLE.COM",
		"in mixed case":        "aNA.rUIZ@example.COM",
	} {
		t.Run(name, func(t *testing.T) {
			s := s.in(t)
			s.ask("POST", "/Users", user(again, `"title":"second"`)).fails(409, "uniqueness")
			s.ask("GET", "/Users/"+id, "").is(200).has("title", `"first"`, "userName", `"Ana.Ruiz@example.com"`)
		})
	}
	ben := s.newUser("ben")
	s.ask("PUT", "/Users/"+ben, user("ana.ruiz@example.com")).fails(409, "uniqueness")
	s.ask("PATCH", "/Users/"+ben, ops(`{"op":"replace","path":"userName","value":"ana.ruiz@example.com"}`)).fails(409, "uniqueness")
	s.ask("GET", "/Users/"+ben, "").has("userName", `"ben"`)
	s.ask("PUT", "/Users/"+id, user("ANA.RUIZ@example.com")).is(200).has("userName", `"ANA.RUIZ@example.com"`)
	s.ask("GET", "/Users", "").has("totalResults", "2")
}

func TestADisabledAccountStays(t *testing.T) {
	for name, disable := range map[string][2]string{
		"by a PATCH without a path":    {"PATCH", ops(`{"op":"replace","value":{"active":false}}`)},
		"by a PATCH with a path":       {"PATCH", ops(`{"op":"Replace","path":"active","value":false}`)},
		"by a PATCH with the full URN": {"PATCH", ops(`{"op":"replace","path":"` + userURN + `:active","value":false}`)},
		"by a PUT":                     {"PUT", user("ana", `"active":false`, `"externalId":"00u1"`)},
	} {
		t.Run(name, func(t *testing.T) {
			s := newTenant(t)
			id := s.newUser("ana", `"externalId":"00u1"`)
			s.ask("GET", "/Users/"+id, "").has("active", "true", ownURN+"/disabled", "false")
			s.ask(disable[0], "/Users/"+id, disable[1]).is(200).has("active", "false")
			s.ask(disable[0], "/Users/"+id, disable[1]).is(200).has("active", "false")
			s.ask("GET", "/Users/"+id, "").is(200).has("active", "false", "externalId", `"00u1"`, ownURN+"/disabled", "true")
			s.ask("GET", "/Users", "").has("totalResults", "1")
			s.ask("GET", `/Users?filter=active eq false`, "").has("totalResults", "1")
			s.ask("POST", "/Users", user("ana")).fails(409, "uniqueness")
			s.ask("DELETE", "/Users/"+id, "").fails(405, "")
			s.ask("PUT", "/Users/"+id, user("ana")).is(200).has("active", "false")
			s.ask("PATCH", "/Users/"+id, ops(`{"op":"replace","value":{"active":true}}`)).is(200).has("active", "true", "id", `"`+id+`"`)
		})
	}
}

func TestAnIAMMayDeleteUsers(t *testing.T) {
	s := newTenant(t)
	a := s.admin("POST", "/iams", `{"display_name":"deletes","delete_users":true}`).is(201)
	s.path, s.key = "/scim/"+a.text("id"), a.text("scim_key")
	id := s.newUser("ana")
	g := s.newGroup("G", members(id))
	s.ask("DELETE", "/Users/"+id, "").is(204)
	s.ask("GET", "/Users/"+id, "").fails(404, "")
	s.ask("DELETE", "/Users/"+id, "").fails(404, "")
	s.ask("GET", "/Users", "").has("totalResults", "0")
	if got := s.ask("GET", "/Groups/"+g, "").ids("members"); got != "" {
		t.Errorf("members %q", got)
	}
	if again := s.newUser("ana"); again == id {
		t.Errorf("the id %s was given twice", id)
	}
}

func TestAWrongTypeIsNeverStored(t *testing.T) {
	s := newTenant(t)
	id := s.newUser("ana", `"active":true`)
	before := s.ask("GET", "/Users/"+id, "").show()
	for name, attribute := range map[string]string{
		"active as a word":             `"active":"true"`,
		"active as Entra writes it":    `"active":"False"`,
		"active as a number":           `"active":1`,
		"emails as a string":           `"emails":"a@example.com"`,
		"emails as an object":          `"emails":{"value":"a@example.com"}`,
		"an email as a string":         `"emails":["a@example.com"]`,
		"an email's value as a number": `"emails":[{"value":1}]`,
		"two primary emails":           `"emails":[{"value":"a","primary":true},{"value":"b","primary":true}]`,
		"primary as a word":            `"emails":[{"value":"a","primary":"true"}]`,
		"name as a string":             `"name":"Ana Ruiz"`,
		"a name's part as a list":      `"name":{"givenName":["Ana"]}`,
		"displayName as a number":      `"displayName":5`,
		"externalId as an object":      `"externalId":{"a":"b"}`,
		"the password as a number":     `"password":5`,
		"a department as a boolean":    `"` + entURN + `":{"department":true}`,
		"an extension as a string":     `"` + entURN + `":"x"`,
		"an unknown extension as list": `"urn:example:x:2.0:User":[1]`,
		"a URN with a blank":           `"urn:exa mple:x:2.0:User":{"a":1}`,
		"no URN at all":                `"urn:x":{"a":1}`,
		"a certificate not in base64":  `"x509Certificates":[{"value":"!!!"}]`,
	} {
		t.Run(name, func(t *testing.T) {
			s := s.in(t)
			s.ask("POST", "/Users", user("ben", attribute)).fails(400, "invalidValue")
			s.ask("PUT", "/Users/"+id, user("ana", attribute)).fails(400, "invalidValue")
		})
	}
	for name, body := range map[string]string{
		"no userName":         `{"schemas":["` + userURN + `"]}`,
		"an empty userName":   user(""),
		"userName null":       `{"schemas":["` + userURN + `"],"userName":null}`,
		"userName a number":   `{"schemas":["` + userURN + `"],"userName":5}`,
		"userName an object":  `{"schemas":["` + userURN + `"],"userName":{"a":"b"}}`,
		"userName in a list":  `{"schemas":["` + userURN + `"],"userName":["ana"]}`,
		"userName under URN":  `{"schemas":["` + userURN + `"],"` + userURN + `":{"userName":"x"},"userName":"y"}`,
		"a bare core URN key": `{"schemas":["` + userURN + `"],"userName":"y","` + userURN + `:title":"x"}`,
	} {
		t.Run(name, func(t *testing.T) {
			s := s.in(t)
			s.ask("POST", "/Users", body).fails(400, "invalidValue")
			s.ask("PUT", "/Users/"+id, body).fails(400, "invalidValue")
		})
	}
	if after := s.ask("GET", "/Users/"+id, "").show(); after != before {
		t.Errorf("\n got %s\nwant %s", after, before)
	}
	s.ask("GET", "/Users", "").has("totalResults", "1")
}

func TestABodyNamesItsSchema(t *testing.T) {
	s := newTenant(t)
	for name, schemas := range map[string]string{
		"absent":             ``,
		"empty":              `"schemas":[],`,
		"a string":           `"schemas":"` + userURN + `",`,
		"the extension only": `"schemas":["` + entURN + `"],`,
		"a number in it":     `"schemas":[5,"` + userURN + `"],`,
		"another resource's": `"schemas":["` + groupURN + `"],`,
	} {
		t.Run(name, func(t *testing.T) {
			s := s.in(t)
			s.ask("POST", "/Users", `{`+schemas+`"userName":"ana"}`).fails(400, "invalidSyntax")
		})
	}
	s.ask("POST", "/Users", `{"userName":"ana","schemas":["`+entURN+`","`+strings.ToUpper(userURN)+`"]}`).is(201)
}

func TestNamesOfAttributesDoNotCareForCase(t *testing.T) {
	s := newTenant(t)
	a := s.ask("POST", "/Users", `{"SCHEMAS":["`+userURN+`"],"USERNAME":"Ana","NAME":{"GIVENNAME":"Ana"},"EMAILS":[{"VALUE":"a@example.com"}],"`+strings.ToUpper(entURN)+`":{"DEPARTMENT":"R"}}`).is(201)
	a.has("userName", `"Ana"`, "name/givenName", `"Ana"`, "emails", `[{"value":"a@example.com"}]`, entURN+"/department", `"R"`)
}

func TestReadOnlyAttributesAreIgnoredInAPut(t *testing.T) {
	s := newTenant(t)
	id := s.newUser("ana")
	g := s.newGroup("G", members(id))
	s.ask("PUT", "/Users/"+id, user("ana", `"id":"other"`, `"meta":{"created":"1999-01-01T00:00:00Z","location":"x"}`,
		`"groups":[]`, `"`+ownURN+`":{"iamid":"other","id":99,"disabled":true,"more":1}`, `"password":"hunter2"`)).is(200)
	a := s.ask("GET", "/Users/"+id, "").is(200).has("id", `"`+id+`"`, ownURN+"/id", "1", ownURN+"/disabled", "false", ownURN+"/more", "")
	if a.ids("groups") != g || strings.Contains(a.Body.String(), "1999") || strings.Contains(a.Body.String(), "hunter2") {
		t.Errorf("it holds %s", a.Body)
	}
	s.ask("PUT", "/Users/"+id, user("ana", `"`+entURN+`":{"manager":{"value":"7","displayName":"Boss"}}`)).is(200).has(entURN, `{"manager":{"value":"7"}}`)
	made := s.ask("POST", "/Users", user("ben", `"id":"mine"`, `"groups":[{"value":"`+g+`"}]`, `"password":"hunter2"`)).is(201)
	if made.text("id") == "mine" || made.ids("groups") != "" || strings.Contains(made.Body.String(), "hunter2") {
		t.Errorf("it made %s", made.Body)
	}
}

func TestAPutRemovesWhatItDoesNotName(t *testing.T) {
	s := newTenant(t)
	id := s.newUser("ana", `"title":"x"`, `"nickName":"y"`, `"emails":[{"value":"a"},{"value":"b"}]`, `"`+entURN+`":{"department":"R","division":"D"}`, `"favourite":"tea"`)
	s.ask("PUT", "/Users/"+id, user("ana", `"nickName":null`, `"emails":[{"value":"b"}]`, `"`+entURN+`":{"division":"D"}`)).is(200)
	s.ask("GET", "/Users/"+id, "").has("title", "", "nickName", "", "favourite", "",
		"emails", `[{"value":"b"}]`, entURN, `{"division":"D"}`, "active", "true")
	s.ask("PUT", "/Users/nobody", user("new")).fails(404, "")
	s.ask("GET", "/Users", "").has("totalResults", "1")
}

func TestWhatAGetShowsSurvivesAPut(t *testing.T) {
	s := newTenant(t)
	boss := s.newUser("boss")
	for name, more := range map[string]string{
		"a bare account":        ``,
		"a name in parts":       `"name":{"givenName":"Ana","familyName":"Ruiz"}`,
		"a name of its own":     `"name":{"formatted":"Ruiz, Ana","givenName":"Ana","familyName":"Ruiz"}`,
		"extensions":            `"` + entURN + `":{"department":"R","manager":{"value":"` + boss + `"}},"urn:example:DEMOEXT":{"role":"analyst","Level":5,"tags":["a","b"],"deep":{"er":{"est":[{"x":null,"y":1.50}]}}}`,
		"attributes unknown":    `"favouriteColour":"green","nested":{"a":[1,2,{"b":"c"}]},"empty":""`,
		"several of everything": `"emails":[{"value":"a@example.com","type":"work","primary":true},{"value":"b@example.com","type":"home","primary":false}],"phoneNumbers":[{"value":"1","type":"mobile"}],"addresses":[{"country":"US","formatted":"a\nb"}],"roles":[{"value":"admin"}],"disabled2":true`,
		"other scripts":         `"displayName":"Zoë 漢字 عربى é 😀","title":"O'Neil \"x\" \\ <b>"`,
		"disabled":              `"active":false`,
	} {
		t.Run(name, func(t *testing.T) {
			s := newTenant(t)
			if more != "" {
				more = "," + more
			}
			id := s.ask("POST", "/Users", `{"schemas":["`+userURN+`"],"userName":"Ana"`+more+`}`).is(201).text("id")
			s.newGroup("Zed", members(id))
			s.newGroup("Alpha", members(id))
			shown := s.ask("GET", "/Users/"+id, "").is(200)
			body := shown.Body.String()
			put := s.ask("PUT", "/Users/"+id, body).is(200)
			if got := put.Body.String(); got != body {
				t.Errorf("PUT\n got %s\nwant %s", got, body)
			}
			if got := s.ask("GET", "/Users/"+id, "").Body.String(); got != body {
				t.Errorf("GET\n got %s\nwant %s", got, body)
			}
		})
	}
}

func TestADerivedNameFollowsItsParts(t *testing.T) {
	s := newTenant(t)
	id := s.newUser("ana", `"name":{"givenName":"Ana","familyName":"Ruiz"}`)
	body := s.ask("GET", "/Users/"+id, "").has("name/formatted", `"Ana Ruiz"`).Body.String()
	s.ask("PUT", "/Users/"+id, strings.Replace(body, `"givenName":"Ana"`, `"givenName":"Eva"`, 1)).is(200).has("name/formatted", `"Eva Ruiz"`)
	s.ask("PATCH", "/Users/"+id, ops(`{"op":"replace","path":"name.familyName","value":"Soto"}`)).is(200).has("name/formatted", `"Eva Soto"`)
	s.ask("PATCH", "/Users/"+id, ops(`{"op":"replace","path":"name.formatted","value":"E. Soto"}`)).is(200)
	s.ask("PATCH", "/Users/"+id, ops(`{"op":"replace","path":"name.givenName","value":"Eve"}`)).is(200).has("name/formatted", `"E. Soto"`)
}

func TestAnExtensionIsListedInSchemas(t *testing.T) {
	s := newTenant(t)
	const demo = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:DEMOEXT"
	id := s.newUser("ana", `"`+demo+`":{"role":"analyst"}`)
	s.ask("GET", "/Users/"+id, "").has("schemas", `["`+userURN+`","`+demo+`","`+ownURN+`"]`, demo, `{"role":"analyst"}`)
	s.ask("PATCH", "/Users/"+id, ops(`{"op":"remove","path":"`+demo+`"}`)).is(200).has("schemas", `["`+userURN+`","`+ownURN+`"]`, demo, "")
	s.ask("PATCH", "/Users/"+id, ops(`{"op":"add","path":"`+entURN+`:department","value":"R"}`)).is(200).has("schemas", `["`+userURN+`","`+entURN+`","`+ownURN+`"]`)
	s.ask("PATCH", "/Users/"+id, ops(`{"op":"replace","value":{"`+demo+`":{"role":"x"}}}`)).is(200).has(demo, `{"role":"x"}`)
	s.ask("PATCH", "/Users/"+id, ops(`{"op":"replace","value":{"`+demo+`:role":"y"}}`)).is(200).has(demo, `{"role":"y"}`)
	s.ask("PATCH", "/Users/"+id, ops(`{"op":"add","path":"`+demo+`:level","value":5}`)).is(200).has(demo, `{"level":5,"role":"y"}`)
}

func TestMetaTellsOfChanges(t *testing.T) {
	s := newTenant(t)
	made := s.ask("POST", "/Users", user("ana")).is(201)
	id := made.text("id")
	if made.show("meta", "created") != made.show("meta", "lastModified") {
		t.Errorf("made and modified at different times: %s", made.show("meta"))
	}
	made.has("meta/resourceType", `"User"`, "meta/location", `"http://idp.test:8080`+s.path+`/Users/`+id+`"`, "meta/version", `"W/\"1\""`)
	same := s.ask("PATCH", "/Users/"+id, ops(`{"op":"replace","value":{"active":true}}`)).is(200)
	if same.show("meta") != made.show("meta") {
		t.Errorf("no change changed meta to %s", same.show("meta"))
	}
	changed := s.ask("PATCH", "/Users/"+id, ops(`{"op":"replace","value":{"active":false}}`)).is(200)
	if changed.show("meta", "created") != made.show("meta", "created") || changed.show("meta", "lastModified") <= made.show("meta", "lastModified") {
		t.Errorf("meta %s after %s", changed.show("meta"), made.show("meta"))
	}
	if v := changed.Header().Get("ETag"); v != `W/"2"` {
		t.Errorf("ETag %s", v)
	}
}

// FuzzAUser sends any body. The server never breaks; what it takes it shows, and
// takes back as it shows it without a change.
func FuzzAUser(f *testing.F) {
	f.Fuzz(func(t *testing.T, body string) {
		s := newTenant(t)
		made := s.ask("POST", "/Users", body)
		if made.Code == 400 {
			s.ask("GET", "/Users", "").is(200).has("totalResults", "0")
			return
		}
		id := made.is(201).text("id")
		shown := s.ask("GET", "/Users/"+id, "").is(200)
		if got, want := shown.Body.String(), made.Body.String(); got != want {
			t.Fatalf("made %s, and shows %s", want, got)
		}
		if again := s.ask("PUT", "/Users/"+id, shown.Body.String()).is(200); again.Body.String() != shown.Body.String() {
			t.Fatalf("showed %s, and was made by it %s", shown.Body, again.Body)
		}
	})
}

// TestWhatOktaSendsIsTaken has the shapes that Okta is known to send and that
// others' servers have refused, each with where it was seen.
func TestWhatOktaSendsIsTaken(t *testing.T) {
	s := newTenant(t)
	ana, ben := s.newUser("ana"), s.newUser("ben")
	g := s.newGroup("G", members(ana))
	// The whole user as a GET showed it, groups and all, some of them long gone (documented: a PUT carries what GET returned).
	s.ask("PUT", "/Users/"+ana, user("ana", `"id":"`+ana+`"`, `"groups":[{"value":"gone","display":"Gone","$ref":null}]`, `"meta":{"resourceType":"User","version":"W/\"0\""}`)).is(200)
	// Attributes of the enterprise schema's that the target may not know, and a custom URN (seen: fleetdm/fleet 44822, better-auth 10980).
	s.ask("PUT", "/Users/"+ana, user("ana", `"`+entURN+`":{"costCenter":"1","manager":{"value":"7"},"unheardOf":"x"}`, `"urn:okta:custom:1.0:user:custom":{"a":1}`, `"unheardOf":{"b":[]}`)).is(200).
		has(entURN, `{"costCenter":"1","manager":{"value":"7"},"unheardOf":"x"}`, "urn:okta:custom:1.0:user:custom", `{"a":1}`)
	// A group's rename repeats its id (documented).
	s.ask("PATCH", "/Groups/"+g, ops(`{"op":"replace","value":{"id":"`+g+`","displayName":"H"}}`)).is(200).has("displayName", `"H"`)
	// Members whose display is null, and without a type (seen: scimgateway 95, SCIM-SDK 419).
	s.ask("PUT", "/Groups/"+g, group("H", `"members":[{"value":"`+ana+`","display":null},{"value":"`+ben+`"}]`)).is(200)
	s.ask("PATCH", "/Groups/"+g, ops(`{"op":"add","path":"members","value":[{"value":"`+ben+`","display":null}]}`)).is(200)
	if got := s.ask("GET", "/Groups/"+g, "").ids("members"); got != ana+" "+ben {
		t.Errorf("members %q", got)
	}
	// A password, which is not kept (documented: Sync Password).
	s.ask("PATCH", "/Users/"+ana, ops(`{"op":"replace","value":{"password":"hunter2"}}`)).is(200).has("password", "")
}
